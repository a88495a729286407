package reports

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestLayersTellTheirInputs: GeoJSON, KML, GeoPackage and Parquet files name every input with its hash, every finding and every assumption.
func TestLayersTellTheirInputs(t *testing.T) {
	s := makeStudy(t, smallWorld)
	s.Inputs = []Input{{Path: "数据/people.csv", Role: "population", SHA256: strings.Repeat("ab", 32), Bytes: 52, Rows: 2, CRS: "gcj02", Columns: []string{"people=人口"}}}
	s.Findings = []Finding{{Severity: "warning", Where: "people.csv:2", ZH: "修复了 <一处>", EN: "repaired <one>"}}
	dir := writtenLayers(t, s, "")
	texts := map[string]string{}
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(dir, "layers", name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	var collection struct {
		Provenance json.RawMessage `json:"provenance"`
	}
	if err := json.Unmarshal(read("sites.geojson"), &collection); err != nil {
		t.Fatal(err)
	}
	texts["GeoJSON"] = string(collection.Provenance)
	_, after, _ := strings.Cut(string(read("layers.kml")), `<Data name="provenance"><value>`)
	value, _, _ := strings.Cut(after, "</value>")
	texts["KML"] = strings.NewReplacer("&#34;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(value)
	db, err := sql.Open("sqlite", filepath.Join(dir, "layers", "layers.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var metadata string
	if err := db.QueryRow(`SELECT m.metadata FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id WHERE r.reference_scope = 'geopackage'`).Scan(&metadata); err != nil {
		t.Fatal(err)
	}
	texts["GeoPackage"] = metadata
	content := read("sites.parquet")
	f, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	texts["Parquet"], _ = f.Lookup("provenance")
	for format, text := range texts {
		var p provenance
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Errorf("%s: %v in %q", format, err, text)
			continue
		}
		if len(p.Inputs) != 1 || p.Inputs[0].Path != s.Inputs[0].Path || p.Inputs[0].SHA256 != s.Inputs[0].SHA256 || p.Inputs[0].Rows != 2 || len(p.Inputs[0].Columns) != 1 ||
			len(p.Decisions) != 1 || p.Decisions[0].What != "修复了 <一处>" || len(p.Assumptions) != len(s.Assumptions) || p.Study != s.Name {
			t.Errorf("%s tells %+v", format, p)
		}
	}
}
