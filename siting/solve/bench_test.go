package solve

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
)

// benchDir is the folder of the seeded instances; a test that needs it is skipped without it.
func benchDir(tb testing.TB) string {
	dir := os.Getenv("SITECOVER_BENCH")
	if dir == "" {
		tb.Skip("SITECOVER_BENCH does not name a folder of instances")
	}
	return dir
}

// place is a facility or a client of an instance.
type place struct {
	x, y   float64
	demand int64
}

// readPlaces reads an instance: "facilities clients", then a line "F|C id x y demand" each.
func readPlaces(tb testing.TB, name string) (facilities, clients []place) {
	tb.Helper()
	file, err := os.Open(filepath.Join(benchDir(tb), name))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan()
	head := bytes.Fields(lines.Bytes())
	n, _ := strconv.Atoi(string(head[0]))
	m, _ := strconv.Atoi(string(head[1]))
	facilities, clients = make([]place, 0, n), make([]place, 0, m)
	for lines.Scan() {
		f := bytes.Fields(lines.Bytes())
		x, _ := strconv.ParseFloat(string(f[2]), 64)
		y, _ := strconv.ParseFloat(string(f[3]), 64)
		d, _ := strconv.ParseInt(string(f[4]), 10, 64)
		if f[0][0] == 'F' {
			facilities = append(facilities, place{x, y, d})
		} else {
			clients = append(clients, place{x, y, d})
		}
	}
	return facilities, clients
}

// coverWithin covers each client by the facilities at most radius away, squares compared as the yardstick does. It looks twice,
// first to count, so that it takes no more memory than the answer and the bins.
func coverWithin(facilities, clients []place, radius float64) Cover {
	side := int(30/radius) + 2
	bin := func(p place) int { return int(p.y/radius)*side + int(p.x/radius) }
	bins := csr{off: make([]int64, side*side+1), item: make([]int32, len(clients))}
	for _, c := range clients {
		bins.off[bin(c)+1]++
	}
	for b := range side * side {
		bins.off[b+1] += bins.off[b]
	}
	for i := len(clients) - 1; i >= 0; i-- {
		b := bin(clients[i])
		bins.item[bins.off[b+1]-1] = int32(i)
		bins.off[b+1]--
	}
	bins.off = append(bins.off[1:], int64(len(clients)))
	within := func(f place, take func(int32)) {
		bx, by := int(f.x/radius), int(f.y/radius)
		for y := max(0, by-1); y <= min(side-1, by+1); y++ {
			for x := max(0, bx-1); x <= min(side-1, bx+1); x++ {
				for _, i := range bins.at(y*side + x) {
					dx, dy := f.x-clients[i].x, f.y-clients[i].y
					if dx*dx+dy*dy <= radius*radius {
						take(i)
					}
				}
			}
		}
	}
	c := Cover{Rows: len(clients), Offset: make([]int64, 1, len(facilities)+1), Weight: make([]int64, 0, len(clients))}
	for _, cl := range clients {
		c.Weight = append(c.Weight, cl.demand)
	}
	entries := int64(0)
	for _, f := range facilities {
		within(f, func(int32) { entries++ })
		c.Offset = append(c.Offset, entries)
	}
	c.Row = make([]int32, 0, entries)
	for j, f := range facilities {
		within(f, func(i int32) { c.Row = append(c.Row, i) })
		slices.Sort(c.Row[c.Offset[j]:])
	}
	return c
}

func ExampleCover() {
	c := Cover{Rows: 3, Offset: []int64{0, 2, 3}, Row: []int32{0, 1, 2}}
	fmt.Println(c.Columns(), c.Column(0), c.Validate())
	// Output: 2 [0 1] <nil>
}

// measure runs a solver with a deadline's worth of iterations and reports what it reached beside the time.
func measure(b *testing.B, solve func() (*Solution, error)) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := solve()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Objective), "objective")
		b.ReportMetric(s.Bound, "bound")
		b.ReportMetric(100*s.Gap, "gap-%")
	}
}

func BenchmarkMaxCover(b *testing.B) {
	for _, k := range []struct {
		file       string
		radius     float64
		p          int64
		iterations int
	}{
		{"BDS_100_10000.dat", 6.25, 10, 0}, {"BDS_100_1000000.dat", 6.25, 10, 0},
		{"city_500_5000.dat", 1.5, 30, 0}, {"city_2000_50000.dat", 1, 50, 4_000},
	} {
		b.Run(k.file, func(b *testing.B) {
			cover := coverWithinOf(b, k.file, k.radius)
			measure(b, func() (*Solution, error) {
				return MaxCover(context.Background(), &MaxCoverProblem{Cover: cover, Budget: k.p}, Options{Workers: 2, Iterations: k.iterations})
			})
		})
	}
}

