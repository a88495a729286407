package reports

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is one headless tab that notes what a report must not do.
type browser struct {
	ctx context.Context

	mu       sync.Mutex
	problems []string // console errors, exceptions
	requests []string // everything asked for but the page itself
}

// shared is the one Chromium of all tests: starting one takes longer than most tests.
var shared struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

// chromium is the path of the browser, "" where there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// startChromium starts the shared browser.
func startChromium(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	shared.ctx, shared.stop = ctx, func() { cancel(); stopAlloc() }
	shared.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
}

// openBrowser opens a tab of its own, or skips the test where there is no Chromium. SITECOVER_NEED_CHROMIUM=1 makes that a failure.
func openBrowser(t *testing.T, width, height int64) *browser {
	t.Helper()
	path := chromium()
	if path == "" {
		if os.Getenv("SITECOVER_NEED_CHROMIUM") != "" {
			t.Fatal("no Chromium found, and SITECOVER_NEED_CHROMIUM is set")
		}
		t.Skip("no Chromium on PATH (Debian: apt-get install chromium fonts-noto-cjk)")
	}
	if shared.once.Do(func() { startChromium(path) }); shared.err != nil {
		t.Fatal(shared.err)
	}
	ctx, cancel := chromedp.NewContext(shared.ctx)
	t.Cleanup(cancel)
	b := &browser{ctx: ctx}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	b.run(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{})
		return err
	}), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, log.Enable, cdp.Empty{})
		return err
	}), chromedp.EmulateViewport(width, height))
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, fmt.Sprintf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			b.problems = append(b.problems, fmt.Sprint("console: ", e.Args))
		}
	case *log.EventEntryAdded:
		b.problems = append(b.problems, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, "data:") && !strings.HasSuffix(strings.TrimSuffix(u, "?lang=en"), "/report.html") {
			b.requests = append(b.requests, u)
		}
	}
}

// run runs actions, for at most half a minute.
func (b *browser) run(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// script runs a statement in the page.
func script(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// open loads a report from its file and waits until its scripts have run.
func (b *browser) open(t *testing.T, dir string) {
	t.Helper()
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "report.html"))}
	b.run(t, chromedp.Navigate(u.String()), chromedp.WaitReady(chromedp.CSS("body.ready")),
		script(`document.documentElement.style.scrollBehavior = "auto"`))
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%v\nin %s", err, expression)
	}
	return out
}

// wait waits until an expression holds.
func (b *browser) wait(t *testing.T, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void](expression)); err != nil {
		t.Fatalf("waiting for %s: %v", expression, err)
	}
}

// clean checks that the page stayed silent and asked for nothing.
func (b *browser) clean(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		t.Error(p)
	}
	for _, r := range b.requests {
		t.Error("request: ", r)
	}
}

// shoot keeps a picture of the whole page in the folder that SITECOVER_EYE names, if any.
func (b *browser) shoot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("SITECOVER_EYE")
	if dir == "" {
		return
	}
	b.run(t, script(`Object.keys(SC.maps).forEach(function (id) { SC.maps[id].seen = true; SC.maps[id].show(); })`))
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// pixels is a fingerprint of a map's canvas.
const pixels = `(function (id) {
  var m = SC.maps[id]; m.seen = true; m.picture = null; m.show();
  var c = document.createElement('canvas'), x = c.getContext('2d', { willReadFrequently: true });
  c.width = m.canvas.width; c.height = m.canvas.height; x.drawImage(m.canvas, 0, 0);
  var d = x.getImageData(0, 0, c.width, c.height).data, h = 0;
  for (var i = 0; i < d.length; i += 4) h = (h * 31 + d[i] * 65536 + d[i + 1] * 256 + d[i + 2]) %% 1000000007;
  return h;
})(%q)`

func TestPageInBrowser(t *testing.T) {
	for _, lang := range []string{Chinese, English} {
		t.Run(lang, func(t *testing.T) {
			b := openBrowser(t, 1440, 900)
			dir, _ := written(t, makeStudy(t, smallWorld), lang)
			b.open(t, dir)
			if ask[bool](t, b, `window.hacked !== undefined`) {
				t.Error("a name from the data ran as a script")
			}
			if got := ask[int](t, b, `document.querySelectorAll('img, iframe, link[rel=stylesheet]').length`); got != 0 {
				t.Errorf("%d elements that load something", got)
			}
			if got := ask[int](t, b, `document.querySelectorAll('.chart svg').length`); got != 6 {
				t.Errorf("%d charts drawn, want 6", got)
			}
			checkLayers(t, b)
			checkTiers(t, b)
			checkYears(t, b)
			checkTooltip(t, b)
			checkLists(t, b)
			if ask[bool](t, b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
				t.Error("the page scrolls sideways at 1440 px")
			}
			b.shoot(t, "wide-"+lang)
			b.clean(t)
		})
	}
}

