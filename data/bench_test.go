package data

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkReadPBF reads real extracts; objects are nodes, ways and relations.
func BenchmarkReadPBF(b *testing.B) {
	for _, file := range []string{"liechtenstein/liechtenstein.osm.pbf", "porto-alegre/poa_osm.pbf"} {
		text, err := os.ReadFile(filepath.Join(shared(b, filepath.Dir(file)), filepath.Base(file)))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Dir(file), func(b *testing.B) { benchPBF(b, text) })
	}
	b.Run("made", func(b *testing.B) { benchPBF(b, []byte(madePBF(600_000))) })
}

// madePBF is a grid of streets with n nodes in blocks of 8,000, as extracts have them.
func madePBF(n int) string {
	side := int(math.Sqrt(float64(n)))
	var out bytes.Buffer
	appendBlob(&out, "OSMHeader", appendField(nil, 4, []byte("OsmSchema-V0.6")))
	var nodes []pbfNode
	flush := func() {
		appendBlob(&out, "OSMData", primitiveBlock([]string{""}, denseGroup(nodes)))
		nodes = nodes[:0]
	}
	for i := range side * side {
		nodes = append(nodes, pbfNode{int64(i) + 1, 120 + float64(i%side)/1000, 30 + float64(i/side)/1000})
		if len(nodes) == 8000 {
			flush()
		}
	}
	flush()
	var ways []pbfTestWay
	for row := range side {
		for from := 0; from+10 < side; from += 10 {
			way := pbfTestWay{id: int64(len(ways) + 1), tags: [][2]string{{"highway", "residential"}, {"name", fmt.Sprint("Street ", row)}}}
			for k := range 11 {
				way.refs = append(way.refs, int64(row*side+from+k)+1)
			}
			ways = append(ways, way)
		}
	}
	for from := 0; from < len(ways); from += 8000 {
		part := testPBF(nil, ways[from:min(from+8000, len(ways))])
		out.WriteString(part)
	}
	return out.String()
}

func benchPBF(b *testing.B, text []byte) {
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	objects := 0
	for b.Loop() {
		blocks, err := readPBF(context.Background(), bytes.NewReader(text), 0)
		if err != nil {
			b.Fatal(err)
		}
		objects = 0
		for _, block := range blocks {
			objects += len(block.nodeID) + len(block.ways) + block.closed + block.areas + block.skipped
		}
		assembleRoads(blocks)
	}
	b.ReportMetric(float64(objects)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkReadPolygons reads 10 MB of GeoJSON boundaries, checks of the rings included.
func BenchmarkReadPolygons(b *testing.B) {
	var features []string
	for i := range 500 {
		var ring []string
		const n = 1000
		for k := range n + 1 {
			angle := 2 * math.Pi * float64(k%n) / n
			ring = append(ring, fmt.Sprintf("[%.7f,%.7f]", 100+float64(i%25)+0.4*math.Cos(angle), 20+float64(i/25)+0.4*math.Sin(angle)))
		}
		features = append(features, polygonFeature(fmt.Sprintf(`"name":"R%d"`, i), "[["+strings.Join(ring, ",")+"]]"))
	}
	text := []byte(collection(features...))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in := &input{name: "b.geojson", c: newCollector(), utf8: true}
		points := 0
		scanFeatures(in, text, func(f *feature) error {
			shape, _ := polygons(f)
			check := checkShape(shape)
			if len(check.problems) > 0 {
				b.Fatal(check.problems[0].what.EN)
			}
			points += len(check.shape[0][0])
			return nil
		})
		if points != 500*1001 {
			b.Fatalf("%d points", points)
		}
	}
}
