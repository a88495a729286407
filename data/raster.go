package data

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"golang.org/x/sync/errgroup"

	"sitecover/coverage"
	"sitecover/data/geotiff"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// readRaster sums the pixels of a GeoTIFF onto H3 cells of the study's resolution, and those of the rasters of its groups.
func (r *reader) readRaster(ctx context.Context, in *input, p PopulationSource) {
	b := r.binRaster(ctx, in, p.Density)
	if b == nil {
		return
	}
	members := make([]map[h3.Cell]float64, len(r.groups.counts))
	for _, g := range p.Groups {
		if members[r.groups.index(g.ID)] = r.groupRaster(ctx, p, g, b); members[r.groups.index(g.ID)] == nil {
			return
		}
	}
	r.keepRaster(in, p, b, members)
}

// binRaster sums the pixels of a file, each a number of people or a density, onto cells. A pixel counts at its centre; one that is large
// against the cells is first divided evenly into smaller ones. Only the window around the study area is read. nil = a problem is noted.
func (r *reader) binRaster(ctx context.Context, in *input, density string) *rasterBinner {
	file, err := os.Open(in.path)
	if err != nil {
		_ = in.c.add(openError(in.name, err))
		return nil
	}
	defer file.Close() // read only
	image, err := geotiff.Open(file, in.info.Bytes)
	if err != nil {
		in.rasterProblem(err)
		return nil
	}
	if !in.rasterSystem(image) {
		return nil
	}
	window, ok := r.rasterWindow(in, image)
	if !ok {
		return nil
	}
	b := &rasterBinner{in: in, image: image, window: window, resolution: r.study.Resolution, workers: r.options.Workers}
	b.perSquareMetre = map[string]float64{PerKm2: 1e-6, PerHectare: 1e-4}[density]
	if !b.kept(r.options.Cache) {
		if err := b.sum(ctx); err != nil {
			in.rasterProblem(err)
			return nil
		}
		if !b.sound() {
			return nil
		}
		b.keep(r.options.Cache)
	}
	in.info.Rows = b.counted
	in.c.find("info", in.name, 0, T("%d 个像元，共 %.3f 人，汇总到 %d 个格网", "%d pixels with %.3f people, summed onto %d cells", b.counted, b.total, len(b.cells)))
	return b
}

// groupRaster sums the raster of one group: members by cell, nil after noting a problem.
func (r *reader) groupRaster(ctx context.Context, p PopulationSource, g GroupColumn, people *rasterBinner) map[h3.Cell]float64 {
	in := r.open(ctx, "population", p.groupSource(g))
	if in == nil {
		return nil
	}
	defer r.closeInput(in)
	b := r.binRaster(ctx, in, p.Density)
	if b == nil {
		return nil
	}
	have := make(map[h3.Cell]float64, len(people.cells))
	for _, c := range people.cells {
		have[c.Cell] = c.People
	}
	out := make(map[h3.Cell]float64, len(b.cells))
	more, first := 0, coverage.CellCount{}
	for _, c := range b.cells {
		n := have[c.Cell]
		if c.People > n*(1+1e-6)+1e-6 { // sums of rounded pixels
			if more++; more == 1 {
				first = c
			}
		}
		out[c.Cell] = min(c.People, n)
	}
	if more > 0 {
		_ = in.fail(0, "groups."+g.ID, place(centre(first.Cell)), T("%d 个格网里这一人群多于 %s 的人口，例如 %.3f 对 %.3f", "has more members than %[2]s has people in %[1]d cells, %.3[3]f to %.3[4]f in the first",
			more, p.File, first.People, have[first.Cell]), T("两个栅格要同一年、同一单位", "both rasters must be of one year and one unit"))
		return nil
	}
	return out
}

// groupSource is the raster of a group, which is read like that of the people.
func (p PopulationSource) groupSource(g GroupColumn) Source {
	s := p.Source
	s.File, s.Line = g.Column, g.Line
	return s
}

