package data

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/data/written"
	"sitecover/geo"
)

// maxPeople is more than anyone has counted in one row; beyond it the number is wrong, and sums would lose exactness.
const maxPeople = 1e9

// people reads all population files.
func (r *reader) people(ctx context.Context) {
	r.groups = newGroupSet(r.study.Population)
	seen := map[h3.Cell]seenAt{}
	totals := map[int32]seenAt{}
	for _, p := range r.study.Population {
		in := r.open(ctx, "population", p.Source)
		if in == nil {
			continue
		}
		first := len(r.out.Population.Points)
		switch {
		case p.Kind == "raster":
			r.readRaster(ctx, in, p)
		case p.Kind == "h3":
			r.readCells(ctx, in, p, seen)
		case p.Kind == "totals":
			r.readTotals(ctx, in, p, totals)
		case p.Kind == "polygons":
			r.readPeoplePolygons(ctx, in, p)
		case in.features():
			r.readPeopleFeatures(ctx, in, p)
		default:
			r.readPeoplePoints(ctx, in, p)
		}
		r.watchPeople(in, r.out.Population.Points[first:])
		r.closeInput(in)
	}
	r.addedUp()
	if len(r.study.Areas) == 0 {
		r.cells = map[int]map[h3.Cell]bool{}
		for cell := range seen {
			if r.cells[cell.Resolution()] == nil {
				r.cells[cell.Resolution()] = map[h3.Cell]bool{}
			}
			r.cells[cell.Resolution()][cell] = true
		}
	}
}

// addedUp says that several files of people are added up, which is right only when they count different people.
func (r *reader) addedUp() {
	var files []string
	for _, p := range r.study.Population {
		if p.Kind != "totals" {
			files = append(files, p.File)
		}
	}
	if len(files) > 1 {
		list := strings.Join(files, ", ")
		r.c.find("warning", files[1], 0, T("几个人口文件的人数相加：%s；若是同一批人，只留一个", "the people of several files are added up: %s; keep one if they are the same people", list))
	}
}

// seenAt is where something was read before.
type seenAt struct {
	file string
	row  int
}

func (s seenAt) text(zh, en string) Text {
	return T(zh+"（%s 第 %d 行）", en+" (%s, row %d)", s.file, s.row)
}

// needTable refuses a format in which this kind of people cannot stand.
func needTable(in *input, p PopulationSource) bool {
	if in.tabular = true; isFeatures(in.name) {
		_ = in.fail(0, "kind", p.Kind, T("这类人口要用 CSV", "is a kind of people that is read from CSV"), T("要素文件只能是 kind: points", "files of features hold kind: points only"))
		return false
	}
	return true
}

func (r *reader) readCells(ctx context.Context, in *input, p PopulationSource, seen map[h3.Cell]seenAt) {
	if !needTable(in, p) {
		return
	}
	t := openTable(in, p.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	if !t.require("id", "people") {
		return
	}
	groups := r.groupsOf(in, p, cellRecords)
	at, ok := groups.columns(t)
	if !ok {
		return
	}
	resolutions := map[int]bool{}
	for t.scan(ctx) {
		cell, ok := parseCell(t.get("id"))
		if !ok {
			_ = t.fail("id", T("不是 H3 格网编号", "is not an H3 cell"), T("例如 8928308280fffff", "for example 8928308280fffff"))
			continue
		}
		people, ok := t.people()
		if !ok || !groups.readRow(t, at, people) {
			continue
		}
		if first, twice := seen[cell]; twice {
			_ = t.fail("id", first.text("格网重复", "cell is given twice"), T("合并这些行", "merge the rows"))
			continue
		}
		seen[cell] = seenAt{in.name, t.row}
		resolutions[cell.Resolution()] = true
		groups.keep()
		r.out.Population.Cells = append(r.out.Population.Cells, coverage.CellCount{Cell: cell, People: people})
	}
	t.empty()
	if len(resolutions) > 1 {
		r.c.find("warning", in.name, 0, T("格网有 %d 种分辨率，重叠处会重复计人", "cells of %d resolutions: where they overlap, people count twice", len(resolutions)))
	}
}

// parseCell reads an H3 index in hexadecimal.
func parseCell(s string) (h3.Cell, bool) {
	s = strings.TrimPrefix(strings.ToLower(s), "0x")
	if len(s) < 15 || len(s) > 16 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 16, 63)
	if err != nil {
		return 0, false
	}
	cell := h3.Cell(n)
	return cell, cell.IsValid()
}

