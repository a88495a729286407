package data

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// BuildingSource is a file of residential buildings: points or polygons, with what they weigh. Where counts of people stand for an
// area, these say where in it the people live.
type BuildingSource struct{ Source }

// How people of an area are spread over it.
const (
	SpreadAuto = "auto" // by buildings where given, else by residential land where given, else by area
	SpreadArea = "area" // by area
)

// buildings reads all files of buildings.
func (r *reader) buildings(ctx context.Context) {
	for _, s := range r.study.Buildings {
		in := r.open(ctx, "buildings", s.Source)
		if in == nil {
			continue
		}
		before := len(r.weights)
		if in.features() {
			r.readBuildingFeatures(ctx, in, s)
		} else {
			r.readBuildingRows(ctx, in, s)
		}
		if len(r.weights) == before && len(in.c.errs) == 0 {
			_ = in.fail(0, "", "", T("没有建筑", "holds no building"), T("检查文件", "check the file"))
		}
		r.closeInput(in)
	}
}

// weightOf returns what a building of so many m² on the ground weighs, 1 where nothing is known of a point: what the file says, else its
// floor area.
func weightOf(weight, floors string, ground float64) (float64, *quantityError) {
	for _, text := range []string{weight, floors} {
		if text == "" {
			continue
		}
		n, problem := parseNumber(text)
		switch {
		case problem != nil:
			return 0, problem
		case n < 0:
			return 0, &quantityError{T("不能为负", "must not be negative"), T("写零或正数", "write zero or more")}
		case n > 1e9:
			return 0, &quantityError{T("过大", "is too large"), T("检查单位", "check the unit")}
		case text == floors && weight == "":
			return n * ground, nil
		}
		return n, nil
	}
	return ground, nil
}

func (r *reader) readBuildingFeatures(ctx context.Context, in *input, s BuildingSource) {
	left := &counter{}
	readFeatures(in, func(f *feature) error {
		point, isPoint := f.geometry.(orb.Point)
		ground := 1.0
		if shape, ok := polygons(f); ok {
			check, sound := in.sound(s.Source, f.number, f.label(), shape)
			if !sound {
				return r.stop(ctx)
			}
			point, ground, isPoint = geo.InteriorPoint(check.shape), geo.Area(check.shape), true
		}
		if !isPoint {
			left.add(T("既不是点也不是面的要素，未使用", "features that are neither points nor polygons, left out"))
			return r.stop(ctx)
		}
		weight, problem := weightOf(f.field(s.Source, "weight", "weight", "households", "户数", "建筑面积", "floorarea"), f.field(s.Source, "floors", "floors", "层数", "楼层", "building:levels", "levels"), ground)
		if problem != nil {
			_ = in.fail(f.number, "weight", f.label(), problem.what, problem.hint)
		} else if in.checkPoint(f, point) {
			r.weights = append(r.weights, coverage.PlaceWeight{Point: point, Weight: weight})
		}
		return r.stop(ctx)
	})
	left.report(r.c, "warning", in.name)
}

