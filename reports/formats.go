package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

// Formats of map layers.
const (
	GeoJSON    = "geojson" // a file a layer
	GeoPackage = "gpkg"    // one file, with styles that QGIS shows at once
	KML        = "kml"     // one file for 奥维 and Google Earth: everything but the cells
	Shapefile  = "shp"     // four files and a code page a layer, text in GB18030
	CSV        = "csv"     // the cells, with their H3 ids and centres
	GeoParquet = "parquet" // a file a layer, for GeoPandas, DuckDB and the like
)

// AllLayers are the formats that layers come in, DefaultLayers those that are written unless others are asked for.
var (
	AllLayers     = []string{GeoJSON, GeoPackage, KML, Shapefile, CSV, GeoParquet}
	DefaultLayers = []string{GeoJSON, GeoPackage, KML}
)

// frame is the coordinate reference system of layers.
type frame struct {
	crs.CRS
	epsg int // 0 = none: GCJ-02 has no code
}

func frameOf(name string) (frame, error) {
	switch strings.ReplaceAll(strings.ToLower(name), "-", "") {
	case "", "wgs84":
		return frame{crs.WGS84, 4326}, nil
	case "cgcs2000":
		return frame{crs.CGCS2000, 4490}, nil
	case "gcj02":
		return frame{crs.GCJ02, 0}, nil
	}
	return frame{}, fmt.Errorf(`reports: Options.CRS %q: must be "wgs84", "cgcs2000" or "gcj02"`, name)
}

// file names a layer file: systems other than WGS84 are told by the name, so that shifted coordinates are not taken for others.
func (f frame) file(name, extension string) string {
	if f.epsg != 4326 {
		name += "." + f.Name()
	}
	return "layers/" + name + extension
}

// member is what a GeoJSON file says about its system: nothing for WGS84, which the format means.
func (f frame) member() string {
	switch f.epsg {
	case 4326:
		return ""
	case 0:
		return `,"coordinate_system":"GCJ-02"`
	}
	return fmt.Sprintf(`,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::%d"}}`, f.epsg)
}

// turn gives a copy of a geometry in the system; points that the system does not have stay where they are in WGS84, as they
// do in the maps that use GCJ-02 outside China.
func (f frame) turn(g orb.Geometry) orb.Geometry {
	at := func(p orb.Point) orb.Point {
		if q, err := f.FromWGS84(p); err == nil {
			return q
		}
		return p
	}
	switch g := g.(type) {
	case orb.Point:
		return at(g)
	case orb.MultiPolygon:
		out := g.Clone()
		for _, poly := range out {
			for _, ring := range poly {
				for i := range ring {
					ring[i] = at(ring[i])
				}
			}
		}
		return out
	}
	return g
}

// turned is a sink in another system.
type turned struct {
	to sink
	in frame
}

func (t turned) add(g orb.Geometry, fs fields) { t.to.add(t.in.turn(g), fs) }

// layerSpec is one layer: its name, whether it holds areas or points, and what fills it.
type layerSpec struct {
	name  string
	areas bool
	fill  func(sink)
}

func (b *builder) layers() []layerSpec {
	if b.only != nil {
		return b.only
	}
	return []layerSpec{{"cells", true, b.cellLayer}, {"sites", false, b.siteLayer}, {"gaps", true, b.gapLayer},
		{"plan", false, b.planLayer}, {"stations", false, b.stationLayer}, {"regions", true, b.regionLayer}}
}

