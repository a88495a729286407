package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"sitecover/data/written"
)

// fields lists what each role's files may tell: our names, which `fields:` maps to the file's own.
var fields = map[string][]string{
	"areas":       {"id", "name", "parent", "level"},
	"population":  {"id", "lon", "lat", "people", "region"},
	"roads":       {"id", "name", "class", "oneway", "maxspeed", "access", "bridge", "tunnel", "layer"},
	"sites":       {"id", "name", "tier", "lon", "lat", "area", "staff", "opened", "closed", "hours", "region"},
	"places":      {"id", "name", "kind", "lon", "lat", "cell", "footfall"},
	"exclusions":  {"name", "kind"},
	"entities":    {"id", "name", "kind", "lon", "lat", "headcount"},
	"zones":       {"name", "kind"},
	"residential": {},
	"buildings":   {"lon", "lat", "weight", "floors"},
	"crosswalk":   {"year", "from", "to", "share"},
	"codes":       {"code", "name", "former"},
	"events":      {"site", "name", "event", "date", "project", "money", "budget", "tier", "lon", "lat", "area", "region", "hours", "way", "class", "due", "note"}, // of ReadHistory
	"projects": {"site", "name", "project", "money", "budget", "tier", "lon", "lat", "area", "region", "hours", "way", "class", "due", "note", // of ReadHistory
		"planned_on", "declared_on", "reviewed_on", "approved_on", "tendered_on", "building_on", "accepted_on", "paid_on", "opened_on", "upgraded_on", "withdrawn_on", "closed_on"},
}

// formats lists the file endings that each role reads.
var formats = map[string][]string{
	"areas":       endings(tableEndings...),
	"population":  endings(".csv", ".txt", ".tsv", ".xlsx", ".tif", ".tiff"),
	"roads":       endings(".pbf", ".osm", ".csv", ".txt", ".tsv"),
	"sites":       endings(".csv", ".txt", ".tsv", ".xlsx"),
	"places":      endings(".csv", ".txt", ".tsv", ".xlsx"),
	"exclusions":  endings(tableEndings...),
	"entities":    endings(".csv", ".txt", ".tsv", ".xlsx"),
	"zones":       endings(tableEndings...),
	"residential": endings(tableEndings...),
	"buildings":   endings(".csv", ".txt", ".tsv", ".xlsx"),
	"codes":       {".csv", ".txt", ".tsv", ".xlsx"},
}

// endings lists the endings of tables and other formats of a role before those of features, which every role reads.
func endings(own ...string) []string { return append(slices.Clone(own), featureEndings...) }

func (l *loader) sources() {
	s := l.study
	l.each("areas", func(sec *section, src Source) {
		a := AreaSource{Source: src, Level: l.levelOf(sec, "level")}
		a.LevelValues = sec.table("level_values")
		a.ByCode = sec.choice("levels_from", "", []string{"code"}) == "code"
		def := "shape"
		if a.ByCode {
			def = "code"
		}
		a.ParentByCode = sec.choice("parents", def, []string{"shape", "code"}) == "code"
		l.areaLevels(sec, a)
		s.Areas = append(s.Areas, a)
	})
	l.each("population", func(sec *section, src Source) {
		kinds := []string{"h3", "points", "polygons", "totals", "raster"}
		p := PopulationSource{Source: src, Kind: sec.choice("kind", "", kinds)}
		if !sec.has("kind") {
			sec.missing("kind", T("h3、points、polygons、totals 或 raster", "h3, points, polygons, totals or raster"))
		}
		p.Density = sec.choice("density", PixelPeople, []string{PerKm2, PerHectare})
		p.Groups = l.groupColumns(sec)
		l.cellSystem(sec, p)
		l.rasterKind(sec, p)
		s.Population = append(s.Population, p)
	})
	l.each("roads", func(sec *section, src Source) { s.Roads = append(s.Roads, RoadSource{src, !sec.flag("ferries", true)}) })
	l.each("places", func(sec *section, src Source) {
		s.Places = append(s.Places, PlaceSource{Source: src, Kind: sec.text("kind", ""), Kinds: sec.table("kinds"), Bands: l.bandColumns(sec), Of: sec.flag("counts_only", false)})
	})
	l.kinds = knownKinds(s.Places)
	l.each("exclusions", func(sec *section, src Source) {
		s.Exclusions = append(s.Exclusions, ExclusionSource{Source: src, Kind: sec.text("kind", "")})
	})
	l.entitySources()
	l.each("codes", func(sec *section, src Source) {
		s.Codes = append(s.Codes, CodeSource{Source: src, Year: sec.whole("year", s.Date.Year(), 1980, 2200)})
	})
}