// rasterSystem finds the system of the pixels.
func (in *input) rasterSystem(image *geotiff.Image) bool {
	if in.at.swapped {
		_ = in.fail(0, "axes", AxesYX, T("栅格的坐标次序由文件决定", "is not for rasters: the file itself says where its pixels lie"), T("删去 axes", "remove axes"))
		return false
	}
	says := image.Citation
	if image.EPSG > 0 && image.EPSG < 32767 {
		says = fmt.Sprintf("EPSG:%d", image.EPSG)
	}
	if says == "" && !in.at.declared {
		if c := image.Point(0, 0); !geo.ValidPoint(c) {
			_, what, hint := badPoint(c)
			_ = in.fail(0, "origin", place(c), what, hint)
			return false
		}
		in.c.find("warning", in.name, 0, T("没有写坐标系，按 wgs84 读取", "does not say its coordinate system: it is read as wgs84"))
	}
	if system, known := systemOfText(says); image.Projected && (!known || !system.Projected()) { // a projection without a code, named by its datum maybe
		if i := strings.Index(says, "PROJCS["); i >= 0 {
			says = says[i:]
		} else {
			says = fmt.Sprintf("PROJCS[%q]", cmp.Or(strings.TrimSpace(says), "?"))
		}
	}
	return in.adoptText("GeoKeys", says)
}

// reached says which regions lie outside a raster, by a point inside: nobody would live there.
func (r *reader) reached(in *input, image *geotiff.Image) {
	beyond, all, first := 0, 0, ""
	for i, g := range r.regions.All {
		if len(r.regions.Children(int32(i))) > 0 || len(g.Shape) == 0 {
			continue
		}
		p := geo.InteriorPoint(g.Shape)
		if !in.at.plain() {
			q, err := in.at.system.FromWGS84(p)
			if err != nil {
				return // the window tells
			}
			p = q
		}
		all++
		if x, y := image.Pixel(p); !(x >= 0 && y >= 0 && x < float64(image.Width) && y < float64(image.Height)) {
			if beyond++; beyond == 1 {
				first = g.Name
			}
		}
	}
	if beyond > 0 && beyond < all { // else the window tells
		in.c.find("warning", in.name, 0, T("%d 个区划（共 %d 个）不在栅格范围内，例如“%s”：那里会没有人口", "%d of %d regions lie outside the raster, such as %q: nobody would live there", beyond, all, first))
	}
}

// rasterWindow returns the pixels around the study area: its extent and a margin of one kilometre or so for cells on its border.
func (r *reader) rasterWindow(in *input, image *geotiff.Image) (geotiff.Window, bool) {
	whole := image.Whole()
	if r.regions == nil || len(r.study.Areas) == 0 {
		return whole, true
	}
	area, ok := r.extent()
	if !ok {
		return whole, true
	}
	area = area.Pad(0.02)
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i := range 16 * 4 { // along the four sides, which need not be straight in the raster
		t := float64(i%16) / 15
		p := [4]orb.Point{{area.Min[0] + t*(area.Max[0]-area.Min[0]), area.Min[1]}, {area.Min[0] + t*(area.Max[0]-area.Min[0]), area.Max[1]},
			{area.Min[0], area.Min[1] + t*(area.Max[1]-area.Min[1])}, {area.Max[0], area.Min[1] + t*(area.Max[1]-area.Min[1])}}[i/16]
		if !in.at.plain() {
			q, err := in.at.system.FromWGS84(p)
			if err != nil {
				_ = in.failWith(0, T("研究区不在坐标系 %s 的范围内", "is in %s, which does not reach the study area", in.at.name()), T("检查 crs", "check crs"), err)
				return whole, false
			}
			p = q
		}
		x, y := image.Pixel(p)
		low, high = [2]float64{min(low[0], x), min(low[1], y)}, [2]float64{max(high[0], x), max(high[1], y)}
	}
	limit := func(v float64) int { return int(max(-1, min(v, 1<<31))) }
	r.reached(in, image)
	w := image.Clip(geotiff.Window{X0: limit(math.Floor(low[0])), Y0: limit(math.Floor(low[1])), X1: limit(math.Ceil(high[0])), Y1: limit(math.Ceil(high[1]))})
	if w.Empty() {
		corner := image.Point(0, 0)
		_ = in.fail(0, "", "", T("不在研究区范围内", "does not reach the study area's extent"), T("研究区在 %s 到 %s，栅格左上角在 %s：检查 crs 和文件",
			"the area spans %s to %s, the raster's upper left corner is %s: check crs and the file", place(area.Min), place(area.Max), place(corner)))
		return w, false
	}
	if w != whole {
		in.c.find("info", in.name, 0, T("只读取研究区周围的 %d × %d 像元（全图 %d × %d），其余未读", "only %d × %d pixels around the study area were read, of %d × %d",
			w.X1-w.X0, w.Y1-w.Y0, image.Width, image.Height))
	}
	return w, true
}