// people returns the number of people of the row.
func (t *table) people() (float64, bool) {
	f, ok := t.amount("people")
	if ok && f > maxPeople {
		_ = t.fail("people", T("超过 10 亿人", "is more than a billion people"), T("检查单位", "check the unit"))
		return 0, false
	}
	return f, ok
}

// empty notes a table without rows.
func (t *table) empty() {
	if t.in.info.Rows == 0 {
		_ = t.in.fail(0, "", "", T("只有表头，没有数据", "has a header but no rows"), T("重新导出这个文件", "export the file again"))
	}
}

func (r *reader) readPeoplePoints(ctx context.Context, in *input, p PopulationSource) {
	t := openTable(in, p.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	if !t.require("lon", "lat", "people") {
		return
	}
	groups := r.groupsOf(in, p, pointRecords)
	at, ok := groups.columns(t)
	if !ok {
		return
	}
	for t.scan(ctx) {
		point, okPoint := t.point()
		people, okPeople := t.people()
		if okPoint && okPeople && groups.readRow(t, at, people) {
			groups.keep()
			r.out.Population.Points = append(r.out.Population.Points, coverage.PointCount{Point: point, People: people})
		}
	}
	t.empty()
}

func (r *reader) readPeopleFeatures(ctx context.Context, in *input, p PopulationSource) {
	left := &counter{}
	before, kept := len(in.c.errs), 0
	groups := r.groupsOf(in, p, pointRecords)
	readFeatures(in, func(f *feature) error {
		point, ok := f.geometry.(orb.Point)
		if !ok {
			left.add(T("不是点的要素，未使用", "features that are no points, left out"))
			return r.stop(ctx)
		}
		people, counted := in.peopleOf(f, p)
		if !counted {
			left.add(T("没有人口属性的点，未使用", "points without a number of people, left out"))
			return r.stop(ctx)
		}
		if people >= 0 && in.checkPoint(f, point) && groups.read(f.number, people, func(k int) string { return f.get(groups.names[k]) }) {
			groups.keep()
			kept++
			r.out.Population.Points = append(r.out.Population.Points, coverage.PointCount{Point: point, People: people})
		}
		return r.stop(ctx)
	})
	left.report(r.c, "warning", in.name)
	in.nobody(p, kept, before)
}

// watchPeople lets the coordinate doctor look at points with people.
func (r *reader) watchPeople(in *input, list []coverage.PointCount) {
	const most = 20_000 // a sample of which the doctor takes its own
	if len(list) == 0 {
		return
	}
	step := (len(list) + most - 1) / most
	points := make([]orb.Point, 0, most)
	for i := 0; i < len(list); i += step {
		points = append(points, list[i].Point)
	}
	r.watch(in, points)
}

// nobody notes a file of which no feature could be used, unless a problem already tells why.
func (in *input) nobody(p PopulationSource, kept, before int) {
	if kept == 0 && len(in.c.errs) == before {
		_ = in.fail(0, "kind", p.Kind, T("没有可用的人口", "holds no people that could be used"), T("检查 kind 和人口所在的属性（fields: {people: 属性名}）", "check kind, and which property holds the people (fields: {people: property})"))
	}
}

// peopleOf returns the people of a feature, negative after noting what is wrong; counted tells whether it says any number at all.
func (in *input) peopleOf(f *feature, p PopulationSource) (people float64, counted bool) {
	key := cmp.Or(p.Fields["people"], "population")
	text := f.field(p.Source, "people", "population", "people", "pop", "人口", "常住人口", "人口数")
	if text == "" {
		return 0, false
	}
	people, problem := parseNumber(text)
	switch {
	case problem != nil:
		_ = in.fail(f.number, key, text, problem.what, problem.hint)
	case people < 0:
		_ = in.fail(f.number, key, text, T("不能为负", "must not be negative"), T("写零或正数", "write zero or more"))
	case people > maxPeople:
		_ = in.fail(f.number, key, text, T("超过 10 亿人", "is more than a billion people"), T("检查单位", "check the unit"))
	default:
		return people, true
	}
	return -1, true
}

// checkPoint notes a position that cannot be.
func (in *input) checkPoint(f *feature, p orb.Point) bool {
	if geo.ValidPoint(p) && p != (orb.Point{}) {
		return true
	}
	_, what, hint := badPoint(p)
	_ = in.fail(f.number, "coordinates", place(p), what, hint)
	in.turnedAt(p)
	return false
}

func (r *reader) readTotals(ctx context.Context, in *input, p PopulationSource, seen map[int32]seenAt) {
	if !needTable(in, p) {
		return
	}
	t := openTable(in, p.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	if !t.require("region", "people") || r.regions == nil {
		return
	}
	groups := r.groupsOf(in, p, totalRecords)
	at, ok := groups.columns(t)
	if !ok {
		return
	}
	names := regionNames(r.regions)
	for t.scan(ctx) {
		people, ok := t.people()
		region, known := r.regionOf(t, names)
		if !ok || !known || !groups.readRow(t, at, people) {
			continue
		}
		if first, twice := seen[region]; twice {
			_ = t.fail("region", first.text("这个区划写了两次", "region is given twice"), T("留下一行", "keep one row"))
			continue
		}
		seen[region] = seenAt{in.name, t.row}
		groups.keep()
		r.out.Population.Totals = append(r.out.Population.Totals, coverage.RegionTotal{Region: region, People: people})
	}
	t.empty()
}

// regionNames maps names to the regions that bear them.
func regionNames(regions *geo.Regions) map[string][]int32 {
	names := map[string][]int32{}
	for i, g := range regions.All {
		names[g.Name] = append(names[g.Name], int32(i))
	}
	return names
}

// indexOf returns the region of an id, or of a division code that is the same but for the zeros which statistics put behind it.
func (r *reader) indexOf(id string) (int32, bool) {
	if i, ok := r.regions.Index(id); ok {
		return i, true
	}
	if r.codesOf != r.regions {
		r.codesOf, r.byCode = r.regions, map[string]int32{}
		for i, g := range r.regions.All {
			code := trimCode(g.ID)
			if _, twice := r.byCode[code]; twice || !isCode(code) {
				r.byCode[code] = -1
				continue
			}
			r.byCode[code] = int32(i)
		}
	}
	code := trimCode(id)
	if i, ok := r.byCode[code]; ok && i >= 0 && isCode(code) {
		return i, true
	}
	return -1, false
}

// regionOf returns the region that a row names by id or by a name that is unique.
func (r *reader) regionOf(t *table, names map[string][]int32) (int32, bool) {
	text := t.get("region")
	if i, ok := r.indexOf(text); ok {
		return i, true
	}
	switch named := names[text]; len(named) {
	case 1:
		return named[0], true
	case 0:
		all := make([]string, 0, 2*len(r.regions.All))
		for _, g := range r.regions.All {
			all = append(all, g.ID, g.Name)
		}
		hint := T("写区划的编号或名称", "give the region's id or name")
		if near := written.Nearest(text, all); near != "" {
			hint = T("是不是 %s？", "did you mean %s?", near)
		}
		_ = t.fail("region", T("没有这个区划", "is not a known region"), hint)
	default:
		_ = t.fail("region", T("有 %d 个区划叫这个名称", "is the name of %d regions", len(named)), T("改用编号", "use the id"))
	}
	return -1, false
}