// each reads the entries of a list of files; an entry may be just the file's name.
func (l *loader) each(role string, add func(*section, Source)) {
	lines := map[string]int{}
	for i, node := range l.top.items(role) {
		path := fmt.Sprintf("%s[%d]", role, i)
		if node.Kind == yaml.ScalarNode {
			node = &yaml.Node{Kind: yaml.MappingNode, Line: node.Line, Content: []*yaml.Node{
				{Kind: yaml.ScalarNode, Value: "file", Line: node.Line}, node}}
		}
		sec := l.y.section(path, node)
		src := Source{Line: node.Line}
		src.File = sec.need("file", T("相对于本文件的路径", "a path relative to this file"))
		l.layerOf(sec, role, &src)
		if src.File != "" {
			l.lookFor(sec, role, src.File)
			same := src.File + "\x00" + src.Layer
			if first, twice := lines[same]; twice && role != "sites" {
				l.y.fail(sec.get("file"), sec.key("file"), T("与第 %d 行是同一个文件", "is the file of line %d again", first), T("删去一个，否则重复计算", "remove one of them, or it counts twice"))
			}
			lines[same] = node.Line
		}
		l.system(sec, &src, role)
		if slices.Contains([]string{"areas", "exclusions", "population", "buildings"}, role) {
			src.Repair = sec.flag("repair", false)
		}
		src.Fields = l.fieldTable(sec, role)
		add(sec, src)
		sec.done()
	}
}

// lookFor checks that the file is there and of a kind that the role can read.
func (l *loader) lookFor(sec *section, role, file string) {
	l.lookAt(sec.get("file"), sec.key("file"), role, file)
}

// lookAt is lookFor for a file that stands under any key.
func (l *loader) lookAt(node *yaml.Node, key, role, file string) {
	path := filepath.Join(l.study.Dir, filepath.FromSlash(file))
	if filepath.IsAbs(file) {
		path = file
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.y.fail(node, key, T("找不到文件", "no such file"), nearFile(path))
		return
	case err != nil:
		l.y.fail(node, key, T("无法打开：%v", "cannot be opened: %v", err), T("检查读取权限，关闭占用它的程序", "check its permissions, close programs that hold it"))
		return
	case !info.Mode().IsRegular():
		l.y.fail(node, key, T("不是普通文件", "is not a regular file"), T("写到具体文件", "name the file itself"))
		return
	}
	if ending := strings.ToLower(filepath.Ext(file)); !slices.Contains(formats[role], ending) {
		l.y.fail(node, key, T("这里不能读这种格式", "is of a format that cannot be read here"), endingHint(ending, formats[role]))
	}
}

// nearFile looks for a file with nearly the same name in the same folder.
func nearFile(path string) Text {
	hint := T("路径相对于研究文件所在的文件夹", "paths are relative to the study file's folder")
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return hint // the folder is not there either: the general hint says enough
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	if near := written.Nearest(filepath.Base(path), names); near != "" {
		return T("是不是 %s？", "did you mean %s?", near)
	}
	return hint
}

func (l *loader) fieldTable(sec *section, role string) map[string]string {
	sub := sec.sub("fields")
	if sub == nil {
		return nil
	}
	out := map[string]string{}
	for _, name := range fields[role] {
		if column := sub.text(name, ""); column != "" {
			out[name] = column
		}
	}
	sub.done()
	return out
}

// layerOf reads which layer of a file, or which sheet of a workbook, is meant; only some formats have several.
func (l *loader) layerOf(sec *section, role string, src *Source) {
	src.Layer = sec.text("layer", "")
	if role != "sites" && role != "entities" && strings.EqualFold(filepath.Ext(src.File), ".xlsx") { // those read their own
		src.Layer = sec.text("sheet", "")
		return
	}
	if ext := strings.ToLower(filepath.Ext(src.File)); src.Layer != "" && !slices.Contains([]string{".gpkg", ".topojson", ".json"}, ext) {
		l.y.fail(sec.get("layer"), sec.key("layer"), T("这种格式没有图层", "is not for this format, which has no layers"), T("删去 layer；Excel 的工作表写 sheet", "remove it; the sheet of a workbook is sheet"))
	}
}

// levelOf reads a key that names a level.
func (l *loader) levelOf(sec *section, key string) string {
	text, node, ok := sec.scalar(key)
	if ok && !slices.Contains(l.levelIDs(), text) {
		sec.unknown(node, key, l.levelIDs())
		return ""
	}
	return text
}

// areaLevels checks how the level of a file's features is told.
func (l *loader) areaLevels(sec *section, a AreaSource) {
	if values := sec.value["level_values"]; values != nil && a.LevelValues != nil {
		for i := 0; i+1 < len(values.Content); i += 2 {
			if id := values.Content[i+1]; !slices.Contains(l.levelIDs(), strings.TrimSpace(id.Value)) {
				l.y.fail(id, sec.key("level_values."+values.Content[i].Value), T("没有这个级别", "is not a known level"), suggest(id.Value, l.levelIDs()))
			}
		}
	}
	hint := T("写 level: %s，或 fields: {level: 属性名}", "give level: %s, or fields: {level: property}", firstOr(l.levelIDs(), "town"))
	if !sec.has("level") && a.Fields["level"] == "" && !a.ByCode {
		sec.missing("level", hint)
	}
	if a.ByCode && (sec.has("level") || a.Fields["level"] != "") {
		l.y.fail(sec.get("levels_from"), sec.key("levels_from"), T("与 level、fields.level 只能写一个", "and level or fields.level exclude each other"), T("删去一个", "remove one of them"))
	}
	if sec.has("level") && a.Fields["level"] != "" {
		l.y.fail(sec.get("level"), sec.key("level"), T("与 fields.level 只能写一个", "and fields.level exclude each other"), T("删去一个", "remove one of them"))
	}
}

func firstOr(list []string, def string) string {
	if len(list) > 0 {
		return list[0]
	}
	return def
}
