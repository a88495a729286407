//go:build unix

package network

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// The yardstick instances are written by ../shared/bench/setup.sh DIR; SITECOVER_BENCH=DIR/data makes these tests and
// benchmarks use them. docs/speed.md says what they were measured against.
const benchEnv = "SITECOVER_BENCH"

// instance is a graph in the yardsticks' own format, with its sites.
type instance struct {
	adj   *adjacency
	sites []int32
	bound uint32
}

// workload is an instance with the checksums that every program has to reach: A = nodes with a nearest site and
// the sum of their costs, B = pairs of site and node and the sum of their costs.
type workload struct {
	graph, sites string
	unit         geo.Metric
	bound        uint32 // mm or ms
	nodes, nsum  uint64
	pairs, psum  uint64
}

var workloads = []workload{
	{"poa.rg", "poa.s1000", geo.Metres, 1_000_000, 40_046, 8_365_335_102, 669_318, 430_259_701_282},
	{"poa25.rg", "poa25.s100", geo.Metres, 1_000_000, 67_727, 42_967_182_661, 69_308, 44_184_094_343},
	{"poa25.rg", "poa25.s1000", geo.Metres, 1_000_000, 456_767, 267_664_895_977, 668_986, 429_942_874_416},
	{"grid1m.rg", "grid1m.s1000", geo.Metres, 1_000_000, 232_208, 152_959_800_476, 266_916, 180_558_680_163},
	{"poa25.rg", "poa25.s1000", geo.Seconds, 900_000, 1_003_648, 159_664_202_907, 56_368_477, 34_331_607_070_206},
}

// readRG reads "RG1\0", n, m, x[n], y[n] (float64), u[m], v[m], length[m] (mm), time[m] (ms), little endian. Edges are
// undirected.
func readRG(tb testing.TB, name string, unit geo.Metric) (points []orb.Point, list edgeList) {
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("RG1\x00")) {
		tb.Fatalf("%s: not an RG1 file", name)
	}
	n, m := int(binary.LittleEndian.Uint32(data[4:])), int(binary.LittleEndian.Uint32(data[8:]))
	if len(data) != 12+16*n+16*m {
		tb.Fatalf("%s: %d bytes for %d nodes and %d edges", name, len(data), n, m)
	}
	x, y := make([]float64, n), make([]float64, n)
	from, to, weight, seconds := make([]int32, m), make([]int32, m), make([]uint32, m), make([]uint32, m)
	if err := readAll(bytes.NewReader(data[12:]), x, y, from, to, weight, seconds); err != nil {
		tb.Fatal(err)
	}
	if unit == geo.Seconds {
		copy(weight, seconds)
	}
	list = edgeList{nodes: n, edges: make([]edge, m)}
	for e := range list.edges {
		list.edges[e] = edge{from[e], to[e], weight[e]}
	}
	points = make([]orb.Point, n)
	for i := range points {
		points[i] = orb.Point{x[i], y[i]}
	}
	return points, list
}

func readAll(r *bytes.Reader, into ...any) error {
	for _, v := range into {
		if err := binary.Read(r, binary.LittleEndian, v); err != nil {
			return err
		}
	}
	return nil
}

func readSites(tb testing.TB, name string) []int32 {
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var sites []int32
	for lines := bufio.NewScanner(f); lines.Scan(); {
		s, err := strconv.ParseInt(lines.Text(), 10, 32)
		if err != nil {
			tb.Fatal(err)
		}
		sites = append(sites, int32(s))
	}
	return sites
}

// order numbers the nodes along the Hilbert curve, as Build does.
func order(points []orb.Point, list edgeList, sites []int32) instance {
	ids := make([]int32, len(points))
	for i := range ids {
		ids[i] = int32(i)
	}
	hilbertOrder(ids, func(i int32) orb.Point { return points[i] })
	number := make([]int32, len(ids))
	for n, id := range ids {
		number[id] = int32(n)
	}
	for i := range list.edges {
		e := &list.edges[i]
		e.from, e.to = number[e.from], number[e.to]
	}
	for i, id := range sites {
		sites[i] = number[id]
	}
	return instance{adj: newAdjacency(list, alongEdges|againstEdges), sites: sites}
}

func (w workload) load(tb testing.TB) instance {
	dir := os.Getenv(benchEnv)
	if dir == "" {
		tb.Skip("set " + benchEnv + " to the folder of the yardstick instances")
	}
	points, list := readRG(tb, filepath.Join(dir, w.graph), w.unit)
	in := order(points, list, readSites(tb, filepath.Join(dir, w.sites)))
	in.bound = w.bound
	return in
}

func (w workload) String() string { return fmt.Sprintf("%s-%d%v", w.sites, w.bound/1000, w.unit) }

