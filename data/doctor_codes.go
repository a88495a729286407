package data

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Severities of findings, gravest first.
const (
	SeverityError   = "error"   // the study cannot be computed
	SeverityWarning = "warning" // it can, but a result may be wrong
	SeverityInfo    = "info"    // worth knowing
)

// Codes of findings that other code asks for by name. The whole list is Codes.
const (
	CodeSwapped    = "axes-swapped"
	CodeShifted    = "crs-shifted"
	CodeZero       = "position-zero"
	CodeNoPosition = "position-missing"
	CodeTwin       = "site-twice"
	CodeOther      = "other"
)

// codeWord ties a code to words of the English message.
type codeWord struct{ code, words string }

// codeWords finds the stable code of a message by words in it; the first that fits wins. Messages are worded where the problem is found,
// by many readers; their codes stand here in one list, and a test holds every entry to the wording in the source.
var codeWords = []codeWord{
	// Files
	{"file-missing", "no such file"}, {"file-unreadable", "may not be read"}, {"file-unreadable", "cannot be opened"},
	{"file-empty", "is empty"}, {"file-too-large", "is larger than"}, {"file-too-large", "unpacks to more than"}, {"file-kind", "which is not supported"}, {"file-damaged", "mixes points, lines and polygons"}, {"file-damaged", "is no geometry in well-known text"}, {"file-kind", "is not a regular file"},
	{"file-kind", "is of a format that cannot be read here"}, {"file-kind", "holds an Excel or zip file"}, {"file-kind", "is not a text file"},
	{"file-kind", "is not GeoJSON"}, {"file-kind", "is not a shapefile"}, {"file-kind", "is not KML"}, {"file-kind", "is not an OSM PBF"}, {"file-kind", "is not a GeoTIFF"},
	{"file-kind", "is not a GeoPackage"}, {"file-kind", "is not TopoJSON"}, {"file-kind", "is not an OSM XML"}, {"file-kind", "that is no table of features"},
	{"layer-missing", "is not a layer of the file"}, {"layer-missing", "holds %d layers"}, {"file-empty", "holds no layer of features"},
	{"file-changed", "is open in another program"}, {"file-damaged", "is no geometry of a GeoPackage"}, {"file-damaged", "that cannot be read on"},
	{"file-damaged", "has a wrong position in arc"}, {"file-damaged", "has a wrong geometry in feature"},
	{"file-kind", "is not a readable Excel file"}, {"file-kind", "is a kind of people that is read from CSV"}, {"file-kind", "is a kind of GeoTIFF that is not read"}, {"file-kind", "a type of geometry that is not supported"}, {"number-invalid", "are asterisks in the attribute table"},
	{"file-encoding", "is in UTF-16"}, {"file-encoding", "is not UTF-8"}, {"file-encoding", "cannot be decoded"}, {"file-encoding", "the .cpg says"}, {"file-encoding", "with an encoding that is not known"},
	{"file-damaged", "is cut off"}, {"file-damaged", "the file is cut off"}, {"file-damaged", "is damaged"}, {"file-damaged", "has a damaged block"},
	{"file-damaged", "is a damaged workbook"}, {"file-damaged", "cannot be unpacked"}, {"file-damaged", "attribute table (.dbf)"}, {"file-damaged", "is not XML"},
	{"file-damaged", "cannot be read"}, {"file-empty", "holds no features"}, {"file-empty", "has a header but no rows"},
	{"file-empty", "has no header"}, {"file-changed", "has changed since it was read"}, {"sheet-missing", "is not a sheet of the workbook"},
	{"sheet-formula", "formulas have no computed value"}, {"sheet-hidden", "are hidden in the workbook"}, {"file-encoding", "letters were lost"},
	// Coordinates
	{CodeZero, "position is 0,0"}, {CodeNoPosition, "has no coordinates"}, {CodeShifted, "may be in "},
	{"crs-projected", "is no position of"}, {"crs-unknown", "is not a known coordinate system"}, {"crs-unknown", "is a coordinate system that is not known"},
	{"crs-unknown", "which is not known; it is read as"}, {"crs-conflict", "it is read as"}, {"crs-guessed", "does not say its coordinate system"},
	{"crs-area", "lies outside the area of"}, {"crs-conflict", "holds no coordinates that could be in"}, {"crs-conflict", "OSM files are always in wgs84"},
	{"elsewhere", "within the study area's extent"}, {"elsewhere", "does not reach the study area"}, {"elsewhere", "regions lie outside the raster"}, {"elsewhere", "has no pixel with data in the study area"},
	// Boundaries
	{"ring-repaired", "; repaired, area"},
	{"ring-open", "ring is open"}, {"ring-self-crossing", "crosses itself"}, {"ring-self-crossing", "rings cross"}, {"ring-self-crossing", "runs back over itself"},
	{"ring-points", "different points"}, {"ring-hole", "lies outside its polygon"}, {"ring-parts", "overlap at"}, {"ring-none", "has no rings"},
	{"ring-repaired", "repeated boundary points"}, {"ring-winding", "wind the wrong way round"},
	{"region-twice", "region id is already used"}, {"region-nameless", "neither an id nor a name"}, {"region-orphan", "lies in no region of a coarser level"},
	{"region-parent", "is not of a coarser level"}, {"region-level", "is a level of which no boundary was found"}, {"region-level", "holds no region of the study's levels"},
	{"region-level", "is no level of the study"}, {"region-level", "without the level property"}, {"region-unknown", "is not a known region"},
	{"region-ambiguous", "is the name of"}, {"region-invalid", "regions do not hold"}, {"region-parts", "consist of parts that share an edge"},
	{"region-overlap", "its parts overlap in"}, {"region-gap", "its parts leave"}, {"region-overhang", "its parts reach out of it"},
	{"region-code", "is not a code of"}, {"region-level", "has codes of"},
	// Ledgers
	{"people-outside", "people outside are not counted"},
	{CodeTwin, "is it written twice"}, {"id-twice", "is used twice"}, {"id-missing", "has no id"}, {"name-missing", "has no name"},
	{"site-outside", "outside the study area"}, {"site-region", "is listed under"}, {"site-located", "has no position of its own"}, {"site-located", "have no position and stand inside"},
	{"site-region", "name a region that the boundaries do not hold"}, {"tier-missing", "has no tier"}, {"tier-unknown", "is not a tier of the study"},
	{"date-invalid", "is not a date"}, {"date-order", "is not after the opening day"}, {"hours-unknown", "are not known: they do not count as open"}, {"hours-invalid", "opening hours"}, {"kind-missing", "has no kind"}, {"headcount-unknown", "the headcount of"},
	{"kind-unknown", "that the study does not know"}, {"kind-unknown", "of the unknown kind"}, {"kind-missing", "has no column of kinds"},
	{"footfall-hours", "counts by the hour"}, {"footfall-hours", "in some stretches"}, {"footfall-sum", "with the sum of its stretches"},
	{"footfall-place", "is the id or name of no place"}, {"footfall-place", "places at once"}, {"footfall-place", "place is counted twice"},
	// Tables
	{"column-missing", "has no column"}, {"column-missing", "is not a column of the file"}, {"column-count", "columns, the header"}, {"column-count", "has more than"},
	{"column-twice", "is the column of"}, {"column-twice", "columns are called"}, {"number-unit", "is in a unit that is not read"}, {"quote-open", "has a quote without its partner"},
	{"number-negative", "must not be negative"}, {"number-invalid", "is not a number"}, {"number-range", "out of range"}, {"number-unit", "has no unit"},
	// People
	{"people-huge", "more than a billion people"}, {"people-twice", "cell is given twice"}, {"people-twice", "region is given twice"}, {"people-twice", "people count twice"},
	{"people-twice", "are added up"}, {"people-missing", "without a number of people"}, {"people-missing", "holds no people that could be used"}, {"cell-invalid", "is not an H3 cell"}, {"people-negative", "pixels are negative"},
	{"people-even", "spread evenly by area"}, {"people-spread", "polygons are spread"}, {"people-spread", "spread by buildings or residential land"}, {"people-totals", "differs from the sum of its finer totals"},
	{"people-scaled", "are scaled to their official totals"}, {"people-scaled", "without an official total"}, {"group-range", "is more than the"}, {"group-range", "has more members than"}, {"group", "group"},
	{"people-raster", "pixels"}, {"people-streetless", "have no street inside"},
	// Roads
	{"road-none", "holds no road"}, {"road-class", "have no class"}, {"road-points", "line has only"}, {"road-twice", "ways are given twice"},
	{"road-cut", "ways are cut at the edge"}, {"road-closed", "closed to everyone"}, {"road-left", "are no roads"},
	{"feature-left", "left out"}, {"feature-left", "were not followed"}, {"file-damaged", ", column "},
}

