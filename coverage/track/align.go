package track

import (
	"slices"
	"time"

	"sitecover/coverage"
)

// NoteKind is what a note of Align says.
type NoteKind string

// What Align notes.
const (
	Converted NoteKind = "converted" // the figures of Region were brought to today's regions
	Divided   NoteKind = "divided"   // Region was split: its figures were divided by the shares, its sites by the largest share
	NotTold   NoteKind = "not_told"  // Region was split and no shares are told: its parts have no figures on that day
	Gone      NoteKind = "gone"      // Region is not among today's, and the crosswalk does not say where it went
	New       NoteKind = "new"       // Region is among today's only, and the crosswalk does not say where it came from
	TierGone  NoteKind = "tier_gone" // the last snapshot does not have the tier
	RuleMoved NoteKind = "rule"      // the rule of the tier was another one: radius, mode, floor area or owner level
)

// Note is something that a reader of a comparable series has to know.
type Note struct {
	Date   string // of the snapshot
	Kind   NoteKind
	Region string // or the tier
}

// Align makes a series comparable: every snapshot comes back on the regions and tiers of the last one, by date. What a region had goes where the
// crosswalk says; parents are added up anew from the regions of today, so an area that moved from one town to another moves in all years.
// Sites, projects and money of a split region cannot be told apart by a share: they go to the part with the largest one (the first of
// equals). A merged region of the owner level owns a site when one of its parts did. Regions whose figures are not told have none:
// their People is 0, so shares are n/a. The last snapshot comes back as it is. Snapshots are not changed. One date must not be there
// twice. O(snapshots x tiers x regions).
func Align(snaps []*Snapshot, cw *Crosswalk) ([]*Snapshot, []Note, error) {
	if len(snaps) == 0 {
		return nil, nil, ErrSnapshot
	}
	order := slices.Clone(snaps)
	slices.SortStableFunc(order, func(a, b *Snapshot) int { return a.Day().Compare(b.Day()) })
	for i, s := range order {
		if err := s.Validate(); err != nil {
			return nil, nil, err
		}
		if i > 0 && s.Date == order[i-1].Date {
			return nil, nil, ErrSnapshot
		}
	}
	last := order[len(order)-1]
	var notes []Note
	out := make([]*Snapshot, len(order))
	for i, s := range order {
		if i == len(order)-1 {
			out[i] = s
			break
		}
		al := &aligner{old: s, ref: last, cw: cw, index: map[string]int{}}
		out[i] = al.run()
		notes = append(notes, al.notes...)
	}
	return out, notes, nil
}

type aligner struct {
	old, ref *Snapshot
	cw       *Crosswalk
	index    map[string]int // of ref's regions
	to       [][]portion    // per old region
	missing  []bool         // per region of ref: no figures can be told
	notes    []Note
}

// portion is where a part of an old region goes.
type portion struct {
	region int   // of ref
	share  int64 // millionths
	main   bool  // takes what cannot be divided
}

func (a *aligner) note(kind NoteKind, region string) {
	a.notes = append(a.notes, Note{a.old.Date, kind, region})
}

func (a *aligner) run() *Snapshot {
	for i, r := range a.ref.Regions {
		a.index[r.ID] = i
	}
	out := &Snapshot{
		Format: Format, Study: a.old.Study, Date: a.old.Date, Base: a.old.Base, Ledger: a.old.Ledger, Checked: a.old.Checked,
		Levels: a.ref.Levels, Regions: a.ref.Regions,
	}
	same := slices.EqualFunc(a.old.Regions, a.ref.Regions, func(x, y Region) bool { return x.ID == y.ID && x.Parent == y.Parent && x.Level == y.Level })
	if !same {
		a.trace()
	}
	tierTo := make([]int, len(a.old.Tiers))
	for t := range a.old.Tiers {
		tierTo[t] = a.ref.TierIndex(a.old.Tiers[t].ID)
		if tierTo[t] < 0 {
			a.note(TierGone, a.old.Tiers[t].ID)
		}
	}
	for t := range a.ref.Tiers {
		out.Tiers = append(out.Tiers, a.tier(t, same))
	}
	out.untold = a.missing
	for _, p := range a.old.Payments {
		if p.Tier = tierTo[p.Tier]; p.Tier >= 0 {
			out.Payments = append(out.Payments, p)
		}
	}
	for _, p := range a.old.Projects {
		if p.Tier = tierTo[p.Tier]; p.Tier < 0 {
			continue
		}
		if p.Region >= 0 && !same {
			p.Region = a.mainOf(p.Region)
		}
		out.Projects = append(out.Projects, p)
	}
	return out
}

