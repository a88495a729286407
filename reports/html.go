package reports

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

//go:embed assets
var assets embed.FS

// scripts are the page's own scripts, in the order they run.
var scripts = []string{"core", "unpack", "style", "draw", "layers", "labels", "basemap", "map", "controls", "charts", "views", "find", "rest", "page"}

// document is what the template executes on: the page and the texts that go in unescaped, because they are ours.
type document struct {
	*page
	CSS     template.CSS
	ECharts template.JS
	Scripts []template.JS
	Data    template.HTML // packed, as all data is
	Patch   template.HTML // what the data says otherwise in the other language
	Rest    template.HTML // the long lists whole
	Inflate template.JS   // unpacks them
	Policy  string        // what the page may load
	Logo    template.URL
	Other   *document // the same page in the other language; it has no scripts of its own
}

// writeHTML writes the one-file page. Names from the inputs pass through html/template's escaping, and through
// encoding/json's for the scripts: it writes <, > and & as \u003c and so on, so no text can end the script element.
func writeHTML(w io.Writer, p *page, b *builder) error {
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"width":   barWidth,
		"known":   known,
		"join":    func(a, b string) string { return a + b },
		"note":    func(p wording, key string) [2]string { return [2]string{p.T("how"), p.T(key)} },
		"said":    func(p wording, text string) [2]string { return [2]string{p.T("how"), text} },
		"shell":   func(id string, s sectionShell) mapShell { return mapShell{id, s.document} },
		"section": func(s sectionView, d *document) sectionShell { return sectionShell{s, d} },
		"view":    func(id string, d *document) mapShell { return mapShell{id, d} },
		"grid":    func(g any, s sectionShell) gridShell { return gridShell{gridOf(g), s.document} },
	}).ParseFS(assets, "assets/report.html", "assets/sections.html", "assets/more.html")
	if err != nil {
		return err
	}
	otherPage, otherBuilder := buildPage(b.s, otherLanguage(b.lang))
	doc := &document{page: p, Other: &document{page: otherPage}}
	if err := doc.load(b.s.Theme); err != nil {
		return err
	}
	doc.Other.Logo = doc.Logo
	if doc.Data, doc.Patch, err = pageData(b.buildMap(p), otherBuilder.buildMap(otherPage)); err != nil {
		return err
	}
	for _, d := range []*document{doc, doc.Other} {
		if d.Rest, err = packJSON(d.rest()); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(w)
	if err := t.Execute(out, doc); err != nil {
		return err
	}
	return out.Flush()
}

func otherLanguage(lang string) string {
	if lang == English {
		return Chinese
	}
	return English
}

// load reads the page's own files and puts the theme's colours and logo in.
func (d *document) load(theme Theme) error {
	css, err := assets.ReadFile("assets/report.css")
	if err != nil {
		return err
	}
	d.CSS = template.CSS(string(css) + theme.css())
	echarts, err := assets.ReadFile("assets/vendor/echarts.min.js")
	if err != nil {
		return err
	}
	d.ECharts = template.JS(echarts)
	inflate, err := assets.ReadFile("assets/vendor/pako_inflate.es5.min.js")
	if err != nil {
		return err
	}
	d.Inflate = template.JS(inflate)
	for _, name := range scripts {
		js, err := assets.ReadFile("assets/js/" + name + ".js")
		if err != nil {
			return err
		}
		d.Scripts = append(d.Scripts, template.JS(js))
	}
	if len(theme.Logo) > 0 {
		d.Logo = template.URL("data:" + theme.LogoType + ";base64," + base64.StdEncoding.EncodeToString(theme.Logo))
	}
	d.Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:" + theme.hosts()
	return nil
}

// css are the theme's colours as the page's own. On a dark screen the house's stand.
func (t Theme) css() string {
	var out strings.Builder
	if t.Accent != "" {
		fmt.Fprintf(&out, "\n:root { --accent: %s; }\n", t.Accent)
	}
	if t.Hue != "" {
		fmt.Fprintf(&out, "\n:root { --hue: %s; --fill: %s; }\n", t.Hue, t.Hue)
	}
	return out.String()
}

// hosts are the places that the page may load pictures from: those of an online base map alone.
func (t Theme) hosts() string {
	if t.Base == nil {
		return ""
	}
	var out []string
	for _, address := range t.Base.URLs {
		if u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(address)); err == nil && u.Host != "" && !slices.Contains(out, u.Scheme+"://"+u.Host) {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return " " + strings.Join(out, " ")
}

// pageData writes the data in the page's own language, and what is otherwise in the other language as a patch: objects by key, lists by
// index, down to the values that differ. Geometry and cells hold no words, and are the same in both.
func pageData(own, other *mapData) (data, patch template.HTML, err error) {
	data, err = packJSON(own)
	if err != nil {
		return "", "", err
	}
	a, err := plainData(own)
	if err != nil {
		return "", "", err
	}
	z, err := plainData(other)
	if err != nil {
		return "", "", err
	}
	diff, _ := difference(a, z)
	if diff == nil {
		diff = map[string]any{}
	}
	patch, err = packJSON(diff)
	return data, patch, err
}

// plainData is the data without geometry and cells, as JSON's own kinds.
func plainData(d *mapData) (any, error) {
	x := *d
	x.Cells, x.Land, x.Roads, x.Borders, x.Places = cellData{}, packedLines{}, nil, nil, placeData{}
	x.Views.Shapes, x.Views.Catch = nil, nil
	raw, err := json.Marshal(&x)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var out any
	err = decoder.Decode(&out)
	return out, err
}

// difference is what turns a into z: for two objects or two lists of one length the keys or indexes whose values differ, with what turns
// those; for anything else z itself. same tells that there is nothing to turn.
func difference(a, z any) (diff any, same bool) {
	out := map[string]any{}
	switch x := a.(type) {
	case map[string]any:
		y, ok := z.(map[string]any)
		if !ok {
			return z, false
		}
		for k := range y {
			if _, ok := x[k]; !ok {
				out[k] = y[k]
			} else if d, same := difference(x[k], y[k]); !same {
				out[k] = d
			}
		}
		return out, len(out) == 0
	case []any:
		y, ok := z.([]any)
		if !ok || len(x) != len(y) {
			return z, false
		}
		for i := range y {
			if d, same := difference(x[i], y[i]); !same {
				out[strconv.Itoa(i)] = d
			}
		}
		return out, len(out) == 0
	}
	return z, a == z
}

// Self is the document, for templates that pass it on.
func (d *document) Self() *document { return d }

// gridOf takes a table or a pointer to one.
func gridOf(g any) gridView {
	if p, ok := g.(*gridView); ok {
		return *p
	}
	v, _ := g.(gridView)
	return v
}

// wording is anything that has words.
type wording interface {
	T(key string, args ...any) string
}

// sectionShell is what the template of a section needs.
type sectionShell struct {
	Sec sectionView
	*document
}

// mapShell is what the template of a map needs.
type mapShell struct {
	ID string
	*document
}

// gridShell is what the template of a table needs.
type gridShell struct {
	Grid gridView
	*document
}

// barWidth is a share as a CSS percentage, held between 0 and 100.
func barWidth(share float64) template.CSS {
	if math.IsNaN(share) || share < 0 {
		share = 0
	}
	return template.CSS(strconv.FormatFloat(math.Min(share, 1)*100, 'f', 1, 64) + "%")
}