// Codes lists every code a finding may have, in a fixed order without repeats.
func Codes() []string {
	var out []string
	seen := map[string]bool{}
	add := func(code string) {
		if !seen[code] {
			seen[code] = true
			out = append(out, code)
		}
	}
	for _, w := range codeWords {
		add(w.code)
	}
	for _, code := range []string{CodeSwapped, "study-key", "study-value", "file-gbk",
		"code-length", "code-parent", "code-renamed", "code-merged", "code-split", "code-recoded", "code-unknown", "code-absent",
		"people-dense", "people-roadless", "people-total-differs", "road-islands", "road-dead-ends", "road-gap", "road-classes-missing", CodeOther} {
		add(code)
	}
	return out
}

// codeOf returns the stable code of a message. Swapped axes are told by the hint alone, since the message says what they led to.
func codeOf(what, hint Text) string {
	for _, words := range []string{"looks swapped", "look swapped", "are swapped", "the other way round"} {
		if strings.Contains(hint.EN, words) {
			return CodeSwapped
		}
	}
	for _, words := range []string{"projected metres", "looks like degrees", "lacks the zone's number"} {
		if strings.Contains(hint.EN, words) {
			return "crs-projected"
		}
	}
	for _, w := range codeWords {
		if strings.Contains(what.EN, w.words) {
			return w.code
		}
	}
	return CodeOther
}

