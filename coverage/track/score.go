package track

import (
	"cmp"
	"slices"
	"time"
)

// Light is a region's colour on the scoreboard.
type Light string

// The lights, from the region's targets in force (see Score).
//
//	green  every one is met or on track
//	red    one is missed, or behind with its year already running or next to end (no more than one year left)
//	amber  anything else: one is behind, with more than one year left
//
// A region without a target that is known has no light.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
	NoLit Light = ""
)

// RegionScore is a line of the scoreboard.
type RegionScore struct {
	Region    int // index into the last snapshot's regions
	Light     Light
	Rank      int   // 1 = best; equal scores share a rank, and the next is as many further; 0 = no target applies
	Before    int   // rank on the day of Board.Before; 0 = not known
	Score     int64 // millionths: mean fulfilment of the targets in force
	Targets   int   // that are known
	Standings []Standing
}

// Board is the scoreboard of a level.
type Board struct {
	Date, Before string        // days; Before = "" when there is nothing to compare with
	Regions      []RegionScore // by rank, then by region id; those without a rank last
}

// Score makes the scoreboard of a level. In force for a region are, per tier and indicator, its target of the earliest year that has not
// ended on the day, or when all have ended the latest one. A share that is asked of the whole area is handed down to every
// region of the level that has no target of its own for the tier, indicator and year; amounts are not.
//
// The fulfilment of a target is min(1, part / needed part), 1 where nothing is needed, of debt 1 or 0; the score is its mean over the
// known targets in force, in millionths, rounded down target by target. Ranks go by the score. Before is the rank on the last snapshot of
// an earlier year, by the targets in force then.
func Score(series []*Snapshot, targets []Target, level int) (*Board, error) {
	if len(series) == 0 {
		return nil, ErrSnapshot
	}
	now := series[len(series)-1]
	out, err := board(series, targets, level)
	if err != nil {
		return nil, err
	}
	for i := len(series) - 2; i >= 0; i-- {
		if series[i].Day().Year() < now.Day().Year() {
			earlier, err := board(series[:i+1], targets, level)
			if err != nil {
				return nil, err
			}
			out.Before = series[i].Date
			rank := map[string]int{}
			for _, r := range earlier.Regions {
				rank[series[i].Regions[r.Region].ID] = r.Rank
			}
			for k := range out.Regions {
				out.Regions[k].Before = rank[now.Regions[out.Regions[k].Region].ID]
			}
			break
		}
	}
	return out, nil
}

func board(series []*Snapshot, targets []Target, level int) (*Board, error) {
	now := series[len(series)-1]
	out := &Board{Date: now.Date}
	var all []Target
	index := map[string]int{}
	for r, region := range now.Regions {
		if region.Level == level {
			index[region.ID] = len(out.Regions)
			out.Regions = append(out.Regions, RegionScore{Region: r})
			all = append(all, InForce(OfRegion(targets, region.ID), now.Day())...)
		}
	}
	standings, err := Assess(series, all)
	if err != nil {
		return nil, err
	}
	for _, s := range standings {
		r := &out.Regions[index[s.Target.Region]]
		r.Standings = append(r.Standings, s)
	}
	for i := range out.Regions {
		out.Regions[i].sum(now.Day())
	}
	rank(out.Regions, now)
	return out, nil
}

// OfRegion returns the targets of a region: its own, and the shares that are asked of the whole area, handed down.
func OfRegion(targets []Target, id string) []Target {
	type key struct {
		year      int
		tier      string
		indicator Indicator
	}
	own := map[key]bool{}
	var out []Target
	for _, t := range targets {
		if t.Region == id {
			own[key{t.Year, t.Tier, t.Indicator}] = true
			out = append(out, t)
		}
	}
	for _, t := range targets {
		if t.Region == "" && t.Indicator.Shared() && !own[key{t.Year, t.Tier, t.Indicator}] {
			t.Region, t.Handed = id, true
			out = append(out, t)
		}
	}
	return out
}

// InForce returns, per tier, region and indicator, the target of the earliest year that has not ended on the day (a day of 31 December
// still belongs to its year), or the latest one. The order stays.
func InForce(targets []Target, day time.Time) []Target {
	best := map[legKey]int{}
	for i, t := range targets {
		k := legKey{t.Tier, t.Region, t.Indicator}
		j, seen := best[k]
		if !seen || better(t.Year, targets[j].Year, day.Year()) {
			best[k] = i
		}
	}
	var out []Target
	for i, t := range targets {
		if best[legKey{t.Tier, t.Region, t.Indicator}] == i {
			out = append(out, t)
		}
	}
	return out
}

func better(a, b, year int) bool {
	if (a >= year) != (b >= year) {
		return a >= year
	}
	if a >= year {
		return a < b
	}
	return a > b
}

// sum sets the score and the light of a region from its standings.
func (r *RegionScore) sum(day time.Time) {
	total := int64(0)
	for _, s := range r.Standings {
		if s.Status == Unknown {
			continue
		}
		r.Targets++
		total += s.fulfilment()
		switch {
		case s.Status == Missed, s.Status == Behind && s.Years <= 1:
			r.Light = Red
		case s.Status == Behind && r.Light != Red:
			r.Light = Amber
		case r.Light == NoLit:
			r.Light = Green
		}
	}
	if r.Targets > 0 {
		r.Score = total / int64(r.Targets)
	}
}

// fulfilment is min(1, part / needed) in millionths.
func (s *Standing) fulfilment() int64 {
	if s.Short == 0 {
		return Whole
	}
	if s.Target.Indicator == Debt || s.Needed <= 0 || s.Now.Part <= 0 {
		return 0
	}
	return ratio(s.Now.Part, s.Needed)
}

// ratio returns part / whole in millionths, rounded down, for 0 <= part < whole.
func ratio(part, whole int64) int64 {
	for whole > 1<<42 { // people in millionths: a ratio needs no more digits
		part, whole = part>>1, whole>>1
	}
	return part * Whole / whole
}

func rank(regions []RegionScore, s *Snapshot) {
	slices.SortFunc(regions, func(a, b RegionScore) int {
		return cmp.Or(-cmp.Compare(min(a.Targets, 1), min(b.Targets, 1)), -cmp.Compare(a.Score, b.Score),
			cmp.Compare(s.Regions[a.Region].ID, s.Regions[b.Region].ID))
	})
	for i := range regions {
		switch {
		case regions[i].Targets == 0:
			regions[i].Rank = 0
		case i > 0 && regions[i].Score == regions[i-1].Score:
			regions[i].Rank = regions[i-1].Rank
		default:
			regions[i].Rank = i + 1
		}
	}
}
