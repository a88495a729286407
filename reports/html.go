package reports

import (
	"bufio"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"math"
	"strconv"
)

//go:embed assets
var assets embed.FS

// scripts are the page's own scripts, in the order they run.
var scripts = []string{"assets/js/core.js", "assets/js/unpack.js", "assets/js/style.js", "assets/js/draw.js", "assets/js/labels.js", "assets/js/map.js", "assets/js/controls.js", "assets/js/charts.js", "assets/js/find.js", "assets/js/page.js"}

// document is what the template executes on: the page and the texts that go in unescaped, because they are ours.
type document struct {
	*page
	CSS     template.CSS
	ECharts template.JS
	Scripts []template.JS
	Data    template.JS
}

// writeHTML writes the one-file page. Names from the inputs pass through html/template's escaping, and through
// encoding/json's for the scripts: it writes <, > and & as \u003c and so on, so no text can end the script element.
func writeHTML(w io.Writer, p *page, b *builder) error {
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"width": barWidth,
		"known": known,
		"join":  func(a, b string) string { return a + b },
		"note":  func(p *document, key string) [2]string { return [2]string{p.T("how"), p.T(key)} },
		"shell": func(id string, p *document) mapShell { return mapShell{id, p} },
	}).ParseFS(assets, "assets/report.html", "assets/sections.html")
	if err != nil {
		return err
	}
	doc := document{page: p}
	css, err := assets.ReadFile("assets/report.css")
	if err != nil {
		return err
	}
	doc.CSS = template.CSS(css)
	echarts, err := assets.ReadFile("assets/vendor/echarts.min.js")
	if err != nil {
		return err
	}
	doc.ECharts = template.JS(echarts)
	for _, name := range scripts {
		js, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		doc.Scripts = append(doc.Scripts, template.JS(js))
	}
	data, err := json.Marshal(b.buildMap(p))
	if err != nil {
		return err
	}
	doc.Data = template.JS(data)
	out := bufio.NewWriter(w)
	if err := t.Execute(out, &doc); err != nil {
		return err
	}
	return out.Flush()
}

// mapShell is what the template of a map needs.
type mapShell struct {
	ID string
	*document
}

// barWidth is a share as a CSS percentage, held between 0 and 100.
func barWidth(share float64) template.CSS {
	if math.IsNaN(share) || share < 0 {
		share = 0
	}
	return template.CSS(strconv.FormatFloat(math.Min(share, 1)*100, 'f', 1, 64) + "%")
}