// trace decides where every old region goes.
func (a *aligner) trace() {
	year, later := a.old.Day().Year(), a.ref.Day().Year()
	a.to = make([][]portion, len(a.old.Regions))
	a.missing = make([]bool, len(a.ref.Regions))
	reached := make([]bool, len(a.ref.Regions))
	for i, r := range a.old.Regions {
		heirs := a.cw.heirs(r.ID, year, later)
		untold := slices.ContainsFunc(heirs, func(h heir) bool { return h.share < 0 })
		var lost bool
		var found []int
		for _, h := range heirs {
			j, there := a.index[h.id]
			if lost = lost || !there; !there {
				continue
			}
			reached[j] = true
			found = append(found, j)
			a.to[i] = append(a.to[i], portion{region: j, share: h.share})
		}
		switch {
		case lost:
			a.note(Gone, r.ID)
		case untold:
			a.note(NotTold, r.ID)
		case len(heirs) > 1:
			a.note(Divided, r.ID)
		case heirs[0].id != r.ID:
			a.note(Converted, r.ID)
		}
		if lost || untold {
			for _, j := range found {
				a.missing[j] = true
			}
			a.to[i] = a.above(i, found)
		}
		best := 0
		for k := range a.to[i] {
			if a.to[i][k].share > a.to[i][best].share {
				best = k
			}
		}
		if len(a.to[i]) > 0 {
			a.to[i][best].main = true
		}
	}
	for j, r := range a.ref.Regions {
		if !reached[j] {
			a.note(New, r.ID)
			a.missing[j] = true
		}
	}
}

// above finds who takes the figures of a region that cannot be divided among its heirs: the lowest region of today that holds all of them,
// or where its parent of then went. Totals of towns stay whole that way, although the parts of the region have no figures.
func (a *aligner) above(i int, heirs []int) []portion {
	if len(heirs) > 0 {
		for j := a.ref.Regions[heirs[0]].Parent; j >= 0; j = a.ref.Regions[j].Parent {
			if !slices.ContainsFunc(heirs, func(h int) bool { return !a.holds(j, h) }) {
				return []portion{{region: j, share: Whole}}
			}
		}
	}
	if parent := a.old.Regions[i].Parent; parent >= 0 {
		if j := a.mainOf(parent); j >= 0 {
			return []portion{{region: j, share: Whole}}
		}
	}
	return nil
}

// holds reports whether region j of today is h or holds it.
func (a *aligner) holds(j, h int) bool {
	for ; h >= 0; h = a.ref.Regions[h].Parent {
		if h == j {
			return true
		}
	}
	return false
}

// mainOf is the region that takes what cannot be divided, -1 = none.
func (a *aligner) mainOf(region int) int {
	for _, p := range a.to[region] {
		if p.main {
			return p.region
		}
	}
	return -1
}

// tier brings a tier of the last snapshot to the old day. A tier that the old snapshot does not have has no figures.
func (a *aligner) tier(t int, same bool) Tier {
	ref := a.ref.Tiers[t]
	i := a.old.TierIndex(ref.ID)
	if i < 0 {
		return Tier{ID: ref.ID, Name: ref.Name, Limit: ref.Limit, Mode: ref.Mode, MinArea: ref.MinArea, Nested: ref.Nested, Owner: ref.Owner, Table: make(Table, len(a.ref.Regions)+1)}
	}
	old := a.old.Tiers[i]
	if old.Limit != ref.Limit || old.Mode != ref.Mode || old.MinArea != ref.MinArea || old.Nested != ref.Nested {
		a.note(RuleMoved, ref.ID)
	}
	out := old
	out.Name, out.Owner = ref.Name, ref.Owner
	if same {
		return out
	}
	out.Table = a.table(old.Table, ref.Owner)
	out.Groups, out.Units = a.parts(old.Groups), a.parts(old.Units)
	return out
}

