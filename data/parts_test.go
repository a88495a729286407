package data

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo/network"
)

func TestDates(t *testing.T) {
	want := date(2019, 5, 1)
	for _, s := range []string{"2019-05-01", "2019-5-1", "2019/5/1", "2019年5月1日", "2019年05月01日", "2019.5.1", "2019.05.01", "20190501", "2019-05", "2019/5",
		"2019年5月", "2019.05", "2019-05-01 08:30:00", "2019-05-01T00:00:00Z", "2019 年 5 月 1 日", "2019年5月1号",
		"二〇一九年五月一日", "二零一九年五月", "二○一九年五月一号", "２０１９年５月１日", "２０１９．５"} {
		if got, ok := parseDate(s); !ok || got != want {
			t.Errorf("%q is %v (%v), want 2019-05-01", s, got, ok)
		}
	}
	for s, want := range map[string]time.Time{"二〇一九年十月十日": date(2019, 10, 10), "二〇一九年十二月二十一日": date(2019, 12, 21), "二〇二〇年二月二十": {}, "二〇二〇年": date(2020, 1, 1)} {
		if got, ok := parseDate(s); got != want || ok == want.IsZero() {
			t.Errorf("%q is %v (%v), want %v", s, got, ok, want)
		}
	}
	if got, ok := parseDate("2019"); !ok || got != date(2019, 1, 1) {
		t.Errorf("a year alone is %v (%v)", got, ok)
	}
	for _, s := range []string{"", "今天", "19/5/1", "二〇一九年十三月一日", "二〇一九年二月三十日", "2019-13-01", "2019-02-29", "1/5/2019", "43586", "201905011"} {
		if got, ok := parseDate(s); ok {
			t.Errorf("%q is taken as %v", s, got.Format(time.DateOnly))
		}
	}
}

func TestHeadersAreFound(t *testing.T) {
	columns, missing := findColumns("sites", map[string]string{"area": "使用 面积"}, []string{"序号", "单位名称", "级别 ", "经度(WGS84)", "LAT", "建筑面积（㎡）", "使用 面积", "启用日期"})
	want := map[string]int{"id": -1, "name": 1, "tier": 2, "lon": 3, "lat": 4, "area": 6, "opened": 7, "closed": -1}
	for field, i := range want {
		if columns[field] != i {
			t.Errorf("%s is column %d, want %d", field, columns[field], i)
		}
	}
	if len(missing) != 0 {
		t.Errorf("missing %v", missing)
	}
	if _, missing = findColumns("sites", map[string]string{"area": "none"}, []string{"name"}); !slices.Equal(missing, []string{"area"}) {
		t.Errorf("missing %v, want area", missing)
	}
}

// TestWayTags is a table of the tagging rules.
func TestWayTags(t *testing.T) {
	const foot, bicycle, car = network.Foot, network.Bicycle, network.Car
	for _, c := range []struct {
		tags   string
		class  network.Class
		access network.Access
		oneway network.Direction
		speed  float32
	}{
		{"highway=residential", network.Residential, foot | bicycle | car, network.Both, 0},
		{"highway=motorway", network.Motorway, car, network.Forward, 0},
		{"highway=motorway oneway=no", network.Motorway, car, network.Both, 0},
		{"highway=motorway_link", network.Motorway, car, network.Both, 0},
		{"highway=primary oneway=-1 maxspeed=50", network.Primary, foot | bicycle | car, network.Backward, 50},
		{"highway=primary junction=roundabout", network.Primary, foot | bicycle | car, network.Forward, 0},
		{"highway=secondary maxspeed=30_mph", network.Secondary, foot | bicycle | car, network.Both, 48.28032},
		{"highway=secondary maxspeed=80;60", network.Secondary, foot | bicycle | car, network.Both, 60},
		{"highway=secondary maxspeed=none", network.Secondary, foot | bicycle | car, network.Both, 0},
		{"highway=footway", network.Footway, foot, network.Both, 0},
		{"highway=footway bicycle=yes", network.Footway, foot | bicycle, network.Both, 0},
		{"highway=steps", network.Steps, foot, network.Both, 0},
		{"highway=path bicycle=dismount", network.Path, foot, network.Both, 0},
		{"highway=track motor_vehicle=yes", network.Track, foot | bicycle | car, network.Both, 0},
		{"highway=service access=private", network.Service, 0, network.Both, 0},
		{"highway=service access=private foot=yes", network.Service, foot, network.Both, 0},
		{"highway=service access=destination", network.Service, foot | bicycle | car, network.Both, 0},
		{"highway=residential motor_vehicle=no", network.Residential, foot | bicycle, network.Both, 0},
		{"highway=residential vehicle=no", network.Residential, foot, network.Both, 0},
		{"highway=trunk foot=no bicycle=no", network.Trunk, car, network.Both, 0},
		{"highway=cycleway foot=no", network.Cycleway, bicycle, network.Both, 0},
		{"route=ferry", network.Ferry, foot | bicycle, network.Both, 0},
		{"highway=国道", network.Trunk, foot | bicycle | car, network.Both, 0},
	} {
		var tags wayTags
		for _, tag := range strings.Fields(c.tags) {
			key, value, _ := strings.Cut(tag, "=")
			tags.set(key, strings.ReplaceAll(value, "_mph", " mph"))
		}
		class, ok := tags.isRoad()
		if !ok || class != c.class {
			t.Errorf("%s: class %v (%v), want %v", c.tags, class, ok, c.class)
			continue
		}
		if w := tags.way(class); w.Access != c.access || w.OneWay != c.oneway || w.MaxSpeed != c.speed {
			t.Errorf("%s: %+v, want access %b, oneway %d, speed %v", c.tags, w, c.access, c.oneway, c.speed)
		}
	}
	for _, tags := range []wayTags{{highway: "construction"}, {highway: "platform"}, {highway: "pedestrian", area: "yes"}, {}} {
		if class, ok := tags.isRoad(); ok {
			t.Errorf("%+v is taken as a road of class %v", tags, class)
		}
	}
}

