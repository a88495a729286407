package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// readParquet reads a file back: its columns, its rows as values by column, and its geo metadata.
func readParquet(t *testing.T, path string) (columns []string, rows []map[string]parquet.Value, meta geoMeta) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	text, ok := f.Lookup("geo")
	if !ok {
		t.Fatal("no geo metadata")
	}
	if err := json.Unmarshal([]byte(text), &meta); err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Root().Columns() {
		columns = append(columns, c.Name())
	}
	for _, g := range f.RowGroups() {
		r := g.Rows()
		buf := make([]parquet.Row, 64)
		for {
			n, err := r.ReadRows(buf)
			for _, row := range buf[:n] {
				values := map[string]parquet.Value{}
				for _, v := range row {
					values[columns[v.Column()]] = v.Clone()
				}
				rows = append(rows, values)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return columns, rows, meta
}

// TestGeoParquetHoldsWhatTheLayerHolds compares every attribute and geometry with the layer, in each system.
func TestGeoParquetHoldsWhatTheLayerHolds(t *testing.T) {
	s := makeStudy(t, smallWorld)
	_, b := buildPage(s, Chinese)
	for system, crs := range map[string]string{"wgs84": "CRS84", "cgcs2000": "4490", "gcj02": ""} {
		dir := filepath.Join(t.TempDir(), "out")
		if err := Write(t.Context(), dir, s, Options{Layers: []string{GeoParquet}, CRS: system}); err != nil {
			t.Fatal(err)
		}
		in, err := frameOf(system)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range b.layers() {
			want := b.collect(spec, in)
			columns, rows, meta := readParquet(t, filepath.Join(dir, in.file(spec.name, ".parquet")))
			if len(rows) != len(want.features) || len(columns) != len(want.columns)+1 || columns[0] != want.columns[0] || columns[len(columns)-1] != geoColumn {
				t.Errorf("%s: %d rows of %v, want %d of %v", spec.name, len(rows), columns, len(want.features), want.columns)
				continue
			}
			geo := meta.Columns[geoColumn]
			if meta.Version != "1.1.0" || geo.Encoding != "WKB" || (geo.CRS == nil) != (crs == "") || geo.CRS != nil && !bytes.Contains(*geo.CRS, []byte(crs)) {
				t.Errorf("%s in %s: metadata %+v", spec.name, system, meta)
			}
			for i, f := range want.features {
				for k, v := range want.row(f) {
					got := rows[i][want.columns[k]]
					if got.IsNull() != (v == nil) || v != nil && !got.IsNull() && want.kinds[k] != kindReal && got.String() != textOf(v) {
						t.Errorf("%s row %d: %s is %v, want %v", spec.name, i, want.columns[k], got, v)
					}
					if x, ok := v.(float64); ok && got.Double() != x {
						t.Errorf("%s row %d: %s is %v, want %v", spec.name, i, want.columns[k], got, v)
					}
				}
				if f.geometry == nil {
					continue
				}
				g, err := wkb.Unmarshal(rows[i][geoColumn].ByteArray())
				if err != nil || !orb.Equal(g, f.geometry) {
					t.Errorf("%s row %d: geometry %v (%v)", spec.name, i, g, err)
				}
			}
		}
	}
}