// table moves the figures of a tier.
func (a *aligner) table(old Table, owner int) Table {
	own := slices.Clone(old) // what a region has beside its children
	for i, r := range a.old.Regions {
		if r.Parent >= 0 {
			own[r.Parent+1] = own[r.Parent+1].Minus(old[i+1])
		}
	}
	out := make(Table, len(a.ref.Regions)+1)
	for i := range a.old.Regions {
		f := own[i+1]
		f.Required, f.Owning = 0, 0
		for k, part := range a.divide(i, f) {
			at := a.to[i][k].region + 1
			out[at] = out[at].Plus(part)
		}
	}
	a.presence(old, out, owner)
	a.addUp(out)
	// The whole area did not change, and what lies in no region belongs to it.
	required, owning := out[0].Required, out[0].Owning
	out[0] = old[0]
	out[0].Required, out[0].Owning = required, owning
	return out
}

// divide gives the parts of a region their figures. People and cells go by the shares, the rest to the main part. Sums stay exact:
// the main part takes what rounding leaves.
func (a *aligner) divide(region int, f Figures) []Figures {
	to := a.to[region]
	out := make([]Figures, len(to))
	rest, main := f, -1
	for k, p := range to {
		if p.main {
			main = k
			continue
		}
		g := Figures{
			People: coverage.People(portionOf(int64(f.People), p.share)), Covered: coverage.People(portionOf(int64(f.Covered), p.share)),
			Unconnected: coverage.People(portionOf(int64(f.Unconnected), p.share)), Cells: portionOf(f.Cells, p.share), CoveredCells: portionOf(f.CoveredCells, p.share),
		}
		out[k] = g
		rest = rest.Minus(g)
	}
	if main >= 0 {
		out[main] = rest
	}
	return out
}

// portionOf returns share x n, rounded down.
func portionOf(n, share int64) int64 {
	if n <= 0 {
		return 0
	}
	return n/Whole*share + n%Whole*share/Whole
}

// presence sets who must own a site, and who does, in the regions of the owner level.
func (a *aligner) presence(old, out Table, owner int) {
	if owner < 0 {
		return
	}
	for j, r := range a.ref.Regions {
		if r.Level == owner && !a.missing[j] {
			out[j+1].Required = 1
		}
	}
	for i := range a.old.Regions {
		if old[i+1].Required != 1 || old[i+1].Owning != 1 {
			continue
		}
		if j := a.mainOf(i); j >= 0 && a.ref.Regions[j].Level == owner && out[j+1].Required == 1 {
			out[j+1].Owning = 1
		}
	}
}

// addUp adds every region to its parent, and the top ones to the whole.
func (a *aligner) addUp(t Table) {
	for j := len(a.ref.Regions) - 1; j >= 0; j-- {
		at := a.ref.Regions[j].Parent + 1
		t[at] = t[at].Plus(t[j+1])
	}
}

// parts moves what is covered of something else than residents.
func (a *aligner) parts(old []Part) (out []Part) {
	for _, p := range old {
		wide := make(Table, len(p.Whole))
		for i := range wide {
			wide[i].People, wide[i].Covered = coverage.People(p.Whole[i]), coverage.People(p.Covered[i])
		}
		q := Part{ID: p.ID}
		for _, f := range a.table(wide, -1) {
			q.Whole, q.Covered = append(q.Whole, int64(f.People)), append(q.Covered, int64(f.Covered))
		}
		out = append(out, q)
	}
	return out
}

// Years returns the last snapshot of every year of a series, by year.
func Years(series []*Snapshot) []*Snapshot {
	var out []*Snapshot
	for _, s := range series {
		if n := len(out); n > 0 && out[n-1].Day().Year() == s.Day().Year() {
			out[n-1] = s
		} else {
			out = append(out, s)
		}
	}
	return out
}

// YearEnd returns 31 December of a year at midnight UTC.
func YearEnd(year int) time.Time { return yearEnd(year) }
