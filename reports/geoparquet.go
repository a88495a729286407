package reports

import (
	"encoding/json"
	"io"
	"math"
	"reflect"

	"github.com/parquet-go/parquet-go"
	"github.com/paulmach/orb"
)

// geoColumn is the geometry column of a GeoParquet file.
const geoColumn = "geometry"

// writeGeoParquet writes a layer as GeoParquet 1.1 (OGC): a column an attribute, all of which may be null, and the geometry as
// well-known binary with its system as PROJJSON. GCJ-02 has no definition that other programs know, so its system is null, as the
// specification asks for unknown ones; the file's name tells it.
func (b *builder) writeGeoParquet(w io.Writer, t *table, in frame) error {
	rows, bound, err := parquetRows(t)
	if err != nil {
		return err
	}
	meta, err := json.Marshal(geoMetadata(t, in, bound))
	if err != nil {
		return err
	}
	from, err := b.provenance()
	if err != nil {
		return err
	}
	out := parquet.NewGenericWriter[any](w, parquetSchema(t), parquet.Compression(&parquet.Snappy), parquet.KeyValueMetadata("geo", string(meta)),
		parquet.KeyValueMetadata("provenance", string(from)), parquet.CreatedBy("sitecover", b.s.Version, ""))
	if _, err := out.WriteRows(rows); err != nil {
		return err
	}
	return out.Close()
}

// geoMeta is the metadata that makes a Parquet file a GeoParquet file.
type geoMeta struct {
	Version string                   `json:"version"`
	Primary string                   `json:"primary_column"`
	Columns map[string]geoColumnMeta `json:"columns"`
}

type geoColumnMeta struct {
	Encoding    string           `json:"encoding"`
	Types       []string         `json:"geometry_types"`
	CRS         *json.RawMessage `json:"crs"` // null = unknown
	Orientation string           `json:"orientation,omitempty"`
	Edges       string           `json:"edges"`
	Box         []float64        `json:"bbox,omitempty"`
}

// projJSON are the systems by code, their axes as their registers have them: the specification puts longitude first in the file whatever
// a system says.
var projJSON = map[int]json.RawMessage{
	4326: geographic(`"name":"WGS 84 (CRS84)","datum":{"type":"GeodeticReferenceFrame","name":"World Geodetic System 1984","ellipsoid":{"name":"WGS 84","semi_major_axis":6378137,"inverse_flattening":298.257223563}}`,
		longitudeAxis+","+latitudeAxis, `{"authority":"OGC","code":"CRS84"}`),
	4490: geographic(`"name":"China Geodetic Coordinate System 2000","datum":{"type":"GeodeticReferenceFrame","name":"China 2000","ellipsoid":{"name":"CGCS2000","semi_major_axis":6378137,"inverse_flattening":298.257222101}}`,
		latitudeAxis+","+longitudeAxis, `{"authority":"EPSG","code":4490}`),
}

const (
	longitudeAxis = `{"name":"Geodetic longitude","abbreviation":"Lon","direction":"east","unit":"degree"}`
	latitudeAxis  = `{"name":"Geodetic latitude","abbreviation":"Lat","direction":"north","unit":"degree"}`
)

func geographic(nameAndDatum, axes, id string) json.RawMessage {
	return json.RawMessage(`{"$schema":"https://proj.org/schemas/v0.7/projjson.schema.json","type":"GeographicCRS",` + nameAndDatum + `,"coordinate_system":{"subtype":"ellipsoidal","axis":[` + axes + `]},"id":` + id + `}`)
}

func geoMetadata(t *table, in frame, bound orb.Bound) geoMeta {
	c := geoColumnMeta{Encoding: "WKB", Types: []string{"Point"}, Edges: "planar"}
	if t.areas {
		c.Types, c.Orientation = []string{"MultiPolygon"}, "counterclockwise"
	}
	if definition, ok := projJSON[in.epsg]; ok {
		c.CRS = &definition
	}
	if bound.Min[0] <= bound.Max[0] {
		c.Box = []float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]}
	}
	return geoMeta{Version: "1.1.0", Primary: geoColumn, Columns: map[string]geoColumnMeta{geoColumn: c}}
}

// parquetColumns are the names of the columns: the attributes, then the geometry. An attribute of its name gets an underscore.
func parquetColumns(t *table) []string {
	var out []string
	for _, c := range t.columns {
		if c == geoColumn {
			c += "_"
		}
		out = append(out, c)
	}
	return append(out, geoColumn)
}

// parquetSchema keeps the columns in their order: parquet.Group, a map, would sort them by name.
func parquetSchema(t *table) *parquet.Schema {
	g := orderedGroup{Group: parquet.Group{}}
	for i, name := range parquetColumns(t) {
		node := parquet.Leaf(parquet.ByteArrayType)
		if i < len(t.kinds) {
			node = [...]parquet.Node{parquet.String(), parquet.Leaf(parquet.BooleanType), parquet.Leaf(parquet.Int64Type), parquet.Leaf(parquet.DoubleType), parquet.String()}[t.kinds[i]]
		}
		node = parquet.Optional(node)
		g.Group[name] = node
		g.columns = append(g.columns, orderedColumn{node, name})
	}
	return parquet.NewSchema("schema", g)
}

// orderedGroup is a group whose fields keep their order.
type orderedGroup struct {
	parquet.Group
	columns []parquet.Field
}

// Fields implements parquet.Node.
func (g orderedGroup) Fields() []parquet.Field { return g.columns }

type orderedColumn struct {
	parquet.Node
	name string
}

// Name implements parquet.Field.
func (c orderedColumn) Name() string { return c.name }

// Value implements parquet.Field for rows that are maps; rows are written as values here.
func (c orderedColumn) Value(base reflect.Value) reflect.Value {
	return base.MapIndex(reflect.ValueOf(c.name))
}

// parquetRows turns features into rows, and gives their extent.
func parquetRows(t *table) ([]parquet.Row, orb.Bound, error) {
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	rows := make([]parquet.Row, 0, len(t.features))
	for _, f := range t.features {
		row := make(parquet.Row, 0, len(t.columns)+1)
		for i, v := range t.row(f) {
			row = append(row, parquetValue(v, t.kinds[i]).Level(0, btoi(v != nil), i))
		}
		var shape []byte
		if f.geometry != nil {
			var err error
			if shape, err = wellKnownBinary(f.geometry); err != nil {
				return nil, bound, err
			}
			bound = bound.Union(f.geometry.Bound())
		}
		geometry := parquet.NullValue()
		if shape != nil {
			geometry = parquet.ByteArrayValue(shape)
		}
		rows = append(rows, append(row, geometry.Level(0, btoi(shape != nil), len(t.columns))))
	}
	return rows, bound, nil
}

// parquetValue is a value as its column's kind, the widest of all its values, holds it.
func parquetValue(v any, kind columnKind) parquet.Value {
	if v == nil {
		return parquet.NullValue()
	}
	x := reflect.ValueOf(v)
	whole := func() int64 {
		if x.Kind() == reflect.Bool {
			return int64(btoi(x.Bool()))
		}
		return x.Int()
	}
	switch kind {
	case kindBool:
		return parquet.BooleanValue(x.Bool())
	case kindInt:
		return parquet.Int64Value(whole())
	case kindReal:
		if x.Kind() == reflect.Float64 {
			return parquet.DoubleValue(x.Float())
		}
		return parquet.DoubleValue(float64(whole()))
	}
	return parquet.ByteArrayValue([]byte(textOf(v)))
}
