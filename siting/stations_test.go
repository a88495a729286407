package siting

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sitecover/coverage"
	"sitecover/geo/network"
)

// stationRules are straight, without sensitivity runs: squares of distance are easy by hand.
func stationRules(count int, weights map[string]float64) StationRules {
	r := DefaultStationRules()
	r.Count, r.Weights, r.Mode, r.Runs = count, weights, coverage.Straight, 0
	return r
}

func (y *toy) stations(r StationRules) []Station {
	y.t.Helper()
	s, err := FindStations(context.Background(), y.world(), r)
	if err != nil {
		y.t.Fatal(err)
	}
	return s.Stations
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Max(1, math.Abs(b)) }

// A market of 64 points and a stop of 16 stand 150 m apart, where 1 - (150/300)² = 3/4 is captured: at the market
// 64 + 12 = 76, at the stop 16 + 48 = 64. A lone park of 8 stands 2 km east. The market comes first, the stop is too near to
// it (spacing 1,000 m), and the park follows.
func TestStationsByHand(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.place("stop", "stop", at(650, 1000))
	y.place("park", "park", at(2500, 1000))
	got := y.stations(stationRules(3, map[string]float64{"market": 64, "stop": 16, "park": 8}))
	if len(got) != 2 {
		t.Fatalf("%d stations: %+v", len(got), got)
	}
	m, p := got[0], got[1]
	if m.Candidate.ID != "host:market" || !near(m.Score, 76) || !near(m.Parts["market"], 64) || !near(m.Parts["stop"], 12) || m.Rank != 1 {
		t.Errorf("first %+v", m)
	}
	if p.Candidate.ID != "host:park" || !near(p.Score, 8) || p.Rank != 2 || p.Kept >= 0 || p.Observed {
		t.Errorf("second %+v", p)
	}
}

// Without spacing the stop is second: of its own 16 a quarter is left by the market (4), and nothing of the market's 64,
// which its own station captures whole.
func TestStationsShareWithDiminishingReturn(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.place("stop", "stop", at(650, 1000))
	r := stationRules(2, map[string]float64{"market": 64, "stop": 16})
	r.Spacing = 0
	got := y.stations(r)
	if len(got) != 2 || got[1].Candidate.ID != "host:stop" || !near(got[1].Score, 4) || !near(got[1].Parts["stop"], 16) || !near(got[1].Parts["market"], 48) {
		t.Errorf("stations %+v", got)
	}
}

// The middle place reaches both sides at 3/4 each and is best alone: 12 + 12 + 1 = 25 against 16 + 0.75. Two stations with
// 200 m between them leave it out: greedy would keep it with one side (25 + 4), the exchange finds both sides (32.8).
func TestStationsExchangeWhatGreedyTook(t *testing.T) {
	y := newToy(t)
	y.place("a", "big", at(500, 1000))
	y.place("m", "small", at(650, 1000))
	y.place("z", "big", at(800, 1000))
	r := stationRules(2, map[string]float64{"big": 16, "small": 1})
	r.Spacing = 200
	got := y.stations(r)
	sum := 0.0
	for _, s := range got {
		sum += s.Score
	}
	// a takes 16 and 3/4 of m; z takes 16 and 3/4 of the quarter that is left of m.
	if len(got) != 2 || !near(sum, 32+0.75+0.1875) {
		t.Errorf("stations %+v", got)
	}
}

// An existing station keeps the spacing and what it captures.
func TestStationsRespectTheExisting(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.place("stop", "stop", at(650, 1000))
	r := stationRules(2, map[string]float64{"market": 64, "stop": 16})
	r.Spacing = 100
	r.Existing = []coverage.Site{{ID: "old", Point: at(500, 1000)}}
	got := y.stations(r)
	if len(got) != 1 || got[0].Candidate.ID != "host:stop" || !near(got[0].Score, 4) {
		t.Errorf("stations %+v", got)
	}
}

