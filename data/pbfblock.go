package data

import (
	"errors"
	"math"
	"slices"

	"sitecover/geo/network"
)

// pbfDecoder decodes blocks; one per goroutine.
type pbfDecoder struct {
	inflater
	strings [][]byte
	texts   []string // of each string, made when first asked for
	roles   []bool   // of each string: a tag key that matters
	groups  [][]byte
}

// tagKeysOfWays are the keys that wayTags.set keeps.
var tagKeysOfWays = map[string]bool{
	"highway": true, "route": true, "area": true, "access": true, "foot": true, "bicycle": true, "vehicle": true, "motor_vehicle": true,
	"motorcar": true, "oneway": true, "junction": true, "maxspeed": true, "name": true, "ref": true, "service": true,
}

// scale turns a block's numbers into 1e-7 degrees.
type scale struct{ granularity, lonOffset, latOffset int64 }

func (d *pbfDecoder) decode(blob pbfBlob) (*pbfBlock, error) {
	content, err := d.inflate(blob.data)
	if err != nil {
		return nil, damaged(blob.offset, err)
	}
	block, err := d.block(content)
	if err != nil {
		return nil, damaged(blob.offset, err)
	}
	return block, nil
}

func (d *pbfDecoder) block(content []byte) (*pbfBlock, error) {
	s := scale{granularity: 100}
	d.strings, d.texts, d.roles, d.groups = d.strings[:0], d.texts[:0], d.roles[:0], d.groups[:0]
	w := wire{b: content}
	for w.next() {
		switch w.field {
		case 1:
			if err := d.table(w.bytes()); err != nil {
				return nil, err
			}
		case 2:
			d.groups = append(d.groups, w.bytes())
		case 17:
			s.granularity = int64(w.number())
		case 19:
			s.latOffset = int64(w.number())
		case 20:
			s.lonOffset = int64(w.number())
		default:
			w.skip()
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	if s.granularity <= 0 || s.granularity > 1e9 {
		return nil, errWire
	}
	out := &pbfBlock{}
	for _, group := range d.groups {
		if err := d.group(group, s, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// table reads the block's strings.
func (d *pbfDecoder) table(b []byte) error {
	w := wire{b: b}
	for w.next() {
		if w.field != 1 {
			w.skip()
			continue
		}
		text := w.bytes()
		d.strings = append(d.strings, text)
		d.texts = append(d.texts, "")
		d.roles = append(d.roles, tagKeysOfWays[string(text)])
	}
	return w.err
}

func (d *pbfDecoder) group(b []byte, s scale, out *pbfBlock) error {
	w := wire{b: b}
	for w.next() {
		var err error
		switch w.field {
		case 1:
			err = d.node(w.bytes(), s, out)
		case 2:
			err = d.dense(w.bytes(), s, out)
		case 3:
			err = d.way(w.bytes(), out)
		case 4:
			out.skipped++
			w.skip()
		default:
			w.skip()
		}
		if err != nil {
			return err
		}
	}
	return w.err
}

// units converts a coordinate to 1e-7 degrees, rounding to the nearest; ok is false outside the globe.
func (s scale) units(v, offset, most int64) (int32, bool) {
	const inverse = 100 // nanodegrees per unit
	if v > math.MaxInt64/s.granularity || v < math.MinInt64/s.granularity {
		return 0, false
	}
	nano := v * s.granularity
	if nano > math.MaxInt64/2 || nano < math.MinInt64/2 || offset > math.MaxInt64/2 || offset < math.MinInt64/2 {
		return 0, false
	}
	nano += offset
	half := int64(inverse / 2)
	if nano < 0 {
		half = -half
	}
	units := (nano + half) / inverse
	if units < -most || units > most {
		return 0, false
	}
	return int32(units), true
}

const (
	maxLon = 180e7
	maxLat = 90e7
)

var (
	errPosition = errors.New("a position outside the globe")
	errLengths  = errors.New("lists of different lengths")
)

func (out *pbfBlock) addNode(id, lon, lat int64, s scale) error {
	x, okX := s.units(lon, s.lonOffset, maxLon)
	y, okY := s.units(lat, s.latOffset, maxLat)
	if !okX || !okY {
		return errPosition
	}
	out.nodeID = append(out.nodeID, id)
	out.lon = append(out.lon, x)
	out.lat = append(out.lat, y)
	return nil
}

func (d *pbfDecoder) node(b []byte, s scale, out *pbfBlock) error {
	var id, lon, lat int64
	w := wire{b: b}
	for w.next() {
		switch w.field {
		case 1:
			id = zigzag(w.number())
		case 8:
			lat = zigzag(w.number())
		case 9:
			lon = zigzag(w.number())
		default:
			w.skip()
		}
	}
	if w.err != nil {
		return w.err
	}
	return out.addNode(id, lon, lat, s)
}

// dense reads nodes in the packed form: differences to the node before.
func (d *pbfDecoder) dense(b []byte, s scale, out *pbfBlock) error {
	var ids, lats, lons packed
	w := wire{b: b}
	for w.next() {
		switch w.field {
		case 1:
			ids.b = w.bytes()
		case 8:
			lats.b = w.bytes()
		case 9:
			lons.b = w.bytes()
		default:
			w.skip()
		}
	}
	if w.err != nil {
		return w.err
	}
	n := ids.count()
	out.nodeID, out.lon, out.lat = slices.Grow(out.nodeID, n), slices.Grow(out.lon, n), slices.Grow(out.lat, n)
	var id, lat, lon int64
	for ids.more() && lats.more() && lons.more() {
		id += ids.signed()
		lat += lats.signed()
		lon += lons.signed()
		if err := out.addNode(id, lon, lat, s); err != nil {
			return err
		}
	}
	if ids.err != nil || lats.err != nil || lons.err != nil {
		return errWire
	}
	if ids.more() || lats.more() || lons.more() {
		return errLengths
	}
	return nil
}

// way reads a way, and keeps it when its tags make it a road.
func (d *pbfDecoder) way(b []byte, out *pbfBlock) error {
	var id int64
	var keys, values, refs packed
	w := wire{b: b}
	for w.next() {
		switch w.field {
		case 1:
			id = int64(w.number())
		case 2:
			keys.b = w.bytes()
		case 3:
			values.b = w.bytes()
		case 8:
			refs.b = w.bytes()
		default:
			w.skip()
		}
	}
	if w.err != nil {
		return w.err
	}
	var t wayTags
	if err := d.tags(&t, keys, values); err != nil {
		return err
	}
	way, ok := out.admit(&t)
	if !ok {
		return nil
	}
	way.ID, way.First = id, int32(len(out.refs))
	var ref int64
	for refs.more() {
		ref += refs.signed()
		out.refs = append(out.refs, ref)
	}
	if refs.err != nil {
		return refs.err
	}
	way.Count = int32(len(out.refs)) - way.First
	out.ways = append(out.ways, way)
	return nil
}

// admit makes a way of tags when someone may use it; the others are counted.
func (out *pbfBlock) admit(t *wayTags) (way network.Way, ok bool) {
	if t.highway == "" && t.route != "ferry" {
		out.skipped++
		return way, false
	}
	class, ok := t.isRoad()
	if !ok {
		out.areas++
		return way, false
	}
	if way = t.way(class); way.Access == 0 {
		out.closed++
		return way, false
	}
	return way, true
}

// text returns a string of the block's table; ways of one block share it.
func (d *pbfDecoder) text(i uint64) string {
	if d.texts[i] == "" {
		d.texts[i] = string(d.strings[i])
	}
	return d.texts[i]
}

func (d *pbfDecoder) tags(t *wayTags, keys, values packed) error {
	for keys.more() && values.more() {
		k, v := keys.next(), values.next()
		if k >= uint64(len(d.strings)) || v >= uint64(len(d.strings)) {
			return errWire
		}
		if d.roles[k] {
			t.set(d.text(k), d.text(v))
		}
	}
	if keys.err != nil || values.err != nil {
		return errWire
	}
	if keys.more() || values.more() {
		return errLengths
	}
	return nil
}
