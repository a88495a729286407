package reports

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

// violation is what axe-core finds.
type violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

// audit runs axe-core on the page as it stands and reports serious and critical violations.
func (b *browser) audit(t *testing.T, what string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	if !ask[bool](t, b, `typeof axe !== 'undefined'`) {
		b.run(t, script(string(source)))
	}
	b.run(t, script(`window.found = null; axe.run(document, { resultTypes: ['violations'] }).then(function (r) {
	  window.found = r.violations.filter(function (v) { return v.impact === 'serious' || v.impact === 'critical'; }).map(function (v) {
	    return { id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 4).map(function (n) { return n.html.slice(0, 160) + ' ' + ((n.any[0] || {}).message || ''); }) }; }); })`))
	b.wait(t, `window.found !== null`)
	for _, v := range ask[[]violation](t, b, `window.found`) {
		t.Errorf("%s: %s (%s): %s\n\t%s", what, v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

// TestAccessibility lets axe-core look at the report, at the page of a region and at the card of a site.
func TestAccessibility(t *testing.T) {
	s := makeStudy(t, world{columns: 6, rows: 3, side: 1300, sites: 24, nasty: true})
	makeMeasures(t, s)
	dir, _ := written(t, s, Chinese)
	b := openBrowser(t, 1440, 900)
	b.open(t, dir)
	b.run(t, script(`document.querySelectorAll('details').forEach(function (d) { d.open = true; })`))
	b.audit(t, "report, all opened")
	for _, hash := range []string{"#region-0102", "#site-S004"} {
		b.openAt(t, dir, hash)
		b.audit(t, hash)
	}
	b.clean(t)
}

// TestEverySectionAndLayer walks a study that has everything: every section is there, every layer and way of colouring changes the
// picture, every chart has its table and can be saved, and the page prints.
func TestEverySectionAndLayer(t *testing.T) {
	s := makeStudy(t, world{columns: 6, rows: 3, side: 1300, sites: 24, nasty: true})
	makeMeasures(t, s)
	dir, _ := written(t, s, Chinese)
	b := openBrowser(t, 1440, 900)
	b.open(t, dir)
	for _, id := range SectionIDs {
		if ask[int](t, b, fmt.Sprintf(`document.querySelectorAll('#%s h2').length`, anchors[id])) != 1 {
			t.Errorf("section %s is missing", id)
		}
	}
	picture := fmt.Sprintf(pixels, "gaps")
	seen := map[float64]string{}
	for _, paint := range []string{"share", "cost", "uncovered", "people", "foot", "none", "choro.effective", "choro.unserved", "choro.people"} {
		b.run(t, script(fmt.Sprintf(`document.querySelector('[name="paint-gaps"][value="%s"]').click()`, paint)))
		now := ask[float64](t, b, picture)
		if before, ok := seen[now]; ok {
			t.Errorf("colouring by %s looks like %s", paint, before)
		}
		seen[now] = paint
		if n := ask[int](t, b, `document.querySelectorAll('[data-map="gaps"] .legend .swatch').length`); n == 0 && paint != "none" {
			t.Errorf("colouring by %s has no legend", paint)
		}
	}
	for _, layer := range []string{"reach", "catch", "entities"} {
		before := ask[float64](t, b, picture)
		b.run(t, script(fmt.Sprintf(`document.querySelector('[name="layer-gaps"][value="%s"]').click()`, layer)))
		if ask[float64](t, b, picture) == before {
			t.Errorf("layer %s: switching it changes nothing", layer)
		}
	}
	// The legend of a choropleth counts every region of its level once.
	b.run(t, script(`document.querySelector('[name="paint-gaps"][value="choro.effective"]').click()`))
	for method := range ClassMethods {
		b.run(t, script(fmt.Sprintf(`(function () { var x = document.querySelector('[data-map="gaps"] .chooser select'); x.value = '%d'; x.dispatchEvent(new Event('change')); })()`, method)))
		sum := ask[int](t, b, `Array.from(document.querySelectorAll('[data-map="gaps"] .legend .item')).filter(function (e) { return /个$/.test(e.textContent) && e.querySelector('.swatch:not([class*=" "])'); }).reduce(function (n, e) { return n + parseInt(e.querySelector('small').textContent, 10); }, 0)`)
		if sum != countLevel(s.Regions, 2) {
			t.Errorf("%s: the legend counts %d regions of %d", ClassMethods[method], sum, countLevel(s.Regions, 2))
		}
	}
	if lacking := ask[[]string](t, b, `Array.from(document.querySelectorAll('#report [data-chart]')).filter(function (c) {
	  return !c.hidden && (!c.closest('section').querySelector('table') || !c.parentNode.querySelector('.save')); }).map(function (c) { return c.dataset.chart; })`); len(lacking) > 0 {
		t.Errorf("charts without a table or a button to save them: %v", lacking)
	}
	if got := ask[string](t, b, `SC.mapPicture(SC.maps.gaps).toDataURL('image/png').slice(0, 22)`); got != "data:image/png;base64," {
		t.Errorf("the saved map is %q", got)
	}
	if n := ask[int](t, b, `(function () { var n = 0, click = HTMLAnchorElement.prototype.click; HTMLAnchorElement.prototype.click = function () { if (this.download && this.href.length > 5000) n++; };
	  document.querySelectorAll('#report .chartbox .save').forEach(function (x) { if (!x.hidden) x.click(); }); HTMLAnchorElement.prototype.click = click; return n; })()`); n < 8 {
		t.Errorf("only %d charts were saved", n)
	}
	b.printed(t)
	b.shoot(t, "everything")
	b.clean(t)
}

// printed checks that the page becomes a PDF of several sheets.
func (b *browser) printed(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(p *cdppage.PrintToPDFParams) { yes := true; p.PrintBackground, p.PreferCSSPageSize = &yes, &yes }))
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20_000 || !strings.HasPrefix(string(out), "%PDF") {
		t.Errorf("printing gives %d bytes", len(out))
	}
}

// TestThemeAndSections: title, colours, logo, chosen sections and texts of a theme, and its online base map as the only host.
func TestThemeAndSections(t *testing.T) {
	s := makeStudy(t, world{columns: 3, rows: 3, side: 1300, sites: 12})
	_, plain := written(t, s, Chinese)
	if regexp.MustCompile(`img-src data: blob:[^"]`).Match(plain["report.html"]) {
		t.Error("the page may load pictures although it has no base map")
	}
	s.Theme = Theme{Title: nasty[0], Subtitle: "某区组织部", Accent: "#884400", Hue: "#226633", Logo: []byte("\x89PNG\r\n"), LogoType: "image/png",
		Sections: []string{"plan", "now"}, Texts: map[string]string{"now.title": nasty[6], "now.intro": "一段说明", "foot": "落款"},
		Base: &BaseMap{Name: "天地图", URLs: []string{"https://t0.example.cn/vec/{z}/{x}/{y}?tk=k"}, Max: 17, GCJ02: true}}
	dir, files := written(t, s, Chinese)
	html := string(files["report.html"])
	for _, want := range []string{"img-src data: blob: https://t0.example.cn", "--accent: #884400", "data:image/png;base64,iVBORw0K", "某区组织部"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	b := openBrowser(t, 1200, 900)
	b.open(t, dir)
	if got := ask[string](t, b, `Array.from(document.querySelectorAll('#report h2')).map(function (h) { return h.textContent; }).join('|')`); got != "1建什么、什么时候建|2"+nasty[6] {
		t.Errorf("sections %q", got)
	}
	if got := ask[string](t, b, `document.querySelector('h1').textContent`); got != nasty[0] {
		t.Errorf("title %q", got)
	}
	// The page's own way back from GCJ-02 agrees with the house's.
	gcj, err := crs.Parse("gcj02")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []orb.Point{{116.39, 39.9}, {120.95, 31.38}, {87.6, 43.8}, {-0.1, 51.5}} {
		shifted, err := gcj.FromWGS84(p)
		if err != nil {
			t.Fatal(err)
		}
		got := ask[[]float64](t, b, fmt.Sprintf(`SC.toWGS(%v, %v)`, shifted[0], shifted[1]))
		if d := (got[0]-p[0])*(got[0]-p[0]) + (got[1]-p[1])*(got[1]-p[1]); d > 1e-14 {
			t.Errorf("%v comes back as %v", p, got)
		}
	}
}

// TestScriptsAreOldEnough: the page's scripts and styles use nothing that Chromium 86 (October 2020), which many offices still have, does
// not know. The list holds what came later and is easily written by habit.
func TestScriptsAreOldEnough(t *testing.T) {
	later := map[string]*regexp.Regexp{
		"Array.at and String.at (92)":      regexp.MustCompile(`\.at\(-?\d`),
		"structuredClone (98)":             regexp.MustCompile(`structuredClone`),
		"findLast (97)":                    regexp.MustCompile(`\.findLast`),
		"Object.hasOwn (93)":               regexp.MustCompile(`Object\.hasOwn\(`),
		"toSorted, toReversed, with (110)": regexp.MustCompile(`\.to(Sorted|Reversed|Spliced)\(`),
		"logical assignment (85, ES2021)":  regexp.MustCompile(`(\|\||&&|\?\?)=[^=]`),
		"optional chaining (ES2020)":       regexp.MustCompile(`\w\?\.[a-zA-Z(\[]`),
		"nullish coalescing (ES2020)":      regexp.MustCompile(` \?\? `),
		"replaceAll (85, ES2021)":          regexp.MustCompile(`\.replaceAll\(`),
		"private fields (ES2022)":          regexp.MustCompile(`this\.#`),
		"roundRect (99)":                   regexp.MustCompile(`roundRect\(`),
		":has() (105)":                     regexp.MustCompile(`:has\(`),
		"inset (87)":                       regexp.MustCompile(`[{; ]inset:`),
		"aspect-ratio (88)":                regexp.MustCompile(`aspect-ratio:`),
		":is() and :where() (88)":          regexp.MustCompile(`:(is|where)\(`),
		"color-mix (111)":                  regexp.MustCompile(`color-mix\(`),
		"@layer, @container (99, 105)":     regexp.MustCompile(`@(layer|container)\b`),
		"nesting (112)":                    regexp.MustCompile(`(?m)^\s+&`),
	}
	var files []string
	for _, pattern := range []string{"assets/js/*.js", "assets/*.js", "assets/*.css"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	if len(files) < 12 {
		t.Fatalf("only %d files", len(files))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, pattern := range later {
			if m := pattern.Find(text); m != nil {
				t.Errorf("%s: %q: %s", name, m, what)
			}
		}
	}
}