// A counted place switches the surface to people a day. The counted market (600 a day, weight 6) makes an index point worth
// 100, so the uncounted stop of weight 2 is worth 200 and 100 residents of weight 1 are worth 100.
func TestStationsUseCounts(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.w.Places[0].Footfall = 600
	y.place("stop", "stop", at(2500, 1000))
	y.people(at(2500, 1000), 100)
	got := y.stations(stationRules(2, map[string]float64{"market": 6, "stop": 2, PartResidents: 1}))
	if len(got) != 2 || !near(got[0].Score, 600) || !got[0].Observed || !near(got[1].Score, 300) || got[1].Observed {
		t.Errorf("stations %+v", got)
	}
	if !near(got[1].Parts[PartResidents], 100) || !near(got[1].Parts["stop"], 200) {
		t.Errorf("parts %v", got[1].Parts)
	}
}

// weekdays returns the week of the same hours on every day.
func weekdays(t *testing.T, from, to int) *coverage.Week {
	t.Helper()
	var spans []coverage.Span
	for d := range 7 {
		spans = append(spans, coverage.Span{From: coverage.Moment(d*1440 + from*60), To: coverage.Moment(d*1440 + to*60)})
	}
	w, err := coverage.NewWeek(spans)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// counted gives the last place its counts by the hour, in hours of the day.
func (y *toy) counted(footfall float64, bands ...Band) {
	p := &y.w.Places[len(y.w.Places)-1]
	p.Footfall = footfall
	for _, b := range bands {
		p.Bands = append(p.Bands, Band{b.From * 60, b.To * 60, b.Count})
	}
}

// Stations are open from 6 to 22. Of the market's 600 a day 300 pass from 7 to 9 and 200 from 17 to 19, all of them while open; the
// other 100 pass evenly in the 20 hours that were not counted, 12 of which are open: 60. The night market's 800 pass from 20 to 4:
// a quarter of it, 200, while open. The square was counted by the day alone: the market is the only one of its kind that was
// counted by the hour, so that another market keeps 560/600 of its 300, 280; the square, of no counted kind, keeps what all counted
// places do, (560 + 200) / 1400 of its 700: 380. One index point is worth 600 + 800 + 300 + 700 people over the weights 4 x 4,
// 150; the park of 2 points keeps 760/1400 of 300.
func TestStationsCountWhatPassesWhileTheyAreOpen(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.counted(600, Band{7, 9, 300}, Band{17, 19, 200})
	y.place("night", "night_market", at(2500, 1000))
	y.counted(800, Band{20, 28, 800})
	y.place("second", "market", at(3500, 2000))
	y.counted(300)
	y.place("square", "square", at(500, 3000))
	y.counted(700)
	y.place("park", "park", at(2500, 3000))
	r := stationRules(5, map[string]float64{"market": 4, "night_market": 4, "square": 4, "park": 2})
	r.Hours = weekdays(t, 6, 22)
	set, err := FindStations(context.Background(), y.world(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"host:market": 560, "host:night": 200, "host:second": 280, "host:square": 380, "host:park": 300 * 760.0 / 1400}
	for _, s := range set.Stations {
		if !near(s.Score, want[s.Candidate.ID]) {
			t.Errorf("%s captures %v, want %v", s.Candidate.ID, s.Score, want[s.Candidate.ID])
		}
		delete(want, s.Candidate.ID)
		switch s.Candidate.ID {
		case "host:market": // 150 in each hour from 7 to 9, 100 from 17 to 19, 5 in every other
			if h := s.ByHour; len(h) != 24 || !near(h[7], 150) || !near(h[17], 100) || !near(h[3], 5) {
				t.Errorf("market by hour %v", h)
			}
		case "host:night": // from 20 to 4
			if h := s.ByHour; len(h) != 24 || !near(h[23], 100) || !near(h[3], 100) || h[4] != 0 || h[19] != 0 {
				t.Errorf("night market by hour %v", h)
			}
		default:
			if s.ByHour != nil {
				t.Errorf("%s by hour %v", s.Candidate.ID, s.ByHour)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not chosen: %v", want)
	}
	if h := set.Hours; h.ByHour != 2 || h.ByDay != 2 || !near(h.Share, 760.0/1400) {
		t.Errorf("hours %+v", h)
	}
	cells, err := CellFootfall(y.world(), r)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range cells {
		sum += v
	}
	if !near(sum, 560+200+280+380+300*760.0/1400) {
		t.Errorf("footfall of all cells %v", sum)
	}
}

// Where nobody counted by the hour, hours change nothing: when people pass is not known.
func TestStationsDoNotGuessHours(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.counted(600)
	r := stationRules(1, map[string]float64{"market": 4})
	r.Hours = weekdays(t, 6, 22)
	set, err := FindStations(context.Background(), y.world(), r)
	if err != nil {
		t.Fatal(err)
	}
	if set.Score != 600 || set.Hours.Share >= 0 || set.Hours.ByDay != 1 {
		t.Errorf("score %v, hours %+v", set.Score, set.Hours)
	}
}

// The station that stands already captures three quarters of the stop, 150 m away, while it is open: from 8 to 12. Of what passes
// while the new one is open, 8 to 20, that is 60 of 80. It leaves 1 - 3/4 x 60/80 of 80: 35.
func TestExistingStationsCaptureWhileTheyAreOpen(t *testing.T) {
	y := newToy(t)
	y.place("stop", "stop", at(650, 1000))
	y.counted(100, Band{8, 12, 60}, Band{12, 20, 20}, Band{20, 24, 20})
	r := stationRules(1, map[string]float64{"stop": 16})
	r.Spacing, r.Hours = 100, weekdays(t, 8, 20)
	r.Existing = []coverage.Site{{ID: "old", Point: at(500, 1000), Hours: weekdays(t, 8, 12)}}
	if got := y.stations(r); len(got) != 1 || !near(got[0].Score, 35) {
		t.Errorf("stations %+v", got)
	}
	r.Existing[0].Hours = nil // not known: as the new one
	if got := y.stations(r); len(got) != 1 || !near(got[0].Score, 20) {
		t.Errorf("stations %+v", got)
	}
}

// Bands that are none are refused.
func TestStationsRefuseBands(t *testing.T) {
	for want, bands := range map[string][]Band{
		"no stretch of a day": {{600, 600, 1}},
		"counted twice":       {{1320, 1500, 1}, {30, 90, 1}},
		"want a number >= 0":  {{0, 60, -1}},
		"less than its bands": {{0, 60, 700}},
	} {
		y := newToy(t)
		y.place("stop", "stop", at(650, 1000))
		y.w.Places[0].Footfall, y.w.Places[0].Bands = 600, bands
		if _, err := FindStations(context.Background(), y.world(), stationRules(1, nil)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", bands, err)
		}
	}
}

// road is a way through points, for walkers.
func road(roads *network.Roads, class network.Class, points ...[2]float64) {
	first := int32(len(roads.Refs))
	for _, p := range points {
		roads.Refs = append(roads.Refs, int32(len(roads.Nodes)))
		roads.Nodes = append(roads.Nodes, at(p[0], p[1]))
	}
	roads.Ways = append(roads.Ways, network.Way{ID: int64(len(roads.Ways) + 1), Class: class,
		Access: network.Foot | network.Bicycle | network.Car, First: first, Count: int32(len(points))})
}

// Beside a primary road (3 steps of 10 points) a station without a host captures 80 % of 30; motorways and residential
// streets offer no road-side points; excluded land offers none either.
func TestStationsBesideRoads(t *testing.T) {
	y := newToy(t)
	y.w.Roads = &network.Roads{}
	road(y.w.Roads, network.Primary, [2]float64{500, 1000}, [2]float64{700, 1000})
	road(y.w.Roads, network.Trunk, [2]float64{500, 3000}, [2]float64{700, 3000}) // in the lake
	road(y.w.Roads, network.Motorway, [2]float64{3000, 1000}, [2]float64{3500, 1000})
	road(y.w.Roads, network.Residential, [2]float64{3000, 2000}, [2]float64{3500, 2000})
	y.w.Exclusions = []Exclusion{{Name: "lake", Kind: "water", Shape: square(400, 2900, 1000)}}
	got := y.stations(stationRules(5, map[string]float64{PartRoad: 10}))
	if len(got) != 1 || !near(got[0].Score, 24) || got[0].Road != "primary" || !strings.HasPrefix(got[0].Candidate.ID, "road:") {
		t.Errorf("stations %+v", got)
	}
}

// A lone market stays chosen whatever the weights; of two places of almost the same worth that shut each other out, each is
// chosen in some runs.
func TestStationsSensitivity(t *testing.T) {
	y := newToy(t)
	y.place("lone", "mall", at(500, 500))
	y.place("left", "market", at(2000, 2000))
	y.place("right", "park", at(2600, 2000))
	r := stationRules(2, map[string]float64{"mall": 20, "market": 10, "park": 9.9})
	r.Runs = 40
	got := y.stations(r)
	if len(got) != 2 || got[0].Kept != 1 || got[1].Candidate.ID != "host:left" {
		t.Fatalf("stations %+v", got)
	}
	if k := got[1].Kept; k < 0.3 || k > 0.7 {
		t.Errorf("left is kept in %v of the runs", k)
	}
}

func randomStations(t *testing.T, seed uint64) (*toy, StationRules) {
	rnd := rand.New(rand.NewPCG(seed, 3))
	y := newToy(t)
	for k := range 12 {
		y.place(fmt.Sprintf("p%02d", k), []string{"market", "park", "stop"}[rnd.IntN(3)], at(200+rnd.Float64()*900, 200+rnd.Float64()*900))
		y.people(at(200+rnd.Float64()*900, 200+rnd.Float64()*900), int64(rnd.IntN(2000)))
	}
	r := stationRules(3, map[string]float64{"market": 6, "park": 3, "stop": 2, PartResidents: 0.5})
	r.Spacing = 300
	return y, r
}

// The oracle tries every set of three of twelve places.
func TestStationsAgainstBruteForce(t *testing.T) {
	missed := 0
	var gaps []float64
	for seed := range uint64(25) {
		y, r := randomStations(t, seed)
		w := y.world()
		f, err := newFootfall(context.Background(), w, &r)
		if err != nil {
			t.Fatal(err)
		}
		best := 0.0
		var try func(from int, set []int32)
		try = func(from int, set []int32) {
			sum, _ := f.total(f.base(), set)
			best = max(best, sum)
			for j := from; j < len(f.spots) && len(set) < 3; j++ {
				if !slices.ContainsFunc(set, func(k int32) bool { return distance(f.spots[j].Point, f.spots[k].Point) < r.Spacing }) {
					try(j+1, append(slices.Clone(set), int32(j)))
				}
			}
		}
		try(0, nil)
		sum := 0.0
		set := must[*StationSet](t)(FindStations(context.Background(), w, r))
		if set.Bound < best*(1-1e-9) || set.Score > set.Bound {
			t.Errorf("seed %d: bound %v, best %v, score %v", seed, set.Bound, best, set.Score)
		}
		if n := len(set.Stations) + len(set.Passed); n < len(f.spots) || set.Gap < 0 {
			t.Errorf("seed %d: %d of %d places told, gap %v", seed, n, len(f.spots), set.Gap)
		}
		gaps = append(gaps, set.Gap)
		stations := set.Stations
		for i, s := range stations {
			sum += s.Score
			for _, o := range stations[:i] {
				if distance(s.Candidate.Point, o.Candidate.Point) < r.Spacing {
					t.Errorf("seed %d: %s and %s are too near", seed, s.Candidate.ID, o.Candidate.ID)
				}
			}
			if i > 0 && s.Score > stations[i-1].Score*(1+1e-9) {
				t.Errorf("seed %d: rank %d adds more than rank %d", seed, i+1, i)
			}
		}
		if sum > best*(1+1e-9) {
			t.Errorf("seed %d: %v exceeds the best %v", seed, sum, best)
		}
		if sum < best*(1-1e-9) {
			missed++
			if sum < best*0.95 {
				t.Errorf("seed %d: %v of %v", seed, sum, best)
			}
		}
	}
	if missed > 5 {
		t.Errorf("%d of 25 are not the best", missed)
	}
	slices.Sort(gaps)
	if gaps[len(gaps)/2] > 0.1 {
		t.Errorf("gaps %v", gaps)
	}
}

// A market of 64 and a park of 8 stand far apart, a stop of 16 stands 150 m from the market (which hands 12 of it over). One
// station: the market captures 76, and nothing can capture more; the stop is too near to it, the park has had its chance.
// A station that stands at the market leaves the stop's place to nobody, and the park.
func TestStationsTellWhoWasPassedOver(t *testing.T) {
	y := newToy(t)
	y.place("market", "market", at(500, 1000))
	y.place("stop", "stop", at(650, 1000))
	y.place("park", "park", at(2500, 1000))
	r := stationRules(1, map[string]float64{"market": 64, "stop": 16, "park": 8})
	set := must[*StationSet](t)(FindStations(context.Background(), y.world(), r))
	if !near(set.Score, 76) || !near(set.Bound, 76) || set.Gap > 1e-3 {
		t.Errorf("score %v, bound %v, gap %v", set.Score, set.Bound, set.Gap)
	}
	got := map[string]string{}
	for _, p := range set.Passed {
		got[p.ID] = fmt.Sprintf("%s %s %.0f", p.Reason, p.Detail, p.Score)
	}
	if want := map[string]string{"host:park": "count  8", "host:stop": "near_station #1 4"}; !reflect.DeepEqual(got, want) {
		t.Errorf("passed %v, want %v", got, want)
	}
	r.Existing = []coverage.Site{{ID: "old", Point: at(500, 1000)}}
	set = must[*StationSet](t)(FindStations(context.Background(), y.world(), r))
	if len(set.Stations) != 1 || set.Stations[0].Candidate.ID != "host:park" || set.Standing != 1 || len(set.Passed) != 2 ||
		set.Passed[0].Reason != PassedExisting || set.Passed[0].Detail != "old" {
		t.Errorf("with a station at the market: %+v", set)
	}
}

// 500 couriers wait 150 m from a park of 8: at 10 points per 100 they are worth 50, of which the park captures 3/4.
func TestStationsServeWorkers(t *testing.T) {
	y := newToy(t)
	y.place("park", "park", at(500, 1000))
	r := stationRules(1, map[string]float64{"park": 8})
	r.Workers = []WorkerGroup{{ID: "couriers", Weight: 10, At: []Workers{{Point: at(650, 1000), Heads: 500}}}}
	got := y.stations(r)
	if len(got) != 1 || !near(got[0].Score, 45.5) || !near(got[0].Parts["couriers"], 37.5) {
		t.Errorf("stations %+v", got)
	}
	r.Workers[0].ID = PartRoad
	if _, err := FindStations(context.Background(), y.world(), r); err == nil || !strings.Contains(err.Error(), "Workers[0].ID") {
		t.Errorf("a group named road: %v", err)
	}
}

// The order of places and the number of workers change nothing.
func TestStationsIgnoreOrderAndWorkers(t *testing.T) {
	for seed := range uint64(5) {
		y, r := randomStations(t, seed)
		r.Runs = 10
		y.w.Workers = 1
		a := y.stations(r)
		slices.Reverse(y.w.Places)
		y.w.Workers = 4
		b := y.stations(r)
		for i := range b {
			if b[i].Candidate.Host >= 0 {
				b[i].Candidate.Host = a[i].Candidate.Host
			}
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("seed %d:\n%+v\n%+v", seed, a, b)
		}
	}
}

func TestStationRulesRefuse(t *testing.T) {
	for _, c := range []struct {
		want string
		mar  func(*StationRules)
	}{
		{"Count 0", func(r *StationRules) { r.Count = 0 }},
		{"Catchment 0", func(r *StationRules) { r.Catchment = 0 }},
		{"Catchment NaN", func(r *StationRules) { r.Catchment = math.NaN() }},
		{"Spacing -1", func(r *StationRules) { r.Spacing = -1 }},
		{"Roadside 0", func(r *StationRules) { r.Roadside = 0 }},
		{"Mode", func(r *StationRules) { r.Mode = "" }},
		{"no road graph for mode \"walk\"", func(r *StationRules) { r.Mode = "walk" }},
		{"Runs -1", func(r *StationRules) { r.Runs = -1 }},
		{"Vary 1", func(r *StationRules) { r.Vary = 1 }},
		{"Weights[park] -3", func(r *StationRules) { r.Weights = map[string]float64{"park": -3} }},
	} {
		r := stationRules(1, nil)
		c.mar(&r)
		if _, err := FindStations(context.Background(), newToy(t).world(), r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want it to say %q", err, c.want)
		}
	}
}
