package coverage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// Named is a place with a name that people know, to say where a gap is.
type Named struct {
	Name  string
	Point orb.Point // WGS84 longitude, latitude
}

// FindGaps groups the gap cells of every tier, those where more people are uncovered than covered, into areas of cells that
// touch each other, and ranks the areas of a tier by their uncovered people (equals by ID). Result.Scattered holds the
// uncovered people of all other cells, so that per tier
//
//	covered + gaps + scattered = people.
//
// The input must be the one that the result was computed from. Gaps come tier by tier, by rank. Distances are great
// circles. Cost O(cells + demand + gaps log places).
func FindGaps(in Input, res *Result, names []Named) []Gap {
	places := make([]orb.Point, len(names))
	for i, n := range names {
		places[i] = n.Point
	}
	f := &gapFinder{in: in, names: names, places: newPointIndex(places), demand: demandByCell(in),
		around: in.Grid.Around(workerCount(in.Workers))}
	var all []Gap
	for t := range res.Services {
		gaps := f.tier(&res.Services[t])
		slices.SortFunc(gaps, func(a, b Gap) int {
			return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(a.ID, b.ID))
		})
		for i := range gaps {
			gaps[i].Rank = i + 1
		}
		all = append(all, gaps...)
	}
	return all
}

// gapFinder keeps what the gaps of all tiers share.
type gapFinder struct {
	in     Input
	names  []Named
	places *pointIndex
	demand cellDemand
	around *grid.Around
}

// cellDemand lists the demand points of every cell c, by region: of[first[c]:first[c+1]].
type cellDemand struct {
	first []int32
	of    []int32
}

func (d cellDemand) at(cell int32) []int32 { return d.of[d.first[cell]:d.first[cell+1]] }

// demandByCell sorts the demand points by cell, then region, whatever order they come in.
func demandByCell(in Input) cellDemand {
	d := in.Demand
	of := make([]int32, d.Len())
	first := make([]int32, len(in.Grid.Cells)+1)
	for i := range of {
		of[i] = int32(i)
		first[d.Cell[i]+1]++
	}
	for c := range in.Grid.Cells {
		first[c+1] += first[c]
	}
	compare := func(a, b int32) int {
		return cmp.Or(cmp.Compare(d.Cell[a], d.Cell[b]), cmp.Compare(d.Region[a], d.Region[b]))
	}
	if !slices.IsSortedFunc(of, compare) { // it mostly is
		slices.SortStableFunc(of, compare)
	}
	return cellDemand{first, of}
}

// tier returns the gaps of one tier, in the order of their lowest cells.
func (f *gapFinder) tier(s *Service) []Gap {
	people, uncovered := uncoveredByCell(f.in, s)
	taken := make([]int32, len(people)) // by cell: the number of its gap
	for c := range taken {
		taken[c] = noGap
		if isGap(people[c], uncovered[c]) {
			taken[c] = openGap
		}
	}
	sites := make([]orb.Point, len(s.Open))
	for i, site := range s.Open {
		sites[i] = f.in.Sites[site].Point
	}
	index := newPointIndex(sites)
	var groups [][]int32
	for c := range taken {
		if taken[c] == openGap {
			groups = append(groups, f.grow(taken, int32(c), int32(len(groups))))
		}
	}
	gaps := make([]Gap, len(groups))
	err := parallel(context.Background(), len(groups), 1, f.in.Workers, func(from, to int) {
		for k := from; k < to; k++ {
			gaps[k] = f.gap(s, groups[k], taken)
			f.nearest(&gaps[k], s, index)
		}
	})
	if err != nil {
		panic(err) // only the context can end it
	}
	return gaps
}

// What stands in place of the number of a gap.
const (
	noGap   = -1 // the cell is in no gap
	openGap = -2 // the cell is a gap cell that no gap has taken yet
)

// grow takes the connected group of open cells around a cell, and returns it in ascending order.
func (f *gapFinder) grow(taken []int32, from, number int32) []int32 {
	taken[from] = number
	group := []int32{from}
	for i := 0; i < len(group); i++ {
		for _, c := range f.around.Neighbours(group[i]) {
			if c >= 0 && taken[c] == openGap {
				taken[c] = number
				group = append(group, c)
			}
		}
	}
	slices.Sort(group)
	return group
}

// gap describes a group of cells, those with its number in taken: its people, regions, shape and centre.
func (f *gapFinder) gap(s *Service, cells, taken []int32) Gap {
	d := f.in.Demand
	gap := Gap{Tier: s.Tier, Cells: cells, Region: -1, Site: -1}
	if len(d.Groups) > 0 {
		gap.Groups = make([]People, len(d.Groups))
	}
	var points []int32 // uncovered demand points
	held := map[int32]People{}
	for _, c := range cells {
		for _, i := range f.demand.at(c) {
			if !s.Covered(int(i)) && d.People[i] > 0 {
				points = append(points, i)
				gap.People += d.People[i]
				for g := range gap.Groups {
					gap.Groups[g] += d.Groups[g].People[i]
				}
				held[d.Region[i]] += d.People[i]
			}
		}
	}
	for r := range held {
		gap.Touches = append(gap.Touches, r)
	}
	slices.Sort(gap.Touches)
	for _, r := range gap.Touches {
		if gap.Region < 0 || held[r] > held[gap.Region] {
			gap.Region = r
		}
	}
	gap.ID = f.in.Tiers[s.Tier].ID + "-" + f.in.Grid.Cells[cells[0]].String()
	gap.Centre = d.Point[f.centre(points)]
	gap.Shape = f.around.Outline(cells, func(c int32) bool { return taken[c] == taken[cells[0]] })
	return gap
}

// centre returns the demand point nearest to the mean place of the people, so that the centre of a crescent lies on it and not
// in its hollow. Equals go to the first.
func (f *gapFinder) centre(points []int32) int32 {
	d := f.in.Demand
	const rad = math.Pi / 180
	var x, y, z float64
	for _, i := range points { // a mean of directions: no seam at 180°
		lon, lat, w := d.Point[i][0]*rad, d.Point[i][1]*rad, d.People[i].Float()
		x += w * math.Cos(lat) * math.Cos(lon)
		y += w * math.Cos(lat) * math.Sin(lon)
		z += w * math.Sin(lat)
	}
	mean := orb.Point{math.Atan2(y, x) / rad, math.Atan2(z, math.Hypot(x, y)) / rad}
	best, least := points[0], math.Inf(1)
	for _, i := range points {
		if m := geo.Distance(mean, d.Point[i]); m < least {
			best, least = i, m
		}
	}
	return best
}

// nearest names the gap and finds the open site next to it. Sites at the same distance go by ID, places by name.
func (f *gapFinder) nearest(gap *Gap, s *Service, sites *pointIndex) {
	place, _ := f.places.nearest(gap.Centre, func(i, j int32) bool { return f.names[i].Name < f.names[j].Name })
	if place >= 0 {
		gap.Place = f.names[place].Name
	}
	site, metres := sites.nearest(gap.Centre, func(i, j int32) bool { return f.in.Sites[s.Open[i]].ID < f.in.Sites[s.Open[j]].ID })
	if site >= 0 {
		gap.Site, gap.Metres = s.Open[site], metres
	}
}
