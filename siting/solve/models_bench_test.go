package solve

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWriteMergedModels writes the seeded instances, rows merged, as LP files into the folder that SITECOVER_LP names, for
// other solvers to be compared with; see docs/speed-siting.md. It is skipped without that.
func TestWriteMergedModels(t *testing.T) {
	dir := os.Getenv("SITECOVER_LP")
	if dir == "" {
		t.Skip("SITECOVER_LP does not name a folder for LP files")
	}
	for _, k := range []struct {
		file, name string
		radius     float64
		p          int64 // 0 = cover every row that can be covered
	}{
		{"BDS_100_10000.dat", "mclp_grid_10000.lp", 6.25, 10}, {"BDS_100_1000000.dat", "mclp_grid_1000000.lp", 6.25, 10},
		{"city_500_5000.dat", "mclp_city_500.lp", 1.5, 30}, {"city_2000_50000.dat", "mclp_city_2000.lp", 1, 50},
		{"city_500_5000.dat", "lscp_city_500.lp", 1.5, 0}, {"city_2000_50000.dat", "lscp_city_2000.lp", 1, 0},
	} {
		facilities, clients := readPlaces(t, k.file)
		cover := coverWithin(facilities, clients, k.radius)
		in := newInstance(&cover, reduction{})
		merged := Cover{Rows: in.rows(), Offset: in.col.off, Row: in.col.item, Weight: in.w}
		var model LPModel = &MaxCoverProblem{Cover: merged, Budget: k.p}
		if k.p == 0 {
			model = &SetCoverProblem{Cover: merged}
		}
		f, err := os.Create(filepath.Join(dir, k.name))
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteLP(f, model); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