func coverWithinOf(b *testing.B, file string, radius float64) Cover {
	facilities, clients := readPlaces(b, file)
	return coverWithin(facilities, clients, radius)
}

func BenchmarkSetCover(b *testing.B) {
	for _, k := range []struct {
		file       string
		radius     float64
		iterations int
	}{{"city_500_5000.dat", 1.5, 0}, {"city_2000_50000.dat", 1, 0}} {
		b.Run(k.file, func(b *testing.B) {
			p := &SetCoverProblem{Cover: coverWithinOf(b, k.file, k.radius)}
			p.Covered = make([]bool, p.Cover.Rows)
			for _, i := range uncoverable(&p.Cover, p.Covered, make([]bool, p.Cover.Columns())) {
				p.Covered[i] = true
			}
			measure(b, func() (*Solution, error) {
				return SetCover(context.Background(), p, Options{Workers: 2, Iterations: k.iterations})
			})
		})
	}
}

func BenchmarkPMedian(b *testing.B) {
	for _, k := range []struct {
		file          string
		p, iterations int
	}{{"city_500_5000.dat", 20, 0}, {"city_2000_50000.dat", 50, 300}} {
		b.Run(k.file, func(b *testing.B) {
			facilities, clients := readPlaces(b, k.file)
			p := &PMedianProblem{Rows: len(clients), Columns: len(facilities), P: k.p}
			for _, f := range facilities {
				for _, c := range clients {
					p.Distance = append(p.Distance, uint32(math.Floor(1000*math.Hypot(f.x-c.x, f.y-c.y)+.5)))
				}
			}
			for _, c := range clients {
				p.Weight = append(p.Weight, c.demand)
			}
			measure(b, func() (*Solution, error) {
				return PMedian(context.Background(), p, Options{Workers: 2, Iterations: k.iterations})
			})
		})
	}
}

func BenchmarkRollout(b *testing.B) {
	p := countyRollout(b)
	b.Run("10000x3x5", func(b *testing.B) {
		measure(b, func() (*Solution, error) {
			s, err := Rollout(context.Background(), p, Options{Workers: 2, Iterations: 900})
			if err != nil {
				return nil, err
			}
			return &Solution{Objective: s.Objective, Bound: s.Bound, Gap: s.Gap}, nil
		})
	})
}

// BenchmarkFrontier is a curve of twenty budgets over a whole region; each point's gap is logged. What the process takes at its
// peak, reading included, stands beside the size of the matrix (Linux only).
func BenchmarkFrontier(b *testing.B) {
	p := &FrontierProblem{Cover: coverWithinOf(b, "city_356000_406784.dat", 0.1)}
	for k := range int64(20) {
		p.Budgets = append(p.Budgets, 250*(k+1))
	}
	debug.FreeOSMemory() // what was read has become the matrix
	matrix := float64(4*len(p.Cover.Row)+8*len(p.Cover.Offset)) / 1e6
	var heap uint64
	progress := func(Progress) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap = max(heap, m.HeapInuse)
	}
	b.ReportAllocs()
	for b.Loop() {
		points, err := Frontier(context.Background(), p, Options{Workers: 2, Progress: progress})
		if err != nil {
			b.Fatal(err)
		}
		worst := 0.0
		for _, a := range points {
			worst = max(worst, a.Gap)
			b.Logf("%d: %d of at most %.0f, gap %.2f%%", a.Budget, a.Objective, a.Bound, 100*a.Gap)
		}
		b.ReportMetric(100*worst, "worst-gap-%")
		b.ReportMetric(matrix, "matrix-MB")
		b.ReportMetric(float64(heap)/1e6/matrix, "heap/matrix")
		b.ReportMetric(peakResident(b)/matrix, "peak-RSS/matrix")
	}
}

// peakResident returns the most memory that the process held so far, in MB; 0 where Linux does not tell.
func peakResident(tb testing.TB) float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Log(err)
		return 0
	}
	for line := range bytes.Lines(raw) {
		if f := bytes.Fields(line); len(f) > 1 && string(f[0]) == "VmHWM:" {
			kb, _ := strconv.ParseFloat(string(f[1]), 64)
			return kb * 1024 / 1e6
		}
	}
	return 0
}
