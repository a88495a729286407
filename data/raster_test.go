package data

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/data/geotiff"
	"sitecover/geo/grid"
)

// tiff is a small GeoTIFF in one strip, written by the description of the format.
type tiff struct {
	order    binary.ByteOrder
	w, h     int
	origin   orb.Point
	pixel    float64
	epsg     uint16 // 0 = none
	nodata   string
	values   []float32
	compress uint16
	noPlace  bool
}

func (f tiff) bytes() string {
	type entry struct {
		tag, kind uint16
		count     uint32
		data      []byte
	}
	put := func(values ...any) []byte {
		var b bytes.Buffer
		for _, v := range values {
			_ = binary.Write(&b, f.order, v) // a buffer does not fail
		}
		return b.Bytes()
	}
	if f.compress == 0 {
		f.compress = 1
	}
	pixels := put(f.values)
	entries := []entry{
		{256, 3, 1, put(uint16(f.w))}, {257, 3, 1, put(uint16(f.h))}, {258, 3, 1, put(uint16(32))}, {259, 3, 1, put(f.compress)},
		{262, 3, 1, put(uint16(1))}, {273, 4, 1, put(uint32(8))}, {277, 3, 1, put(uint16(1))}, {278, 3, 1, put(uint16(f.h))},
		{279, 4, 1, put(uint32(len(pixels)))}, {339, 3, 1, put(uint16(3))},
	}
	if !f.noPlace {
		entries = append(entries, entry{33550, 12, 3, put([]float64{f.pixel, f.pixel, 0})}, entry{33922, 12, 6, put([]float64{0, 0, 0, f.origin[0], f.origin[1], 0})})
	}
	if f.epsg != 0 {
		key, model := uint16(2048), uint16(2)
		if f.epsg != 4326 && f.epsg != 4490 {
			key, model = 3072, 1
		}
		entries = append(entries, entry{34735, 3, 12, put([]uint16{1, 1, 0, 2, 1024, 0, 1, model, key, 0, 1, f.epsg})})
	}
	if f.nodata != "" {
		entries = append(entries, entry{42113, 2, uint32(len(f.nodata) + 1), []byte(f.nodata + "\x00")})
	}
	at := uint32(8 + len(pixels))
	extra := at + 2 + uint32(12*len(entries)) + 4
	dir, tail := put(uint16(len(entries))), []byte{}
	for _, e := range entries {
		dir = append(dir, put(e.tag, e.kind, e.count)...)
		if len(e.data) <= 4 {
			dir = append(dir, append(e.data, make([]byte, 4-len(e.data))...)...)
			continue
		}
		dir = append(dir, put(extra+uint32(len(tail)))...)
		tail = append(tail, e.data...)
	}
	head := "II"
	if f.order == binary.ByteOrder(binary.BigEndian) {
		head = "MM"
	}
	return head + string(put(uint16(42), at)) + string(pixels) + string(dir) + "\x00\x00\x00\x00" + string(tail)
}

// toyRaster covers the toy county with 40 × 20 pixels of 0.001°; the pixel in column x and row y holds x + 64·y people, but for one without
// data. Their sum is 20·(0+…+39) + 40·64·(0+…+19) - 65 = 15600 + 486400 - 65.
func toyRaster() tiff {
	f := tiff{order: binary.LittleEndian, w: 40, h: 20, origin: orb.Point{120, 30.02}, pixel: 0.001, epsg: 4326, nodata: "-9999"}
	for y := range 20 {
		for x := range 40 {
			f.values = append(f.values, float32(x+64*y))
		}
	}
	f.values[41] = -9999
	return f
}

// changed is the toy raster with a fault.
func changed(fault func(*tiff)) string {
	f := toyRaster()
	fault(&f)
	return f.bytes()
}

const toyRasterSum = 15600 + 486400 - 65