// TestGeoJSONRoadsJoin: a T-junction at a point between joins, a bridge crossing at a shared position does not, its end does.
func TestGeoJSONRoadsJoin(t *testing.T) {
	files := toyFiles()
	files["roads.geojson"] = collection(
		lineFeature(`"highway":"residential"`, "[120,30.005],[120.02,30.005],[120.04,30.005]"),
		lineFeature(`"highway":"residential"`, "[120.02,30.005],[120.02,30.015]"),
		lineFeature(`"highway":"primary","bridge":"yes"`, "[120.02,30.001],[120.02,30.005],[120.02,30.015]"))
	roads := mustReadToy(t, files).Roads
	// Nodes: three of the street, the bridge's south end, the north end, and the bridge's own node above the street.
	if len(roads.Nodes) != 6 {
		t.Fatalf("%d nodes, want 6: %v", len(roads.Nodes), roads.Nodes)
	}
	for i, w := range roads.Ways {
		if w.ID != -int64(i+1) {
			t.Errorf("way %d has id %d", i, w.ID)
		}
	}
	files["roads.geojson"] = strings.Replace(files["roads.geojson"], `,"bridge":"yes"`, "", 1)
	if roads = mustReadToy(t, files).Roads; len(roads.Nodes) != 5 {
		t.Errorf("%d nodes without the bridge, want 5", len(roads.Nodes))
	}
}

func TestKindOfTags(t *testing.T) {
	for tags, want := range map[string]string{"highway=bus_stop": "bus_stop", "shop=supermarket": "supermarket", "shop=hifi": "shop", "amenity=bench": "",
		"railway=station amenity=restaurant": "railway_station", "shop=no amenity=cafe": "restaurant", "amenity=marketplace shop=yes": "market"} {
		get := func(key string) string {
			for _, tag := range strings.Fields(tags) {
				if k, v, _ := strings.Cut(tag, "="); k == key {
					return v
				}
			}
			return ""
		}
		if got, _ := kindOfTags(get); got != want {
			t.Errorf("%s is %q, want %q", tags, got, want)
		}
	}
}

// TestJSONNumbers: the short way must give the very bits that strconv gives.
func TestJSONNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Skip("out of range")
		}
		s := jsonScanner{b: []byte(text + " ")}
		got, problem := s.number()
		if problem != nil || math.Float64bits(got) != math.Float64bits(want) || s.i != len(text) {
			t.Fatalf("%s is read as %v (%v) up to %d, want %v", text, got, problem, s.i, want)
		}
	})
}

func TestFinderAgreesWithSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.Int64Range(0, 300), func(i int64) int64 { return i }).Draw(t, "ids")
		slices.Sort(ids)
		f := finder{ids: ids}
		for _, id := range rapid.SliceOf(rapid.Int64Range(-5, 305)).Draw(t, "asked") {
			want, found := slices.BinarySearch(ids, id)
			if !found {
				want = -1
			}
			if got := f.at(id); got != want {
				t.Fatalf("at(%d) in %v is %d, want %d", id, ids, got, want)
			}
		}
	})
}

