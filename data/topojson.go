package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// maxTopoPoints bounds the points that the arcs of a file make: an arc may be used any number of times.
const maxTopoPoints = 20_000_000

// topology is a TopoJSON document (specification 1.0.0): geometries that share the lines between them.
type topology struct {
	Type      string                  `json:"type"`
	CRS       json.RawMessage         `json:"crs"`
	Transform *topoTransform          `json:"transform"`
	Objects   map[string]topoGeometry `json:"objects"`
	Arcs      [][]topoPoint           `json:"arcs"`

	points int // made so far
}

// topoTransform turns whole numbers into coordinates.
type topoTransform struct {
	Scale, Translate [2]float64
}

// topoPoint is a position; with a transform, inside an arc, the difference to the one before.
type topoPoint []float64

// topoGeometry is one geometry, or a collection of them.
type topoGeometry struct {
	Type        string                     `json:"type"`
	ID          json.RawMessage            `json:"id"`
	Properties  map[string]json.RawMessage `json:"properties"`
	Arcs        json.RawMessage            `json:"arcs"`
	Coordinates json.RawMessage            `json:"coordinates"`
	Geometries  []topoGeometry             `json:"geometries"`
}

var (
	errTopology = errors.New("does not hold together")
	errTopoSize = fmt.Errorf("makes more than %d points", maxTopoPoints)
)

// readTopoJSON is readFeatures for TopoJSON: the geometries of the object that the study names as layer, or of the only one.
func readTopoJSON(in *input, visit func(*feature) error) {
	if text, ok := in.bytes(); ok {
		scanTopology(in, text, visit)
	}
}

func scanTopology(in *input, text []byte, visit func(*feature) error) {
	again := T("重新导出，或转换成 GeoJSON", "export it again, or convert it to GeoJSON")
	if !in.utf8 {
		_ = in.fail(0, "", "", T("不是 UTF-8 编码", "is not UTF-8"), again)
		return
	}
	var topo topology
	if err := json.Unmarshal(text, &topo); err != nil {
		_ = in.failWith(0, T("不是 TopoJSON（%v）", "is not TopoJSON (%v)", err), again, err)
		return
	}
	if topo.Type != "Topology" {
		_ = in.fail(0, "type", topo.Type, T("不是 TopoJSON", "is not TopoJSON"), again)
		return
	}
	names := slices.Sorted(maps.Keys(topo.Objects))
	i, ok := in.pickLayer(names)
	if !ok {
		return
	}
	if crs := string(topo.CRS); crs != "" && crs != "null" && !in.adoptText("crs", crs) {
		return
	}
	for k, arc := range topo.Arcs {
		if err := topo.unpack(arc); err != nil {
			_ = in.failWith(0, T("第 %d 条弧的坐标不对", "has a wrong position in arc %d", k), again, err)
			return
		}
	}
	err := topo.each(in, topo.Objects[names[i]], 0, visit)
	if err != nil && !errors.Is(err, errVisit) {
		_ = in.failWith(in.info.Rows, T("第 %d 个要素的几何不对（%v）", "has a wrong geometry in feature %d (%v)", in.info.Rows, err), again, err)
	}
}

// unpack turns the differences of an arc into positions, in place.
func (t *topology) unpack(arc []topoPoint) error {
	var sum [2]float64
	for i, p := range arc {
		if len(p) < 2 {
			return errTopology
		}
		if t.Transform != nil {
			sum[0], sum[1] = sum[0]+p[0], sum[1]+p[1]
			arc[i][0], arc[i][1] = t.place(sum[0], 0), t.place(sum[1], 1)
		}
	}
	return nil
}

func (t *topology) place(v float64, axis int) float64 {
	if t.Transform == nil {
		return v
	}
	return v*t.Transform.Scale[axis] + t.Transform.Translate[axis]
}

