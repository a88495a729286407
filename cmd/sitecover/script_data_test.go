package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"sitecover/cmd/internal/run"
)

// realData runs `realdata liechtenstein|porto-alegre FOLDER`: it lays the shared files of a real place into a folder of the
// script and makes the ledger of existing sites from them, as the studies of these places ask for.
func realData(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: realdata liechtenstein|porto-alegre folder")
	}
	from, to := filepath.Join(ts.Getenv("SHARED"), args[0]), ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(to, 0o755))
	switch args[0] {
	case "liechtenstein":
		copyFiles(ts, from, to, "boundaries.geojson", "liechtenstein.osm.pbf", "places_population.geojson", "pois.geojson")
		ts.Check(liechtensteinSites(filepath.Join(from, "pois.geojson"), filepath.Join(to, "sites.csv")))
	case "porto-alegre":
		copyFiles(ts, from, to, "poa_hexgrid.csv", "poa_osm.pbf")
		ts.Check(portoAlegreSites(filepath.Join(from, "poa_hexgrid.csv"), filepath.Join(to, "sites.csv")))
	default:
		ts.Fatalf("no such place: %s", args[0])
	}
}

func copyFiles(ts *testscript.TestScript, from, to string, names ...string) {
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(from, name))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(to, name), content, 0o644))
	}
}

// liechtensteinSites takes the real town halls, the library, named public buildings and post offices: halls as centres.
func liechtensteinSites(pois, ledger string) error {
	content, err := os.ReadFile(pois)
	if err != nil {
		return err
	}
	var doc struct {
		Features []struct {
			Properties struct{ Name, Amenity string }
			Geometry   struct{ Coordinates [2]float64 }
		}
	}
	if err := json.Unmarshal(content, &doc); err != nil {
		return err
	}
	tiers := map[string]string{"townhall": "centre", "library": "centre", "public_building": "station", "post_office": "station"}
	rows := [][]string{{"编号", "名称", "级别", "经度", "纬度"}}
	for i, f := range doc.Features {
		if tier := tiers[f.Properties.Amenity]; tier != "" && f.Properties.Name != "" {
			rows = append(rows, []string{fmt.Sprintf("S%03d", i), f.Properties.Name, tier,
				number(f.Geometry.Coordinates[0]), number(f.Geometry.Coordinates[1])})
		}
	}
	return writeCSV(ledger, rows)
}

// portoAlegreSites puts a site at the centre of every cell with health care.
func portoAlegreSites(hexgrid, ledger string) error {
	file, err := os.Open(hexgrid)
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	rows := [][]string{{"id", "lon", "lat"}}
	for _, r := range records[1:] {
		if n, err := strconv.Atoi(r[6]); err == nil && n > 0 {
			rows = append(rows, []string{r[0], r[1], r[2]})
		}
	}
	return writeCSV(ledger, rows)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }

func writeCSV(path string, rows [][]string) error {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// addsUp runs `addsup coverage.json LEVEL...`: in every tier, the people, covered people, cells and sites of the regions of each
// level must add up to the total exactly.
func addsUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: addsup coverage.json level...")
	}
	var report run.CoverageReport
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &report))
	if len(report.Tiers) == 0 {
		ts.Fatalf("no tiers")
	}
	for _, t := range report.Tiers {
		for _, level := range args[1:] {
			got, n := [6]int64{}, 0
			for _, r := range t.Regions {
				if r.Level == level {
					n++
					for i, v := range figures(r.IndicatorView) {
						got[i] += v
					}
				}
			}
			if want := figures(t.Total); n == 0 || got != want {
				ts.Fatalf("tier %s: %d regions of level %s add up to %v, the total is %v", t.ID, n, level, got, want)
			}
		}
	}
}

// figures are the additive figures, people in millionths.
func figures(x run.IndicatorView) [6]int64 {
	micro := func(v float64) int64 { return int64(math.Round(v * 1e6)) }
	return [6]int64{micro(x.People), micro(x.Covered), micro(x.Unconnected), micro(x.Circle), int64(x.Cells), int64(x.Open)}
}
