package data

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"

	"sitecover/data/model"
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

// BenchmarkReadPolygons reads 72 MB of GeoJSON boundaries, checks of the rings included.
func BenchmarkReadPolygons(b *testing.B) {
	const regions = 2880
	var features []string
	for i := range regions {
		var ring []string
		const n = 1000
		for k := range n + 1 {
			angle := 2 * math.Pi * float64(k%n) / n
			ring = append(ring, fmt.Sprintf("[%.7f,%.7f]", 70+float64(i%60)+0.4*math.Cos(angle), 5+float64(i/60)+0.4*math.Sin(angle)))
		}
		features = append(features, polygonFeature(fmt.Sprintf(`"name":"R%d"`, i), "[["+strings.Join(ring, ",")+"]]"))
	}
	text := []byte(collection(features...))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	cpu := cpuTime()
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
		if points != regions*1001 {
			b.Fatalf("%d points", points)
		}
	}
	b.ReportMetric((cpuTime()-cpu).Seconds()/float64(b.N), "cpu-s/op")
}

// BenchmarkGrownPBF reads an extract grown from the model county: copies of it side by side, each with ids of its own, until the file has
// so many MB as SITECOVER_GROWN_MB says. It tells how much memory was in use at most, against the roads that come out.
func BenchmarkGrownPBF(b *testing.B) {
	size, err := strconv.Atoi(os.Getenv("SITECOVER_GROWN_MB"))
	if err != nil {
		b.Skip("SITECOVER_GROWN_MB is not set: it takes a minute")
	}
	text := grownPBF(b, size<<20)
	runtime.GC()
	watch, cpu := watchHeap(), cpuTime()
	objects, bytesOut := 0, 0
	for b.Loop() {
		blocks, err := readPBF(context.Background(), bytes.NewReader(text), 0)
		if err != nil {
			b.Fatal(err)
		}
		objects = 0
		for _, block := range blocks {
			objects += len(block.nodeID) + len(block.ways) + block.closed + block.areas + block.skipped
		}
		roads, _ := assembleRoads(blocks)
		bytesOut = len(roads.Nodes)*int(unsafe.Sizeof(roads.Nodes[0])) + len(roads.Refs)*4 + len(roads.Ways)*int(unsafe.Sizeof(roads.Ways[0]))
	}
	most := watch()
	b.ReportMetric(float64(objects)*float64(b.N)/(cpuTime()-cpu).Seconds(), "objects/cpu-s")
	b.ReportMetric(float64(objects), "objects")
	b.ReportMetric(float64(objects)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(float64(most-uint64(len(text)))/1e6, "peak-MB")
	b.ReportMetric(float64(bytesOut)/1e6, "roads-MB")
	b.ReportMetric(float64(most-uint64(len(text)))/float64(bytesOut), "peak/roads")
}

// cpuTime is what the process has used, which says more than the clock on a machine that others use too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap looks at the bytes of the heap every few milliseconds; the function that it returns tells the most.
func watchHeap() func() uint64 {
	stop, done, most := make(chan struct{}), make(chan struct{}), uint64(0)
	go func() {
		defer close(done)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); <-done; return most }
}

// grownPBF writes copies of the model county's roads until there are enough bytes.
func grownPBF(b *testing.B, size int) []byte {
	b.Helper()
	dir := b.TempDir()
	if err := model.Generate(context.Background(), dir, model.Options{Seed: 1, People: 600_000}); err != nil {
		b.Fatal(err)
	}
	file, err := os.Open(filepath.Join(dir, "roads.osm.pbf"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	scanner := osmpbf.New(context.Background(), file, 2)
	defer scanner.Close()
	var nodes []pbfNode
	var ways []pbfTestWay
	for scanner.Scan() {
		switch o := scanner.Object().(type) {
		case *osm.Node:
			nodes = append(nodes, pbfNode{int64(o.ID), o.Lon, o.Lat})
		case *osm.Way:
			w := pbfTestWay{id: int64(o.ID)}
			for _, t := range o.Tags {
				w.tags = append(w.tags, [2]string{t.Key, t.Value})
			}
			for _, n := range o.Nodes {
				w.refs = append(w.refs, int64(n.ID))
			}
			ways = append(ways, w)
		}
	}
	if err := scanner.Err(); err != nil {
		b.Fatal(err)
	}
	var points, lines bytes.Buffer
	appendBlob(&points, "OSMHeader", appendField(nil, 4, []byte("OsmSchema-V0.6")))
	step := nodes[len(nodes)-1].id
	for copies := range 1 << 20 {
		if points.Len()+lines.Len() >= size {
			break
		}
		shift := int64(copies) * step
		for from := 0; from < len(nodes); from += 8000 {
			part := slices.Clone(nodes[from:min(from+8000, len(nodes))])
			for i := range part {
				part[i].id += shift
				part[i].lon += 0.3*float64(copies%100) - 15
				part[i].lat += 0.3 * float64(copies/100)
			}
			appendBlob(&points, "OSMData", primitiveBlock([]string{""}, denseGroup(part)))
		}
		for from := 0; from < len(ways); from += 8000 {
			part := slices.Clone(ways[from:min(from+8000, len(ways))])
			for i := range part {
				part[i].id += shift
				part[i].refs = slices.Clone(part[i].refs)
				for k := range part[i].refs {
					part[i].refs[k] += shift
				}
			}
			lines.WriteString(testPBF(nil, part))
		}
	}
	return append(points.Bytes(), lines.Bytes()...)
}
