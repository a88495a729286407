package data

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// gpkgLayer is a table of features in a GeoPackage (OGC 12-128r18).
type gpkgLayer struct {
	table, geometry string
	system          string   // what the layer declares: "EPSG:4490" or well-known text; "" = undefined
	key             string   // the primary key column, "" = none
	columns         []string // the other columns, without the geometry
}

// readGeoPackage is readFeatures for one layer of a GeoPackage: the one that the study names, or the only one.
func readGeoPackage(in *input, visit func(*feature) error) {
	again := T("用 QGIS 重新导出", "export it again with QGIS")
	if info, err := os.Stat(in.path + "-wal"); err == nil && info.Size() > 0 {
		_ = in.fail(0, "", "", T("正被其他程序打开，有未写入的修改（-wal）", "is open in another program, with changes that are not in it yet (-wal)"),
			T("关闭 QGIS 等程序后再试", "close QGIS or whatever program holds it"))
		return
	}
	db, err := OpenSQLite(in.path)
	if err != nil {
		_ = in.failWith(0, T("不是 GeoPackage", "is not a GeoPackage"), again, err)
		return
	}
	defer func() { _ = db.Close() }() // read only
	layers, err := gpkgLayers(db)
	if err != nil {
		_ = in.failWith(0, T("不是 GeoPackage，或已损坏", "is not a GeoPackage, or is damaged"), again, err)
		return
	}
	names := make([]string, len(layers))
	for i := range layers {
		names[i] = layers[i].table
	}
	i, ok := in.pickLayer(names)
	if !ok {
		return
	}
	layer := layers[i]
	if err := layer.describe(db); err != nil {
		_ = in.failWith(0, T("图层 %s 不是要素表", "has a layer %s that is no table of features", layer.table), again, err)
		return
	}
	if !in.adoptText("srs", layer.system) {
		return
	}
	if err := layer.read(db, in, visit); err != nil && !errors.Is(err, errVisit) {
		_ = in.failWith(in.info.Rows, T("图层 %s 读不下去", "has a layer %s that cannot be read on", layer.table), again, err)
	}
}

