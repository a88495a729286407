package model

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"sitecover/geo/network"
)

// The OSM PBF format: blocks of at most 32 MiB, each a length, a BlobHeader and a Blob with zlib data; the first is an
// OSMHeader, the others hold primitives. See https://wiki.openstreetmap.org/wiki/PBF_Format; field numbers are those of
// fileformat.proto and osmformat.proto.

// perBlock is the number of nodes or ways in a block, as other writers have it.
const perBlock = 8000

// writePBF writes the network as nodes 1..n and ways 1..m.
func (w *world) writePBF(out io.Writer) error {
	p := &pbfWriter{out: out}
	lon := make([]int64, len(w.net.nodes))
	lat := make([]int64, len(w.net.nodes))
	for i, n := range w.net.nodes {
		x, y := w.frame.lonlat(n)
		lon[i], lat[i] = int64(math.Round(x*1e7)), int64(math.Round(y*1e7))
	}
	p.header(lon, lat)
	for from := 0; from < len(lon); from += perBlock {
		to := min(from+perBlock, len(lon))
		p.nodes(int64(from)+1, lon[from:to], lat[from:to])
	}
	for from := 0; from < len(w.net.ways); from += perBlock {
		p.ways(from, w.net.ways[from:min(from+perBlock, len(w.net.ways))])
	}
	return p.err
}

// pbfWriter writes blocks; the first error stays.
type pbfWriter struct {
	out io.Writer
	err error
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

func number(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

// deltas packs the differences of the values, zigzag coded.
func deltas(values []int64) []byte {
	var b []byte
	prev := int64(0)
	for _, v := range values {
		b = protowire.AppendVarint(b, protowire.EncodeZigZag(v-prev))
		prev = v
	}
	return b
}

// block writes one block.
func (p *pbfWriter) block(kind string, data []byte) {
	if p.err != nil {
		return
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, p.err = z.Write(data); p.err != nil {
		return
	}
	if p.err = z.Close(); p.err != nil {
		return
	}
	var blob []byte
	blob = number(blob, 2, uint64(len(data))) // raw_size
	blob = message(blob, 3, packed.Bytes())   // zlib_data
	var head []byte
	head = message(head, 1, []byte(kind))
	head = number(head, 3, uint64(len(blob))) // datasize
	all := binary.BigEndian.AppendUint32(nil, uint32(len(head)))
	all = append(append(all, head...), blob...)
	_, p.err = p.out.Write(all)
}

// header writes the OSMHeader with the bounding box in nanodegrees.
func (p *pbfWriter) header(lon, lat []int64) {
	var bbox []byte
	for i, v := range []int64{span(lon, minOf), span(lon, maxOf), span(lat, maxOf), span(lat, minOf)} { // left right top bottom
		bbox = number(bbox, protowire.Number(i+1), protowire.EncodeZigZag(100*v))
	}
	var b []byte
	b = message(b, 1, bbox)
	b = message(b, 4, []byte("OsmSchema-V0.6"))
	b = message(b, 4, []byte("DenseNodes"))
	b = message(b, 5, []byte("Sort.Type_then_ID"))
	b = message(b, 16, []byte("sitecover model county"))
	b = message(b, 17, []byte("synthetic: not a real place"))
	p.block("OSMHeader", b)
}

func minOf(a, b int64) int64 { return min(a, b) }
func maxOf(a, b int64) int64 { return max(a, b) }

func span(xs []int64, f func(a, b int64) int64) int64 {
	out := xs[0]
	for _, x := range xs {
		out = f(out, x)
	}
	return out
}

// nodes writes a block of dense nodes with consecutive ids.
func (p *pbfWriter) nodes(first int64, lon, lat []int64) {
	ids := make([]int64, len(lon))
	for i := range ids {
		ids[i] = first + int64(i)
	}
	var dense []byte
	dense = message(dense, 1, deltas(ids))
	dense = message(dense, 8, deltas(lat))
	dense = message(dense, 9, deltas(lon))
	group := message(nil, 2, dense)
	b := message(nil, 1, message(nil, 1, nil)) // string table: only the empty string
	p.block("OSMData", message(b, 2, group))
}

// ways writes a block of ways; the first has the id from+1.
func (p *pbfWriter) ways(from int, ways []way) {
	table := [][]byte{nil}
	index := map[string]uint64{}
	text := func(s string) uint64 {
		i, ok := index[s]
		if !ok {
			i = uint64(len(table))
			index[s] = i
			table = append(table, []byte(s))
		}
		return i
	}
	var group []byte
	refs := []int64{}
	for i, y := range ways {
		var keys, values []byte
		for _, t := range tags(y) {
			keys = protowire.AppendVarint(keys, text(t[0]))
			values = protowire.AppendVarint(values, text(t[1]))
		}
		refs = refs[:0]
		for _, n := range y.nodes {
			refs = append(refs, int64(n)+1)
		}
		var b []byte
		b = number(b, 1, uint64(from+i+1))
		b = message(b, 2, keys)
		b = message(b, 3, values)
		b = message(b, 8, deltas(refs))
		group = message(group, 3, b)
	}
	var strings []byte
	for _, s := range table {
		strings = message(strings, 1, s)
	}
	b := message(nil, 1, strings)
	p.block("OSMData", message(b, 2, group))
}

// highway is the value of the highway tag of every class, and the posted speed in km/h, 0 for none.
var highway = [network.NumClasses]struct {
	tag   string
	speed int
}{
	network.Motorway: {"motorway", 120}, network.Trunk: {"trunk", 80}, network.Primary: {"primary", 80},
	network.Secondary: {"secondary", 60}, network.Tertiary: {"tertiary", 40}, network.Unclassified: {"unclassified", 0},
	network.Residential: {"residential", 30}, network.LivingStreet: {"living_street", 0}, network.Service: {"service", 0},
	network.Track: {"track", 0}, network.Cycleway: {"cycleway", 0}, network.Pedestrian: {"pedestrian", 0},
	network.Footway: {"footway", 0}, network.Path: {"path", 0}, network.Steps: {"steps", 0},
}

// tags returns the tags of a way, in a fixed order.
func tags(y way) [][2]string {
	l := y.line
	var out [][2]string
	add := func(k, v string) {
		if v != "" {
			out = append(out, [2]string{k, v})
		}
	}
	h := highway[l.class]
	switch {
	case l.class == network.Ferry:
		add("route", "ferry")
		add("foot", "yes")
		add("motor_vehicle", "no")
	case l.link:
		add("highway", h.tag+"_link")
		h.speed = 40
	default:
		add("highway", h.tag)
	}
	add("name", l.name)
	add("ref", l.ref)
	if l.oneway {
		add("oneway", "yes")
	}
	if h.speed > 0 {
		add("maxspeed", fmt.Sprint(h.speed))
	}
	if y.bridge {
		add("bridge", "yes")
		add("layer", "1")
	}
	return out
}
