package data

import (
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"modernc.org/sqlite"
)

// registerIndexFunctions gives SQLite the functions that the triggers of a GeoPackage's spatial index (its extension gpkg_rtree_index) call.
var registerIndexFunctions = sync.OnceValue(func() error {
	var errs []error
	for i, name := range []string{"ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"} {
		errs = append(errs, sqlite.RegisterDeterministicScalarFunction(name, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			bound, ok := boundOf(args[0])
			if !ok {
				return nil, nil //nolint:nilnil // NULL of nothing
			}
			return []float64{bound.Min[0], bound.Max[0], bound.Min[1], bound.Max[1]}[i], nil
		}))
	}
	return errors.Join(append(errs, sqlite.RegisterDeterministicScalarFunction("ST_IsEmpty", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		_, ok := boundOf(args[0])
		return map[bool]int64{true: 0, false: 1}[ok], nil
	}))...)
})

// boundOf returns the extent of a geometry as GeoPackage stores it; ok is false of none.
func boundOf(v driver.Value) (orb.Bound, bool) {
	blob, ok := v.([]byte)
	if !ok {
		return orb.Bound{}, false
	}
	g, err := gpkgGeometry(blob)
	if err != nil || g == nil {
		return orb.Bound{}, false
	}
	return g.Bound(), true
}

// reviseGeoPackage copies a GeoPackage and changes rows in the copy: other layers, styles, columns and indexes are as they were.
func (f *fixer) reviseGeoPackage(rev *revision) (err error) {
	path, err := f.target(rev.name)
	if err != nil {
		return err
	}
	if err := copyFile(f.path(rev.file), path); err != nil {
		return err
	}
	if err := registerIndexFunctions(); err != nil {
		return err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	where := url.URL{Scheme: "file", Path: filepath.ToSlash(full), RawQuery: "_pragma=journal_mode(DELETE)&_pragma=cell_size_check(1)"}
	db, err := sql.Open("sqlite", where.String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	layers, err := gpkgLayers(db)
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	for _, layer := range layers {
		edits := rev.edits[layer.table]
		if len(layers) == 1 && edits == nil {
			edits = rev.edits[""] // the study need not name the only layer
		}
		if len(edits) == 0 {
			continue
		}
		if err := layer.revise(db, edits); err != nil {
			return errors.Join(errNotRevised, err)
		}
	}
	return nil
}

// revise changes rows of a layer, in one transaction.
func (l *gpkgLayer) revise(db *sql.DB, edits map[int]*edit) (err error) {
	if err := l.describe(db); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	changes, err := l.changes(tx, edits)
	if err != nil {
		return err
	}
	table, column := quoteSQL(l.table), quoteSQL(l.geometry)
	for _, c := range changes {
		if c.blob == nil {
			_, err = tx.Exec("DELETE FROM "+table+" WHERE rowid = ?", c.rowid)
		} else {
			_, err = tx.Exec("UPDATE "+table+" SET "+column+" = ? WHERE rowid = ?", c.blob, c.rowid)
		}
		if err != nil {
			return err
		}
	}
	if err := l.extent(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// rowChange is a row that is removed, or gets another geometry.
type rowChange struct {
	rowid int64
	blob  []byte // nil = it is removed
}

// changes finds the rows of edits, which are numbered in the order in which the reader reads them.
func (l *gpkgLayer) changes(tx *sql.Tx, edits map[int]*edit) (out []rowChange, err error) {
	query := "SELECT rowid, " + quoteSQL(l.geometry) + " FROM " + quoteSQL(l.table)
	if l.key != "" {
		query += " ORDER BY " + quoteSQL(l.key)
	}
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // read only
	several := false
	for number := 1; rows.Next(); number++ {
		c := rowChange{}
		var blob []byte
		if err := rows.Scan(&c.rowid, &blob); err != nil {
			return nil, err
		}
		e := edits[number]
		if e == nil {
			continue
		}
		if !e.remove {
			if c.blob, err = gpkgBlob(blob, e.geometry); err != nil {
				return nil, err
			}
			shape, isShape := e.geometry.(orb.MultiPolygon)
			several = several || isShape && len(shape) > 1
		}
		out = append(out, c)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if several { // a polygon that became several
		_, err = tx.Exec(`UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY' WHERE table_name = ? AND upper(geometry_type_name) = 'POLYGON'`, l.table)
	}
	return out, err
}

// extent writes the extent of a layer into the table of contents.
func (l *gpkgLayer) extent(tx *sql.Tx) error {
	rows, err := tx.Query("SELECT " + quoteSQL(l.geometry) + " FROM " + quoteSQL(l.table))
	if err != nil {
		return err
	}
	defer rows.Close() // read only
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for rows.Next() {
		var blob []byte
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		if b, ok := boundOf(blob); ok {
			bound = bound.Union(b)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || bound.Min[0] > bound.Max[0] {
		return err
	}
	_, err = tx.Exec(`UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?`, bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1], l.table)
	return err
}

// gpkgBlob is a geometry as GeoPackage stores it, with the system and the kind, single or multiple, of the one that it replaces.
func gpkgBlob(old []byte, g orb.Geometry) ([]byte, error) {
	was, err := gpkgGeometry(old)
	if err != nil {
		return nil, err
	}
	if _, single := was.(orb.Polygon); single {
		g = simplest(g)
	} else {
		g = multiLike(was, g)
	}
	order := binary.ByteOrder(binary.BigEndian)
	if old[3]&1 == 1 {
		order = binary.LittleEndian
	}
	system := order.Uint32(old[4:])
	body, err := wkb.Marshal(g, binary.LittleEndian)
	if err != nil {
		return nil, fmt.Errorf("data: write a geometry: %w", err)
	}
	flags := byte(1) // little endian, no extent
	if _, point := g.(orb.Point); !point {
		flags |= 1 << 1 // min x, max x, min y, max y
	}
	out := binary.LittleEndian.AppendUint32([]byte{'G', 'P', old[2], flags}, system)
	if flags&2 != 0 {
		b := g.Bound()
		for _, v := range []float64{b.Min[0], b.Max[0], b.Min[1], b.Max[1]} {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		}
	}
	return append(out, body...), nil
}

// multiLike makes a polygon a shape of one part where the other geometry is a shape.
func multiLike(was, g orb.Geometry) orb.Geometry {
	if _, shape := was.(orb.MultiPolygon); shape {
		return multi(g)
	}
	return g
}
