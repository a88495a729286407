package reports

import (
	"errors"
	"fmt"
	"slices"

	"sitecover/siting"
)

// Validate reports every way in which the parts of the study do not fit together: missing parts, lists of different
// lengths, indexes that point nowhere. A report is only written of a study that fits.
func (s *Study) Validate() error {
	if s == nil {
		return errors.New("reports: no study")
	}
	var c checker
	c.that(s.Regions != nil && len(s.Regions.Levels) > 0 && len(s.Regions.All) > 0, "Regions: there must be at least one")
	c.that(s.Grid != nil, "Grid: missing")
	c.that(s.Demand != nil, "Demand: missing")
	c.that(s.Coverage != nil, "Coverage: missing")
	c.that(len(s.Tiers) > 0, "Tiers: there must be at least one")
	if c.err != nil {
		return c.err
	}
	s.checkDemand(&c)
	s.checkCoverage(&c)
	s.checkLists(&c)
	s.checkMeasures(&c)
	if c.err == nil && s.Plan != nil {
		s.checkPlan(&c)
	}
	return c.err
}

// checker collects what is wrong, up to a cap.
type checker struct {
	err error
	n   int
}

func (c *checker) that(ok bool, format string, args ...any) {
	if ok {
		return
	}
	if c.n++; c.n <= 20 {
		c.err = errors.Join(c.err, fmt.Errorf("reports: Study."+format, args...))
	}
}

// in requires low <= i < n.
func (c *checker) in(i, low, n int, what string, at int) {
	c.that(i >= low && i < n, "%s of item %d: %d is not in [%d, %d)", what, at, i, low, n)
}

func (s *Study) checkDemand(c *checker) {
	d, n := s.Demand, s.Demand.Len()
	c.that(len(d.Point) == n && len(d.Region) == n && len(d.Cell) == n, "Demand: lists of different lengths")
	if c.err != nil {
		return
	}
	for i := 0; i < n; i++ {
		c.in(int(d.Cell[i]), 0, len(s.Grid.Cells), "Demand.Cell", i)
		c.in(int(d.Region[i]), 0, len(s.Regions.All), "Demand.Region", i)
		c.that(i == 0 || d.Cell[i-1] <= d.Cell[i], "Demand.Cell of item %d: not in ascending order", i)
	}
	for i, r := range s.Regions.All {
		c.in(r.Level, 0, len(s.Regions.Levels), "Regions.Level", i)
		c.in(int(r.Parent), -1, i, "Regions.Parent", i)
	}
	for i, t := range s.Tiers {
		c.in(t.OwnerLevel, -1, len(s.Regions.Levels), "Tiers.OwnerLevel", i)
	}
}

func (s *Study) checkCoverage(c *checker) {
	r, n := s.Coverage, len(s.Tiers)
	c.that(len(r.Services) == n && len(r.Region) == n && len(r.Total) == n && len(r.Blank) == n, "Coverage: not one entry for each of %d tiers", n)
	if c.err != nil {
		return
	}
	for t := range s.Tiers {
		v := &r.Services[t]
		c.that(len(v.Nearest) == s.Demand.Len() && len(v.Cost) == s.Demand.Len(), "Coverage.Services of item %d: not one entry for each demand point", t)
		c.that(len(r.Region[t]) == len(s.Regions.All), "Coverage.Region of item %d: not one entry for each region", t)
		for i, x := range v.Nearest {
			c.in(int(x), -1, len(s.Sites), "Coverage.Services.Nearest", i)
		}
		for i, x := range r.Blank[t] {
			c.in(int(x), 0, len(s.Regions.All), "Coverage.Blank", i)
		}
	}
}

func (s *Study) checkLists(c *checker) {
	for i, x := range s.Sites {
		c.in(x.Tier, 0, len(s.Tiers), "Sites.Tier", i)
		c.in(int(x.Region), -1, len(s.Regions.All), "Sites.Region", i)
	}
	for i, g := range s.Gaps {
		c.in(g.Tier, 0, len(s.Tiers), "Gaps.Tier", i)
		c.in(int(g.Region), -1, len(s.Regions.All), "Gaps.Region", i)
		c.in(int(g.Site), -1, len(s.Sites), "Gaps.Site", i)
		for _, x := range g.Cells {
			c.in(int(x), 0, len(s.Grid.Cells), "Gaps.Cells", i)
		}
	}
	for i, st := range s.Stations {
		c.in(int(st.Candidate.Region), -1, len(s.Regions.All), "Stations.Candidate.Region", i)
	}
	c.that(len(s.ServedFrom) == 0 || len(s.ServedFrom) == len(s.Tiers), "ServedFrom: not one entry for each tier")
	for t, x := range s.ServedFrom {
		c.that(len(x) == s.Demand.Len(), "ServedFrom of item %d: not one entry for each demand point", t)
	}
}

