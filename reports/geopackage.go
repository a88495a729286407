package reports

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// The tables that every GeoPackage 1.3 has, those of its metadata extension, and QGIS's table of styles. One page size and no journal, so that the same rows
// give the same file.
const gpkgSchema = `
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL PRIMARY KEY REFERENCES gpkg_contents(table_name), column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL, m TINYINT NOT NULL);
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
  ui TEXT(30), update_time DATETIME);
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
`

// wktOf are the definitions of the systems by code.
var wktOf = map[int]string{
	4326: `GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]`,
	4490: `GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]]`,
}

// writeGeoPackage writes all layers into one GeoPackage, with a default style each.
func (b *builder) writeGeoPackage(w io.Writer, in frame) (err error) {
	dir, err := os.MkdirTemp("", "sitecover-gpkg-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "layers.gpkg")
	if err := b.fillGeoPackage(path, in); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

func (b *builder) fillGeoPackage(path string, in frame) (err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.Exec(gpkgSchema); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	g := &gpkg{b: b, tx: tx, in: in, at: b.s.Date.UTC().Format("2006-01-02T15:04:05.000Z")}
	g.systems()
	g.provenance()
	for _, spec := range b.layers() {
		g.layer(b.collect(spec, in))
	}
	g.exec(`INSERT INTO gpkg_contents VALUES ('layer_styles','attributes','layer_styles','',?,NULL,NULL,NULL,NULL,0)`, g.at)
	if g.err != nil {
		return errors.Join(g.err, tx.Rollback())
	}
	return tx.Commit()
}

// gpkg writes into an open GeoPackage and keeps the first error.
type gpkg struct {
	b   *builder
	tx  *sql.Tx
	in  frame
	at  string // time of the report, for what wants a time
	err error
}

func (g *gpkg) exec(query string, args ...any) {
	if g.err == nil {
		_, g.err = g.tx.Exec(query, args...)
	}
}

func (g *gpkg) systems() {
	insert := `INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)`
	g.exec(insert, "Undefined cartesian SRS", -1, "NONE", -1, "undefined", "")
	undefined := "Undefined geographic SRS"
	if g.in.epsg == 0 {
		undefined = "GCJ-02 (shifted; no code exists)"
	}
	g.exec(insert, undefined, 0, "NONE", 0, "undefined", "")
	g.exec(insert, "WGS 84 geodetic", 4326, "EPSG", 4326, wktOf[4326], "")
	if g.in.epsg == 4490 {
		g.exec(insert, "China Geodetic Coordinate System 2000", 4490, "EPSG", 4490, wktOf[4490], "")
	}
}

// provenance writes what the layers rest on, in the way of the metadata extension (OGC 12-128r18, F.8).
func (g *gpkg) provenance() {
	from, err := g.b.provenance()
	if g.err == nil {
		g.err = err
	}
	for _, table := range []string{"gpkg_metadata", "gpkg_metadata_reference"} {
		g.exec(`INSERT INTO gpkg_extensions VALUES (?,NULL,'gpkg_metadata','http://www.geopackage.org/spec130/#extension_metadata','read-write')`, table)
	}
	g.exec(`INSERT INTO gpkg_metadata VALUES (1,'dataset','https://schema.org/isBasedOn','application/json',?)`, string(from))
	g.exec(`INSERT INTO gpkg_metadata_reference VALUES ('geopackage',NULL,NULL,NULL,?,1,NULL)`, g.at)
}

// quoteName quotes an SQL identifier.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (g *gpkg) layer(t *table) {
	kind := "POINT"
	if t.areas {
		kind = "MULTIPOLYGON"
	}
	columns, marks, names := []string{"fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "geom " + kind}, []string{"?", "?"}, []string{"fid", "geom"}
	for i, c := range t.columns {
		// A column named like ours gets an underscore, so that no attribute is lost.
		if c == "fid" || c == "geom" {
			c += "_"
		}
		columns = append(columns, quoteName(c)+" "+[...]string{"TEXT", "BOOLEAN", "INTEGER", "REAL", "TEXT"}[t.kinds[i]])
		marks, names = append(marks, "?"), append(names, quoteName(c))
	}
	g.exec(`CREATE TABLE ` + quoteName(t.name) + ` (` + strings.Join(columns, ", ") + `)`)
	bound, any := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}, false
	insert := `INSERT INTO ` + quoteName(t.name) + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.Join(marks, ", ") + `)`
	if g.err != nil {
		return
	}
	stmt, err := g.tx.Prepare(insert)
	if err != nil {
		g.err = err
		return
	}
	for i, f := range t.features {
		blob, err := g.blob(f.geometry)
		if err != nil {
			g.err = err
			break
		}
		if f.geometry != nil {
			bound, any = bound.Union(f.geometry.Bound()), true
		}
		args := append([]interface{}{i + 1, blob}, t.row(f)...)
		if _, err := stmt.Exec(args...); err != nil {
			g.err = err
			break
		}
	}
	g.err = errors.Join(g.err, stmt.Close())
	extent := []interface{}{nil, nil, nil, nil}
	if any {
		extent = []interface{}{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]}
	}
	title := g.b.layerTitle(t.name)
	args := append([]interface{}{t.name, title, g.at}, extent...)
	g.exec(`INSERT INTO gpkg_contents VALUES (?,'features',?,'',?,?,?,?,?,`+fmt.Sprint(g.in.epsg)+`)`, args...)
	g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)`, t.name, kind, g.in.epsg)
	g.exec(`INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
		VALUES ('','',?,'geom',?,?,'',1,?,'','',?)`, t.name, "sitecover", g.b.style(t.name), title, g.at)
}

// blob is a geometry as GeoPackage stores it: a head with the system and the extent, then well-known binary.
func (g *gpkg) blob(geom orb.Geometry) ([]byte, error) {
	if geom == nil {
		return nil, nil
	}
	body, err := wellKnownBinary(geom)
	if err != nil {
		return nil, err
	}
	flags := byte(1) // little endian, no extent
	if _, point := geom.(orb.Point); !point {
		flags |= 1 << 1 // min x, max x, min y, max y
	}
	head := append([]byte{'G', 'P', 0, flags}, binary.LittleEndian.AppendUint32(nil, uint32(int32(g.in.epsg)))...)
	if flags&2 != 0 {
		bound := geom.Bound()
		for _, x := range []float64{bound.Min[0], bound.Max[0], bound.Min[1], bound.Max[1]} {
			head = binary.LittleEndian.AppendUint64(head, math.Float64bits(x))
		}
	}
	return append(head, body...), nil
}

// ymd is a date as dBASE stores it.
func ymd(t time.Time) [3]byte { return [3]byte{byte(t.Year() - 1900), byte(t.Month()), byte(t.Day())} }