// OpenSQLite opens a database for reading: nothing is written, not even beside it, and nothing in its schema is trusted.
func OpenSQLite(path string) (*sql.DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	where := url.URL{Scheme: "file", Path: filepath.ToSlash(full), RawQuery: "mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=query_only(1)&_pragma=cell_size_check(1)"}
	db, err := sql.Open("sqlite", where.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// pickLayer returns which of a file's layers the study means.
func (in *input) pickLayer(names []string) (int, bool) {
	slices.Sort(names)
	list := strings.Join(names, ", ")
	switch {
	case len(names) == 0:
		_ = in.fail(0, "", "", T("没有要素图层", "holds no layer of features"), T("重新导出", "export it again"))
	case in.layer != "":
		if i := slices.Index(names, in.layer); i >= 0 {
			return i, true
		}
		_ = in.fail(0, "layer", in.layer, T("没有这个图层", "is not a layer of the file"), suggest(in.layer, names))
	case len(names) > 1:
		_ = in.fail(0, "layer", "", T("有 %d 个图层：%s", "holds %d layers: %s", len(names), clip(list)), T("在来源里写 layer: %s", "write layer: %s for the source", names[0]))
	default:
		return 0, true
	}
	return 0, false
}

// gpkgLayers lists the layers of features by name.
func gpkgLayers(db *sql.DB) ([]gpkgLayer, error) {
	rows, err := db.Query(`SELECT c.table_name, g.column_name, coalesce(s.organization,''), coalesce(s.organization_coordsys_id,0), coalesce(s.definition,''), g.srs_id
		FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
		WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // read only
	var out []gpkgLayer
	for rows.Next() {
		var l gpkgLayer
		var organization, definition string
		var code, srs int
		if err := rows.Scan(&l.table, &l.geometry, &organization, &code, &definition, &srs); err != nil {
			return nil, err
		}
		switch {
		case srs <= 0: // undefined, in degrees or metres
		case strings.EqualFold(organization, "EPSG"):
			l.system = fmt.Sprintf("EPSG:%d", code)
		case definition != "" && !strings.EqualFold(definition, "undefined"):
			l.system = definition
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// describe finds the columns. A view or a computed column could run any query when it is read, so only stored columns of real tables are taken.
func (l *gpkgLayer) describe(db *sql.DB) error {
	var kind string
	if err := db.QueryRow(`SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE AND sql NOT LIKE 'CREATE VIRTUAL%'`, l.table).Scan(&kind); err != nil {
		return err
	}
	if kind != "table" {
		return fmt.Errorf("it is a %s", kind)
	}
	rows, err := db.Query(`SELECT name, pk FROM pragma_table_info(?)`, l.table)
	if err != nil {
		return err
	}
	defer rows.Close() // read only
	found := false
	for rows.Next() {
		var name string
		var pk int
		if err := rows.Scan(&name, &pk); err != nil {
			return err
		}
		switch {
		case strings.EqualFold(name, l.geometry):
			found = true
		case pk == 1:
			l.key = name
		default:
			l.columns = append(l.columns, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("no column %s", l.geometry)
	}
	return nil
}

// quoteSQL quotes an identifier.
func quoteSQL(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (l *gpkgLayer) read(db *sql.DB, in *input, visit func(*feature) error) error {
	names := append([]string{l.geometry}, l.columns...)
	if l.key != "" {
		names = append(names, l.key)
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteSQL(n)
	}
	query := "SELECT " + strings.Join(quoted, ", ") + " FROM " + quoteSQL(l.table)
	if l.key != "" {
		query += " ORDER BY " + quoteSQL(l.key)
	}
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close() // read only
	values := make([]any, len(names))
	at := make([]any, len(names))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		in.info.Rows++
		if err := l.deliver(in, values, visit); err != nil {
			return errVisit
		}
	}
	return rows.Err()
}

// deliver makes a feature of a row: the geometry, the columns, and the key when there is one.
func (l *gpkgLayer) deliver(in *input, values []any, visit func(*feature) error) error {
	f := &feature{number: in.info.Rows}
	if l.key != "" {
		f.id = textOfSQL(values[len(values)-1])
		for _, named := range in.fields {
			if named == l.key {
				f.props = append(f.props, property{l.key, f.id})
				break
			}
		}
	}
	for i, name := range l.columns {
		f.props = append(f.props, property{name, textOfSQL(values[1+i])})
	}
	if blob, ok := values[0].([]byte); ok && len(blob) > 0 {
		g, err := gpkgGeometry(blob)
		if errors.Is(err, errCurve) {
			return in.failWithValue(f.number, l.geometry, f.label(), T("含曲线或三维曲面，属于不支持的几何类型", "holds curves or surfaces in space, a type of geometry that is not supported"), T("在 QGIS 里用“转换几何类型”或“分段化”改成直线再导出", "turn the arcs into straight pieces (QGIS: segmentize) and export it again"), err)
		}
		if err != nil {
			return in.failWithValue(f.number, l.geometry, f.label(), T("不是 GeoPackage 几何", "is no geometry of a GeoPackage"), T("用 QGIS 重新导出", "export it again with QGIS"), err)
		}
		f.geometry = g
	}
	return in.deliver(f, visit)
}

// textOfSQL returns a value as text; bytes, which are pictures and the like, are none.
func textOfSQL(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format("2006-01-02")
		}
		return v.Format("2006-01-02 15:04:05")
	}
	return ""
}

// gpkgGeometry reads a geometry blob: a header with an envelope that is read over, and well-known binary. nil = empty.
func gpkgGeometry(b []byte) (orb.Geometry, error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, errWKB
	}
	flags := b[3]
	envelope := [8]int{0, 32, 48, 48, 64, -1, -1, -1}[flags>>1&7]
	if envelope < 0 || len(b) < 8+envelope || flags&(1<<5) != 0 { // an extended type
		return nil, errWKB
	}
	return readWKB(b[8+envelope:])
}