// each delivers the geometries inside one as features.
func (t *topology) each(in *input, g topoGeometry, depth int, visit func(*feature) error) error {
	if g.Type == "GeometryCollection" {
		if depth > maxDepth {
			return errTopology
		}
		for _, inner := range g.Geometries {
			if err := t.each(in, inner, depth+1, visit); err != nil {
				return err
			}
		}
		return nil
	}
	in.info.Rows++
	f := &feature{number: in.info.Rows, kind: g.Type}
	f.id, _ = jsonText(g.ID)
	f.id = strings.TrimSpace(f.id)
	for _, key := range slices.Sorted(maps.Keys(g.Properties)) {
		text, _ := jsonText(g.Properties[key]) // null is nothing, but a property all the same
		f.props = append(f.props, property{key, text})
	}
	if g.Type != "" { // else a feature without a place
		var err error
		if f.geometry, err = t.geometry(g); err != nil {
			return err
		}
	}
	if in.deliver(f, visit) != nil {
		return errVisit
	}
	return nil
}

// jsonText returns a string, number or boolean as text.
func jsonText(raw json.RawMessage) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n' {
		return "", false
	}
	if raw[0] != '"' {
		return wholeNumber(string(raw)), true
	}
	var out string
	err := json.Unmarshal(raw, &out)
	return out, err == nil
}

func (t *topology) geometry(g topoGeometry) (orb.Geometry, error) {
	switch g.Type {
	case "Point":
		var p topoPoint
		if err := json.Unmarshal(g.Coordinates, &p); err != nil {
			return nil, err
		}
		return t.point(p)
	case "MultiPoint":
		var list []topoPoint
		if err := json.Unmarshal(g.Coordinates, &list); err != nil {
			return nil, err
		}
		out := make(orb.MultiPoint, len(list))
		for i, p := range list {
			q, err := t.point(p)
			if err != nil {
				return nil, err
			}
			out[i] = q
		}
		return out, nil
	case "LineString":
		var arcs []int
		if err := json.Unmarshal(g.Arcs, &arcs); err != nil {
			return nil, err
		}
		return t.line(arcs)
	case "MultiLineString":
		var lists [][]int
		if err := json.Unmarshal(g.Arcs, &lists); err != nil {
			return nil, err
		}
		return t.lines(lists)
	case "Polygon":
		var lists [][]int
		if err := json.Unmarshal(g.Arcs, &lists); err != nil {
			return nil, err
		}
		return t.polygon(lists)
	case "MultiPolygon":
		var all [][][]int
		if err := json.Unmarshal(g.Arcs, &all); err != nil {
			return nil, err
		}
		out := make(orb.MultiPolygon, len(all))
		for i, lists := range all {
			var err error
			if out[i], err = t.polygon(lists); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%w: type %q", errTopology, g.Type)
}

func (t *topology) point(p topoPoint) (orb.Point, error) {
	if len(p) < 2 {
		return orb.Point{}, errTopology
	}
	return orb.Point{t.place(p[0], 0), t.place(p[1], 1)}, nil
}

// line joins arcs; ~i is arc i backwards. The first point of an arc is the last of the one before.
func (t *topology) line(arcs []int) (orb.LineString, error) {
	var out orb.LineString
	for _, i := range arcs {
		back := i < 0
		if back {
			i = ^i
		}
		if i >= len(t.Arcs) {
			return nil, errTopology
		}
		arc := t.Arcs[i]
		if t.points += len(arc); t.points > maxTopoPoints {
			return nil, errTopoSize
		}
		for k := range arc {
			p := arc[k]
			if back {
				p = arc[len(arc)-1-k]
			}
			if k > 0 || len(out) == 0 {
				out = append(out, orb.Point{p[0], p[1]})
			}
		}
	}
	return out, nil
}

func (t *topology) lines(lists [][]int) (orb.MultiLineString, error) {
	out := make(orb.MultiLineString, len(lists))
	for i, arcs := range lists {
		var err error
		if out[i], err = t.line(arcs); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t *topology) polygon(lists [][]int) (orb.Polygon, error) {
	lines, err := t.lines(lists)
	out := make(orb.Polygon, len(lines))
	for i, l := range lines {
		out[i] = orb.Ring(l)
	}
	return out, err
}