// sound notes what is wrong with the pixels.
func (b *rasterBinner) sound() bool {
	in := b.in
	switch {
	case b.negative > 0:
		_ = in.fail(0, "", "", T("%d 个像元为负，第一个在第 %d 行第 %d 列", "%d pixels are negative, the first in row %d, column %d", b.negative, b.first[1]+1, b.first[0]+1),
			T("无数据的像元要声明为 nodata", "declare pixels without data as nodata"))
	case b.counted == 0:
		_ = in.fail(0, "", "", T("研究区内没有有数据的像元", "has no pixel with data in the study area"), T("检查文件", "check the file"))
	case b.endless > 0:
		_ = in.fail(0, "", "", T("%d 个像元为无穷大或超过 10 亿人", "%d pixels are infinite or hold more than a billion people", b.endless), T("检查文件和 nodata", "check the file and its nodata"))
	default:
		return true
	}
	return false
}

// keepRaster adds the cells to the people, with the members of each group by cell.
func (r *reader) keepRaster(in *input, p PopulationSource, b *rasterBinner, members []map[h3.Cell]float64) {
	groups := r.groupsOf(in, p, cellRecords)
	for _, c := range b.cells {
		for k := range groups.row {
			groups.row[k] = members[k][c.Cell]
		}
		groups.keep()
		r.out.Population.Cells = append(r.out.Population.Cells, c)
	}
}

