package reports

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"
)

//go:embed assets/check.html
var checkPage string

// CheckPage is the outcome of an examination of the inputs, as one page shows it.
type CheckPage struct {
	Lang     string // the language that the page opens in; it holds both
	Study    string
	File     string // the study file
	Version  string
	Outline  []orb.MultiPolygon // the study area, WGS84; may be empty
	Inputs   []Input
	Findings []CheckFinding
}

// CheckFinding is one line of the page.
type CheckFinding struct {
	Severity       string // "error", "warning" or "info"
	Code           string
	File           string
	Row            int // 0 = the file as a whole
	Field, Value   string
	ZH, EN         string
	HintZH, HintEN string
	At             *orb.Point // WGS84; nil where it is nowhere in particular
	Fixable        bool
}

// Validate names what the page cannot be made without.
func (p *CheckPage) Validate() error {
	var problems []error
	if p.Lang != Chinese && p.Lang != English {
		problems = append(problems, fmt.Errorf("reports: CheckPage.Lang %q: must be %q or %q", p.Lang, Chinese, English))
	}
	for i, f := range p.Findings {
		if !slices.Contains([]string{"error", "warning", "info"}, f.Severity) {
			problems = append(problems, fmt.Errorf("reports: CheckPage.Findings[%d].Severity %q: must be error, warning or info", i, f.Severity))
		}
	}
	return errors.Join(problems...)
}

// checkWidth is the width of the map in its own units.
const checkWidth = 720.0

// checkView is what the template executes on.
type checkView struct {
	*CheckPage
	Height  int
	Paths   []string
	Pins    []checkPin
	Lines   []checkLine
	Counts  []checkCount
	Outside int // located findings that lie far outside the area and are not on the map
}

type checkPin struct {
	N        int
	X, Y     string
	Severity string
}

type checkLine struct {
	CheckFinding
	N   int
	Geo template.URL // "" = none
	Pin bool
}

type checkCount struct {
	Severity, ZH, EN string
	N                int
}

// WriteCheckPage writes one page that opens without a network: the findings, a map of the study area with a pin for each that lies
// somewhere, and the list of inputs; in both languages. The same page gives the same bytes.
func WriteCheckPage(w io.Writer, p *CheckPage) error {
	if err := p.Validate(); err != nil {
		return err
	}
	t, err := template.New("check.html").Parse(checkPage)
	if err != nil {
		return err
	}
	return t.Execute(w, newCheckView(p))
}

func newCheckView(p *CheckPage) *checkView {
	v := &checkView{CheckPage: p, Counts: []checkCount{{"error", "错误", "errors", 0}, {"warning", "注意", "warnings", 0}, {"info", "说明", "notes", 0}}}
	frame, ok := checkFrame(p)
	for i, f := range p.Findings {
		for k := range v.Counts {
			if v.Counts[k].Severity == f.Severity {
				v.Counts[k].N++
			}
		}
		line := checkLine{CheckFinding: f, N: i + 1}
		if f.At != nil {
			line.Geo = template.URL("geo:" + decimals(f.At[1], 6) + "," + decimals(f.At[0], 6)) //nolint:gosec // two numbers
			if ok && frame.bound.Contains(*f.At) {
				line.Pin = true
				q := frame.at(*f.At)
				v.Pins = append(v.Pins, checkPin{i + 1, decimals(q[0], 1), decimals(q[1], 1), f.Severity})
			} else {
				v.Outside++
			}
		}
		v.Lines = append(v.Lines, line)
	}
	slices.Reverse(v.Pins) // the gravest are drawn last, on top
	if ok {
		v.Height = int(math.Ceil(frame.height))
		for _, shape := range p.Outline {
			if path := frame.path(shape); path != "" {
				v.Paths = append(v.Paths, path)
			}
		}
	}
	return v
}

// mapFrame puts longitude and latitude onto the page.
type mapFrame struct {
	bound  orb.Bound
	scale  float64 // units per degree of latitude
	cos    float64
	height float64
}

// checkFrame spans the study area with a margin, or the findings where there is none.
func checkFrame(p *CheckPage) (mapFrame, bool) {
	var bound orb.Bound
	found := false
	add := func(b orb.Bound) {
		if found {
			b = b.Union(bound)
		}
		bound, found = b, true
	}
	for _, shape := range p.Outline {
		if len(shape) > 0 && usable(shape.Bound()) {
			add(shape.Bound())
		}
	}
	if !found {
		for _, f := range p.Findings {
			if f.At != nil {
				add(orb.Bound{Min: *f.At, Max: *f.At})
			}
		}
	}
	if !found {
		return mapFrame{}, false
	}
	bound = bound.Pad(max(0.002, 0.06*max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1])))
	cos := math.Cos((bound.Min[1] + bound.Max[1]) / 2 * math.Pi / 180)
	f := mapFrame{bound: bound, cos: cos, scale: checkWidth / (cos * (bound.Max[0] - bound.Min[0]))}
	f.height = f.scale * (bound.Max[1] - bound.Min[1])
	if f.height > checkWidth {
		f.scale *= checkWidth / f.height
		f.height = checkWidth
	}
	return f, true
}

// usable reports whether a bound lies on the Earth: shapes of broken inputs may not.
func usable(b orb.Bound) bool {
	return b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -89 && b.Max[1] <= 89
}

func (f mapFrame) at(p orb.Point) orb.Point {
	return orb.Point{(p[0] - f.bound.Min[0]) * f.cos * f.scale, (f.bound.Max[1] - p[1]) * f.scale}
}

// path is a shape as an SVG path, without detail that the page cannot show.
func (f mapFrame) path(shape orb.MultiPolygon) string {
	if !usable(shape.Bound()) {
		return ""
	}
	var b strings.Builder
	for _, polygon := range shape {
		for _, ring := range polygon {
			line := make(orb.LineString, len(ring))
			for i, p := range ring {
				line[i] = f.at(p)
			}
			line = simplify.DouglasPeucker(0.4).LineString(line)
			if len(line) < 3 {
				continue
			}
			for i, p := range line {
				if i == 0 {
					b.WriteByte('M')
				} else {
					b.WriteByte('L')
				}
				b.WriteString(decimals(p[0], 1) + " " + decimals(p[1], 1))
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}

func decimals(f float64, n int) string { return strconv.FormatFloat(f, 'f', n, 64) }