// codeOfStudy is codeOf for problems of the study file itself, whose fields are keys.
func codeOfStudy(what, hint Text) string {
	switch code := codeOf(what, hint); code {
	case "file-missing", "file-kind", "file-encoding", "crs-unknown", "crs-conflict", "region-level", "column-twice", "file-empty", "file-unreadable":
		return code
	}
	if strings.Contains(what.EN, "is not a known key") || strings.Contains(what.EN, "is missing") || strings.Contains(what.EN, "is given twice") || strings.Contains(what.EN, "YAML") || strings.Contains(what.EN, "tab in its indentation") {
		return "study-key"
	}
	return "study-value"
}

// positionWords is how place writes a position into messages.
var positionWords = regexp.MustCompile(`(-?\d{1,3}\.\d{6}), (-?\d{1,2}\.\d{6})\b`)

// positionIn returns the first position that a message names.
func positionIn(texts ...string) (orb.Point, bool) {
	for _, text := range texts {
		if m := positionWords.FindStringSubmatch(text); m != nil {
			lon, errLon := strconv.ParseFloat(m[1], 64)
			lat, errLat := strconv.ParseFloat(m[2], 64)
			if errLon == nil && errLat == nil && lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 && (lon != 0 || lat != 0) {
				return orb.Point{lon, lat}, true
			}
		}
	}
	return orb.Point{}, false
}
