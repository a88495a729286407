package data

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/data/geotiff"
	"sitecover/geo/crs"
)

// TestRasterVariants writes one raster in every variant that is read and compares with GDAL's own statistics of the file.
func TestRasterVariants(t *testing.T) {
	dir := t.TempDir()
	const columns, rows, none = 130, 150, -9999
	rng := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	fmt.Fprintf(&text, "ncols %d\nnrows %d\nxllcorner 120\nyllcorner 30\ncellsize 0.002\nNODATA_value %d\n", columns, rows, none)
	valid := 0
	for range rows {
		for range columns {
			if rng.IntN(5) == 0 {
				fmt.Fprint(&text, none, " ")
				continue
			}
			valid++
			fmt.Fprintf(&text, "%.3f ", 200*rng.Float64())
		}
		text.WriteByte('\n')
	}
	if err := os.WriteFile(filepath.Join(dir, "people.asc"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	tiled := "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=32 "
	for i, args := range []string{
		"-ot Float32",
		"-ot Float32 -co COMPRESS=LZW -co PREDICTOR=3 " + tiled,
		"-ot Float64 -co COMPRESS=DEFLATE -co PREDICTOR=3",
		"-ot Float32 -co COMPRESS=DEFLATE -co PREDICTOR=2 -co BIGTIFF=YES " + tiled,
		"-ot Float64 -co COMPRESS=LZW -co ENDIANNESS=BIG",
		"-ot Int16 -co COMPRESS=LZW -co PREDICTOR=2",
		"-ot Int32 -co COMPRESS=DEFLATE -co PREDICTOR=2 -co ENDIANNESS=BIG -co BLOCKYSIZE=1",
		"-ot UInt16 -a_nodata 65535 -scale 0 200 0 200 -co COMPRESS=DEFLATE -co PREDICTOR=2 " + tiled,
		"-ot Byte -a_nodata 0 -co COMPRESS=LZW -co PREDICTOR=2 -co BIGTIFF=YES",
		"-ot UInt32 -a_nodata 0 " + tiled,
		"-ot Float32 -of COG -co COMPRESS=DEFLATE -co PREDICTOR=FLOATING_POINT -co BLOCKSIZE=128",
		"-ot Float64 -of COG -co COMPRESS=LZW -co BLOCKSIZE=128 -co OVERVIEWS=NONE",
		"-ot Float32 -a_srs EPSG:4528 -a_ullr 40500000 3330000 40513000 3315000 -co COMPRESS=DEFLATE " + tiled,
		"-ot Float32 -a_srs EPSG:4490 -co SPARSE_OK=TRUE -co COMPRESS=LZW -co INTERLEAVE=BAND",
	} {
		t.Run(args, func(t *testing.T) {
			name := fmt.Sprintf("r%d.tif", i)
			command := []string{"gdal_translate", "-q", "-a_srs", "EPSG:4326"}
			gdal(t, dir, append(append(command, strings.Fields(args)...), "people.asc", name)...)
			count, sum := gdalStatistics(t, dir, name, columns*rows)
			for _, workers := range []int{1, 3} {
				b := binRaster(t, filepath.Join(dir, name), 9, workers)
				if !strings.Contains(args, "a_nodata") && b.counted != valid {
					t.Errorf("%d pixels with data, want %d", b.counted, valid)
				}
				if math.Abs(float64(b.counted)-count) > 0.0051*columns*rows/100+1 { // the share of valid pixels is told in hundredths of a percent
					t.Errorf("%d pixels with data, GDAL counts about %v", b.counted, count)
				}
				if mean := b.total / float64(b.counted); math.Abs(mean-sum) > 1e-9*sum {
					t.Errorf("%v people a pixel, GDAL says %v", mean, sum)
				}
			}
		})
	}
}

// gdalStatistics returns how many of so many pixels GDAL finds valid, to a hundredth of a percent, and their mean.
func gdalStatistics(t *testing.T, dir, name string, pixels int) (count, mean float64) {
	t.Helper()
	var info struct {
		Bands []struct {
			Metadata map[string]map[string]string `json:"metadata"`
		} `json:"bands"`
	}
	if err := json.Unmarshal([]byte(gdal(t, dir, "gdalinfo", "-json", "-stats", name)), &info); err != nil {
		t.Fatal(err)
	}
	meta := info.Bands[0].Metadata[""]
	mean, err := strconv.ParseFloat(meta["STATISTICS_MEAN"], 64)
	if err != nil {
		t.Fatal(meta, err)
	}
	share, err := strconv.ParseFloat(meta["STATISTICS_VALID_PERCENT"], 64)
	if err != nil {
		t.Fatal(meta, err)
	}
	return share * float64(pixels) / 100, mean
}

// TestEqualArea: the ellipsoid of WGS84 has 510,065,621.724 km² (NIMA TR8350.2, table 3.5); a degree by a degree is the integral of
// M·N·cos φ, the radii of curvature along the meridian and across, here by a sum of narrow strips.
func TestEqualArea(t *testing.T) {
	box := func(w, s, e, n float64) float64 {
		low, high := equalArea(orb.Point{w, s}), equalArea(orb.Point{e, n})
		return (high[0] - low[0]) * (high[1] - low[1]) / 1e6
	}
	if got := box(-180, -90, 180, 90); math.Abs(got-510_065_621.724) > 0.001 {
		t.Errorf("the globe has %.4f km²", got)
	}
	const strips, f = 100_000, 1 / 298.257223563
	e2, want := f*(2-f), 0.0
	for i := range strips {
		phi := (30 + (float64(i)+0.5)/strips) * math.Pi / 180
		w := math.Sqrt(1 - e2*math.Sin(phi)*math.Sin(phi))
		m, n := 6378.137*(1-e2)/(w*w*w), 6378.137/w
		want += m * n * math.Cos(phi) * math.Pi / 180 * math.Pi / 180 / strips
	}
	if got := box(120, 30, 121, 31); math.Abs(got-want) > 1e-6*want {
		t.Errorf("a degree at 30 N has %.6f km², want %.6f", got, want)
	}
}

// TestDensityOfAPixel: in the plane of a Gauss–Krüger zone a pixel of 100 m is a hectare at the central meridian, where the scale is 1.
// 60 km off it the scale is 1 + (60/6371)²/2, and the ground has that much less.
func TestDensityOfAPixel(t *testing.T) {
	zone, err := crs.Parse("EPSG:4549")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ easting, want float64 }{{500_000, 10_000}, {560_000, 10_000 / math.Pow(1+60*60/(2*6371.0*6371), 2)}} {
		in := &input{name: "f.tif", c: newCollector(), at: positions{system: zone}}
		image := imageAt(t, c.easting-50, 3_330_000, 100)
		area, err := newPixelSizer(image, &in.at).of(0, 0)
		if err != nil || math.Abs(area-c.want) > 1e-5*c.want {
			t.Errorf("at %v: %v m², want %v (%v)", c.easting, area, c.want, err)
		}
	}
}

// imageAt is a raster of one pixel.
func imageAt(t *testing.T, x, y, size float64) *geotiff.Image {
	t.Helper()
	file := changed(func(f *tiff) { f.pixel, f.origin = size, orb.Point{x, y} })
	image, err := geotiff.Open(strings.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// rasterStudy is the toy study with rasters of people.
func rasterStudy(source string) string {
	return strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", source, 1)
}

// TestDensityRaster: the toy raster as a density has as many people as the areas of its pixels make, and a hundred times as many by the
// hectare.
func TestDensityRaster(t *testing.T) {
	want := 0.0
	f := toyRaster()
	for i, v := range f.values {
		if v < 0 {
			continue
		}
		x, y := float64(i%f.w), float64(i/f.w)
		low := equalArea(orb.Point{120 + 0.001*x, 30.02 - 0.001*(y+1)})
		high := equalArea(orb.Point{120 + 0.001*(x+1), 30.02 - 0.001*y})
		want += float64(v) * (high[0] - low[0]) * (high[1] - low[1]) / 1e6
	}
	for unit, factor := range map[string]float64{"per_km2": 1, "per_ha": 100} {
		files := toyFiles()
		files["study.yaml"], files["pop.tif"] = rasterStudy("{file: pop.tif, kind: raster, density: "+unit+"}"), f.bytes()
		got := 0.0
		for _, c := range mustReadToy(t, files).Population.Cells {
			got += c.People
		}
		if math.Abs(got-factor*want) > 1e-9*want*factor {
			t.Errorf("%s: %v people, want %v", unit, got, factor*want)
		}
	}
}

// TestGroupsOfARaster: a group is a second raster, here with half the people of every pixel, so that each cell has half as many members. One
// that counts more members than people is refused.
func TestGroupsOfARaster(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = rasterStudy("{file: pop.tif, kind: raster, groups: {elderly: old.tif}}")
	files["pop.tif"] = toyRaster().bytes()
	files["old.tif"] = changed(func(f *tiff) {
		for i := range f.values {
			if f.values[i] > 0 {
				f.values[i] /= 2
			}
		}
	})
	d := mustReadToy(t, files)
	pop := d.Population
	if len(pop.Groups) != 1 || pop.Groups[0].ID != "elderly" || len(pop.Groups[0].Cells) != len(pop.Cells) {
		t.Fatalf("groups %+v", pop.Groups)
	}
	for i, c := range pop.Cells {
		if got := pop.Groups[0].Cells[i]; math.Abs(got-c.People/2) > 1e-9*c.People {
			t.Errorf("%v members among %v", got, c.People)
		}
	}
	listed := false
	for _, in := range d.Inputs {
		listed = listed || in.Path == "old.tif" && in.SHA256 != "" && in.Rows == 799
	}
	if !listed {
		t.Errorf("the raster of the group is not among the inputs: %+v", d.Inputs)
	}
	files["old.tif"] = changed(func(f *tiff) { f.values[0] = 1e6 })
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "has more members than pop.tif") {
		t.Error(err)
	}
}
