package store

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sitecover/data"
	"sitecover/siting"
)

// Exported says what Export wrote.
type Exported struct {
	Files                             []string // names in the folder
	Events, Entries, Sites, Snapshots int
	Salvaged                          *Salvaged // nil when the workspace was sound
}

// Export writes everything to CSV files in a new folder: events, entries, the sites as they are after all events, snapshots, and the bodies of
// the snapshots as JSON files. UTF-8 with a byte order mark, for Excel; a text that a spreadsheet would take for a formula gets an apostrophe
// before it. The columns of the events are those that importing knows. The folder appears when it is complete; ErrExists if there is one with
// files in it.
func (s *Store) Export(ctx context.Context, dir, lang string) (*Exported, error) {
	x := &exporting{lang: lang, out: &Exported{}, kind: func(k EventKind) string { return KindName(k, s.options.Process).In(lang) }}
	err := x.into(dir, func() error {
		undone, err := s.Undone(ctx, time.Time{})
		if err != nil {
			return err
		}
		each := func(visit func(Event, string) error) error {
			return s.EachEvent(ctx, Filter{}, func(e Event) error { return visit(e, x.counts(&e, undone)) })
		}
		if err := x.events(each); err != nil {
			return err
		}
		entries, err := s.Entries(ctx)
		if err != nil {
			return err
		}
		states, err := s.State(ctx, lastDay, time.Time{})
		if err != nil {
			return err
		}
		if err := errors.Join(x.entries(entries), x.sites(states)); err != nil {
			return err
		}
		return x.snapshots(func(visit func(Snapshot) error) error { return s.eachSnapshot(ctx, visit) })
	})
	if err != nil {
		return nil, err
	}
	return x.out, nil
}

