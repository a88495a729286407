package reports

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
	"sitecover/siting"
)

// nasty are names that have broken pages, workbooks and layers before. The fixture uses them for regions, sites and places.
var nasty = []string{
	`</script><script>window.hacked=1</script>`,
	`<img src=x onerror="window.hacked=2">`,
	`=HYPERLINK("http://example.com","点我")`,
	`+1+1`, `-2+3`, `@SUM(A1)`,
	`引号"单引'尖括<b>&amp;`,
	`😀党群👩‍👩‍👧‍👦服务𠮷站`,
	longName(),
}

// longName is a name of 200 characters without a place to break.
func longName() string {
	out := make([]rune, 200)
	for i := range out {
		out[i] = []rune("很长的名字")[i%5]
	}
	return string(out)
}

// world is how large the made-up study is.
type world struct {
	columns, rows int     // communities; towns are blocks of 3 × 3
	side          float64 // metres of a community's side
	sites         int
	nasty         bool
	dense         bool // people in every cell
}

// smallWorld is quick to make; bigWorld is a county: about 5,000 cells of resolution 9.
var (
	smallWorld = world{columns: 9, rows: 6, side: 1300, sites: 48, nasty: true}
	bigWorld   = world{columns: 15, rows: 12, side: 1750, sites: 160}
)

const lon0, lat0 = 118.5, 33.2

// at turns metres east and north of the study's corner into degrees.
func at(x, y float64) orb.Point {
	return orb.Point{lon0 + x/(111_320*math.Cos(lat0*math.Pi/180)), lat0 + y/110_900}
}

// wiggle is a repeatable number in [-1, 1) for a place.
func wiggle(a, b, c int) float64 {
	return rand.New(rand.NewPCG(uint64(a+1000)<<20|uint64(b+1000), uint64(c))).Float64()*2 - 1
}

// lattice are the corners of communities, shifted a little, and the wavy lines between them.
type lattice struct{ w world }

func (l lattice) corner(i, j int) orb.Point {
	return at((float64(i)+wiggle(i, j, 1)*0.2)*l.w.side, (float64(j)+wiggle(i, j, 2)*0.2)*l.w.side)
}

// side is the line from corner (i, j) to its neighbour in direction (di, dj), without its last point.
func (l lattice) side(i, j, di, dj int) []orb.Point {
	a, b, back := l.corner(i, j), l.corner(i+di, j+dj), di+dj < 0
	n := 6
	out := make([]orb.Point, 0, n)
	for k := 0; k < n; k++ {
		f := float64(k) / float64(n)
		ci, cj, ck := i, j, k
		if back { // the same wave seen from the other end
			ci, cj, ck = i+di, j+dj, n-k
		}
		bend := 0.0
		if k > 0 {
			bend = wiggle(ci*7+ck, cj*7+di*di, 3) * 0.0009
		}
		out = append(out, orb.Point{a[0] + (b[0]-a[0])*f + bend*float64(dj*dj), a[1] + (b[1]-a[1])*f + bend*float64(di*di)})
	}
	return out
}

