package data

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// Properties under which a boundary's id, name and parent are looked for when the study names none.
var (
	idWords     = []string{"code", "adcode", "区划代码", "行政区划代码", "代码", "id", "ID", "Id", "osm_id", "@id", "编号", "CODE", "ADCODE", "XZQDM", "PAC"}
	nameWords   = []string{"name", "NAME", "Name", "名称", "name:zh", "行政区名称", "XZQMC"}
	parentWords = []string{"parent", "parent_id", "parent_code", "上级代码", "上级", "parentCode"}
)

// rawRegion is a boundary as read, before parents are known.
type rawRegion struct {
	geo.Region
	in     *input
	number int
	parent string // as the file names it, "" = by geometry
	byCode bool   // the parent is told by the beginning of the code
}

// boundaries reads all boundary files into the tree of regions.
func (r *reader) boundaries(ctx context.Context) {
	key := r.areasKey(ctx)
	if r.keptBoundaries(ctx, key) {
		return
	}
	findings := len(r.c.findings)
	var raw []rawRegion
	for _, a := range r.study.Areas {
		if in := r.open(ctx, "areas", a.Source); in != nil {
			raw = append(raw, r.readAreas(ctx, in, a)...)
			r.closeInput(in)
		}
	}
	if len(r.study.Areas) == 0 {
		r.impliedRegion()
		return
	}
	if r.c.err() != nil {
		return
	}
	r.regions = r.tree(raw)
	r.fit(ctx)
	if ctx.Err() == nil {
		r.keepBoundaries(key, findings)
	}
}

// impliedRegion makes the one region of a study without boundaries: its shape is the cells, which the grid knows.
func (r *reader) impliedRegion() {
	level := geo.Level{ID: "area", Name: "研究区"}
	if len(r.study.Levels) > 0 {
		level = r.study.Levels[0]
	}
	regions, err := geo.NewRegions([]geo.Level{level}, []geo.Region{{ID: "area", Name: r.study.Name, Parent: -1}})
	if err != nil {
		r.fatal = err
		return
	}
	r.regions = regions
}

func (r *reader) readAreas(ctx context.Context, in *input, a AreaSource) []rawRegion {
	var out []rawRegion
	left := &counter{}
	repeated, adjacent, shapeless := 0, 0, 0
	var bare seenAt // the first without a shape
	var shapes []namedShape
	readFeatures(in, func(f *feature) error {
		level, ok := r.areaLevel(in, a, f, left)
		if !ok {
			return r.stop(ctx)
		}
		shape, ok := polygons(f)
		if !ok {
			if f.geometry != nil && f.kind != "GeometryCollection" {
				left.add(T("不是面的要素，未使用", "features that are no polygons, left out")) // such as the points that maps label
				return nil
			}
			if shapeless++; shapeless == 1 {
				bare = seenAt{clip(f.label()), f.number}
			}
			return nil
		}
		g := rawRegion{in: in, number: f.number, parent: f.field(a.Source, "parent", parentWords...), byCode: a.ParentByCode}
		g.Level, g.Parent = level, -1
		g.Name = f.field(a.Source, "name", nameWords...)
		g.ID = f.field(a.Source, "id", idWords...)
		if g.ID == "" && a.Fields["id"] == "" {
			g.ID = f.id
		}
		if g.ID == "" {
			g.ID = g.Name
		}
		if g.ID == "" {
			_ = in.fail(f.number, cmp.Or(a.Fields["id"], "name"), "", T("区划没有编号也没有名称", "region has neither an id nor a name"), T("在 fields 里写 id 和 name 对应的属性", "map id and name in fields"))
			return r.stop(ctx)
		}
		if g.Name == "" {
			g.Name = g.ID
		}
		if a.ByCode && !isCode(trimCode(g.ID)) {
			_ = in.fail(f.number, cmp.Or(a.Fields["id"], "id"), g.ID, T("不是区划代码", "is not a code of 2, 4, 6, 9 or 12 digits"), T("检查代码；级别不由代码决定时写 level", "check the code; write level where codes do not tell the level"))
			return r.stop(ctx)
		}
		check, sound := in.sound(a.Source, f.number, g.Name, shape)
		repeated += check.repeated
		if check.adjacent {
			adjacent++
		}
		g.Shape = check.shape
		if sound {
			shape = check.shape
		}
		shapes = append(shapes, namedShape{g.Name, shape})
		if sound {
			out = append(out, g)
		}
		return r.stop(ctx)
	})
	r.borders = append(r.borders, border{in, in.source(), shapes})
	left.report(r.c, "info", in.name)
	if shapeless > 0 {
		r.c.find("warning", in.name, bare.row, T("%d 个区划没有图形，或图形是几何集合，未使用，第一个是“%s”", "%d regions have no shape, or a collection of shapes, left out, the first is %q", shapeless, bare.file))
	}
	if a.ByCode {
		out = r.levelsByCode(in, a, out)
	}
	if repeated > 0 {
		r.c.find("info", in.name, 0, T("%d 个连续重复的边界点已略去，面积不变", "%d repeated boundary points were dropped, no area changed", repeated))
	}
	if adjacent > 0 {
		r.c.find("info", in.name, 0, T("%d 个区划由共边的几部分组成", "%d regions consist of parts that share an edge", adjacent))
	}
	if len(out) == 0 && len(in.c.errs) == 0 {
		_ = in.fail(0, "", "", T("没有读到任何区划", "holds no region of the study's levels"), T("检查 level、fields.level 和 level_values", "check level, fields.level and level_values"))
	}
	return out
}