// nearestLabels is workload A: the label of every node within the bound.
func (in instance) nearestLabels(tb testing.TB, s *search[label]) {
	s.prepare(in.adj, in.bound)
	for i, n := range in.sites {
		s.start(n, newLabel(0, int32(i)))
	}
	if err := s.run(context.Background(), in.adj, in.bound); err != nil {
		tb.Fatal(err)
	}
}

func labelSum(s *search[label]) (nodes, sum uint64) {
	for _, l := range s.key {
		if l != unseen[label]() {
			nodes++
			sum += uint64(l.cost())
		}
	}
	return nodes, sum
}

// perSite is workload B: what lies within the bound of each site that next hands out, as Matrix shares them between workers.
func (in instance) perSite(tb testing.TB, s *search[uint32], next *atomic.Int64) (pairs, sum uint64) {
	for i := next.Add(1) - 1; int(i) < len(in.sites); i = next.Add(1) - 1 {
		s.prepare(in.adj, in.bound)
		s.start(in.sites[i], 0)
		if err := s.run(context.Background(), in.adj, in.bound); err != nil {
			tb.Fatal(err)
		}
		for _, n := range s.touched {
			sum += uint64(s.key[n])
		}
		pairs += uint64(len(s.touched))
	}
	return pairs, sum
}

func TestYardstickChecksums(t *testing.T) {
	for _, w := range workloads {
		t.Run(w.String(), func(t *testing.T) {
			in := w.load(t)
			labels := newSearch[label](len(in.adj.first) - 1)
			in.nearestLabels(t, labels)
			if n, s := labelSum(labels); n != w.nodes || s != w.nsum {
				t.Errorf("A: %d nodes, sum %d; want %d, %d", n, s, w.nodes, w.nsum)
			}
			if p, s := in.perSite(t, newSearch[uint32](len(in.adj.first)-1), new(atomic.Int64)); p != w.pairs || s != w.psum {
				t.Errorf("B: %d pairs, sum %d; want %d, %d", p, s, w.pairs, w.psum)
			}
		})
	}
}

// BenchmarkNearest is workload A.
func BenchmarkNearest(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.String(), func(b *testing.B) {
			in := w.load(b)
			labels := newSearch[label](len(in.adj.first) - 1)
			in.nearestLabels(b, labels)
			measure(b, func() { in.nearestLabels(b, labels) })
		})
	}
}

// BenchmarkPerSite is workload B.
func BenchmarkPerSite(b *testing.B) {
	for _, w := range workloads {
		for workers := 1; workers <= 2; workers++ {
			b.Run(fmt.Sprintf("%v/workers=%d", w, workers), func(b *testing.B) {
				in := w.load(b)
				scratches := make([]*search[uint32], workers)
				for i := range scratches {
					scratches[i] = newSearch[uint32](len(in.adj.first) - 1)
					in.perSite(b, scratches[i], new(atomic.Int64))
				}
				measure(b, func() {
					var next atomic.Int64
					if workers == 1 {
						in.perSite(b, scratches[0], &next)
						return
					}
					var wg sync.WaitGroup
					for _, s := range scratches {
						wg.Go(func() { in.perSite(b, s, &next) })
					}
					wg.Wait()
				})
			})
		}
	}
}

// The limit program keeps 88-106 MB for the graphs of a million nodes: input, graph and scratch. The same edges as roads of one edge a
// way give a graph with geometry, ways and a segment index on top. (In real roads a way has several edges.)
func TestYardstickMemory(t *testing.T) {
	for _, w := range []workload{workloads[2], workloads[3]} {
		t.Run(w.graph, func(t *testing.T) {
			dir := os.Getenv(benchEnv)
			if dir == "" {
				t.Skip("set " + benchEnv + " to the folder of the yardstick instances")
			}
			points, list := readRG(t, filepath.Join(dir, w.graph), w.unit)
			if w.graph == "grid1m.rg" { // its unit is the metre
				for i, p := range points {
					points[i] = orb.Point{p[0] / metresPerDegree, p[1] / metresPerDegree}
				}
			}
			roads := &Roads{Nodes: points}
			for _, e := range list.edges {
				roads.add(Both, e.from, e.to)
			}
			list = edgeList{}
			before := heapInUse()
			g := build(t, roads, "walk", geo.Metres)
			after := heapInUse()
			mb := func(b uint64) string { return fmt.Sprintf("%.0f MB", float64(b)/1e6) }
			t.Logf("%d nodes, %d edges: graph %s, nodes and refs %s, ways %s", g.Nodes(), g.Edges(), mb(after-before),
				mb(uint64(16*len(roads.Nodes)+4*len(roads.Refs))), mb(uint64(len(roads.Ways))*uint64(unsafe.Sizeof(Way{}))))
			runtime.KeepAlive(roads)
		})
	}
}

// heapInUse is the memory in use after a collection.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