func useRaster(name, text string) map[string]string {
	return map[string]string{"study.yaml": strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", "{file: "+name+", kind: raster}", 1), name: text, "cells.csv": ""}
}

// TestRaster: every pixel is in the cell of its centre, and the people are all there, in either byte order.
func TestRaster(t *testing.T) {
	want := map[h3.Cell]float64{}
	for y := range 20 {
		for x := range 40 {
			if v := float64(x + 64*y); y*40+x != 41 {
				want[grid.CellOf(orb.Point{120 + (float64(x)+0.5)*0.001, 30.02 - (float64(y)+0.5)*0.001}, 9)] += v
			}
		}
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		f := toyRaster()
		f.order = order
		files := toyFiles()
		for n, text := range useRaster("pop.tif", f.bytes()) {
			files[n] = text
		}
		d := mustReadToy(t, files)
		sum := 0.0
		for _, c := range d.Population.Cells {
			if want[c.Cell] != c.People {
				t.Errorf("%v: %s holds %g, want %g", order, c.Cell, c.People, want[c.Cell])
			}
			sum += c.People
		}
		if sum != toyRasterSum {
			t.Errorf("%v: %g people, want %d", order, sum, toyRasterSum)
		}
	}
}

// TestCoarseRaster: pixels of a kilometre are divided, and lose nobody. The people are powers of two, so that their sums are exact.
func TestCoarseRaster(t *testing.T) {
	f := tiff{order: binary.LittleEndian, w: 4, h: 2, origin: orb.Point{120, 30.02}, pixel: 0.01, values: []float32{1, 2, 4, 8, 16, 32, 64, 128}}
	files := toyFiles()
	for n, text := range useRaster("pop.tif", f.bytes()) {
		files[n] = text
	}
	d := mustReadToy(t, files)
	sum := 0.0
	for _, c := range d.Population.Cells {
		sum += c.People
	}
	if sum != 255 {
		t.Errorf("%g people, want 255", sum)
	}
	if n := len(d.Population.Cells); n < 40 {
		t.Errorf("only %d cells have people", n)
	}
	told := false
	for _, finding := range d.Findings {
		told = told || strings.Contains(finding.What.EN, "read as wgs84")
	}
	if !told {
		t.Error("nobody says that the raster has no system")
	}
}

// TestRastersOfGDAL reads what GDAL writes: every compression with its predictors, tiles and strips, types, BigTIFF, nodata, projected. The
// sums must be GDAL's own.
func TestRastersOfGDAL(t *testing.T) {
	dir := t.TempDir()
	ogr(t, dir, `
import numpy as np, rasterio
from rasterio.transform import from_origin
r = np.random.default_rng(7)
out = open('list.txt', 'w')
n = 0
def write(dtype, nodata, crs='EPSG:4326', origin=(120, 30.2), res=0.002, **options):
    global n
    a = r.random((150, 130)) * 100
    if nodata is not None: a[r.random(a.shape) < 0.2] = nodata
    a = a.astype(dtype)
    name = 'r%d.tif' % n; n += 1
    with rasterio.open(name, 'w', driver='GTiff', height=150, width=130, count=1, dtype=dtype, crs=crs, transform=from_origin(*origin, res, res), nodata=nodata, **options) as d: d.write(a, 1)
    with rasterio.open(name) as d: m = d.read(1, masked=True)
    out.write('%s %d %.17g %s\n' % (name, m.count(), m.astype('float64').sum(), ' '.join(str(v) for v in (dtype, crs, options.get('compress'), options.get('predictor'), options.get('tiled')))))
write('float32', -99999, compress='lzw', tiled=True, blockxsize=64, blockysize=64)
write('float32', -99999, compress='lzw', predictor=3, tiled=True, blockxsize=64, blockysize=64)
write('float64', -99999, compress='deflate', predictor=3)
write('float64', None, compress='lzw', predictor=2)
write('float32', -99999, compress='deflate', predictor=2, BIGTIFF='YES')
write('uint8', 255, compress='lzw', predictor=2)
write('uint16', 65535, compress='deflate', predictor=2, tiled=True, blockxsize=128, blockysize=16)
write('int16', None)
write('int32', None, compress='deflate', predictor=2, ENDIANNESS='BIG')
write('uint32', 0, BIGTIFF='YES', tiled=True, blockxsize=16, blockysize=16)
write('float32', float('nan'), ENDIANNESS='BIG', compress='lzw', predictor=3)
write('float32', -99999, crs='EPSG:4528', origin=(40500000, 3330000), res=100, compress='deflate')
write('float64', -99999, crs='EPSG:4549', origin=(500000, 3330000), res=100, blockysize=1)
write('float32', -99999, crs='EPSG:4490', SPARSE_OK='TRUE', tiled=True, compress='deflate', predictor=3)
`)
	list, err := os.ReadFile(filepath.Join(dir, "list.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		var name string
		var count int
		var sum float64
		if _, err := fmt.Sscan(line, &name, &count, &sum); err != nil {
			t.Fatal(err)
		}
		var first *rasterBinner
		for _, workers := range []int{1, 3} {
			b := binRaster(t, filepath.Join(dir, name), 9, workers)
			if b.counted != count || math.Abs(b.total-sum) > 1e-9*sum {
				t.Errorf("%s: %d pixels with %.10f people", line, b.counted, b.total)
			}
			if first == nil {
				first = b
			} else if fmt.Sprint(first.cells) != fmt.Sprint(b.cells) {
				t.Errorf("%s: the cells depend on the number of workers", line)
			}
		}
	}
}

// binRaster sums a whole file onto cells.
func binRaster(t testing.TB, path string, resolution, workers int) *rasterBinner {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("the raster is not at hand:", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	image, err := geotiff.Open(f, info.Size())
	if err != nil {
		t.Fatal(path, err)
	}
	in := &input{name: path, c: newCollector()}
	if !in.rasterSystem(image) {
		t.Fatal(in.c.err())
	}
	b := &rasterBinner{in: in, image: image, window: image.Whole(), resolution: resolution, workers: workers}
	if err := b.sum(context.Background()); err != nil {
		t.Fatal(path, err)
	}
	return b
}

// BenchmarkRaster sums nine million pixels onto cells of resolution 9, the yardstick of bench/genras.py: set SITECOVER_RASTER to its file.
func BenchmarkRaster(b *testing.B) {
	path := os.Getenv("SITECOVER_RASTER")
	if path == "" {
		b.Skip("SITECOVER_RASTER is not set")
	}
	b.ReportAllocs()
	cpu := cpuTime()
	defer func() { b.ReportMetric((cpuTime()-cpu).Seconds()/float64(b.N), "cpu-s/op") }()
	for b.Loop() {
		r := binRaster(b, path, 9, 0)
		b.ReportMetric(r.total, "people")
		b.ReportMetric(float64(len(r.cells)), "cells")
	}
}

func FuzzRaster(f *testing.F) {
	f.Add([]byte(toyRaster().bytes()))
	big := toyRaster()
	big.order, big.compress = binary.BigEndian, 5
	f.Add([]byte(big.bytes()))
	study := strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", "{file: pop.tif, kind: raster}", 1)
	f.Fuzz(func(t *testing.T, text []byte) {
		files := toyFiles()
		files["study.yaml"], files["pop.tif"] = study, "x"
		fuzzToy(t, files, "pop.tif", text)
	})
}