func (s *Study) checkPlan(c *checker) {
	p := s.Plan
	for i, k := range p.Picks {
		c.in(k.Tier, 0, len(s.Tiers), "Plan.Picks.Tier", i)
		c.in(k.Candidate, 0, len(p.Candidates), "Plan.Picks.Candidate", i)
		c.in(int(k.Owner), -1, len(s.Regions.All), "Plan.Picks.Owner", i)
		if k.RunnerUp != nil {
			c.in(k.RunnerUp.Candidate, 0, len(p.Candidates), "Plan.Picks.RunnerUp.Candidate", i)
		}
		c.that(i == 0 || p.Picks[i-1].Year <= k.Year, "Plan.Picks of item %d: years not in order", i)
		if k.Candidate >= 0 && k.Candidate < len(p.Candidates) {
			c.in(int(p.Candidates[k.Candidate].Region), -1, len(s.Regions.All), "Plan.Candidates.Region", k.Candidate)
		}
	}
	for i, q := range p.Quotas {
		c.in(q.Quota, 0, len(s.Rules.Quotas), "Plan.Quotas.Quota", i)
		c.in(int(q.Region), 0, len(s.Regions.All), "Plan.Quotas.Region", i)
	}
	for i, q := range s.Rules.Quotas {
		c.in(q.Tier, siting.AllTiers, len(s.Tiers), "Rules.Quotas.Tier", i)
	}
	for i, w := range s.Rules.Weighted {
		c.in(w.Tier, 0, len(s.Tiers), "Rules.Weighted.Tier", i)
	}
	years := map[int]bool{}
	for i, y := range p.Years {
		years[y.Year] = true
		c.that(len(y.Tiers) == len(s.Tiers), "Plan.Years of item %d: not one entry for each tier", i)
	}
	for i, k := range p.Picks {
		c.that(years[k.Year], "Plan.Picks of item %d: year %d is not in Plan.Years", i, k.Year)
	}
	for i, m := range p.Missed {
		c.in(m.Target.Tier, 0, len(s.Tiers), "Plan.Missed.Target.Tier", i)
	}
}

// checkMeasures looks at the measures that a study may have: each is absent, or fits the rest.
func (s *Study) checkMeasures(c *checker) {
	tiers := func(n int, what string) {
		c.that(n == 0 || n == len(s.Tiers), "%s: not one entry for each of %d tiers", what, len(s.Tiers))
	}
	tiers(len(s.Hours), "Hours")
	tiers(len(s.Land), "Land")
	tiers(len(s.Served), "Served")
	tiers(len(s.Catchments), "Catchments")
	tiers(len(s.Reach), "Reach")
	tiers(len(s.Frontier), "Frontier")
	c.that(len(s.Footfall) == 0 || len(s.Footfall) == len(s.Grid.Cells), "Footfall: not one value for each cell of the grid")
	c.that(len(s.Fixes) == 0 || len(s.Fixes) == len(s.Gaps), "Fixes: not one for each gap")
	for i, f := range s.Fixes {
		c.in(int(f.Nearest.Candidate), -1, len(s.Offers), "Fixes.Nearest.Candidate", i)
		c.in(int(f.Cheapest.Candidate), -1, len(s.Offers), "Fixes.Cheapest.Candidate", i)
	}
	for i, g := range s.Gaps {
		for _, z := range g.Zones {
			c.in(int(z.Zone), 0, len(s.Zones), "Gaps.Zones", i)
		}
	}
	for t := range s.Served {
		c.that(len(s.Served[t].Service) == len(s.Entities), "Served of item %d: not one for each entity", t)
	}
	for t := range s.Catchments {
		for i, a := range s.Catchments[t] {
			c.in(int(a.Site), 0, len(s.Sites), "Catchments.Site", i)
		}
	}
	if a := s.Assessment; a != nil {
		for i, x := range a.Cards {
			c.in(int(x.Site), 0, len(s.Sites), "Assessment.Cards.Site", i)
			c.in(x.Grade, -1, len(a.Grades), "Assessment.Cards.Grade", i)
			c.that(len(x.Axes) == len(a.Axes), "Assessment.Cards.Axes of item %d: not one for each axis", i)
			if x.Next != nil {
				c.in(x.Next.Grade, 0, len(a.Grades), "Assessment.Cards.Next.Grade", i)
			}
		}
	}
	for _, id := range s.Theme.Sections {
		c.that(slices.Contains(SectionIDs, id), "Theme.Sections: %q is no section", id)
	}
}