// crossesByBruteForce reports whether two edges of a ring cross properly, by the textbook test on all pairs in exact small integers.
func crossesByBruteForce(ring orb.Ring) bool {
	side := func(a, b, p orb.Point) float64 { return (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0]) }
	for i := 0; i+1 < len(ring); i++ {
		for j := i + 1; j+1 < len(ring); j++ {
			a, b, c, d := ring[i], ring[i+1], ring[j], ring[j+1]
			if side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0 {
				return true
			}
		}
	}
	return false
}

// TestCrossingsAgreeWithBruteForce draws rings on a small lattice, where coordinates and products are exact: a ring with a proper crossing
// must be refused, and a ring that is accepted must have the same area as its pieces: none may be counted against another. Rings
// of points sorted by angle around a centre are simple and must be accepted.
func TestCrossingsAgreeWithBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	refused, accepted := 0, 0
	for range 20_000 {
		n := 3 + rng.IntN(6)
		ring := make(orb.Ring, n, n+1)
		for i := range ring {
			ring[i] = orb.Point{float64(rng.IntN(7)), float64(rng.IntN(7))}
		}
		ring = append(ring, ring[0])
		check := checkShape(orb.MultiPolygon{{ring}})
		if crossesByBruteForce(ring) && len(check.problems) == 0 {
			t.Fatalf("accepted though it crosses itself: %v", ring)
		}
		if len(check.problems) > 0 {
			refused++
			continue
		}
		accepted++
		// Shoelace area must be that of the even-odd interior, which a fine raster of exact sample points measures.
		if got, want := math.Abs(shoelace(check.shape[0][0])), evenOddArea(check.shape[0][0]); math.Abs(got-want) > 0.5 {
			t.Fatalf("accepted with area %v though its inside measures %v: %v", got, want, ring)
		}
	}
	if refused < 1000 || accepted < 1000 {
		t.Errorf("only %d refused and %d accepted: the draw proves little", refused, accepted)
	}
}

func shoelace(ring orb.Ring) float64 {
	sum := 0.0
	for i := 0; i+1 < len(ring); i++ {
		sum += ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]
	}
	return sum / 2
}

// evenOddArea integrates the inside of a ring on scanlines, each exactly.
func evenOddArea(ring orb.Ring) float64 {
	const lines = 400
	area := 0.0
	for k := range lines {
		y := 7 * (float64(k) + 0.5) / lines
		var xs []float64
		for i := 0; i+1 < len(ring); i++ {
			a, b := ring[i], ring[i+1]
			if (a[1] > y) != (b[1] > y) {
				xs = append(xs, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			area += (xs[i+1] - xs[i]) * 7 / lines
		}
	}
	return area
}

func TestShapesThatTouchAreAccepted(t *testing.T) {
	for name, shape := range map[string]orb.MultiPolygon{
		"two parts that meet in a corner": {{box(0, 0, 1, 1)}, {box(1, 1, 2, 2)}},
		"two parts that share an edge":    {{box(0, 0, 1, 1)}, {box(1, 0, 2, 1)}},
		"a hole that touches the edge":    {{box(0, 0, 4, 4), orb.Ring{{0, 2}, {1, 1}, {1, 3}, {0, 2}}}},
		"an island in a hole":             {{box(0, 0, 9, 9), box(1, 1, 8, 8)}, {box(3, 3, 4, 4)}},
		"a ring that touches itself":      {{orb.Ring{{0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}, {0, 0}}}},
	} {
		if check := checkShape(shape); len(check.problems) > 0 {
			t.Errorf("%s: %s", name, check.problems[0].what.EN)
		}
	}
	for name, shape := range map[string]orb.MultiPolygon{
		"two parts that overlap":            {{box(0, 0, 2, 2)}, {box(1, 1, 3, 3)}},
		"a part inside another":             {{box(0, 0, 9, 9)}, {box(3, 3, 4, 4)}},
		"a part given twice":                {{box(0, 0, 1, 1)}, {box(0, 0, 1, 1)}},
		"a hole across the edge":            {{box(0, 0, 4, 4), box(3, 3, 5, 5)}},
		"a figure of eight through a point": {{orb.Ring{{0, 0}, {2, 2}, {4, 4}, {4, 0}, {2, 2}, {0, 4}, {0, 0}}}},
	} {
		if check := checkShape(shape); len(check.problems) == 0 {
			t.Errorf("%s is accepted", name)
		}
	}
}

func box(w, s, e, n float64) orb.Ring { return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}} }
