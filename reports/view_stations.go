package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"sitecover/siting"
)

// stationView is one proposed 红色驿站.
type stationView struct {
	Rank     int
	Name     string
	Path     string
	Lon, Lat string
	Score    string
	Share    float64 // of the best score, for the bar
	Parts    []stationPart
	Busiest  string // when most of its counted people come; "" = not told
	Kept     string
	Safe     bool
	Unsafe   bool
}

// stationPart is what one kind of generator adds to a station's score.
type stationPart struct {
	Kind  string
	Value string
	Share float64 // of the sum of the parts
	Tone  int     // 0.. by size
}

// stations arranges the proposed stations.
func (b *builder) stations() ([]stationView, string) {
	best, safe, observed, run := 0.0, 0, 0, false
	for _, st := range b.s.Stations {
		best = math.Max(best, st.Score)
		run = run || st.Kept >= 0
		if st.Observed {
			observed++
		}
		if st.Kept >= 0.9 {
			safe++
		}
	}
	var out []stationView
	for _, st := range b.s.Stations {
		v := stationView{Rank: st.Rank, Name: b.candidateName(st.Candidate), Score: decimal(st.Score, 0), Kept: percent(st.Kept),
			Path: strings.Join(regionPathOf(b.s, st.Candidate.Region), " › "), Lon: degrees(st.Candidate.Point[0]),
			Lat: degrees(st.Candidate.Point[1]), Safe: st.Kept >= 0.9, Unsafe: st.Kept >= 0 && st.Kept < 0.9,
			Parts: b.stationParts(st.Parts)}
		if hours := busiest(st.ByHour); hours != "" {
			v.Busiest = b.t("station.busiest", hours)
		}
		if best > 0 {
			v.Share = st.Score / best
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, b.t("station.none")
	}
	line := b.t("station.line", group(int64(len(out))), out[0].Name)
	if run {
		line += b.t("station.safe", group(int64(safe)))
	}
	line += b.t("stop")
	if set := b.s.StationSet; set != nil {
		line += b.t("station.bound", b.scored(set.Score), b.scored(set.Bound), percent(set.Gap)) + b.stationHours(set.Hours)
		if set.Standing > 0 {
			line += b.t("station.standing", group(int64(set.Standing)))
		}
	}
	switch {
	case !b.inPeople():
		line += b.t("station.index")
	case observed == 0:
		line += b.t("station.calibrated")
	default:
		line += b.t("station.counted", group(int64(observed)))
	}
	return out, line
}

// inPeople reports whether scores are people a day.
func (b *builder) inPeople() bool { return b.s.StationSet != nil && b.s.StationSet.Counted }

// scored writes a score with its unit.
func (b *builder) scored(score float64) string {
	if b.inPeople() {
		return b.t("station.people", decimal(score, 0))
	}
	return b.t("station.points", decimal(score, 0))
}

// scoreUnit is the unit of scores, as it stands below one.
func (b *builder) scoreUnit() string {
	if b.inPeople() {
		return b.t("col.peopleaday")
	}
	return b.t("col.score")
}

// scoreHead is the head of a column of scores, with their unit where that is people.
func (b *builder) scoreHead(key string) string {
	if b.inPeople() {
		return key + ".people"
	}
	return key
}

// footUnit is the unit of the footfall of a cell.
func (b *builder) footUnit() string {
	if b.inPeople() {
		return b.t("class.footpeople")
	}
	return b.t("class.foot")
}

// stationHours says what the opening hours of the stations did to the footfall.
func (b *builder) stationHours(h siting.StationHours) string {
	switch {
	case !h.Asked:
		return ""
	case h.Share < 0:
		return b.t("station.nohours")
	}
	return b.t("station.hours", group(int64(h.ByHour)), percent(h.Share))
}

// busiest is when most of the people counted by the hour come: the hour of most, and the hours around it with at least nine tenths of
// its people; "" where nobody was counted so.
func busiest(hours []float64) string {
	if len(hours) != 24 {
		return ""
	}
	top := 0
	for h, people := range hours {
		if people > hours[top] {
			top = h
		}
	}
	if hours[top] <= 0 {
		return ""
	}
	from, to := top, top+1
	for from > 0 && hours[from-1] >= 0.9*hours[top] {
		from--
	}
	for to < 24 && hours[to] >= 0.9*hours[top] {
		to++
	}
	return fmt.Sprintf("%02d:00–%02d:00", from, to)
}

// stationParts orders the parts of a score, the largest first.
func (b *builder) stationParts(parts map[string]float64) []stationPart {
	kinds := make([]string, 0, len(parts))
	sum := 0.0
	for k := range parts {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		sum += parts[k]
	}
	slices.SortStableFunc(kinds, func(x, y string) int { return cmp.Compare(parts[y], parts[x]) })
	var out []stationPart
	for i, k := range kinds {
		if parts[k] < 0.5 || sum <= 0 { // less reads 0
			continue
		}
		out = append(out, stationPart{Kind: b.or("kind."+k, k), Value: decimal(parts[k], 0), Share: parts[k] / sum, Tone: min(i, 4)})
	}
	return out
}