// checkLayers: every switch of the first map changes the picture, and back again.
func checkLayers(t *testing.T, b *browser) {
	t.Helper()
	picture := fmt.Sprintf(pixels, "gaps")
	before := ask[float64](t, b, picture)
	for _, layer := range []string{"gaps", "sites", "others", "picks", "stations", "borders", "roads", "excl", "labels"} {
		box := fmt.Sprintf(`document.querySelector('[name="layer-gaps"][value="%s"]').click()`, layer)
		b.run(t, script(box))
		if ask[float64](t, b, picture) == before {
			t.Errorf("layer %s: switching it changes nothing", layer)
		}
		b.run(t, script(box))
		if ask[float64](t, b, picture) != before {
			t.Errorf("layer %s: switching it twice does not bring the picture back", layer)
		}
	}
	for _, paint := range []string{"cost", "uncovered", "people", "none"} {
		b.run(t, script(fmt.Sprintf(`document.querySelector('[name="paint-gaps"][value="%s"]').click()`, paint)))
		if ask[float64](t, b, picture) == before {
			t.Errorf("colouring by %s changes nothing", paint)
		}
	}
	b.run(t, script(`document.querySelector('[name="paint-gaps"][value="share"]').click()`))
}

// checkTiers: choosing a tier shows its figures and hides the others'.
func checkTiers(t *testing.T, b *browser) {
	t.Helper()
	for tier := range 3 {
		b.run(t, script(fmt.Sprintf(`document.querySelector('[data-set-tier="%d"]').click()`, tier)))
		shown := ask[[]string](t, b, `Array.from(new Set(Array.from(document.querySelectorAll('main [data-tier]')).filter(function (e) { return !e.hidden; }).map(function (e) { return e.dataset.tier; })))`)
		if len(shown) != 1 || shown[0] != fmt.Sprint(tier) {
			t.Errorf("tier %d: shown are %v", tier, shown)
		}
	}
}

// checkYears: moving the slider by key changes map, table and year.
func checkYears(t *testing.T, b *browser) {
	t.Helper()
	picture := fmt.Sprintf(pixels, "plan")
	last := ask[float64](t, b, picture)
	b.run(t, chromedp.Focus(chromedp.CSS("#year")), chromedp.KeyEvent(kb.ArrowLeft))
	b.wait(t, `document.getElementById('yearout').textContent === '2027'`)
	if ask[float64](t, b, picture) == last {
		t.Error("moving the slider leaves the map as it was")
	}
	if got := ask[int](t, b, `document.querySelectorAll('tbody.later').length`); got != 1 {
		t.Errorf("%d later years greyed, want 1", got)
	}
}

// checkTooltip: pointing at the first inhabited cell reads its people and its region.
func checkTooltip(t *testing.T, b *browser) {
	t.Helper()
	b.run(t, chromedp.ScrollIntoView(chromedp.CSS(`[data-map="gaps"] canvas`)))
	at := ask[[]float64](t, b, `(function () {
	  var m = SC.maps.gaps, w = SC.world(), i;
	  document.querySelectorAll('[name="layer-gaps"]').forEach(function (x) { if (x.checked && ['gaps', 'sites', 'others'].indexOf(x.value) >= 0) x.click(); });
	  m.seen = true; m.home(); m.show();
	  var best = 0; for (i = 0; i < w.hex.count; i++) if (w.people[i] > w.people[best]) best = i;
	  var p = SC.toScreen(m.screen(), [w.hex.x[best], w.hex.y[best]]), r = m.canvas.getBoundingClientRect();
	  return [r.left + p[0], r.top + p[1], w.people[best]];
	})()`)
	b.run(t, chromedp.MouseEvent("mouseMoved", at[0], at[1]))
	b.wait(t, `!document.getElementById('tip').hidden`)
	text := ask[string](t, b, `document.getElementById('tip').textContent`)
	people := ask[string](t, b, fmt.Sprintf(`SC.people(%v)`, at[2]))
	if !strings.Contains(text, people) {
		t.Errorf("tooltip %q does not tell the cell's %s people", text, people)
	}
	if !strings.Contains(text, "%") && !strings.Contains(text, "未覆盖") && !strings.Contains(text, "not served") {
		t.Errorf("tooltip %q does not tell the coverage", text)
	}
}

