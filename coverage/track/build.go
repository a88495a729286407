package track

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sitecover/coverage"
	"sitecover/geo"
)

// Place is where something is: a tier and the deepest region, -1 = outside all.
type Place struct {
	Tier   int
	Region int32
}

// Project is one project of the records that is neither cancelled nor closed, open ones too.
type Project struct {
	Place
	Class, Way, State string
	Due               int   // year in which it is to open; 0 = not told
	Budget            int64 // 元
	Paid              int64 // 元
	Open              bool  // serves already: no longer in the pipeline
	Committed         bool  // approved or under construction
	Started           bool  // construction has begun, or is over
	Accepted          bool  // accepted or open: its budget is owed
}

// Payment is money paid in a year.
type Payment struct {
	Place
	Year int
	Yuan int64
}

// Ledger is what the dated records tell besides the open sites.
type Ledger struct {
	Known        bool      // false: there are no records of projects; nothing below counts
	Base         time.Time // day from which upgrades are counted together; zero = not counted
	OpenBefore   []Place   // sites open at the end of the year before
	UpgradedYear []Place   // sites open today, upgraded within the year of the day; one entry a site
	BaseOpen     []Place   // sites open on the base day
	BaseUpgraded []Place   // of them, open today, upgraded after the base day; one entry a site
	Projects     []Project
	Payments     []Payment
}

// Checked is one open site that was checked against the standard.
type Checked struct {
	Place
	Passes bool // reaches the lowest grade
}

// Day is everything that Build makes a snapshot from. Input and Result must belong together.
type Day struct {
	Study   string
	Input   coverage.Input
	Result  *coverage.Result
	Ledger  Ledger
	Checked []Checked               // nil = the sites were not checked
	Units   []coverage.TierEntities // per tier; nil = the study has no units
}

// Build makes the snapshot of a day. O(tiers x regions + records).
func Build(d Day) (*Snapshot, error) {
	if d.Result == nil || len(d.Result.Total) != len(d.Input.Tiers) {
		return nil, fmt.Errorf("%w: the result is not of this input", ErrSnapshot)
	}
	s := &Snapshot{
		Format: Format, Study: d.Study, Date: d.Input.Date.Format(time.DateOnly), Ledger: d.Ledger.Known, Checked: d.Checked != nil,
		Levels: []Level{}, Regions: []Region{}, Tiers: []Tier{},
	}
	regions := d.Input.Regions
	for _, l := range regions.Levels {
		s.Levels = append(s.Levels, Level{l.ID, l.Name})
	}
	for _, r := range regions.All {
		s.Regions = append(s.Regions, Region{ID: r.ID, Name: r.Name, Level: r.Level, Parent: int(r.Parent)})
	}
	for t, tier := range d.Input.Tiers {
		s.Tiers = append(s.Tiers, Tier{
			ID: tier.ID, Name: tier.Name, Limit: limitText(tier.Limit), Mode: tier.Mode, MinArea: tier.MinArea, Nested: tier.Nested, Owner: tier.OwnerLevel,
			Table: CoverageTable(d.Result, t), Groups: groupParts(d.Result, t), Units: unitParts(d.Units, t),
		})
	}
	s.addChecked(d)
	s.addLedger(d)
	return s, s.Validate()
}

func limitText(l geo.Limit) string {
	if l.Metric == geo.Seconds {
		return strconv.FormatFloat(l.Max.Value()/60, 'g', -1, 64) + " min"
	}
	return strconv.FormatFloat(l.Max.Value(), 'g', -1, 64) + " m"
}

// CoverageTable is a tier's part of a coverage result as figures: the whole area, then every region.
func CoverageTable(res *coverage.Result, tier int) Table {
	out := make(Table, 0, len(res.Region[tier])+1)
	out = append(out, coverageFigures(res.Total[tier]))
	for _, x := range res.Region[tier] {
		out = append(out, coverageFigures(x))
	}
	return out
}

func coverageFigures(x coverage.Indicators) Figures {
	return Figures{
		People: x.People, Covered: x.Covered, Unconnected: x.Unconnected, Cells: int64(x.Cells), CoveredCells: int64(x.CoveredCells),
		Open: int64(x.Open), Qualifying: int64(x.Qualifying), Below: int64(x.BelowStandard), AreaUnknown: int64(x.AreaUnknown),
		Required: int64(x.Required), Owning: int64(x.Owning),
	}
}