// rasterProblem words an error of the reader.
func (in *input) rasterProblem(err error) {
	again := T("用 GDAL 或 QGIS 重新导出为 GeoTIFF", "export it again as GeoTIFF with GDAL or QGIS")
	for _, known := range []struct {
		err  error
		what Text
		hint Text
	}{
		{geotiff.ErrFormat, T("不是 GeoTIFF", "is not a GeoTIFF"), again},
		{geotiff.ErrTruncated, T("文件不完整", "is cut off"), again},
		{geotiff.ErrCorrupt, T("文件已损坏（%v）", "is damaged (%v)", err), again},
		{geotiff.ErrUnsupported, T("这种 GeoTIFF 不支持（%v）", "is a kind of GeoTIFF that is not read (%v)", err),
			T("重新导出为单波段、不压缩或用 DEFLATE、LZW 压缩的 GeoTIFF，例如 gdal_translate -co COMPRESS=DEFLATE", "export it again as a GeoTIFF of one band, plain or packed with DEFLATE or LZW, for example with gdal_translate -co COMPRESS=DEFLATE")},
		{geotiff.ErrScaled, T("这种 GeoTIFF 不支持：像元值要再乘系数或加偏移（%v）", "is a kind of GeoTIFF that is not read: its values are yet to be scaled (%v)", err), T("写成真实的人数再导出，例如 gdal_translate -unscale -ot Float32", "export it with the real numbers, for example with gdal_translate -unscale -ot Float32")},
		{geotiff.ErrMasked, T("这种 GeoTIFF 不支持：用掩膜标出无数据的像元", "is a kind of GeoTIFF that is not read: a mask tells which pixels hold data"), T("把掩膜写成 nodata 再导出，例如 gdalwarp -dstnodata -99999", "export it with a nodata value in its place, for example with gdalwarp -dstnodata -99999")},
		{geotiff.ErrPlace, T("没有写位置（%v）", "does not say where it lies (%v)", err), again},
	} {
		if errors.Is(err, known.err) {
			_ = in.failWith(0, known.what, known.hint, err)
			return
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return // Read reports it
	}
	var point *rasterPointError
	if errors.As(err, &point) {
		_ = in.fail(0, "", "", Text{fmt.Sprintf("像元 %s %s", place(point.at), point.what.ZH), fmt.Sprintf("pixel at %s %s", place(point.at), point.what.EN)}, point.hint)
		return
	}
	_ = in.c.add(openError(in.name, err))
}

// rasterPointError is a pixel outside the declared system.
type rasterPointError struct {
	at orb.Point
	*pointProblem
}

func (e *rasterPointError) Error() string { return e.what.EN }

// rasterBinner sums pixels onto cells. Blocks are summed by several goroutines and merged in their order, so that the result does not
// depend on how many there are.
type rasterBinner struct {
	in         *input
	image      *geotiff.Image
	window     geotiff.Window
	resolution int
	workers    int
	// perSquareMetre turns pixels that are densities into people on a square metre; 0 = they are people.
	perSquareMetre float64

	cells    []coverage.CellCount // ascending
	total    float64
	counted  int // pixels with data
	negative int
	endless  int
	first    [2]int // column and row of the first negative pixel
}

// blockSum is what one block holds.
type blockSum struct {
	cells             []h3.Cell // in the order in which rows met them
	people            []float64
	counted, endless  int
	negative          int
	firstColumn, line int
}

func (b *rasterBinner) sum(ctx context.Context) error {
	workers := b.workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	split, err := b.split()
	if err != nil {
		return err
	}
	blocks := b.image.Blocks(b.window)
	at := map[h3.Cell]int{}
	machines := make([]*blockBinner, workers)
	for i := range machines {
		if machines[i], err = newBlockBinner(b, split); err != nil {
			return err
		}
	}
	const batch = 16 // blocks a worker, between merges: bounds the memory
	for len(blocks) > 0 {
		now := blocks[:min(len(blocks), batch*workers)]
		blocks = blocks[len(now):]
		sums := make([]blockSum, len(now))
		g, ctx := errgroup.WithContext(ctx)
		for w := range workers {
			g.Go(func() error {
				for i := w; i < len(now); i += workers {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := machines[w].sum(now[i], &sums[i]); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for i := range sums {
			b.merge(at, &sums[i])
		}
	}
	slices.SortFunc(b.cells, func(x, y coverage.CellCount) int {
		if x.Cell < y.Cell {
			return -1
		}
		return 1 // no cell is there twice
	})
	b.addUp()
	return nil
}

func (b *rasterBinner) addUp() {
	for _, c := range b.cells {
		b.total += c.People
	}
}

func (b *rasterBinner) merge(at map[h3.Cell]int, s *blockSum) {
	for k, cell := range s.cells {
		i, known := at[cell]
		if !known {
			i = len(b.cells)
			at[cell] = i
			b.cells = append(b.cells, coverage.CellCount{Cell: cell})
		}
		b.cells[i].People += s.people[k]
	}
	if s.negative > 0 && b.negative == 0 {
		b.first = [2]int{s.firstColumn, s.line}
	}
	b.counted += s.counted
	b.negative += s.negative
	b.endless += s.endless
}

// split returns into how many parts a side of a pixel is divided: a power of two, so that dividing people by its square loses nothing. The
// parts are no longer than half the width of a cell, when that takes at most 32.
func (b *rasterBinner) split() (int, error) {
	x, y := float64(b.window.X0+b.window.X1)/2, float64(b.window.Y0+b.window.Y1)/2
	var corner [3]orb.Point
	for i, q := range [3]orb.Point{b.image.Point(x, y), b.image.Point(x+1, y), b.image.Point(x, y+1)} {
		p, problem := b.in.at.wgs84(q)
		if problem != nil {
			return 0, &rasterPointError{q, problem}
		}
		if !geo.ValidPoint(p) {
			_, what, hint := badPoint(p)
			return 0, &rasterPointError{q, &pointProblem{0, what, hint}}
		}
		corner[i] = p
	}
	side := max(geo.Distance(corner[0], corner[1]), geo.Distance(corner[0], corner[2]))
	width := math.Sqrt(h3.HexagonAreaAvgM2(b.resolution)) // of a square of a cell's area
	n := 1
	for side/float64(n) > width/2 && n < 32 {
		n *= 2
	}
	return n, nil
}

// blockBinner sums the blocks of one goroutine.
type blockBinner struct {
	*rasterBinner
	split   int
	finder  *grid.Finder
	scratch geotiff.Scratch
	at      map[h3.Cell]int32
	last    h3.Cell // the cell of the pixel before, 0 = none
	lastAt  int32
	sizer   *pixelSizer // of densities
}

func newBlockBinner(b *rasterBinner, split int) (*blockBinner, error) {
	finder, err := grid.NewFinder(b.resolution)
	return &blockBinner{rasterBinner: b, split: split, finder: finder, at: map[h3.Cell]int32{}, sizer: newPixelSizer(b.image, &b.in.at)}, err
}

func (w *blockBinner) sum(block int64, out *blockSum) error {
	clear(w.at)
	w.last = 0
	return w.image.Rows(block, w.window, &w.scratch, func(y, x int, values []float64) error {
		for k, v := range values {
			if v != v {
				continue
			}
			if w.perSquareMetre > 0 {
				area, err := w.sizer.of(x+k, y)
				if err != nil {
					return err
				}
				v *= area * w.perSquareMetre
			}
			switch {
			case v < 0:
				if out.negative == 0 {
					out.firstColumn, out.line = x+k, y
				}
				out.negative++
				continue
			case v > maxPeople:
				out.endless++
				continue
			}
			out.counted++
			if v == 0 {
				continue // nobody
			}
			if err := w.pixel(out, x+k, y, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// pixel adds the people of one pixel.
func (w *blockBinner) pixel(out *blockSum, x, y int, people float64) error {
	if w.split == 1 {
		return w.add(out, w.image.Point(float64(x)+0.5, float64(y)+0.5), people)
	}
	part, step := people/float64(w.split*w.split), 1/float64(w.split)
	for i := range w.split {
		for j := range w.split {
			if err := w.add(out, w.image.Point(float64(x)+(float64(j)+0.5)*step, float64(y)+(float64(i)+0.5)*step), part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *blockBinner) add(out *blockSum, q orb.Point, people float64) error {
	p := q
	if !w.in.at.plain() {
		var problem *pointProblem
		if p, problem = w.in.at.wgs84(q); problem != nil {
			return &rasterPointError{q, problem}
		}
	}
	cell := w.finder.CellOf(p)
	if cell == w.last && cell != 0 {
		out.people[w.lastAt] += people
		return nil
	}
	if cell == 0 {
		_, what, hint := badPoint(p)
		return &rasterPointError{q, &pointProblem{0, what, hint}}
	}
	i, known := w.at[cell]
	if !known {
		i = int32(len(out.cells))
		w.at[cell] = i
		out.cells = append(out.cells, cell)
		out.people = append(out.people, 0)
	}
	out.people[i] += people
	w.last, w.lastAt = cell, i
	return nil
}

// rasterKind checks that rasters, and they alone, are declared as such.
func (l *loader) rasterKind(sec *section, p PopulationSource) {
	ext := strings.ToLower(filepath.Ext(p.File))
	if tif := ext == ".tif" || ext == ".tiff"; p.File != "" && p.Kind != "" && tif != (p.Kind == "raster") {
		l.y.fail(sec.get("kind"), sec.key("kind"), T("与文件格式不符", "does not fit the format of the file"), T("GeoTIFF（.tif）用 kind: raster，其他文件用 h3、points 或 totals", "GeoTIFF (.tif) is of kind raster, other files are of kind h3, points or totals"))
	}
	if p.Density != PixelPeople && p.Kind != "raster" {
		l.y.fail(sec.get("density"), sec.key("density"), T("只用于 kind: raster", "is for kind: raster only"), T("删去 density", "remove density"))
	}
	if p.Kind == "raster" {
		for _, g := range p.Groups {
			l.lookAt(sec.sub("groups").get(g.ID), sec.key("groups."+g.ID), "population", g.Column)
		}
	}
}