// ExportSalvaged is Export of what could be read from a damaged file. The state of the sites is left out: it would look whole and not be.
func ExportSalvaged(found *Salvaged, dir, lang string) (*Exported, error) {
	x := &exporting{lang: lang, out: &Exported{Salvaged: found}, kind: func(k EventKind) string { return KindName(k, nil).In(lang) }}
	err := x.into(dir, func() error {
		each := func(visit func(Event, string) error) error {
			for _, e := range found.Events {
				proof := x.t("未能核对", "not proved")
				if ok, followed := found.Proved[e.ID]; followed && ok {
					proof = x.t("核对无误", "proved")
				} else if followed {
					proof = x.t("与录入时不同", "changed")
				}
				if err := visit(e, proof); err != nil {
					return err
				}
			}
			return nil
		}
		if err := errors.Join(x.events(each), x.entries(found.Entries)); err != nil {
			return err
		}
		return x.snapshots(func(visit func(Snapshot) error) error {
			for _, snap := range found.Snapshots {
				if err := visit(snap); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return x.out, nil
}

// eachSnapshot visits all snapshots with their bodies, one at a time.
func (s *Store) eachSnapshot(ctx context.Context, visit func(Snapshot) error) error {
	rows, err := s.db.QueryContext(ctx, selectSnapshot+" ORDER BY day, revision")
	if err != nil {
		return s.wrap("read snapshots", err)
	}
	defer rows.Close()
	for rows.Next() {
		var x Snapshot
		if err := x.scan(rows.Scan); err != nil {
			return s.wrap("read snapshots", err)
		}
		if err := visit(x); err != nil {
			return err
		}
	}
	return s.wrap("read snapshots", rows.Err())
}

type exporting struct {
	lang string
	dir  string // being filled
	kind func(EventKind) string
	out  *Exported
}

func (x *exporting) t(zh, en string) string { return data.Text{ZH: zh, EN: en}.In(x.lang) }

// counts says whether an event counts.
func (x *exporting) counts(e *Event, undone map[int64]bool) string {
	if undone[e.ID] {
		return x.t("已撤销", "undone")
	}
	return x.t("有效", "counts")
}

// into fills a folder beside its place and moves it there when it is complete.
func (x *exporting) into(dir string, fill func() error) (err error) {
	old, err := os.ReadDir(dir)
	if err == nil && len(old) > 0 {
		return fmt.Errorf("%w: %s", ErrExists, dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir = filepath.Clean(dir)
	if x.dir, err = os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".new-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(x.dir)) }() // gone already when all went well
	if err := os.Chmod(x.dir, 0o755); err != nil {
		return err
	}
	if err := fill(); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(x.dir, dir)
}

// file writes one file of the folder.
func (x *exporting) file(name string, write func(io.Writer) error) error {
	path := filepath.Join(x.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = write(w)
	if err = errors.Join(err, w.Flush(), f.Close()); err == nil {
		x.out.Files = append(x.out.Files, filepath.ToSlash(name))
	}
	return err
}

// table writes a CSV file for Excel.
func (x *exporting) table(name string, header []string, rows func(put func(...string) error) error) error {
	return x.file(name, func(w io.Writer) error {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
		c := csv.NewWriter(w)
		c.UseCRLF = true
		if err := c.Write(header); err != nil {
			return err
		}
		err := rows(func(cells ...string) error {
			for i, s := range cells {
				if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !isNumber(s) {
					cells[i] = "'" + s
				}
			}
			return c.Write(cells)
		})
		c.Flush()
		return errors.Join(err, c.Error())
	})
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// fieldHeader and fieldCells are the columns of Fields.
func (x *exporting) fieldHeader() []string {
	return []string{x.t("名称", "name"), x.t("层级", "tier"), x.t("类别", "class"), x.t("经度", "lon"), x.t("纬度", "lat"), x.t("面积（㎡）", "area (m2)"), x.t("区划", "region"),
		x.t("建设方式", "way"), x.t("预算（元）", "budget (元)"), x.t("计划年份", "due"), x.t("开放时间", "hours")}
}

func fieldCells(f *Fields) []string {
	lon, lat := "", ""
	if f.Point != (orb.Point{}) {
		lon, lat = plain(f.Point[0]), plain(f.Point[1])
	}
	area, due := "", ""
	if f.Area != 0 {
		area = plain(f.Area)
	}
	if f.Due != 0 {
		due = strconv.Itoa(f.Due)
	}
	return []string{f.Name, f.Tier, f.Class, lon, lat, area, f.Region, f.Way, yuanCell(f.Budget), due, f.Hours}
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func yuanCell(y siting.Yuan) string {
	if y == 0 {
		return ""
	}
	return strconv.FormatInt(int64(y), 10)
}

func dayCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t)
}

func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

func numberCell(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (x *exporting) events(each func(func(Event, string) error) error) error {
	header := append([]string{x.t("事件号", "number"), x.t("阵地编号", "site"), x.t("项目", "project"), x.t("事件", "event"), x.t("日期", "date"), x.t("金额（元）", "money (元)")}, x.fieldHeader()...)
	header = append(header, x.t("备注", "note"), x.t("撤销第几号", "undoes"), x.t("状态", "standing"), x.t("录入时间", "recorded"), x.t("录入人", "who"), x.t("来源文件", "file"), x.t("来源行", "row"),
		x.t("来源SHA256", "file sha256"), x.t("校验", "hash"))
	return x.table("events.csv", header, func(put func(...string) error) error {
		return each(func(e Event, standing string) error {
			x.out.Events++
			cells := append([]string{numberCell(e.ID), e.Site, e.Project, x.kind(e.Kind), day(e.Date), yuanCell(e.Money)}, fieldCells(&e.Fields)...)
			return put(append(cells, e.Note, numberCell(e.Undoes), standing, timeCell(e.Recorded), e.Who, e.Source.File, numberCell(int64(e.Source.Row)), e.Source.SHA256, e.Hash)...)
		})
	})
}

func (x *exporting) entries(entries []Entry) error {
	return x.table("entries.csv", []string{x.t("录入号", "number"), x.t("录入时间", "recorded"), x.t("录入人", "who"), x.t("来源文件", "file"), "SHA256", x.t("事件数", "events")}, func(put func(...string) error) error {
		for _, e := range entries {
			x.out.Entries++
			if err := put(numberCell(e.ID), stamp(e.Recorded), e.Who, e.Source.File, e.Source.SHA256, numberCell(int64(e.Events))); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *exporting) sites(states []SiteState) error {
	header := append([]string{x.t("阵地编号", "site")}, x.fieldHeader()...)
	header = append(header, x.t("开放", "open"), x.t("启用日期", "opened"), x.t("关闭日期", "closed"), x.t("提升日期", "upgraded"), x.t("搬迁日期", "moved"), x.t("项目", "project"),
		x.t("项目状态", "project state"), x.t("状态日期", "since"), x.t("已付（元）", "paid (元)"))
	return x.table("sites.csv", header, func(put func(...string) error) error {
		for i := range states {
			s := &states[i]
			x.out.Sites++
			open := x.t("否", "no")
			if s.Open {
				open = x.t("是", "yes")
			}
			closed := dayCell(s.Closed)
			if s.Open {
				closed = "" // and opened again
			}
			cells := append([]string{s.Site}, fieldCells(&s.Fields)...)
			p, ok := s.Latest()
			step := ""
			if ok && p.State != "" {
				step = x.kind(p.State)
			}
			if err := put(append(cells, open, dayCell(s.Opened), closed, dayCell(s.Upgraded), dayCell(s.Moved), p.ID, step, dayCell(p.Since), yuanCell(s.Paid))...); err != nil {
				return err
			}
		}
		return nil
	})
}

// snapshots writes a list, and two files a snapshot: what it says, and what it rests on.
func (x *exporting) snapshots(each func(func(Snapshot) error) error) error {
	header := []string{x.t("日期", "date"), x.t("版次", "revision"), x.t("计算时间", "recorded"), x.t("计算人", "who"), x.t("台账截至", "known"), "SHA256", x.t("文件", "file")}
	return x.table("snapshots.csv", header, func(put func(...string) error) error {
		return each(func(s Snapshot) error {
			x.out.Snapshots++
			name := fmt.Sprintf("snapshots/%s-%d", day(s.Date), s.Revision)
			whole := func(b []byte) func(io.Writer) error {
				return func(w io.Writer) error { _, err := w.Write(b); return err }
			}
			if err := errors.Join(x.file(name+".json", whole(s.Body)), x.file(name+".manifest.json", whole(s.Manifest))); err != nil {
				return err
			}
			return put(day(s.Date), strconv.Itoa(s.Revision), stamp(s.Recorded), s.Who, stamp(s.Known), s.SHA256, name+".json")
		})
	})
}