func groupParts(res *coverage.Result, t int) (out []Part) {
	if res.Groups == nil {
		return nil
	}
	for _, g := range res.Groups[t] {
		p := Part{ID: g.ID, Whole: []int64{int64(g.Total.People)}, Covered: []int64{int64(g.Total.Covered)}}
		for _, x := range g.Region {
			p.Whole, p.Covered = append(p.Whole, int64(x.People)), append(p.Covered, int64(x.Covered))
		}
		out = append(out, p)
	}
	return out
}

func unitParts(units []coverage.TierEntities, t int) (out []Part) {
	if units == nil {
		return nil
	}
	for _, k := range units[t].Kinds {
		p := Part{ID: k.Kind, Whole: []int64{int64(k.Total.Entities)}, Covered: []int64{int64(k.Total.Covered)}}
		for _, x := range k.Region {
			p.Whole, p.Covered = append(p.Whole, int64(x.Entities)), append(p.Covered, int64(x.Covered))
		}
		out = append(out, p)
	}
	return out
}

// count adds figures to a region, all that hold it, and the whole area.
func (s *Snapshot) count(p Place, add func(*Figures)) {
	table := s.Tiers[p.Tier].Table
	for r := int(p.Region); r >= 0; r = s.Regions[r].Parent {
		add(&table[r+1])
	}
	add(&table[0])
}

func (s *Snapshot) addChecked(d Day) {
	for _, c := range d.Checked {
		s.count(c.Place, func(f *Figures) {
			f.Assessed++
			if c.Passes {
				f.Passing++
			}
		})
	}
}

func (s *Snapshot) addLedger(d Day) {
	l := d.Ledger
	if !l.Known {
		return
	}
	if !l.Base.IsZero() {
		s.Base = l.Base.Format(time.DateOnly)
	}
	for _, x := range []struct {
		places []Place
		add    func(*Figures)
	}{
		{l.OpenBefore, func(f *Figures) { f.OpenBefore++ }},
		{l.UpgradedYear, func(f *Figures) { f.UpgradedYear++ }},
		{l.BaseOpen, func(f *Figures) { f.BaseOpen++ }},
		{l.BaseUpgraded, func(f *Figures) { f.BaseUpgraded++ }},
	} {
		for _, p := range x.places {
			s.count(p, x.add)
		}
	}
	for i := range l.Projects {
		s.count(l.Projects[i].Place, l.Projects[i].add)
	}
	year := d.Input.Date.Year()
	money := map[YearMoney]int64{}
	for _, p := range l.Payments {
		s.count(p.Place, func(f *Figures) {
			f.Paid += p.Yuan
			if p.Year == year {
				f.Year += p.Yuan
			}
		})
		money[YearMoney{Year: p.Year, Tier: p.Tier}] += p.Yuan
	}
	for k, yuan := range money {
		k.Paid = yuan
		s.Payments = append(s.Payments, k)
	}
	slices.SortFunc(s.Payments, func(a, b YearMoney) int { return cmp.Or(a.Year-b.Year, a.Tier-b.Tier) })
	s.Projects = countProjects(l.Projects)
}

func (p *Project) add(f *Figures) {
	f.Known++
	if !p.Open {
		f.Projects++
	}
	if p.Committed {
		f.Committed++
		f.Budget += p.Budget
	}
	if p.Started {
		f.Started++
	}
	if p.Accepted {
		f.Debt += max(0, p.Budget-p.Paid)
	}
}

// countProjects puts projects that are alike together, in a fixed order.
func countProjects(projects []Project) []ProjectCount {
	sums := map[ProjectCount]*ProjectCount{}
	var out []*ProjectCount
	for _, p := range projects {
		key := ProjectCount{Tier: p.Tier, Region: int(p.Region), Class: p.Class, Way: p.Way, State: p.State, Due: p.Due}
		c := sums[key]
		if c == nil {
			fresh := key
			c = &fresh
			sums[key] = c
			out = append(out, c)
		}
		c.Count++
		c.Budget += p.Budget
		c.Paid += p.Paid
	}
	slices.SortFunc(out, func(a, b *ProjectCount) int {
		return cmp.Or(a.Tier-b.Tier, a.Region-b.Region, cmp.Compare(a.Class, b.Class), cmp.Compare(a.Way, b.Way), cmp.Compare(a.State, b.State), a.Due-b.Due)
	})
	list := make([]ProjectCount, len(out))
	for i, c := range out {
		list[i] = *c
	}
	return list
}
