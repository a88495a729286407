package coverage

// figures are what a tier's service makes of the regions.
type figures struct {
	region    []Indicators
	total     Indicators
	blank     []int32
	scattered People
	groups    []GroupCoverage
}

// sum turns the service of a tier into the figures of every region and of the whole area. All sums are of integers, from
// the deepest regions upwards, so a parent is exactly its children plus what it owns itself. Owner is that of cellOwners.
func sum(in Input, s *Service, owner []int32) figures {
	f := figures{region: make([]Indicators, len(in.Regions.All))}
	sumPeople(in, s, f.region)
	f.groups = sumGroups(in, s)
	f.scattered = sumCells(in, s, owner, f.region)
	sumSites(in, s.Tier, s.Open, f.region)
	f.blank = markPresence(in, s.Tier, f.region)
	f.total = rollUp(in, f.region)
	return f
}

// add adds up everything that counts people, cells, sites or regions.
func (x *Indicators) add(y Indicators) {
	x.People += y.People
	x.Covered += y.Covered
	x.Unconnected += y.Unconnected
	x.Circle += y.Circle
	x.OverClaim += y.OverClaim
	x.Cells += y.Cells
	x.CoveredCells += y.CoveredCells
	x.Open += y.Open
	x.Qualifying += y.Qualifying
	x.BelowStandard += y.BelowStandard
	x.AreaUnknown += y.AreaUnknown
	x.Required += y.Required
	x.Owning += y.Owning
	x.StandIns += y.StandIns
}

// rollUp adds every region to its parent and returns the sum of the top ones. Parents stand before their children, so one
// pass from the end does it.
func rollUp(in Input, regions []Indicators) Indicators {
	var total Indicators
	for r := len(regions) - 1; r >= 0; r-- {
		if parent := in.Regions.All[r].Parent; parent >= 0 {
			regions[parent].add(regions[r])
		} else {
			total.add(regions[r])
		}
	}
	return total
}

// sumPeople adds every demand point to its own region.
func sumPeople(in Input, s *Service, regions []Indicators) {
	for i, people := range in.Demand.People {
		x := &regions[in.Demand.Region[i]]
		x.People += people
		covered := s.Covered(i)
		if covered {
			x.Covered += people
		}
		if !s.Connected[i] {
			x.Unconnected += people
		}
		if s.Circle[i] {
			x.Circle += people
			if !covered {
				x.OverClaim += people
			}
		}
	}
}

// cellOwners returns the region that counts each cell: the one with the largest part of its area, the lowest index of
// equals, -1 for a cell without parts. The ancestors of that region count the cell too, so that counts add up over levels.
func cellOwners(in Input) []int32 {
	owner := make([]int32, len(in.Grid.Cells))
	share := make([]float64, len(in.Grid.Cells))
	for i := range owner {
		owner[i] = -1
	}
	for _, p := range in.Grid.Parts {
		c := p.Cell
		if owner[c] < 0 || p.Share > share[c] || p.Share == share[c] && p.Region < owner[c] {
			owner[c], share[c] = p.Region, p.Share
		}
	}
	return owner
}

// uncoveredByCell returns for every cell how many people live there and how many of them are not covered.
func uncoveredByCell(in Input, s *Service) (people, uncovered []People) {
	people = make([]People, len(in.Grid.Cells))
	uncovered = make([]People, len(in.Grid.Cells))
	for i, c := range in.Demand.Cell {
		people[c] += in.Demand.People[i]
		if !s.Covered(i) {
			uncovered[c] += in.Demand.People[i]
		}
	}
	return people, uncovered
}

// isGap tells whether a cell with so many people, so many of them uncovered, is a gap cell: one where more are uncovered
// than covered. It is the only rule for this in the house: a cell at exactly one half is a covered cell, so that inhabited
// cells = covered cells + gap cells.
func isGap(people, uncovered People) bool { return uncovered > people-uncovered }

// sumCells counts inhabited cells in the region that owns them, and returns the uncovered people of cells that are no gap
// cells.
func sumCells(in Input, s *Service, owner []int32, regions []Indicators) (scattered People) {
	people, uncovered := uncoveredByCell(in, s)
	for c, n := range people {
		if n == 0 {
			continue
		}
		gap := isGap(n, uncovered[c])
		if !gap {
			scattered += uncovered[c]
		}
		if owner[c] < 0 {
			continue
		}
		x := &regions[owner[c]]
		x.Cells++
		if !gap {
			x.CoveredCells++
		}
	}
	return scattered
}

// sumSites counts a tier's open sites, and apart from them those that stand in for them, in the regions that contain them.
func sumSites(in Input, t int, open []int32, regions []Indicators) {
	for _, i := range open {
		site := in.Sites[i]
		if site.Region < 0 {
			continue
		}
		x := &regions[site.Region]
		if site.Tier != t {
			x.StandIns++
			continue
		}
		x.Open++
		switch {
		case site.Qualifies(in.Tiers[t]):
			x.Qualifying++
		case site.FloorArea < 0:
			x.AreaUnknown++
		default:
			x.BelowStandard++
		}
	}
}

// Qualifies reports whether the site meets the tier's minimum floor area. An unknown area meets only "none asked".
func (s Site) Qualifies(t Tier) bool { return t.MinArea == 0 || s.FloorArea >= t.MinArea }

// markPresence sets what is required and owned at the tier's owner level, and returns the regions there without a
// qualifying site. A site that stands in for the tier's own qualifies, or it would not (Site.Serves). It runs before rollUp, when
// Qualifying counts a region's own sites only, so it looks through the descendants itself.
func markPresence(in Input, t int, regions []Indicators) (blank []int32) {
	level := in.Tiers[t].OwnerLevel
	if level < 0 {
		return nil
	}
	qualifying := make([]int, len(regions))
	for r := len(regions) - 1; r >= 0; r-- {
		qualifying[r] += regions[r].Qualifying + regions[r].StandIns
		if parent := in.Regions.All[r].Parent; parent >= 0 {
			qualifying[parent] += qualifying[r]
		}
	}
	for r := range regions {
		if in.Regions.All[r].Level != level {
			continue
		}
		regions[r].Required = 1
		if qualifying[r] > 0 {
			regions[r].Owning = 1
		} else {
			blank = append(blank, int32(r))
		}
	}
	return blank
}
