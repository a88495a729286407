package solve

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// dataDir is the folder of published instances; tests that need it are skipped without it.
func dataDir(t *testing.T) string {
	dir := filepath.Join("..", "..", "..", "shared", "data", "benchmarks")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("published instances are not here: %v", err)
	}
	return dir
}

// readPmed reads an OR-Library instance and closes it by shortest paths (Floyd). Of repeated edges the last one counts.
func readPmed(t *testing.T, path string) *PMedianProblem {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var n, edges, p int
	if _, err := fmt.Fscan(in, &n, &edges, &p); err != nil {
		t.Fatal(err)
	}
	const far = 1 << 20
	d := make([]uint32, n*n)
	for k := range d {
		if d[k] = far; k/n == k%n {
			d[k] = 0
		}
	}
	for range edges {
		var a, b int
		var c uint32
		if _, err := fmt.Fscan(in, &a, &b, &c); err != nil {
			t.Fatal(err)
		}
		d[(a-1)*n+b-1], d[(b-1)*n+a-1] = c, c
	}
	for k := range n {
		for a := range n {
			for b := range n {
				d[a*n+b] = min(d[a*n+b], d[a*n+k]+d[k*n+b])
			}
		}
	}
	return &PMedianProblem{Rows: n, Columns: n, Distance: d, P: p}
}

// The optima are published: Beasley, OR-Library; p-center optima as in Elloumi, Labbé & Pochet, INFORMS J. Comput. 16 (2004).
func TestPublishedPmedOptimaAreProved(t *testing.T) {
	dir := dataDir(t)
	medians := []int64{5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255}
	centers := []int64{127, 98, 93, 74, 48, 84, 64, 55, 37, 20}
	for k := range medians {
		p := readPmed(t, filepath.Join(dir, "pmed", fmt.Sprintf("pmed%d.txt", k+1)))
		got, err := PMedian(context.Background(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Objective != medians[k] || got.Status != Optimal {
			t.Errorf("pmed%d: median %d (bound %v, %s), published %d", k+1, got.Objective, got.Bound, got.Status, medians[k])
		}
		got, err = PCenter(context.Background(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Objective != centers[k] || got.Status != Optimal {
			t.Errorf("pmed%d: center %d (bound %v, %s), published %d", k+1, got.Objective, got.Bound, got.Status, centers[k])
		}
	}
}

// sanFrancisco reads the distances of 16 stores to 205 census tracts in 1e-5 m, and the exact metres.
func sanFrancisco(t *testing.T) (p *PMedianProblem, metres []float64) {
	f, err := os.Open(filepath.Join(dataDir(t), "san-francisco", "SF_network_distance_candidateStore_16_censusTract_205_new.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	p = &PMedianProblem{Rows: 205, Columns: 16, P: 4, Distance: make([]uint32, 205*16), Weight: make([]int64, 205)}
	metres = make([]float64, 205*16)
	tracts, stores := map[string]int{}, map[string]int{}
	for _, r := range records[1:] {
		if _, ok := stores[r[1]]; !ok {
			stores[r[1]] = len(stores)
		}
		if _, ok := tracts[r[2]]; !ok {
			tracts[r[2]] = len(tracts)
		}
		at := stores[r[1]]*205 + tracts[r[2]]
		metres[at], _ = strconv.ParseFloat(r[0], 64)
		p.Distance[at] = uint32(math.Round(metres[at] * 1e5))
		p.Weight[tracts[r[2]]], _ = strconv.ParseInt(r[3], 10, 64)
	}
	return p, metres
}

// The expected values are those of pysal/spopt on the same data.
func TestSanFranciscoAgreesWithPublishedResults(t *testing.T) {
	p, metres := sanFrancisco(t)
	got, err := PMedian(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i := range p.Rows {
		near := math.Inf(1)
		for _, j := range got.Open {
			near = math.Min(near, metres[int(j)*p.Rows+i])
		}
		sum += near * float64(p.Weight[i])
	}
	if got.Status != Optimal || math.Abs(sum-2848268129.7145) > 1e-3 {
		t.Errorf("p-median %.4f (%s), want 2848268129.7145", sum, got.Status)
	}
	cover := Cover{Rows: p.Rows, Offset: []int64{0}}
	for j := range p.Columns {
		for i := range p.Rows {
			if metres[j*p.Rows+i] <= 5000 {
				cover.Row = append(cover.Row, int32(i))
			}
		}
		cover.Offset = append(cover.Offset, int64(len(cover.Row)))
	}
	set, err := SetCover(context.Background(), &SetCoverProblem{Cover: cover}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Status != Optimal || set.Objective != 8 {
		t.Errorf("LSCP %d (%s), want 8", set.Objective, set.Status)
	}
}