func (r *reader) readBuildingRows(ctx context.Context, in *input, s BuildingSource) {
	t := openTable(in, s.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	if !t.require("lon", "lat") {
		return
	}
	for t.scan(ctx) {
		point, ok := t.point()
		weight, problem := weightOf(t.get("weight"), t.get("floors"), 1)
		if problem != nil {
			_ = t.fail("weight", problem.what, problem.hint)
		} else if ok {
			r.weights = append(r.weights, coverage.PlaceWeight{Point: point, Weight: weight})
		}
	}
	t.empty()
}

// peoplePolygon is people counted in a polygon, with the members of each group among them.
type peoplePolygon struct {
	shape   orb.MultiPolygon
	people  float64
	members []float64
	groups  *groupReader
}

// readPeoplePolygons reads counts of people that stand for polygons. They are spread when it is known where people live.
func (r *reader) readPeoplePolygons(ctx context.Context, in *input, p PopulationSource) {
	left := &counter{}
	groups := r.groupsOf(in, p, pointRecords)
	readFeatures(in, func(f *feature) error {
		shape, ok := polygons(f)
		if !ok {
			left.add(T("不是面的要素，未使用", "features that are no polygons, left out"))
			return r.stop(ctx)
		}
		people, counted := in.peopleOf(f, p)
		if !counted {
			left.add(T("没有人口属性的面，未使用", "polygons without a number of people, left out"))
			return r.stop(ctx)
		}
		check, sound := in.sound(p.Source, f.number, f.label(), shape)
		if people >= 0 && sound && groups.read(f.number, people, func(k int) string { return f.get(groups.names[k]) }) {
			r.polygons = append(r.polygons, peoplePolygon{check.shape, people, slices.Clone(groups.row), groups})
		}
		return r.stop(ctx)
	})
	left.report(r.c, "warning", in.name)
	if in.info.Rows > 0 && len(r.polygons) == 0 && len(in.c.errs) == 0 {
		_ = in.fail(0, "", "", T("没有读到带人口的面", "holds no polygon with people"), T("检查 fields.people", "check fields.people"))
	}
}

// spread puts the people of polygons on points: the buildings or the residential land inside, else pieces of their area. Every
// polygon keeps its people. Then all people are put in order.
func (r *reader) spread(ctx context.Context) {
	r.weigh(ctx)
	r.spreadPolygons(ctx)
	r.groups.arrange(&r.out.Population)
	if r.study.Spread != SpreadArea {
		r.out.Population.Weights = r.weights
	}
}

// weigh makes weights of residential land where no buildings are given.
func (r *reader) weigh(ctx context.Context) {
	if r.study.Spread == SpreadArea || len(r.weights) > 0 || len(r.out.Residential) == 0 || r.c.err() != nil {
		return
	}
	pieces, cut := r.pieces(ctx, r.out.Residential)
	if cut == nil {
		return
	}
	for _, p := range pieces {
		r.weights = append(r.weights, coverage.PlaceWeight{Point: p.Centre, Weight: p.Share * cut.Area(p.Cell)})
	}
}

// pieces cuts shapes by cells one finer than the study's.
func (r *reader) pieces(ctx context.Context, shapes []orb.MultiPolygon) ([]grid.Part, *grid.Grid) {
	regions := make([]geo.Region, len(shapes))
	for i, shape := range shapes {
		regions[i] = geo.Region{ID: fmt.Sprintf("%010d", i), Parent: -1, Shape: shape}
	}
	all, err := geo.NewRegions([]geo.Level{{ID: "shapes"}}, regions)
	var cut *grid.Grid
	if err == nil {
		cut, err = grid.Build(ctx, all, min(r.study.Resolution+1, 11))
	}
	if err != nil {
		if ctx.Err() == nil {
			r.fatal = fmt.Errorf("data: cut polygons: %w", err)
		}
		return nil, nil
	}
	return cut.Parts, cut
}

func (r *reader) spreadPolygons(ctx context.Context) {
	if len(r.polygons) == 0 || r.c.err() != nil {
		return
	}
	shapes := make([]orb.MultiPolygon, len(r.polygons))
	for i := range r.polygons {
		shapes[i] = r.polygons[i].shape
	}
	pieces, cut := r.pieces(ctx, shapes)
	if cut == nil {
		return
	}
	at := make([][]coverage.PlaceWeight, len(shapes))
	r.weightsInside(shapes, at)
	byWeight := 0
	for i := range at {
		if len(at[i]) > 0 {
			byWeight++
		}
	}
	empty := make([]bool, len(at)) // of buildings: spread by area
	for i := range at {
		empty[i] = len(at[i]) == 0
	}
	for _, p := range pieces {
		if empty[p.Region] {
			at[p.Region] = append(at[p.Region], coverage.PlaceWeight{Point: p.Centre, Weight: p.Share * cut.Area(p.Cell)})
		}
	}
	for i := range r.polygons {
		r.keepSpread(&r.polygons[i], at[i])
	}
	r.c.find("info", r.populationFile("polygons"), 0, T("%d 个面的人口已分布：%d 个按其中的建筑或居住用地，其余按面积", "the people of %d polygons are spread: of %d by the buildings or the residential land inside, of the others by area", len(r.polygons), byWeight))
}

// weightsInside sorts the weights by the polygon that holds them.
func (r *reader) weightsInside(shapes []orb.MultiPolygon, at [][]coverage.PlaceWeight) {
	if r.study.Spread == SpreadArea || len(r.weights) == 0 {
		return
	}
	regions := make([]geo.Region, len(shapes))
	for i, shape := range shapes {
		regions[i] = geo.Region{ID: fmt.Sprintf("%010d", i), Parent: -1, Shape: shape}
	}
	all, err := geo.NewRegions([]geo.Level{{ID: "shapes"}}, regions)
	if err != nil {
		r.fatal = fmt.Errorf("data: polygons of people: %w", err)
		return
	}
	for _, w := range r.weights {
		if i := all.Locate(w.Point); i >= 0 && w.Weight > 0 {
			at[i] = append(at[i], w)
		}
	}
}

// keepSpread keeps the people of a polygon as points.
func (r *reader) keepSpread(p *peoplePolygon, at []coverage.PlaceWeight) {
	total := 0.0
	for _, w := range at {
		total += w.Weight
	}
	if total == 0 { // a polygon too small for a piece
		at, total = []coverage.PlaceWeight{{Point: geo.InteriorPoint(p.shape), Weight: 1}}, 1
	}
	for _, w := range at {
		share := w.Weight / total
		for k, n := range p.members {
			p.groups.row[k] = n * share
		}
		p.groups.keep()
		r.out.Population.Points = append(r.out.Population.Points, coverage.PointCount{Point: w.Point, People: p.people * share})
	}
}
