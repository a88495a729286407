package data

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo/network"
)

// lineRoad is one line of a GeoJSON road file.
type lineRoad struct {
	way   network.Way
	line  orb.LineString
	layer int // bridges and tunnels meet other roads only at their ends
}

// Properties under which a road's class, name, number and direction are looked for when the study names none.
var (
	classWords = []string{"highway", "class", "fclass", "道路等级", "等级", "type", "类型"}
	roadNames  = []string{"name", "NAME", "名称", "道路名称", "ref"}
)

// readRoadFeatures reads lines as roads. Lines join where their points are identical to 1e-7 degree: at ends and at
// points between, as OSM ways do; points between of a bridge, a tunnel or another layer join only within their layer.
func (r *reader) readRoadFeatures(ctx context.Context, in *input, src RoadSource) *network.Roads {
	var all []lineRoad
	left := &counter{}
	noClass := 0
	readFeatures(in, func(f *feature) error {
		var lines []orb.LineString
		switch g := f.geometry.(type) {
		case orb.LineString:
			lines = []orb.LineString{g}
		case orb.MultiLineString:
			lines = g
		default:
			left.add(T("不是线的要素，未使用", "features that are no lines, left out"))
			return r.stop(ctx)
		}
		road, hasClass, ok := readRoad(f, src, left)
		if !ok {
			return r.stop(ctx)
		}
		if !hasClass {
			noClass++
		}
		for _, line := range lines {
			if in.checkLine(f, line) {
				road.line = line
				all = append(all, road)
			}
		}
		return r.stop(ctx)
	})
	left.report(r.c, "info", in.name)
	if noClass > 0 {
		r.c.find("warning", in.name, 0, T("%d 条道路没有等级，按 unclassified 处理", "%d roads have no class and are taken as unclassified", noClass))
	}
	return joinLines(all)
}

// checkLine notes what is wrong with a line.
func (in *input) checkLine(f *feature, line orb.LineString) bool {
	if len(line) < 2 {
		_ = in.fail(f.number, f.label(), "", T("线只有 %d 个点", "line has only %d points", len(line)), T("一条线至少两个点", "a line needs at least two"))
		return false
	}
	for _, p := range line {
		if !in.checkPoint(f, p) {
			return false
		}
	}
	return true
}

// readRoad reads a road's properties with the rules of OSM tags.
func readRoad(f *feature, src RoadSource, left *counter) (road lineRoad, hasClass, ok bool) {
	var tags wayTags
	for _, p := range f.props {
		tags.set(p.key, strings.TrimSpace(p.value))
	}
	tags.highway = f.field(src.Source, "class", classWords...)
	tags.name = f.field(src.Source, "name", roadNames...)
	if key := src.Fields["oneway"]; key != "" {
		tags.oneway = f.get(key)
	}
	if key := src.Fields["maxspeed"]; key != "" {
		tags.maxspeed = f.get(key)
	}
	if key := src.Fields["access"]; key != "" {
		tags.access = f.get(key)
	}
	tags.oneway = onewayWords[strings.ToLower(tags.oneway)]
	class := network.Unclassified
	if hasClass = tags.highway != "" || tags.route == "ferry"; hasClass {
		if class, ok = tags.isRoad(); !ok {
			left.add(Text{"等级“" + clip(tags.highway) + "”不是已知的道路等级，未使用", "lines of the class \"" + clip(tags.highway) + "\", which is no road class, left out"})
			return road, hasClass, false
		}
	}
	road.way = tags.way(class)
	if road.way.Access == 0 {
		left.add(T("对公众不开放的道路，未使用", "roads closed to everyone, left out"))
		return road, hasClass, false
	}
	road.way.ID = roadID(f, src)
	road.layer = layerOf(f, src)
	return road, hasClass, true
}

// onewayWords maps what files say to OSM's words; what is not in it means both directions, as in OSM.
var onewayWords = map[string]string{
	"yes": "yes", "1": "yes", "true": "yes", "t": "yes", "y": "yes", "f": "yes", "ft": "yes", "是": "yes", "单向": "yes",
	"-1": "-1", "reverse": "-1", "tf": "-1", "反向": "-1", "逆向": "-1",
	"no": "no", "0": "no", "false": "no", "b": "no", "否": "no", "双向": "no",
}

