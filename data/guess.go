package data

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sitecover/data/shapefile"
)

// guesser fills the study template from what the files look like.
type guesser struct {
	dir   string
	today time.Time

	Name, Date, DateNote, Language string
	Levels                         []guessedLevel
	Areas                          []guessedSource
	Population, Roads, Sites       []guessedSource
	Places, Exclusions             []guessedSource
	Entities, Zones, Residential   []guessedSource
	Tiers                          []guessedTier
	Years                          []guessedYear

	notes      []Text
	tierValues []string // what the ledgers call their tiers
	newest     time.Time
}

type guessedLevel struct{ ID, Name, Note string }

type guessedSource struct {
	File, Level, Kind, Tier, Fields, Values, Groups, Note string

	count int // features, for ordering levels
}

type guessedTier struct{ ID, Name, Radius, Mode, OnePer, Parent, Cost, HostCost, Note string }

type guessedYear struct {
	Year    int
	Targets string
	Money   string
}

// maxGuess bounds the files that Init reads as a whole.
const maxGuess = 512 << 20

func (g *guesser) note(zh, en string, args ...any) { g.notes = append(g.notes, T(zh, en, args...)) }

// look decides what a file is.
func (g *guesser) look(file string) {
	lower := strings.ToLower(file)
	in := &input{name: file, path: filepath.Join(g.dir, filepath.FromSlash(file)), c: newCollector()}
	switch ext := filepath.Ext(lower); {
	case ext == ".yaml" || ext == ".yml" || ext == ".md" || namedLike(file, "readme", "license", "说明"): // no inputs
	case isOSM(file):
		g.Roads = append(g.Roads, guessedSource{File: file, Note: "OSM"})
		g.note("%s：OSM 路网，用作道路", "%s: an OSM extract, taken as roads", file)
	case ext == ".tif" || ext == ".tiff":
		g.Population = append(g.Population, guessedSource{File: file, Kind: "raster", Note: "people a pixel"})
		g.note("%s：GeoTIFF，用作每个像元的人数；若是密度，写 density: per_km2", "%s: a GeoTIFF, taken as people a pixel; write density: per_km2 if it holds densities", file)
	case isFeatures(file):
		g.lookGeoJSON(in)
	case ext == ".csv" || ext == ".tsv" || ext == ".txt":
		g.lookTable(in)
	case ext == ".xlsx":
		g.lookWorkbook(in)
	case slices.Contains([]string{".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qmd"}, ext) && shapefile.Sibling(in.path, ".shp") != "": // belongs to it
	case ext == ".zip":
		g.note("%s：压缩包，未使用；若是 GTFS，解压出 stops.txt 可作地点", "%s: an archive, not used; of a GTFS feed, unpack stops.txt to use it as places", file)
	default:
		g.note("%s：不认识的格式，未使用", "%s: not a format that is read here, not used", file)
	}
}

// readable opens a file for a look; it notes why it cannot be used.
func (g *guesser) readable(in *input) bool {
	info, err := os.Stat(in.path)
	if err == nil && info.Size() > maxGuess {
		g.note("%s：超过 512 MB，没有打开看，请自己填写", "%s: larger than 512 MB, not looked into: fill it in by hand", in.name)
		return false
	}
	if !in.inspect() {
		g.unusable(in)
		return false
	}
	return true
}

func (g *guesser) unusable(in *input) {
	why := &InputError{File: in.name, What: T("无法读取", "cannot be read")}
	if len(in.c.errs) > 0 {
		why = in.c.errs[0]
	}
	g.notes = append(g.notes, Text{why.In("zh") + "；未使用", why.In("en") + "; not used"})
}

// geoSummary is what a GeoJSON file is made of.
type geoSummary struct {
	points, lines, polygons int
	keys                    map[string]int            // property -> features that have it
	values                  map[string]map[string]int // of the level properties
}

// levelKeys are the properties that may tell the level of a boundary.
var levelKeys = []string{"admin_level", "level", "级别", "行政级别"}

func (g *guesser) lookGeoJSON(in *input) {
	if !g.readable(in) {
		return
	}
	s := geoSummary{keys: map[string]int{}, values: map[string]map[string]int{}}
	readFeatures(in, func(f *feature) error {
		switch f.geometry.(type) {
		case orb.Point, orb.MultiPoint:
			s.points++
		case orb.LineString, orb.MultiLineString:
			s.lines++
		case orb.Polygon, orb.MultiPolygon:
			s.polygons++
		}
		for _, p := range f.props {
			s.keys[p.key]++
		}
		for _, key := range levelKeys {
			if v := f.get(key); v != "" {
				if s.values[key] == nil {
					s.values[key] = map[string]int{}
				}
				s.values[key][v]++
			}
		}
		return nil
	})
	if len(in.c.errs) > 0 {
		g.unusable(in)
		return
	}
	g.file(in.name, s)
}

