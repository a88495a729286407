package data

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sitecover/coverage/track"
)

// TrackSpec says how the score is kept from year to year.
type TrackSpec struct {
	Base      time.Time      // day from which upgrades are counted together; zero = the study's date
	Level     string         // level of the scoreboard; "" = the level below the coarsest, or the only one
	Crosswalk string         // file of divisions merged, split or renamed, relative to the study; "" = none
	Folder    string         // where snapshots are kept without a store, relative to the study
	Undated   int            // year of the standard's targets whose year the text hides; 0 = they are left out
	Studies   map[int]string // year -> the study whose people, borders and roads held at its end
	Targets   []track.Target // Source is the file and line
}

// DefaultTrackFolder is where snapshots are kept when no store and no folder is named.
const DefaultTrackFolder = "tracking"

// tracking reads `tracking:`.
func (l *loader) tracking() {
	l.study.Tracking.Folder = DefaultTrackFolder
	sec := l.top.sub("tracking")
	if sec == nil {
		return
	}
	t := &l.study.Tracking
	t.Base, _ = sec.date("base")
	t.Folder = sec.text("folder", DefaultTrackFolder)
	t.Undated = sec.whole("undated", 0, 1900, 2200)
	if sec.has("level") {
		t.Level = sec.choice("level", "", l.levelIDs())
	}
	if t.Crosswalk = sec.text("crosswalk", ""); t.Crosswalk != "" {
		l.there(sec, "crosswalk", t.Crosswalk)
	}
	if sub := sec.sub("studies"); sub != nil {
		t.Studies = map[int]string{}
		for _, key := range sub.keys {
			year, ok := l.anyYear(sub.path, key.Line, key.Value)
			if file, _, given := sub.scalar(key.Value); ok && given {
				l.there(sub, key.Value, file)
				t.Studies[year] = file
			}
		}
	}
	for i, node := range sec.items("targets") {
		l.trackTarget(l.y.section(fmt.Sprintf("tracking.targets[%d]", i), node))
	}
	sec.done()
}

// there checks that a file is there.
func (l *loader) there(sec *section, key, file string) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.study.Dir, filepath.FromSlash(file))
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		l.y.fail(sec.get(key), sec.key(key), T("找不到文件", "no such file"), nearFile(path))
	}
}

// anyYear reads a year, past ones too.
func (l *loader) anyYear(path string, line int, text string) (int, bool) {
	year, err := strconv.Atoi(strings.TrimSuffix(text, "年"))
	if err != nil || year < 1900 || year > 2200 {
		l.y.failAt(line, path, text, T("不是年份", "is not a year"), T("例如 2027", "for example 2027"))
		return 0, false
	}
	return year, true
}

// trackTarget reads one target.
func (l *loader) trackTarget(sec *section) {
	t := track.Target{
		Name: sec.text("name", ""), Region: sec.text("region", ""), About: sec.flag("about", false),
		Source: filepath.Base(l.study.Path) + ":" + strconv.Itoa(sec.node.Line),
	}
	if !sec.has("year") {
		sec.missing("year", T("到哪一年底，例如 2027", "by the end of which year, for example 2027"))
	} else if text, node, ok := sec.scalar("year"); ok {
		t.Year, _ = l.anyYear(sec.key("year"), node.Line, text)
	}
	if id, node, ok := sec.scalar("tier"); ok {
		if t.Tier = id; l.tierIndex(id) < 0 {
			var ids []string
			for _, x := range l.study.Tiers {
				ids = append(ids, x.ID)
			}
			l.y.fail(node, sec.key("tier"), T("没有这个层级", "is no tier"), suggest(id, ids))
		}
	}
	words := make([]string, 0, 16)
	for _, i := range track.Indicators() {
		words = append(words, string(i))
	}
	if !sec.has("indicator") {
		sec.missing("indicator", T("例如 presence", "for example presence"))
	} else {
		t.Indicator = track.Indicator(sec.choice("indicator", "", words))
	}
	l.asked(sec, &t)
	sec.done()
	if t.Year > 0 && t.Indicator != "" {
		l.study.Tracking.Targets = append(l.study.Tracking.Targets, t)
	}
}

// asked reads how much a target asks: a share, a count or an amount of money, as its indicator has it.
func (l *loader) asked(sec *section, t *track.Target) {
	want, example := "count", "140"
	switch {
	case t.Indicator == "":
		sec.get("share")
		sec.get("count")
		sec.get("money")
		return
	case t.Indicator.Shared():
		want, example = "share", "85%"
	case t.Indicator.Unit() == track.InYuan:
		want, example = "money", "500 万元"
	}
	for _, key := range []string{"share", "count", "money"} {
		if key != want && sec.has(key) {
			l.y.fail(sec.get(key), sec.key(key), T("指标 %s 用 %s 表示", "the indicator %s is asked for as %s", t.Indicator, want), T("例如 %s: %s", "for example %s: %s", want, example))
		}
	}
	if !sec.has(want) {
		sec.missing(want, T("例如 %s: %s", "for example %s: %s", want, example))
		return
	}
	switch want {
	case "count":
		t.Amount = int64(sec.whole("count", 0, 0, 10_000_000))
	case "money":
		if value, ok := sec.quantity("money", dimMoney, nonNegative); ok {
			money, err := yuan(value)
			if err != nil {
				l.y.fail(sec.get("money"), sec.key("money"), T("不是整数元", "is not a whole number of yuan"), T("最多四位小数的万元，例如 12.5 万元", "万元 with at most four decimals, for example 12.5 万元"))
			}
			t.Amount = int64(money)
		}
	default:
		if value, ok := sec.quantity("share", dimShare, share); ok {
			t.Share = l.millionths(sec, value)
		}
	}
}

// millionths turns a share into millionths; finer ones are refused, since they could not be met exactly.
func (l *loader) millionths(sec *section, value *big.Rat) int64 {
	scaled := new(big.Rat).Mul(value, big.NewRat(track.Whole, 1))
	if !scaled.IsInt() {
		l.y.fail(sec.get("share"), sec.key("share"), T("最多四位小数", "has more than four decimals"), T("例如 33.3333%%", "for example 33.3333%%"))
		return 0
	}
	return scaled.Num().Int64()
}

// TrackLevel is the level of the scoreboard: the one that the study names, or the one below the coarsest, or the only one. ok is false for a
// study without levels.
func (s *Study) TrackLevel() (index int, ok bool) {
	for i, l := range s.Levels {
		if l.ID == s.Tracking.Level {
			return i, true
		}
	}
	return min(1, len(s.Levels)-1), len(s.Levels) > 0
}

// StudyOf returns the path of the study whose people, borders and roads held at the end of a year: that of the first year listed that is not
// before, or the study itself.
func (s *Study) StudyOf(year int) string {
	var years []int
	for y := range s.Tracking.Studies {
		years = append(years, y)
	}
	slices.Sort(years)
	for _, y := range years {
		if y >= year {
			file := s.Tracking.Studies[y]
			if filepath.IsAbs(file) {
				return file
			}
			return filepath.Join(s.Dir, filepath.FromSlash(file))
		}
	}
	return s.Path
}
