package coverage

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"os"
	"testing"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"
)

// This is the least of an OSM PBF reader (https://wiki.openstreetmap.org/wiki/PBF_Format): dense nodes and ways, zlib
// blobs. It has no error handling beyond failing the test: the files it meets are known to be good.

type pbfWay struct {
	id   int64
	tags map[string]string
	refs []int64
}

// fields calls visit for every field of a message: bytes for messages and strings, value for numbers.
func fields(message []byte, visit func(field protowire.Number, data []byte, value uint64)) {
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		message = message[n:]
		switch kind {
		case protowire.BytesType:
			data, n := protowire.ConsumeBytes(message)
			visit(field, data, 0)
			message = message[n:]
		case protowire.VarintType:
			value, n := protowire.ConsumeVarint(message)
			visit(field, nil, value)
			message = message[n:]
		default:
			panic("field of an unexpected kind")
		}
	}
}

// packed returns packed numbers as they are; summed decodes zig-zag differences and adds them up.
func packed(data []byte) (out []uint64) {
	for len(data) > 0 {
		v, n := protowire.ConsumeVarint(data)
		out, data = append(out, v), data[n:]
	}
	return out
}

func summed(data []byte) []int64 {
	var out []int64
	last := int64(0)
	for _, v := range packed(data) {
		last += protowire.DecodeZigZag(v)
		out = append(out, last)
	}
	return out
}

// readPBF returns all nodes and ways of a file.
func readPBF(t testing.TB, path string) (map[int64]orb.Point, []pbfWay) {
	t.Helper()
	file := must[[]byte](t)(os.ReadFile(path))
	nodes := map[int64]orb.Point{}
	var ways []pbfWay
	for len(file) > 0 {
		length := binary.BigEndian.Uint32(file)
		var kind string
		var size uint64
		fields(file[4:4+length], func(field protowire.Number, data []byte, value uint64) {
			switch field {
			case 1:
				kind = string(data)
			case 3:
				size = value
			}
		})
		file = file[4+length:]
		if kind == "OSMData" {
			ways = append(ways, readBlock(inflate(t, file[:size]), nodes)...)
		}
		file = file[size:]
	}
	return nodes, ways
}

func inflate(t testing.TB, blob []byte) (out []byte) {
	t.Helper()
	fields(blob, func(field protowire.Number, data []byte, _ uint64) {
		switch field {
		case 1:
			out = data
		case 3:
			out = must[[]byte](t)(io.ReadAll(must[io.ReadCloser](t)(zlib.NewReader(bytes.NewReader(data)))))
		}
	})
	return out
}

func readBlock(block []byte, nodes map[int64]orb.Point) []pbfWay {
	var words []string
	var groups [][]byte
	granularity, lonOffset, latOffset := int64(100), int64(0), int64(0) // nanodegrees
	fields(block, func(field protowire.Number, data []byte, value uint64) {
		switch field {
		case 1:
			fields(data, func(_ protowire.Number, word []byte, _ uint64) { words = append(words, string(word)) })
		case 2:
			groups = append(groups, data)
		case 17:
			granularity = int64(value)
		case 19:
			latOffset = int64(value)
		case 20:
			lonOffset = int64(value)
		}
	})
	var ways []pbfWay
	for _, group := range groups {
		fields(group, func(field protowire.Number, data []byte, _ uint64) {
			switch field {
			case 2:
				var ids, lats, lons []int64
				fields(data, func(field protowire.Number, data []byte, _ uint64) {
					switch field {
					case 1:
						ids = summed(data)
					case 8:
						lats = summed(data)
					case 9:
						lons = summed(data)
					}
				})
				for i, id := range ids {
					nodes[id] = orb.Point{1e-9 * float64(lonOffset+granularity*lons[i]), 1e-9 * float64(latOffset+granularity*lats[i])}
				}
			case 3:
				ways = append(ways, readWay(data, words))
			}
		})
	}
	return ways
}

func readWay(message []byte, words []string) pbfWay {
	way := pbfWay{tags: map[string]string{}}
	var keys, values []uint64
	fields(message, func(field protowire.Number, data []byte, value uint64) {
		switch field {
		case 1:
			way.id = int64(value)
		case 2:
			keys = packed(data)
		case 3:
			values = packed(data)
		case 8:
			way.refs = summed(data)
		}
	})
	for i, k := range keys {
		way.tags[words[k]] = words[values[i]]
	}
	return way
}