// layerFiles are the map layers of a report in the formats asked for. Every layer is always written, even when empty.
func layerFiles(b *builder, o Options) []file {
	in, err := frameOf(o.CRS)
	if err != nil {
		panic(err) // Validate came first
	}
	formats := o.Layers
	if formats == nil {
		formats = DefaultLayers
	}
	var out []file
	for _, format := range AllLayers {
		if !slices.Contains(formats, format) {
			continue
		}
		switch format {
		case GeoJSON:
			for _, spec := range b.layers() {
				out = append(out, file{in.file(spec.name, ".geojson"), func(w io.Writer) error {
					from, err := b.provenance()
					if err != nil {
						return err
					}
					l := newLayer(w, spec.name, in, from)
					spec.fill(turned{l, in})
					return l.close()
				}})
			}
		case GeoPackage:
			out = append(out, file{in.file("layers", ".gpkg"), func(w io.Writer) error { return b.writeGeoPackage(w, in) }})
		case KML:
			out = append(out, file{in.file("layers", ".kml"), func(w io.Writer) error { return b.writeKML(w, in) }})
		case Shapefile:
			out = append(out, b.shapefiles(in)...)
		case GeoParquet:
			for _, spec := range b.layers() {
				out = append(out, file{in.file(spec.name, ".parquet"), func(w io.Writer) error { return b.writeGeoParquet(w, b.collect(spec, in), in) }})
			}
		case CSV:
			out = append(out, file{in.file("cells", ".csv"), func(w io.Writer) error { return b.writeCellCSV(w, in) }})
		}
	}
	return out
}

// feature is a feature in memory.
type feature struct {
	geometry orb.Geometry // nil = none
	fields   fields
}

// table is a layer in memory: features, and the columns that any of them has, in the order first seen.
type table struct {
	layerSpec
	columns  []string
	kinds    []columnKind
	at       map[string]int
	features []feature
}

// columnKind is the type of an attribute column: the widest of its values.
type columnKind int

const (
	kindNone columnKind = iota // no value at all
	kindBool
	kindInt
	kindReal
	kindText
)

// collect fills a table in a system.
func (b *builder) collect(spec layerSpec, in frame) *table {
	t := &table{layerSpec: spec, at: map[string]int{}}
	spec.fill(turned{t, in})
	return t
}

func (t *table) add(g orb.Geometry, fs fields) {
	for i, f := range fs {
		if x, ok := f.value.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			fs[i].value = nil
		}
		at, ok := t.at[f.name]
		if !ok {
			at = len(t.columns)
			t.at[f.name] = at
			t.columns, t.kinds = append(t.columns, f.name), append(t.kinds, kindNone)
		}
		t.kinds[at] = max(t.kinds[at], kindOf(fs[i].value))
	}
	t.features = append(t.features, feature{tidy(g), fs})
}

func kindOf(v any) columnKind {
	switch v.(type) {
	case nil:
		return kindNone
	case bool:
		return kindBool
	case int, int32, int64:
		return kindInt
	case float64:
		return kindReal
	}
	return kindText
}

// row gives the values of a feature by column; nil where it has none.
func (t *table) row(f feature) []any {
	out := make([]any, len(t.columns))
	for _, x := range f.fields {
		out[t.at[x.name]] = x.value
	}
	return out
}

// textOf writes a value as text: nothing for none.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return clip(v)
	}
	return fmt.Sprint(v)
}

// writeCellCSV writes the cells as a table with H3 ids and centres, in UTF-8 with a byte order mark, as Excel expects. Text that
// a spreadsheet would take for a formula gets an apostrophe before it.
func (b *builder) writeCellCSV(w io.Writer, in frame) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	t := b.collect(b.layers()[0], in)
	out := csv.NewWriter(w)
	if err := out.Write(append(slices.Clone(t.columns), "lon", "lat")); err != nil {
		return err
	}
	for i, f := range t.features {
		var row []string
		for _, v := range t.row(f) {
			s := textOf(v)
			if _, text := v.(string); text && s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
				s = "'" + s
			}
			row = append(row, s)
		}
		at := b.s.Grid.Cells[b.cells[i].index].LatLng()
		p := in.turn(orb.Point{at.Lng, at.Lat}).(orb.Point)
		if err := out.Write(append(row, strconv.FormatFloat(p[0], 'f', 7, 64), strconv.FormatFloat(p[1], 'f', 7, 64))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