// roadID returns the file's own number of a road, 0 when it has none.
func roadID(f *feature, src RoadSource) int64 {
	text := f.field(src.Source, "id", "osm_id", "@id", "id")
	if text == "" {
		text = f.id
	}
	n, err := strconv.ParseInt(text[strings.LastIndexByte(text, '/')+1:], 10, 64)
	if err != nil {
		return 0 // a text: numbered by joinLines
	}
	return n
}

// layerOf returns the level of crossing of a road: its layer, else +1 for bridges and -1 for tunnels.
func layerOf(f *feature, src RoadSource) int {
	if n, err := strconv.Atoi(f.field(src.Source, "layer", "layer", "图层", "层")); err == nil && n != 0 {
		return max(-10, min(10, n))
	}
	if isSet(f.field(src.Source, "bridge", "bridge", "桥", "桥梁")) {
		return 1
	}
	if isSet(f.field(src.Source, "tunnel", "tunnel", "隧道")) {
		return -1
	}
	return 0
}

// isSet reports whether a property says yes: files of OSM write viaduct, shapefiles T, ledgers 是.
func isSet(value string) bool {
	return !slices.Contains([]string{"", "no", "f", "0", "false", "n", "否", "无"}, strings.ToLower(value))
}

// nodeKey is a place where lines join.
type nodeKey struct {
	lon, lat int32
	layer    int
}

func keyOf(p orb.Point, layer int) nodeKey {
	return nodeKey{int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7)), layer}
}

// joinLines makes the network. Roads are sorted by id and geometry and nodes numbered by position, so that the order of
// the features leaves no trace; roads without a number get negative ones in that order.
func joinLines(all []lineRoad) *network.Roads {
	slices.SortStableFunc(all, func(a, b lineRoad) int {
		return cmp.Or(cmp.Compare(a.way.ID, b.way.ID), compareLines(a.line, b.line), strings.Compare(a.way.Name, b.way.Name), cmp.Compare(a.way.Class, b.way.Class))
	})
	var keys []nodeKey
	for _, road := range all {
		for i, p := range road.line {
			keys = append(keys, road.key(i, p))
		}
	}
	slices.SortFunc(keys, compareKeys)
	keys = slices.Compact(keys)
	roads := &network.Roads{Nodes: make([]orb.Point, len(keys))}
	for i, k := range keys {
		roads.Nodes[i] = orb.Point{float64(k.lon) / 1e7, float64(k.lat) / 1e7}
	}
	run := make([]int32, 0, 64)
	for i, road := range all {
		if road.way.ID == 0 {
			road.way.ID = -int64(i + 1)
		}
		run = run[:0]
		for k, p := range road.line {
			at, _ := slices.BinarySearchFunc(keys, road.key(k, p), compareKeys)
			if len(run) == 0 || run[len(run)-1] != int32(at) {
				run = append(run, int32(at))
			}
		}
		addRun(roads, road.way, run)
	}
	return roads
}

// key returns where point i joins other roads: ends on the ground, points between in the road's layer.
func (road *lineRoad) key(i int, p orb.Point) nodeKey {
	if i == 0 || i == len(road.line)-1 {
		return keyOf(p, 0)
	}
	return keyOf(p, road.layer)
}

func compareKeys(a, b nodeKey) int {
	return cmp.Or(cmp.Compare(a.lon, b.lon), cmp.Compare(a.lat, b.lat), cmp.Compare(a.layer, b.layer))
}

func compareLines(a, b orb.LineString) int {
	return slices.CompareFunc(a, b, func(p, q orb.Point) int { return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1])) })
}

// addRun appends a way that leads along the nodes; a run of fewer than two leads nowhere.
func addRun(roads *network.Roads, way network.Way, run []int32) {
	if len(run) < 2 {
		return
	}
	way.First, way.Count = int32(len(roads.Refs)), int32(len(run))
	roads.Refs = append(roads.Refs, run...)
	roads.Ways = append(roads.Ways, way)
}