// checkLists: a gap in the list moves the map; a row of the ranking opens and closes.
func checkLists(t *testing.T, b *browser) {
	t.Helper()
	before := ask[float64](t, b, `SC.maps.gaps.view.s`)
	b.run(t, script(`Array.from(document.querySelectorAll('[data-gap]')).filter(function (e) { return e.offsetParent; })[0].click()`))
	if ask[float64](t, b, `SC.maps.gaps.view.s`) == before {
		t.Error("choosing a gap does not move the map")
	}
	open := `Array.from(document.querySelectorAll('table.rank button.expand')).filter(function (e) { return e.offsetParent; })[0]`
	b.run(t, script(open+`.click()`))
	if got := ask[int](t, b, `document.querySelectorAll('tr.child').length`); got != 9 {
		t.Errorf("%d communities shown under a town, want 9", got)
	}
	b.run(t, script(open+`.click()`))
	if got := ask[int](t, b, `document.querySelectorAll('tr.child').length`); got != 0 {
		t.Errorf("%d communities still shown after closing", got)
	}
	b.run(t, chromedp.Focus(chromedp.CSS(`[data-map="gaps"] canvas`)), chromedp.KeyEvent("+"), chromedp.KeyEvent("0"))
}

func TestPageOnAPhone(t *testing.T) {
	b := openBrowser(t, 390, 844)
	dir, _ := written(t, makeStudy(t, smallWorld), Chinese)
	b.open(t, dir)
	if over := ask[[]string](t, b, `Array.from(document.querySelectorAll('body *')).filter(function (e) {
	  return e.getBoundingClientRect().right > 391 && !e.closest('.scroll, nav, .tip, details:not([open])') && e.offsetParent; }).slice(0, 5).map(function (e) { return e.tagName + '.' + e.className; })`); len(over) > 0 {
		t.Errorf("wider than the screen: %v", over)
	}
	if ask[bool](t, b, `document.documentElement.scrollWidth > 390`) {
		t.Error("the page scrolls sideways at 390 px")
	}
	b.shoot(t, "phone")
	b.clean(t)
}

// TestPageOfCellsAlone: a study without boundaries, roads, plan and stations still opens, draws and answers.
func TestPageOfCellsAlone(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeCellsStudy(t, 12)
	dir, _ := written(t, s, Chinese)
	b.open(t, dir)
	first := ask[float64](t, b, fmt.Sprintf(pixels, "gaps"))
	b.run(t, script(`document.querySelector('[name="paint-gaps"][value="cost"]').click()`))
	if ask[float64](t, b, fmt.Sprintf(pixels, "gaps")) == first {
		t.Error("colouring by distance changes nothing")
	}
	b.shoot(t, "cells")
	b.clean(t)
}

// TestPageUnpacksWhatWasPacked compares people and corners as the page sees them with the study's.
func TestPageUnpacksWhatWasPacked(t *testing.T) {
	b := openBrowser(t, 800, 600)
	s := makeCellsStudy(t, 60) // across an edge of the icosahedron
	dir, _ := written(t, s, Chinese)
	b.open(t, dir)
	var people float64
	for _, p := range s.Demand.People {
		people += p.Float()
	}
	if got := ask[float64](t, b, `SC.world().people.reduce(function (a, b) { return a + b; }, 0)`); math.Abs(got-people) > 0.05*float64(s.Demand.Len()) {
		t.Errorf("the page counts %v people, the study %v", got, people)
	}
	// Neighbours share corners: nearly every corner of the page's hexagons must lie where two others have one, to a metre.
	alone := ask[int](t, b, `(function () {
	  var h = SC.world().hex, near = {}, alone = 0, q = 1.5 / SC.data.quantum;
	  function all(i) { return h.odd[i] || h.corners.subarray(12 * i, 12 * i + 12); }
	  function key(x, y, dx, dy) { return (Math.round(x / q) + dx) + ':' + (Math.round(y / q) + dy); }
	  for (var i = 0; i < h.count; i++) { var c = all(i); for (var k = 0; k < c.length; k += 2) { var s = key(c[k], c[k + 1], 0, 0); near[s] = (near[s] || 0) + 1; } }
	  for (i = 0; i < h.count; i++) {
	    c = all(i);
	    for (k = 0; k < c.length; k += 2) {
	      var n = 0;
	      for (var dx = -1; dx <= 1; dx++) for (var dy = -1; dy <= 1; dy++) n += near[key(c[k], c[k + 1], dx, dy)] || 0;
	      if (n < 3) alone++;
	    }
	  }
	  return alone;
	})()`)
	// Only the rim may be alone: 6·60 cells with at most four outer corners each.
	if alone > 4*6*60 {
		t.Errorf("%d corners lie where no neighbour has one", alone)
	}
	b.clean(t)
}
