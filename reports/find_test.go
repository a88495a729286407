package reports

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openAt loads a report with a hash.
func (b *browser) openAt(t *testing.T, dir, hash string) {
	t.Helper()
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "report.html"))}
	b.run(t, chromedp.Navigate("about:blank"), chromedp.Navigate(u.String()+hash), chromedp.WaitReady(chromedp.CSS("body.ready")))
}

// night makes the tab prefer dark pages.
func (b *browser) night(t *testing.T) {
	t.Helper()
	b.run(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
}

// TestLinksLeadIntoThePage: each kind of link moves and marks the first map; the tier of a gap comes with it.
func TestLinksLeadIntoThePage(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	dir, _ := written(t, makeStudy(t, smallWorld), Chinese)
	b.openAt(t, dir, "")
	home := ask[float64](t, b, `SC.maps.gaps.view.s`)
	for hash, mark := range map[string]string{"#gap-3": "gap", "#gap-1@2": "gap"} {
		b.openAt(t, dir, hash)
		if got := ask[string](t, b, `(SC.maps.gaps.mark || {}).kind || ''`); got != mark {
			t.Errorf("%s marks %q, want %q", hash, got, mark)
		}
		if ask[float64](t, b, `SC.maps.gaps.view.s`) <= home {
			t.Errorf("%s does not go nearer", hash)
		}
	}
	b.openAt(t, dir, "#gap-1@2")
	if got := ask[int](t, b, `SC.state.tier`); got != 2 {
		t.Errorf("the link to a gap of tier 2 shows tier %d", got)
	}
	for _, hash := range []string{"#gap-99999", "#region-%E4%", "#site-", "#s3"} {
		b.openAt(t, dir, hash)
	}
	b.clean(t)
}

// TestSearchFindsByName types into the search and chooses by keys.
func TestSearchFindsByName(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	dir, _ := written(t, makeStudy(t, smallWorld), Chinese)
	b.open(t, dir)
	for text, kind := range map[string]string{"第1": "社区", "闲置": "地名", "南河": "镇"} {
		if got := ask[string](t, b, fmt.Sprintf(`(SC.matches(%q)[0] || {kind: ''}).kind`, text)); len(got) < len(kind) || got[:len(kind)] != kind {
			t.Errorf("%s finds %q first, want a %s", text, got, kind)
		}
	}
	b.run(t, chromedp.Focus(chromedp.CSS("canvas")), chromedp.KeyEvent("/"))
	if got := ask[string](t, b, `document.activeElement.id`); got != "find" {
		t.Errorf("/ leads to %q", got)
	}
	b.run(t, script(`var f = document.getElementById('find'); f.value = '闲置'; f.dispatchEvent(new Event('input'))`),
		chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
	if got := ask[string](t, b, `(SC.maps.gaps.mark || {}).kind || ''`); got != "place" {
		t.Errorf("choosing a place marks %q", got)
	}
	b.run(t, script(`var f = document.getElementById('find'); f.value = '没有这个地方'; f.dispatchEvent(new Event('input'))`))
	if got := ask[string](t, b, `document.getElementById('found').textContent`); got != "没有找到" {
		t.Errorf("nothing found reads %q", got)
	}
	b.clean(t)
}

// TestEveryTableSaysHow: each table and chart stands after a note on how it is computed; Escape closes an open one.
func TestEveryTableSaysHow(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	dir, _ := written(t, makeStudy(t, smallWorld), English)
	b.open(t, dir)
	for _, of := range []string{"table.tiers", ".gaplist", "[data-chart=dist]", "[data-chart=trend]", "table.plan", "table.rank", ".blanks", ".stationlist", "[data-chart=people]"} {
		ok := ask[bool](t, b, fmt.Sprintf(`(function () {
		  var e = document.querySelector(%q), notes = document.querySelectorAll('details.how'), last = null;
		  notes.forEach(function (n) { if (n.compareDocumentPosition(e) & 4) last = n; });
		  return !!last && last.closest('section') === e.closest('section');
		})()`, of))
		if !ok {
			t.Errorf("%s: no note in its section says how it is computed", of)
		}
	}
	b.run(t, script(`document.querySelectorAll('details.how')[5].open = true`), chromedp.Focus(chromedp.CSS("canvas")), chromedp.KeyEvent(kb.Escape))
	if got := ask[int](t, b, `document.querySelectorAll('details.how[open]').length`); got != 0 {
		t.Errorf("%d notes still open after Escape", got)
	}
	b.clean(t)
}

// TestNightIsNeverPrinted: the page is dark on a dark screen, and white on paper.
func TestNightIsNeverPrinted(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	b.night(t)
	dir, _ := written(t, makeStudy(t, smallWorld), Chinese)
	b.open(t, dir)
	ground := `getComputedStyle(document.body).backgroundColor`
	if got := ask[string](t, b, ground); got != "rgb(20, 26, 33)" {
		t.Errorf("the ground by night is %s", got)
	}
	if !ask[bool](t, b, `SC.dark()`) {
		t.Error("charts do not know that it is dark")
	}
	b.shoot(t, "night")
	b.run(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print",
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
	if got := ask[string](t, b, ground); got != "rgb(255, 255, 255)" {
		t.Errorf("the ground on paper is %s", got)
	}
	b.clean(t)
}

func TestEyeOfNight(t *testing.T) {
	list := os.Getenv("SITECOVER_SHOOT")
	if list == "" {
		t.Skip("SITECOVER_SHOOT lists no folder")
	}
	for _, dir := range filepath.SplitList(list) {
		t.Setenv("SITECOVER_EYE", dir)
		b := openBrowser(t, 1440, 900)
		b.night(t)
		b.open(t, dir)
		b.shoot(t, "shot-night")
	}
}
