package run

import (
	"context"
	"math/big"
	"time"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
)

// ChangeView splits the change of the covered share of a tier in a region, or in the whole area. Total = Sites + People + Ground, as shares:
// 0.031 is 3.1 points. The points are rounded such that they add up too.
type ChangeView struct {
	Tier     string  `json:"tier"`
	TierName string  `json:"tierName"`
	Region   string  `json:"region,omitempty"`
	Name     string  `json:"regionName,omitempty"`
	Level    string  `json:"level,omitempty"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Before   float64 `json:"before"`
	After    float64 `json:"after"`
	Total    float64 `json:"total"`
	Sites    float64 `json:"sites"`
	People   float64 `json:"people"`
	Ground   float64 `json:"ground"` // roads, and the tier's rule

	TotalPoints  float64 `json:"totalPoints"`
	SitesPoints  float64 `json:"sitesPoints"`
	PeoplePoints float64 `json:"peoplePoints"`
	GroundPoints float64 `json:"groundPoints"`
}

// TrackDiff is what changed between two days.
type TrackDiff struct {
	Study   string          `json:"study"`
	From    string          `json:"from"`
	To      string          `json:"to"`
	Studies []string        `json:"studies"` // whose people, borders and roads held on the two days
	Changes []ChangeView    `json:"changes"`
	Opened  []string        `json:"sitesOpened"`
	Closed  []string        `json:"sitesClosed"`
	Moved   []string        `json:"sitesMoved"`
	LeftOut []TrackNoteView `json:"regionsLeftOut"` // regions that are not the same on both days
}

// side is one of the two days: its sites, its people and its ground.
type side struct {
	s    *Session
	book *book
}

// causes of a change, as bits of a mixture.
const (
	causeSites = 1 << iota
	causePeople
	causeGround
)

// Diff splits what changed between two days into what sites, people, and roads and rules did (track.Shapley). Every mixture of before and
// after is computed anew: up to eight coverages.
func (k *Tracker) Diff(ctx context.Context, from, to time.Time, known time.Time) (*TrackDiff, error) {
	var sides [2]*side
	for i, day := range []time.Time{from, to} {
		s, err := k.session(ctx, day.Year())
		if err != nil {
			return nil, err
		}
		if err := s.ready(ctx); err != nil {
			return nil, err
		}
		b := &book{tracker: k, session: s, o: SnapshotOptions{Day: day, Known: known}}
		if err := b.read(ctx); err != nil {
			return nil, err
		}
		sides[i] = &side{s.on(day, b.sites), b}
	}
	a, b := sides[0].s, sides[1].s
	if a.Study.Resolution != b.Study.Resolution {
		return nil, &data.InputError{File: a.Study.Path, Field: "grid.resolution", What: data.T("两年的网格分辨率不同", "the two years have grids of different resolutions"), Hint: data.T("用同一个分辨率", "use the same one")}
	}
	out := &TrackDiff{Study: k.Study.Name, From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Studies: []string{a.Study.Path, b.Study.Path}, Changes: []ChangeView{}, LeftOut: []TrackNoteView{}}
	same := k.Study.StudyOf(from.Year()) == k.Study.StudyOf(to.Year())
	var results [8]*mixture
	for m := range results {
		if same && m&(causePeople|causeGround) != 0 {
			results[m] = results[m&causeSites] // one study: people and ground are the same
			continue
		}
		var err error
		if results[m], err = mix(ctx, sides, m); err != nil {
			return nil, err
		}
	}
	cw, _, err := data.Crosswalk(ctx, k.Study)
	if err != nil {
		return nil, err
	}
	out.split(sides, results, cw)
	out.moves(a, b)
	return out, nil
}

// mixture is the coverage of sites, people and ground that are taken from one day or the other.
type mixture struct {
	people *Session // whose regions the result has
	result *coverage.Result
	tiers  map[string]int
}

// mix computes a mixture: the bits that are set are taken from the later day.
func mix(ctx context.Context, sides [2]*side, m int) (*mixture, error) {
	pick := func(bit int) *Session {
		if m&bit != 0 {
			return sides[1].s
		}
		return sides[0].s
	}
	sites, people, ground := pick(causeSites), pick(causePeople), pick(causeGround)
	in := people.input()
	in.Date = sites.Study.Date
	in.Tiers, in.Graphs, in.Modes = nil, ground.graphs, ground.modes
	index := map[string]int{}
	for _, t := range ground.tiers {
		t.OwnerLevel = -1 // presence is not split
		index[t.ID] = len(in.Tiers)
		in.Tiers = append(in.Tiers, t)
	}
	in.Sites = nil
	for _, x := range sites.Data.Sites {
		at, ok := index[sites.tiers[x.Tier].ID]
		if !ok {
			continue
		}
		x.Tier = at
		x.Region = people.locate(x.Point)
		in.Sites = append(in.Sites, x)
	}
	res, err := coverage.Compute(ctx, in)
	return &mixture{people, res, index}, err
}

// split fills in the changes of the tiers that both days have.
func (d *TrackDiff) split(sides [2]*side, results [8]*mixture, cw *track.Crosswalk) {
	before, after := sides[0].s, sides[1].s
	for _, t := range after.tiers {
		if _, both := results[0].tiers[t.ID]; !both {
			continue
		}
		d.add(ChangeView{Tier: t.ID, TierName: t.Name}, results, func(x *mixture) coverage.Indicators { return x.result.Total[x.tiers[t.ID]] })
		for r := range after.Data.Regions.All {
			ref := after.Ref(int32(r))
			if _, there := before.Data.Regions.Index(ref.ID); !there || cw.Touches(ref.ID, before.Study.Date.Year(), after.Study.Date.Year()) {
				continue
			}
			d.add(ChangeView{Tier: t.ID, TierName: t.Name, Region: ref.ID, Name: ref.Name, Level: ref.Level}, results, func(x *mixture) coverage.Indicators {
				i, _ := x.people.Data.Regions.Index(ref.ID) // both days have it
				return x.result.Region[x.tiers[t.ID]][i]
			})
		}
	}
	for r := range after.Data.Regions.All {
		ref := after.Ref(int32(r))
		_, there := before.Data.Regions.Index(ref.ID)
		if !there || cw.Touches(ref.ID, before.Study.Date.Year(), after.Study.Date.Year()) {
			d.LeftOut = append(d.LeftOut, TrackNoteView{d.To, data.T("%s（%s）前后不是同一块地，不分解", "%s (%s) is not the same ground on both days, and is not split", ref.Name, ref.ID)})
		}
	}
}

// add splits one change; regions without people on either day have none.
func (d *TrackDiff) add(v ChangeView, results [8]*mixture, of func(*mixture) coverage.Indicators) {
	value := make([]track.Fraction, len(results))
	for m, x := range results {
		i := of(x)
		value[m] = track.Fraction{Covered: i.Covered, People: i.People}
		if i.People == 0 {
			return
		}
	}
	parts, err := track.Shapley(value)
	if err != nil {
		return // it was given eight values with people
	}
	float := func(r *big.Rat) float64 { f, _ := r.Float64(); return f }
	share := func(f track.Fraction) float64 { return float(big.NewRat(int64(f.Covered), int64(f.People))) }
	v.From, v.To, v.Before, v.After = d.From, d.To, share(value[0]), share(value[7])
	v.Sites, v.People, v.Ground = float(parts[0]), float(parts[1]), float(parts[2])
	v.Total = float(new(big.Rat).Add(new(big.Rat).Add(parts[0], parts[1]), parts[2]))
	tenths, total := track.Points(parts)
	v.TotalPoints, v.SitesPoints, v.PeoplePoints, v.GroundPoints = float64(total)/10, float64(tenths[0])/10, float64(tenths[1])/10, float64(tenths[2])/10
	d.Changes = append(d.Changes, v)
}

// moves lists the sites that opened, closed and moved.
func (d *TrackDiff) moves(a, b *Session) {
	d.Opened, d.Closed, d.Moved = []string{}, []string{}, []string{}
	was, is := map[string]coverage.Site{}, map[string]bool{}
	for _, x := range a.Data.Sites {
		if x.OpenOn(a.Study.Date) {
			was[x.ID] = x
		}
	}
	for _, x := range b.Data.Sites {
		if !x.OpenOn(b.Study.Date) {
			continue
		}
		is[x.ID] = true
		if old, there := was[x.ID]; !there {
			d.Opened = append(d.Opened, x.ID)
		} else if old.Point != x.Point {
			d.Moved = append(d.Moved, x.ID)
		}
	}
	for _, x := range a.Data.Sites {
		if x.OpenOn(a.Study.Date) && !is[x.ID] {
			d.Closed = append(d.Closed, x.ID)
		}
	}
}