// block is the polygon of communities [i0, i1) × [j0, j1).
func (l lattice) block(i0, j0, i1, j1 int) orb.MultiPolygon {
	var ring orb.Ring
	for i := i0; i < i1; i++ {
		ring = append(ring, l.side(i, j0, 1, 0)...)
	}
	for j := j0; j < j1; j++ {
		ring = append(ring, l.side(i1, j, 0, 1)...)
	}
	for i := i1; i > i0; i-- {
		ring = append(ring, l.side(i, j1, -1, 0)...)
	}
	for j := j1; j > j0; j-- {
		ring = append(ring, l.side(i0, j, 0, -1)...)
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

func (w world) name(i int, plain string) string {
	if w.nasty && i < len(nasty) {
		return nasty[i]
	}
	return plain
}

func makeRegions(t testing.TB, w world) *geo.Regions {
	l := lattice{w}
	all := []geo.Region{{ID: "01", Name: "试验县", Level: 0, Parent: -1, Shape: l.block(0, 0, w.columns, w.rows)}}
	towns := 0
	for j := 0; j < w.rows; j += 3 {
		for i := 0; i < w.columns; i += 3 {
			town := int32(len(all))
			towns++
			i1, j1 := min(i+3, w.columns), min(j+3, w.rows)
			all = append(all, geo.Region{ID: fmt.Sprintf("01%02d", towns), Name: fmt.Sprintf("%s镇", string([]rune("东南西北上下前后左右甲乙丙丁戊己庚辛")[towns%18])+"河"), Level: 1, Shape: l.block(i, j, i1, j1)})
			for y := j; y < j1; y++ {
				for x := i; x < i1; x++ {
					n := y*w.columns + x
					all = append(all, geo.Region{ID: fmt.Sprintf("01%02d%03d", towns, n), Name: w.name(n, fmt.Sprintf("第%d社区", n+1)), Level: 2, Parent: town, Shape: l.block(x, y, x+1, y+1)})
				}
			}
		}
	}
	rs, err := geo.NewRegions([]geo.Level{{ID: "county", Name: "县"}, {ID: "town", Name: "镇"}, {ID: "community", Name: "社区"}}, all)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// makeStudy makes a whole study in memory, with the house's own grid and coverage on straight distances and a simple plan.
// It is the same every time.
func makeStudy(t testing.TB, w world) *Study {
	t.Helper()
	ctx := context.Background()
	rs := makeRegions(t, w)
	g, err := grid.Build(ctx, rs, 9)
	if err != nil {
		t.Fatal(err)
	}
	s := &Study{Name: "试验县党群服务阵地布局规划", Date: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), Synthetic: true, Seed: 7, Version: "test",
		Regions: rs, Grid: g, Roads: makeRoads(w)}
	s.Tiers = []coverage.Tier{
		{ID: "centre", Name: "党群服务中心", Limit: geo.Limit{Metric: geo.Metres, Max: 1_500_000}, Mode: coverage.Straight, MinArea: 1000, OwnerLevel: 1, Parent: -1},
		{ID: "station", Name: "党群服务站", Limit: geo.Limit{Metric: geo.Metres, Max: 700_000}, Mode: coverage.Straight, MinArea: 300, OwnerLevel: 2, Parent: 0},
		{ID: "point", Name: "党群服务点", Limit: geo.Limit{Metric: geo.Metres, Max: 300_000}, Mode: coverage.Straight, OwnerLevel: -1, Parent: 1},
	}
	rng := rand.New(rand.NewPCG(7, 7))
	people := makePeople(w, rng)
	for i, c := range g.Cells {
		if w.dense {
			people.Cells = append(people.Cells, coverage.CellCount{Cell: c, People: float64(1 + i*7919%97)})
		}
	}
	if s.Demand, _, err = coverage.Distribute(g, rs, people); err != nil {
		t.Fatal(err)
	}
	makeSites(s, w, rng)
	in := coverage.Input{Date: s.Date, Regions: rs, Grid: g, Demand: s.Demand, Tiers: s.Tiers, Sites: s.Sites}
	if s.Coverage, err = coverage.Compute(ctx, in); err != nil {
		t.Fatal(err)
	}
	// The tiers call themselves walking from here on, and some people are made unconnected and over-claimed, so that every part
	// of the page has something to show.
	for k := range s.Tiers {
		s.Tiers[k].Mode = "walk"
		x := &s.Coverage.Total[k]
		x.OverClaim, x.Circle = x.People/11, x.Covered+x.People/11
		x.Unconnected = (x.People - x.Covered) / 20
		s.Coverage.Region[k][0] = *x
	}
	s.Gaps = coverage.FindGaps(in, s.Coverage, []coverage.Named{{Name: w.name(0, "老街"), Point: s.Demand.Point[0]}})
	makePlan(t, s)
	makeRest(s, w)
	return s
}

// makePeople puts people around a few centres.
func makePeople(w world, rng *rand.Rand) coverage.Population {
	var p coverage.Population
	width, height := float64(w.columns)*w.side, float64(w.rows)*w.side
	for c := 0; c < 2+w.columns*w.rows/4; c++ {
		x, y, spread, n := rng.Float64()*width, rng.Float64()*height, 250+500*rng.Float64(), 40+rng.IntN(120)
		if c == 0 {
			x, y, spread, n = width/2, height/2, width/14, 60*w.columns
		}
		for ; n > 0; n-- {
			px, py := x+rng.NormFloat64()*spread, y+rng.NormFloat64()*spread
			if px > w.side*0.3 && py > w.side*0.3 && px < width-w.side*0.3 && py < height-w.side*0.3 {
				p.Points = append(p.Points, coverage.PointCount{Point: at(px, py), People: float64(8 + rng.IntN(60))})
			}
		}
	}
	return p
}

func makeRoads(w world) *network.Roads {
	r := &network.Roads{}
	l := lattice{w}
	add := func(points []orb.Point, class network.Class) {
		way := network.Way{Class: class, First: int32(len(r.Refs)), Count: int32(len(points)), Access: network.Foot | network.Car}
		for _, p := range points {
			r.Refs = append(r.Refs, int32(len(r.Nodes)))
			r.Nodes = append(r.Nodes, p)
		}
		r.Ways = append(r.Ways, way)
	}
	for j := 1; j < w.rows; j++ {
		var line []orb.Point
		for i := 0; i < w.columns; i++ {
			line = append(line, l.side(i, j, 1, 0)...)
		}
		add(line, []network.Class{network.Primary, network.Residential, network.Secondary}[j%3])
	}
	for i := 1; i < w.columns; i++ {
		var line []orb.Point
		for j := 0; j < w.rows; j++ {
			line = append(line, l.side(i, j, 0, 1)...)
		}
		add(line, []network.Class{network.Tertiary, network.Residential, network.Footway}[i%3])
	}
	return r
}

func makeSites(s *Study, w world, rng *rand.Rand) {
	for i := 0; i < w.sites; i++ {
		tier := min(2, i%8)
		d := rng.IntN(s.Demand.Len())
		site := coverage.Site{ID: fmt.Sprintf("S%03d", i), Name: w.name(i, fmt.Sprintf("%d号%s", i, s.Tiers[tier].Name)), Tier: tier,
			Point: s.Demand.Point[d], Region: s.Demand.Region[d], FloorArea: float64(80 + 40*(i%60))}
		if i%11 == 5 {
			site.FloorArea = -1
		}
		if i%13 == 6 {
			site.Opened = s.Date.AddDate(0, 6, 0)
		}
		s.Sites = append(s.Sites, site)
	}
}

// makePlan opens, in each of three years, the bare cells that cover most: greedy, on straight distances.
func makePlan(t testing.TB, s *Study) {
	plan := &siting.Plan{Status: siting.Feasible, Objective: 90, Bound: 100, Gap: 0.1, Seed: 7}
	var points []orb.Point
	seen := map[int32]bool{}
	for i := range s.Demand.Point {
		if c := s.Demand.Cell[i]; !seen[c] && len(points) < 400 {
			seen[c] = true
			points = append(points, s.Demand.Point[i])
			plan.Candidates = append(plan.Candidates, siting.Candidate{ID: "cell:" + s.Grid.Cells[c].String(), Point: s.Demand.Point[i], Cell: c, Region: s.Demand.Region[i], Host: -1, Tiers: []int{0, 1, 2}})
		}
	}
	plan.Candidates[0].Name, plan.Candidates[0].Host = "闲置用房", 0
	s.ServedFrom = make([][]int, len(s.Tiers))
	state := make([]*coverage.Service, len(s.Tiers))
	for k := range s.Tiers {
		s.ServedFrom[k] = make([]int, s.Demand.Len())
		state[k] = &s.Coverage.Services[k]
	}
	covered := make([]coverage.People, len(s.Tiers))
	for k := range covered {
		covered[k] = s.Coverage.Total[k].Covered
	}
	for year := 2026; year <= 2028; year++ {
		y := siting.Year{Year: year, Budget: 400 * siting.Wan}
		for k := range s.Tiers {
			m, err := coverage.StraightMatrix(context.Background(), points, s.Demand.Point, s.Tiers[k].Limit, 1)
			if err != nil {
				t.Fatal(err)
			}
			for n := 0; n < 2+2*k; n++ {
				pick := greedyPick(s, k, m, state[k])
				if pick.Gained == 0 {
					break
				}
				pick.Year, pick.OpenYear = year, year
				cols, _ := m.Row(pick.Candidate)
				for _, d := range cols {
					if state[k].Nearest[d] < 0 && s.ServedFrom[k][d] == 0 {
						s.ServedFrom[k][d] = year
					}
				}
				covered[k] += pick.Gained
				y.Spent += pick.Cost
				plan.Picks = append(plan.Picks, pick)
			}
			x := s.Coverage.Total[k]
			share := float64(covered[k]) / float64(x.People)
			y.Tiers = append(y.Tiers, siting.TierYear{Covered: covered[k], Effective: share, Bound: share + (1-share)*0.1, Target: 0.5 + 0.1*float64(year-2026),
				Owning: x.Owning + min(3*(year-2025), x.Required-x.Owning), Required: x.Required, Presence: -1})
		}
		plan.Years = append(plan.Years, y)
	}
	plan.Missed = []siting.Miss{{Target: siting.Target{Year: 2028, Tier: 2, Effective: 0.7, Presence: -1}, Kind: "effective", Got: 0.4, Bound: 0.6}}
	plan.Rejected = []siting.Rejection{{ID: "cell:x", Reason: siting.RejectedExclusion, Tier: siting.AllTiers}}
	s.Plan = plan
}

// greedyPick finds the candidate that newly covers most people of a tier; ties go to the lowest.
func greedyPick(s *Study, k int, m *geo.CostMatrix, now *coverage.Service) siting.Pick {
	best := siting.Pick{Tier: k, Candidate: -1, Cost: siting.Yuan(60-20*k) * siting.Wan, Reason: siting.ForCoverage, Owner: -1}
	for r := 0; r < m.Rows(); r++ {
		var gain coverage.People
		cols, _ := m.Row(r)
		for _, d := range cols {
			if now.Nearest[d] < 0 && s.ServedFrom[k][d] == 0 {
				gain += s.Demand.People[d]
			}
		}
		if gain > best.Gained {
			best.Gained, best.Candidate = gain, r
		}
	}
	if best.Candidate >= 0 && best.Candidate%2 == 1 {
		best.Reason, best.Owner = siting.ForPresence, regionOfCell(s, best.Candidate)
		best.RunnerUp = &siting.RunnerUp{Candidate: 0, Gained: best.Gained / 2, Owner: -1}
	}
	return best
}

// regionOfCell is the region of the i-th inhabited cell.
func regionOfCell(s *Study, i int) int32 {
	var cells []int32
	for d, c := range s.Demand.Cell {
		if !slices.Contains(cells, c) {
			if cells = append(cells, c); len(cells) == i+1 {
				return s.Demand.Region[d]
			}
		}
	}
	return -1
}

// makeRest adds places, exclusions, stations and the basis.
func makeRest(s *Study, w world) {
	width, height := float64(w.columns)*w.side, float64(w.rows)*w.side
	var north, south orb.Ring
	for i := 0; i <= 60; i++ {
		f := float64(i) / 60
		y := height * (0.35 + 0.12*math.Sin(5*f) + 0.03*math.Sin(17*f))
		south = append(south, at(width*f, y))
		north = append(north, at(width*f, y+240))
	}
	slices.Reverse(north)
	river := append(append(south, north...), south[0])
	s.Exclusions = []siting.Exclusion{
		{Name: "大河", Kind: "water", Shape: orb.MultiPolygon{{river}}},
		{Name: "滑坡区", Kind: "hazard", Shape: orb.MultiPolygon{{orb.Ring{at(width*.7, height*.7), at(width*.9, height*.72), at(width*.88, height*.9), at(width*.72, height*.86), at(width*.7, height*.7)}}}},
	}
	for i := 0; i < 6; i++ {
		c := s.Plan.Candidates[i*len(s.Plan.Candidates)/7]
		c.Name = w.name(i, fmt.Sprintf("中心广场%d", i+1))
		s.Stations = append(s.Stations, siting.Station{Rank: i + 1, Candidate: c, Score: 900 - 80*float64(i), Kept: 1 - 0.06*float64(i),
			Parts: map[string]float64{"residents": 400, "bus_stop": 120, "market": 200, "own_kind": 60, "road": 90}})
	}
	s.Places = []siting.Place{{ID: "P1", Name: "闲置用房", Kind: "office", Point: s.Demand.Point[0], Footfall: -1}}
	s.Assumptions = []Assumption{
		{Key: "walk.speed", ZH: "步行速度", EN: "walking speed", Value: "3.8 km/h", Source: "GB 50180-2018", Default: true},
		{Key: "tier.station.limit", ZH: "站的服务半径", EN: "radius of a station", Value: "700 m", Source: "study.yaml:31"},
	}
	s.Inputs = []Input{{Path: "population.csv", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Bytes: 84_561, Rows: 5012, CRS: "WGS84", Role: "population"}}
	s.Findings = []Finding{
		{Severity: "warning", Where: "sites.xlsx:18", ZH: "面积为空：" + nasty[0], EN: "no floor area: " + nasty[0]},
		{Severity: "info", Where: "population.csv", ZH: "3 个网格在研究范围外", EN: "3 cells lie outside the study area"},
	}
}

// makeCellsStudy is a study defined by cells alone: one region without a shape, no roads, sites only of one tier, no plan.
func makeCellsStudy(t testing.TB, ring int) *Study {
	t.Helper()
	cells := h3.LatLngToCell(h3.LatLng{Lat: 31.3, Lng: 120.9}, 9).GridDisk(ring)
	slices.Sort(cells)
	g, err := grid.FromCells(cells, 9)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := geo.NewRegions([]geo.Level{{ID: "area", Name: "研究区"}}, []geo.Region{{ID: "1", Name: "某市", Parent: -1}})
	if err != nil {
		t.Fatal(err)
	}
	var people coverage.Population
	for i, c := range cells {
		people.Cells = append(people.Cells, coverage.CellCount{Cell: c, People: float64(1 + i*7919%400)})
	}
	s := &Study{Name: "只有网格的研究", Date: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), Version: "test", Regions: rs, Grid: g,
		Tiers: []coverage.Tier{{ID: "point", Name: "服务点", Limit: geo.Limit{Metric: geo.Seconds, Max: 900_000}, Mode: coverage.Straight, OwnerLevel: -1, Parent: -1}}}
	s.Tiers[0].Limit = geo.Limit{Metric: geo.Metres, Max: 800_000}
	if s.Demand, _, err = coverage.Distribute(g, rs, people); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(cells); i += 53 {
		at := cells[i].LatLng()
		s.Sites = append(s.Sites, coverage.Site{ID: fmt.Sprint(i), Name: fmt.Sprintf("点%d", i), Point: orb.Point{at.Lng, at.Lat}, FloorArea: -1})
	}
	in := coverage.Input{Date: s.Date, Regions: rs, Grid: g, Demand: s.Demand, Tiers: s.Tiers, Sites: s.Sites}
	if s.Coverage, err = coverage.Compute(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	s.Gaps = coverage.FindGaps(in, s.Coverage, nil)
	return s
}