// areaLevel returns the level index of a feature; features of other levels are counted.
func (r *reader) areaLevel(in *input, a AreaSource, f *feature, left *counter) (int, bool) {
	id := a.Level
	if a.ByCode {
		return 0, true // levelsByCode tells
	}
	if id == "" {
		key := a.Fields["level"]
		value := f.get(key)
		if value == "" {
			left.add(T("没有级别属性 %s 的要素，未使用", "features without the level property %s, left out", key))
			return 0, false
		}
		id = value
		if a.LevelValues != nil {
			id = a.LevelValues[value]
		}
		if i := levelIndex(r.study.Levels, id); i >= 0 {
			return i, true
		}
		left.add(Text{"级别属性为 " + value + " 的要素，不属于本研究的级别，未使用", "features with " + key + " " + value + ", which is no level of the study, left out"})
		return 0, false
	}
	return levelIndex(r.study.Levels, id), true
}

// levelsByCode gives regions the level that the digits of their codes mean: that of level_values, else, where there are as many lengths
// as levels, the shortest is the coarsest.
func (r *reader) levelsByCode(in *input, a AreaSource, all []rawRegion) []rawRegion {
	var lengths []int
	for _, g := range all {
		if n := len(trimCode(g.ID)); !slices.Contains(lengths, n) {
			lengths = append(lengths, n)
		}
	}
	slices.Sort(lengths)
	if a.LevelValues == nil && len(lengths) != len(r.study.Levels) && len(all) > 0 {
		_ = in.fail(0, "levels_from", "", T("代码有 %d 种位数（%s），研究有 %d 级", "has codes of %d lengths (%s), the study has %d levels", len(lengths), strings.Trim(fmt.Sprint(lengths), "[]"), len(r.study.Levels)),
			T("写明位数对应的级别，例如 level_values: {\"9\": %s}", "say which level a length means, for example level_values: {\"9\": %s}", r.study.Levels[0].ID))
		return nil
	}
	left := &counter{}
	var out []rawRegion
	for _, g := range all {
		n := len(trimCode(g.ID))
		g.Level = slices.Index(lengths, n)
		if a.LevelValues != nil {
			g.Level = levelIndex(r.study.Levels, a.LevelValues[strconv.Itoa(n)])
		}
		if g.Level < 0 {
			left.add(T("代码为 %d 位的区划，不属于本研究的级别，未使用", "regions with codes of %d digits, which are no level of the study, left out", n))
			continue
		}
		out = append(out, g)
	}
	left.report(r.c, "info", in.name)
	return out
}

// codeParent returns the region whose code the longest beginning of a region's code is, -1 when there is none.
func codeParent(raw []rawRegion, i int32, byCode map[string]int32) int32 {
	code := trimCode(raw[i].ID)
	if !isCode(code) {
		return -1
	}
	for n := len(code) - 1; n >= 2; n-- {
		if p, ok := byCode[code[:n]]; ok && raw[p].Level < raw[i].Level {
			return p
		}
	}
	return -1
}

func levelIndex(levels []geo.Level, id string) int {
	return slices.IndexFunc(levels, func(l geo.Level) bool { return l.ID == id })
}

// polygons returns the feature's shape when it is one.
func polygons(f *feature) (orb.MultiPolygon, bool) {
	switch g := f.geometry.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, true
	case orb.MultiPolygon:
		return g, true
	}
	return nil, false
}