// file decides the role of a file of features by what most of its features are.
func (g *guesser) file(name string, s geoSummary) {
	most := max(s.points, s.lines, s.polygons)
	population := cmp.Or(firstKey(s.keys, "population", "people", "pop", "人口", "常住人口", "人口数"))
	switch {
	case most == 0:
		g.note("%s：没有图形，未使用", "%s: holds no geometry, not used", name)
	case most == s.lines:
		g.Roads = append(g.Roads, guessedSource{File: name, Note: fmt.Sprintf("%d lines", s.lines)})
		g.note("%s：%d 条线，用作道路", "%s: %d lines, taken as roads", name, s.lines)
	case most == s.points && population != "":
		g.Population = append(g.Population, guessedSource{File: name, Kind: "points", Note: "property " + population})
		g.note("%s：%d 个点带有人口属性 %s，用作人口", "%s: %d points with the property %s, taken as people", name, s.points, population)
	case most == s.points && firstKey(s.keys, synonyms["entities"]["headcount"]...) != "":
		g.entities(name)
	case most == s.points:
		g.Places = append(g.Places, guessedSource{File: name, Note: fmt.Sprintf("%d points", s.points)})
		g.note("%s：%d 个点，用作地点", "%s: %d points, taken as places", name, s.points)
	case namedLike(name, "exclu", "water", "hazard", "ecolog", "禁", "水", "生态", "保护", "红线", "灾"):
		g.Exclusions = append(g.Exclusions, guessedSource{File: name, Note: "by its name"})
		g.note("%s：按文件名判断为禁建区（%d 个面）", "%s: by its name, taken as exclusions (%d polygons)", name, s.polygons)
	case namedLike(name, "residential", "居住", "住宅"):
		g.Residential = append(g.Residential, guessedSource{File: name, Note: "by its name"})
		g.note("%s：按文件名判断为居住用地（%d 个面）", "%s: by its name, taken as residential land (%d polygons)", name, s.polygons)
	case namedLike(name, "zone", "特殊", "城乡结合", "新建小区", "村改居") && firstKey(s.keys, featureKinds...) != "":
		g.Zones = append(g.Zones, guessedSource{File: name, Note: "by its name"})
		g.note("%s：按文件名判断为特殊区域（%d 个面），空白区涉及时点名", "%s: by its name, taken as areas of special kinds (%d polygons), named where gaps touch them", name, s.polygons)
	default:
		g.areas(name, s)
	}
}

// entities takes a file as places that count as demand of their own.
func (g *guesser) entities(name string) {
	g.Entities = append(g.Entities, guessedSource{File: name, Note: "places with a headcount"})
	g.note("%s：带从业人数的点，用作单独统计的单位", "%s: points with a headcount, taken as entities that count on their own", name)
}

// firstKey returns the first of the keys that occurs.
func firstKey(keys map[string]int, words ...string) string {
	for _, w := range words {
		if keys[w] > 0 {
			return w
		}
	}
	return ""
}

func namedLike(file string, words ...string) bool {
	lower := strings.ToLower(filepath.Base(file))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
}

// osmLevels are the usual meanings of OSM's admin_level.
var osmLevels = map[string][2]string{
	"2": {"country", "国家"}, "3": {"region", "大区"}, "4": {"province", "省"}, "5": {"city", "市"}, "6": {"county", "区县"},
	"7": {"district", "片区"}, "8": {"town", "街道乡镇"}, "9": {"village", "村"}, "10": {"community", "社区"}, "11": {"block", "网格"},
}

// plainID is a word that serves as an id as it is.
var plainID = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// areas takes a file as boundaries: with a level property of several values, or as one level.
func (g *guesser) areas(name string, s geoSummary) {
	src := guessedSource{File: name, count: s.polygons}
	for _, key := range levelKeys {
		values := s.values[key]
		if len(values) == 0 || len(values) > 8 {
			continue
		}
		list := orderValues(values)
		var pairs [][2]string
		for i, v := range list {
			id := [2]string{fmt.Sprintf("level%d", i+1), v}
			if plainID.MatchString(v) {
				id[0] = v
			}
			if known, ok := osmLevels[v]; ok && key == "admin_level" {
				id = known
			}
			g.Levels = append(g.Levels, guessedLevel{id[0], id[1], fmt.Sprintf("%s %s, %d regions", key, v, values[v])})
			pairs = append(pairs, [2]string{v, id[0]})
		}
		src.Fields, src.Values = flowMap([][2]string{{"level", key}}), flowMap(pairs)
		src.Note = "levels by " + key
		g.note("%s：%d 个面，级别由属性 %s 决定（%s，从大到小）", "%s: %d polygons, their level told by %s (%s, coarsest first)", name, s.polygons, key, strings.Join(list, " > "))
		g.Areas = append(g.Areas, src)
		return
	}
	src.Note = "one level, " + strconv.Itoa(s.polygons) + " polygons"
	g.Areas = append(g.Areas, src)
	g.note("%s：%d 个面，用作一级区划的边界", "%s: %d polygons, taken as the boundaries of one level", name, s.polygons)
}

// orderValues sorts level values from coarse to fine: by number where all are numbers, else by how many regions bear them.
func orderValues(values map[string]int) []string {
	list := make([]string, 0, len(values))
	numbers := true
	for v := range values {
		list = append(list, v)
		if _, err := strconv.Atoi(v); err != nil {
			numbers = false
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if numbers {
			x, _ := strconv.Atoi(a) // all are numbers
			y, _ := strconv.Atoi(b)
			return cmp.Compare(x, y)
		}
		return cmp.Or(cmp.Compare(values[a], values[b]), strings.Compare(a, b))
	})
	return list
}
