package network

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// A toy town is drawn with one character every 100 m, north up, its lower left corner at 0°, 0° (where a degree of longitude is as long as one of
// latitude, so that hand-derived costs are round numbers). Letters and + are junctions. Roads run in rows and columns:
// - and | carry both directions, > < ^ v one way, % is a bridge: the two roads that meet there do not join.
type town struct {
	roads *Roads
	at    map[rune]orb.Point
}

var stepDegrees = 100 / (geo.Radius * math.Pi / 180)

// place returns the point x, y steps of 100 m east and north of the lower left corner.
func place(x, y float64) orb.Point { return orb.Point{x * stepDegrees, y * stepDegrees} }

func drawTown(drawing string) town {
	rows := strings.Split(strings.Trim(drawing, "\n"), "\n")
	t := town{roads: &Roads{}, at: map[rune]orb.Point{}}
	cell := func(x, y int) byte {
		if y < 0 || y >= len(rows) || x < 0 || x >= len(rows[y]) {
			return ' '
		}
		return rows[y][x]
	}
	junction := func(c byte) bool { return c == '+' || c >= 'A' && c <= 'Z' }
	node := map[[2]int]int32{}
	for y := range rows {
		for x := range rows[y] {
			if junction(cell(x, y)) {
				p := place(float64(x), float64(len(rows)-1-y))
				node[[2]int{x, y}] = int32(len(t.roads.Nodes))
				t.roads.Nodes = append(t.roads.Nodes, p)
				t.at[rune(cell(x, y))] = p
			}
		}
	}
	// Follow the roads that leave every junction to the east and to the south.
	for y := range rows {
		for x := range rows[y] {
			if !junction(cell(x, y)) {
				continue
			}
			for _, run := range []struct {
				dx, dy int
				with   string
			}{{1, 0, "-><%"}, {0, 1, "|v^%"}} {
				oneWay := Both
				cx, cy := x+run.dx, y+run.dy
				for strings.IndexByte(run.with, cell(cx, cy)) >= 0 {
					switch cell(cx, cy) {
					case '>', 'v':
						oneWay = Forward
					case '<', '^':
						oneWay = Backward
					}
					cx, cy = cx+run.dx, cy+run.dy
				}
				if junction(cell(cx, cy)) && (cx != x+run.dx || cy != y+run.dy) {
					t.roads.add(oneWay, node[[2]int{x, y}], node[[2]int{cx, cy}])
				}
			}
		}
	}
	return t
}

// add appends a way that admits everyone.
func (r *Roads) add(oneWay Direction, nodes ...int32) {
	r.Ways = append(r.Ways, Way{
		ID: int64(len(r.Ways) + 1), Class: Residential, Access: Foot | Bicycle | Car, OneWay: oneWay,
		First: int32(len(r.Refs)), Count: int32(len(nodes)),
	})
	r.Refs = append(r.Refs, nodes...)
}

func mode(t testing.TB, id string) Mode {
	t.Helper()
	for _, m := range StandardModes() {
		if m.ID == id {
			return m
		}
	}
	t.Fatalf("no standard mode %q", id)
	return Mode{}
}