// tree finds the parents and builds the regions. The order of the features in the files leaves no trace.
func (r *reader) tree(raw []rawRegion) *geo.Regions {
	slices.SortStableFunc(raw, func(a, b rawRegion) int { return cmp.Or(cmp.Compare(a.Level, b.Level), strings.Compare(a.ID, b.ID)) })
	byID := map[string]int32{}
	byName := map[string][]int32{}
	r.origin = map[string]seenAt{}
	for i := range raw {
		g := &raw[i]
		if first, twice := byID[g.ID]; twice {
			_ = g.in.fail(g.number, "id", g.ID, T("区划编号重复，已用于 %s 的第 %d 个要素", "region id is already used by feature %[2]d of %[1]s", raw[first].in.name, raw[first].number),
				T("编号必须唯一；没有编号时用名称作编号", "ids must be unique; without ids the names are used"))
			continue
		}
		byID[g.ID] = int32(i)
		r.origin[g.ID] = seenAt{g.in.name, g.number}
		byName[g.Name] = append(byName[g.Name], int32(i))
	}
	r.emptyLevels(raw)
	byCode := map[string]int32{}
	for i := range raw {
		byCode[trimCode(raw[i].ID)] = int32(i)
	}
	regions := make([]geo.Region, len(raw))
	for i := range raw {
		raw[i].Parent = r.namedParent(raw, int32(i), byID, byName)
		if raw[i].Parent < 0 && raw[i].byCode {
			raw[i].Parent = codeParent(raw, int32(i), byCode)
		}
		regions[i] = raw[i].Region
	}
	if r.c.err() != nil {
		return nil
	}
	regions = geo.ParentByShape(r.study.Levels, regions)
	for i, g := range regions {
		if g.Level > 0 && g.Parent < 0 && r.hasCoarser(regions, g.Level) {
			_ = raw[i].in.fail(raw[i].number, g.Name, "", T("不在任何上级区划之内", "lies in no region of a coarser level"), T("检查上级边界，或在 fields 里写 parent", "check the coarser boundaries, or map parent in fields"))
		}
	}
	if r.c.err() != nil {
		return nil
	}
	return r.newRegions(regions)
}

// emptyLevels notes levels of the study that no boundary has.
func (r *reader) emptyLevels(raw []rawRegion) {
	for i, level := range r.study.Levels {
		if slices.ContainsFunc(raw, func(g rawRegion) bool { return g.Level == i }) {
			continue
		}
		_ = r.c.add(&InputError{File: filepath.Base(r.study.Path), Row: r.study.Set[fmt.Sprintf("levels[%d].id", i)], Field: fmt.Sprintf("levels[%d].id", i), Value: level.ID,
			What: T("没有这一级的边界", "is a level of which no boundary was found"), Hint: T("补上这一级的边界文件，或删去这一级", "add its boundaries, or remove the level")})
	}
}

func (r *reader) hasCoarser(regions []geo.Region, level int) bool {
	return slices.ContainsFunc(regions, func(g geo.Region) bool { return g.Level < level })
}

// namedParent returns the region that the file names as parent, -1 when it names none.
func (r *reader) namedParent(raw []rawRegion, i int32, byID map[string]int32, byName map[string][]int32) int32 {
	g := &raw[i]
	if g.parent == "" || g.Level == 0 {
		return -1
	}
	p, ok := byID[g.parent]
	if named := byName[g.parent]; !ok && len(named) == 1 {
		p, ok = named[0], true
	}
	if !ok {
		_ = g.in.fail(g.number, "parent", g.parent, T("没有这个上级区划", "is not a known region"), T("上级要写编号，或唯一的名称", "name the parent by its id, or by a name that is unique"))
		return -1
	}
	if raw[p].Level >= g.Level {
		_ = g.in.fail(g.number, "parent", g.parent, T("上级不在更高的级别", "is not of a coarser level"), T("检查 levels 的次序，从大到小", "check the order of levels: coarsest first"))
		return -1
	}
	return p
}

func (r *reader) newRegions(regions []geo.Region) *geo.Regions {
	out, err := geo.NewRegions(r.study.Levels, regions)
	if err != nil {
		file := r.study.Areas[0].File
		for _, e := range unjoin(err) {
			_ = r.c.add(&InputError{File: file, What: T("区划不成立：%v", "regions do not hold: %v", e), Err: e})
		}
		return nil
	}
	return out
}

// unjoin lists the errors that errors.Join put together.
func unjoin(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}
