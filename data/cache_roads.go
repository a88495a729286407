package data

import (
	"encoding/binary"
	"encoding/json"
	"math"

	"github.com/paulmach/orb"

	"sitecover/geo/network"
)

// encodeRoads writes roads and what was said of them, little-endian: three counts, the length and bytes of said, then nodes, refs and ways.
// Names are written with the ways.
func encodeRoads(roads *network.Roads, said []byte) []byte {
	b := make([]byte, 0, 64+len(said)+16*len(roads.Nodes)+4*len(roads.Refs)+48*len(roads.Ways))
	le := binary.LittleEndian
	for _, n := range []int{len(said), len(roads.Nodes), len(roads.Refs), len(roads.Ways)} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = append(b, said...)
	for _, p := range roads.Nodes {
		b = le.AppendUint64(b, math.Float64bits(p[0]))
		b = le.AppendUint64(b, math.Float64bits(p[1]))
	}
	for _, r := range roads.Refs {
		b = le.AppendUint32(b, uint32(r))
	}
	for _, w := range roads.Ways {
		b = le.AppendUint64(b, uint64(w.ID))
		b = le.AppendUint32(b, uint32(w.First))
		b = le.AppendUint32(b, uint32(w.Count))
		b = le.AppendUint32(b, math.Float32bits(w.MaxSpeed))
		b = append(b, byte(w.Class), byte(w.Access), byte(w.OneWay))
		b = le.AppendUint32(b, uint32(len(w.Name)))
		b = append(b, w.Name...)
	}
	return b
}

// wayBytes is the length of a way without its name.
const wayBytes = 8 + 4 + 4 + 4 + 3 + 4

// decodeRoads reads what encodeRoads wrote; ok is false where it is anything else.
func decodeRoads(b []byte) (roads *network.Roads, said cachedRoads, ok bool) {
	le := binary.LittleEndian
	var n [4]int
	for i := range n {
		if len(b) < 8 {
			return nil, said, false
		}
		v := le.Uint64(b)
		if v > math.MaxInt32 {
			return nil, said, false
		}
		n[i], b = int(v), b[8:]
	}
	if len(b) < n[0]+16*n[1]+4*n[2]+wayBytes*n[3] || json.Unmarshal(b[:n[0]], &said) != nil {
		return nil, said, false
	}
	b = b[n[0]:]
	roads = &network.Roads{Nodes: make([]orb.Point, n[1]), Refs: make([]int32, n[2]), Ways: make([]network.Way, n[3])}
	for i := range roads.Nodes {
		roads.Nodes[i] = orb.Point{math.Float64frombits(le.Uint64(b)), math.Float64frombits(le.Uint64(b[8:]))}
		b = b[16:]
	}
	for i := range roads.Refs {
		roads.Refs[i] = int32(le.Uint32(b))
		if roads.Refs[i] < 0 || int(roads.Refs[i]) >= n[1] {
			return nil, said, false
		}
		b = b[4:]
	}
	names := map[string]string{}
	for i := range roads.Ways {
		if b, ok = decodeWay(&roads.Ways[i], b, n[2], names); !ok {
			return nil, said, false
		}
	}
	return roads, said, len(b) == 0
}

// decodeWay reads one way and returns what is left. Equal names share their bytes.
func decodeWay(w *network.Way, b []byte, refs int, names map[string]string) ([]byte, bool) {
	if len(b) < wayBytes {
		return nil, false
	}
	le := binary.LittleEndian
	w.ID, w.First, w.Count = int64(le.Uint64(b)), int32(le.Uint32(b[8:])), int32(le.Uint32(b[12:]))
	w.MaxSpeed = math.Float32frombits(le.Uint32(b[16:]))
	w.Class, w.Access, w.OneWay = network.Class(b[20]), network.Access(b[21]), network.Direction(int8(b[22]))
	length := int64(le.Uint32(b[23:]))
	b = b[wayBytes:]
	if length > int64(len(b)) || w.First < 0 || w.Count < 0 || int64(w.First)+int64(w.Count) > int64(refs) {
		return nil, false
	}
	name, known := names[string(b[:length])]
	if !known {
		name = string(b[:length])
		names[name] = name
	}
	w.Name = name
	return b[length:], true
}
