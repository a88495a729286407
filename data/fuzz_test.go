package data

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// The fuzz tests ask of every parser the same: no panic, no hang, and either a result or a named problem. Seeds are the toy files and the
// faults of bad_test.go; more stand in testdata/fuzz.

func FuzzStudy(f *testing.F) {
	for _, c := range badStudies {
		f.Add([]byte(c.files(f)["study.yaml"]))
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("{}"))
	f.Add([]byte("? - x\n: y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		study, err := parseStudy("study.yaml", text)
		if (study == nil) == (err == nil) {
			t.Fatal("neither a study nor an error")
		}
		if err != nil {
			checkErrors(t, err)
		}
	})
}

func checkErrors(t *testing.T, err error) {
	t.Helper()
	for _, e := range inputErrors(t, err) {
		if e.File == "" || e.What.EN == "" || e.What.ZH == "" || e.Row < 0 {
			t.Fatalf("incomplete error %+v", e)
		}
	}
}

// fuzzFile reads a file's bytes as one of the toy study's files.
func fuzzFile(t *testing.T, study, name string, text []byte) {
	t.Helper()
	files := toyFiles()
	files["study.yaml"] = study
	path := writeToy(t, files)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(path)
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

func addSeeds(f *testing.F, file string) {
	f.Add([]byte(toyFiles()[file]))
	for _, c := range badFiles {
		if c.file == file {
			f.Add([]byte(c.files(f)[file]))
		}
	}
}

// FuzzGeoJSON reads without files, which is quicker: features, ring checks and the joining of lines.
func FuzzGeoJSON(f *testing.F) {
	for _, file := range []string{"boundaries.geojson", "places.geojson", "roads.geojson", "water.geojson"} {
		addSeeds(f, file)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in := &input{name: "f.geojson", c: newCollector(), utf8: true}
		var lines []lineRoad
		scanFeatures(in, text, func(f *feature) error {
			if shape, ok := polygons(f); ok {
				if check := checkShape(shape); len(check.problems) == 0 && len(check.shape) == 0 {
					t.Fatal("a shape without problems is gone")
				}
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
	})
}

// FuzzCSV reads ledgers without files.
func FuzzCSV(f *testing.F) {
	addSeeds(f, "sites.csv")
	addSeeds(f, "cells.csv")
	f.Fuzz(func(t *testing.T, text []byte) {
		check := &checker{}
		_, _ = check.Write(text)
		in := &input{name: "f.csv", role: "sites", c: newCollector(), utf8: check.valid()}
		decoded, err := in.text(bytes.NewReader(text))
		if err != nil || decoded == nil {
			return
		}
		table := csvTable(in, decoded)
		if table == nil {
			return
		}
		table.columns, _ = findColumns("sites", nil, table.header)
		for table.scan(context.Background()) {
			table.point()
			table.day("opened")
			if table.row < 1 {
				t.Fatalf("row %d", table.row)
			}
		}
		if err := in.c.err(); err != nil {
			checkErrors(t, err)
		}
	})
}

func FuzzBoundaries(f *testing.F) {
	addSeeds(f, "boundaries.geojson")
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, toyStudy, "boundaries.geojson", text) })
}

func FuzzPlaces(f *testing.F) {
	addSeeds(f, "places.geojson")
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, toyStudy, "places.geojson", text) })
}

func FuzzRoadLines(f *testing.F) {
	addSeeds(f, "roads.geojson")
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, toyStudy, "roads.geojson", text) })
}

func FuzzSites(f *testing.F) {
	addSeeds(f, "sites.csv")
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, toyStudy, "sites.csv", text) })
}

func FuzzCells(f *testing.F) {
	addSeeds(f, "cells.csv")
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, toyStudy, "cells.csv", text) })
}

func FuzzWorkbook(f *testing.F) {
	f.Add([]byte(workbook(f, []any{"编号", "名称", "级别", "经度", "纬度"}, []any{"S1", "West", "中心", 120.005, 30.005})))
	f.Add([]byte("PK\x03\x04"))
	study := useXLSX["study.yaml"]
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFile(t, study, "sites.xlsx", text) })
}

func FuzzPBF(f *testing.F) {
	f.Add([]byte(toyPBF()))
	f.Add([]byte(historyPBF()))
	f.Add([]byte(damage(toyPBF())))
	f.Fuzz(func(t *testing.T, file []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		blocks, err := readPBF(ctx, bytes.NewReader(file), 2)
		if err == nil {
			assembleRoads(blocks)
		}
		if ctx.Err() != nil {
			t.Fatal("hangs")
		}
	})
}

// FuzzPBFBlock skips the compression, which a fuzzer hardly gets through.
func FuzzPBFBlock(f *testing.F) {
	var blocks []string
	rest := toyPBF()
	for i := 0; i < 3; i++ {
		r := strings.NewReader(rest)
		header := make([]byte, maxBlobHeader)
		size, _, n, err := readBlobHeader(r, header, 1)
		if err != nil {
			f.Fatal(err)
		}
		var d pbfDecoder
		content, err := d.inflate([]byte(rest[n : n+int64(size)]))
		if err != nil {
			f.Fatal(err)
		}
		blocks = append(blocks, string(content))
		rest = rest[n+int64(size):]
	}
	for _, b := range blocks {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var d pbfDecoder
		block, err := d.block(content)
		if err == nil {
			assembleRoads([]*pbfBlock{block})
		}
	})
}
