package shapefile

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
)

// handmade writes a shapefile of two points with heights (type 11) and a table of one text field, byte by byte.
func handmade(t *testing.T) string {
	t.Helper()
	var records []byte
	for i, p := range [][4]float64{{120, 30, 5, 0}, {31, 121, 7, 0}} { // x, y, height, measure
		records = binary.BigEndian.AppendUint32(records, uint32(i+1))
		records = binary.BigEndian.AppendUint32(records, 18)
		records = binary.LittleEndian.AppendUint32(records, 11)
		for _, v := range p {
			records = binary.LittleEndian.AppendUint64(records, math.Float64bits(v))
		}
	}
	head := make([]byte, headerSize)
	binary.BigEndian.PutUint32(head, 9994)
	binary.BigEndian.PutUint32(head[24:], uint32((headerSize+len(records))/2))
	binary.LittleEndian.PutUint32(head[28:], 1000)
	binary.LittleEndian.PutUint32(head[32:], 11)
	table := make([]byte, 65)
	table[0] = 3
	binary.LittleEndian.PutUint32(table[4:], 2)
	binary.LittleEndian.PutUint16(table[8:], 65)
	binary.LittleEndian.PutUint16(table[10:], 7)
	copy(table[32:], "name")
	table[32+11], table[32+16], table[64] = 'C', 6, 0x0D
	table = append(table, " 一号"+" 二号"...)
	path := filepath.Join(t.TempDir(), "p.shp")
	for ending, content := range map[string][]byte{".shp": append(head, records...), ".dbf": append(table, 0x1A)} {
		if err := os.WriteFile(path[:len(path)-4]+ending, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func records(t *testing.T, path string) (out []Record) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }() // read only
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
}

// TestRewrite: nothing revised gives the same records byte for byte; a point that moves keeps its height and its row; a record that goes
// takes its row along; the header's extent follows.
func TestRewrite(t *testing.T) {
	from := handmade(t)
	original, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "q.shp")
	if err := Rewrite(from, to, func(int) Revision { return Revision{} }); err != nil {
		t.Fatal(err)
	}
	if same, err := os.ReadFile(to); err != nil || !bytes.Equal(same[headerSize:], original[headerSize:]) {
		t.Errorf("the records changed though none was revised (%v)", err)
	}
	if err := Rewrite(from, to, func(n int) Revision {
		if n == 2 {
			return Revision{Geometry: orb.Point{121, 31}}
		}
		return Revision{Remove: true}
	}); err != nil {
		t.Fatal(err)
	}
	got := records(t, to)
	if len(got) != 1 || got[0].Geometry != (orb.Point{121, 31}) || got[0].Values[0] != "二号" {
		t.Errorf("records %+v", got)
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if z := float64At(text[headerSize+8+20:]); z != 7 {
		t.Errorf("the height became %g", z)
	}
	if float64At(text[36:]) != 121 || float64At(text[44:]) != 31 || float64At(text[68:]) != 7 {
		t.Errorf("the extent is %g, %g, height %g", float64At(text[36:]), float64At(text[44:]), float64At(text[68:]))
	}
	index, err := os.ReadFile(to[:len(to)-4] + ".shx")
	if err != nil || len(index) != headerSize+8 || big32(index[headerSize:]) != headerSize/2 {
		t.Errorf("the index has %d bytes (%v)", len(index), err)
	}
	if err := Rewrite(from, to, func(int) Revision { return Revision{Geometry: orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}} }); err == nil {
		t.Error("a polygon was written among points")
	}
}
