package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
)

// fuzzFeatures reads bytes as files of features, and checks and joins what comes out.
func fuzzFeatures(t *testing.T, name string, files map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	for n, b := range files {
		if err := os.WriteFile(filepath.Join(dir, n), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := &input{name: name, path: filepath.Join(dir, name), c: newCollector()}
	if !in.inspect() {
		return
	}
	var lines []lineRoad
	readFeatures(in, func(f *feature) error {
		if shape, ok := polygons(f); ok {
			checkShape(shape)
		}
		if line, ok := f.geometry.(orb.LineString); ok && in.checkLine(f, line) {
			lines = append(lines, lineRoad{line: line})
		}
		if in.c.full() {
			return errFull
		}
		return nil
	})
	joinLines(lines)
	if err := in.c.err(); err != nil {
		checkErrors(t, err)
	}
}

func FuzzShapefile(f *testing.F) {
	f.Add([]byte(toySHP()), []byte(testDBF(0, []string{"name", "kind"}, toyPlaceRows())), []byte(""))
	f.Add([]byte(testSHP(5, orb.Polygon{box(120, 30, 121, 31)}, orb.MultiPolygon{{box(1, 1, 2, 2)}, {box(3, 3, 4, 4)}})), []byte(testDBF(0x4D, []string{gbk("名称")}, [][]string{{gbk("区")}, {"x"}})), []byte("GBK"))
	f.Add([]byte(testSHP(3, orb.LineString{{1, 2}, {3, 4}}, nil)), []byte{}, []byte("UTF-8"))
	f.Fuzz(func(t *testing.T, shp, dbf, cpg []byte) {
		files := map[string][]byte{"a.shp": shp}
		if len(dbf) > 0 {
			files["a.dbf"], files["a.cpg"] = dbf, cpg
		}
		fuzzFeatures(t, "a.shp", files)
	})
}

// fuzzToy reads bytes as one of the files of a study.
func fuzzToy(t *testing.T, files map[string]string, name string, text []byte) {
	t.Helper()
	files[name] = string(text)
	if len(text) == 0 {
		return // an empty file has its own message
	}
	s, err := Load(writeToy(t, files))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(context.Background(), s, Options{Workers: 2})
	if (d == nil) == (err == nil) {
		t.Fatal("neither a dataset nor an error")
	}
	if err != nil {
		checkErrors(t, err)
	}
}