func build(t testing.TB, roads *Roads, id string, metric geo.Metric) *Graph {
	t.Helper()
	g, err := Build(context.Background(), roads, mode(t, id), metric)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// costs returns the matrix as dense rows, in metres or seconds; -1 where there is no entry.
func costs(t testing.TB, g *Graph, sites, demand []orb.Point, limit float64) [][]float64 {
	t.Helper()
	m, err := g.Matrix(context.Background(), g.Snap(sites), g.Snap(demand), geo.Limit{Metric: g.Metric, Max: geo.ToImpedance(limit)}, 2)
	if err != nil {
		t.Fatal(err)
	}
	dense := make([][]float64, m.Rows())
	for r := range dense {
		dense[r] = make([]float64, m.Columns)
		for c := range dense[r] {
			dense[r][c] = -1
		}
		columns, costs := m.Row(r)
		for k, c := range columns {
			dense[r][c] = costs[k].Value()
		}
	}
	return dense
}

func TestTownsWithAnswersDerivedByHand(t *testing.T) {
	river := `
A--B
|  |
C%%D
|
E--F`
	// The river town: rows are 100 m apart, columns too. A-B 300, A-C 200, B-D 200, C-D by the bridge 300, C-E 200, E-F 300 m.
	cases := []struct {
		name     string
		town     string
		mode     string
		site     orb.Point
		demand   orb.Point
		limit    float64
		want     float64
		backward float64 // the same from site to demand
	}{
		{"along one street between two points of it", "A----B", "walk", place(1, 0), place(4, 0), 1000, 300, 300},
		{"access legs are added at both ends", "A----B", "walk", place(1, 2), place(4, 1), 1000, 600, 600},
		{"exactly at the limit counts", "A----B", "walk", place(0, 0), place(5, 0), 500, 500, 500},
		{"one millimetre beyond the limit does not", "A----B", "walk", place(0, 0), place(5, 0), 499.999, -1, -1},
		{"farther than 500 m from any road is unconnected", "A----B", "walk", place(0, 0), place(3, 5.1), 9000, -1, -1},
		{"exactly 500 m from the road is connected", "A----B", "walk", place(0, 0), place(3, 5), 9000, 800, 800},
		{"beyond the end of a road the end is nearest", "A----B", "walk", place(0, 0), place(7, 0), 9000, 700, 700},
		{"over the only bridge", river, "walk", place(0, 0), place(3, 4), 9000, 700, 700},
		{"from D to F over the bridge", river, "walk", place(3, 0), place(3, 2), 9000, 800, 800},
		{"walkers ignore one-way", "A-->--B", "walk", place(0, 0), place(6, 0), 9000, 600, 600},
		{"a car cannot go back on a one-way street", "A-->--B", "drive", place(6, 0), place(0, 0), 9000, 600, -1},
		{"nor between two points of it", "A-->--B", "drive", place(4, 0), place(1, 0), 9000, 300, -1},
		// Back from 4 to 1 around the block: 200 on to B, then down 200, west 600, up 200, and 100 on: 1300.
		{"round the block against a one-way street", "A-->--B\n|     |\nC-----D", "drive", place(4, 2), place(1, 2), 9000, 300, 1300},
		{"a bridge does not join what it crosses", "  B  \n  |  \nA-%-C\n  |  \n  D  ", "walk", place(0, 2), place(2, 0), 9000, -1, -1},
		{"an island stays apart", "A--B  C--D", "walk", place(0, 0), place(6, 0), 9000, -1, -1},
		{"the shorter of two parallel roads", "A----B\n|    |\nC----D", "walk", place(0, 2), place(5, 0), 9000, 700, 700},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, drawTown(c.town).roads, c.mode, geo.Metres)
			if got := costs(t, g, []orb.Point{c.site}, []orb.Point{c.demand}, c.limit)[0][0]; got != c.want {
				t.Errorf("from demand to site: got %v, want %v", got, c.want)
			}
			if got := costs(t, g, []orb.Point{c.demand}, []orb.Point{c.site}, c.limit)[0][0]; got != c.backward {
				t.Errorf("from site to demand: got %v, want %v", got, c.backward)
			}
		})
	}
}

func TestSecondsUseTheSpeedOfTheClassThePostedLimitAndTheOffRoadSpeed(t *testing.T) {
	roads := drawTown("A----B").roads
	// 500 m residential at 20 km/h: 90 s; access 100 m at 3.8 km/h: 94.737 s (360/3.8).
	g := build(t, roads, "drive", geo.Seconds)
	if got := costs(t, g, []orb.Point{place(0, 0)}, []orb.Point{place(5, 1)}, 1000)[0][0]; got != 184.737 {
		t.Errorf("got %v s, want 90 + 94.737", got)
	}
	roads.Ways[0].MaxSpeed = 10 // 180 s
	g = build(t, roads, "drive", geo.Seconds)
	if got := costs(t, g, []orb.Point{place(0, 0)}, []orb.Point{place(5, 0)}, 1000)[0][0]; got != 180 {
		t.Errorf("got %v s, want 180 at the posted 10 km/h", got)
	}
	roads.Ways[0].MaxSpeed = 60 // higher than the class's speed: no effect
	g = build(t, roads, "drive", geo.Seconds)
	if got := costs(t, g, []orb.Point{place(0, 0)}, []orb.Point{place(5, 0)}, 1000)[0][0]; got != 90 {
		t.Errorf("got %v s, want 90", got)
	}
}
