package reports

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestWriteForTheEye writes reports to look at into the folder that SITECOVER_EYE names.
func TestWriteForTheEye(t *testing.T) {
	dir := os.Getenv("SITECOVER_EYE")
	if dir == "" {
		t.Skip("SITECOVER_EYE names no folder")
	}
	for name, w := range map[string]world{"big": bigWorld, "nasty": smallWorld} {
		s := makeStudy(t, w)
		for _, lang := range []string{Chinese, English} {
			if err := Write(context.Background(), filepath.Join(dir, name+"-"+lang), s, Options{Lang: lang, Brief: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestPanOfAHundredThousandCells prints how long the map of 100,000 cells takes to open and to move, when SITECOVER_EYE is set.
// Times depend on the machine, so nothing is asserted.
func TestPanOfAHundredThousandCells(t *testing.T) {
	dir := os.Getenv("SITECOVER_EYE")
	if dir == "" {
		t.Skip("SITECOVER_EYE names no folder")
	}
	ring := 182
	if v, err := strconv.Atoi(os.Getenv("SITECOVER_RING")); err == nil {
		ring = v
	}
	s := makeCellsStudy(t, ring)
	out := filepath.Join(dir, "cells")
	if err := Write(context.Background(), out, s, Options{}); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t, 1440, 900)
	b.open(t, out)
	info, err := os.Stat(filepath.Join(out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	loaded := ask[float64](t, b, `performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart`)
	first := ask[float64](t, b, `(function () { var m = SC.maps.gaps; m.seen = true; m.picture = null; m.show(); return m.spent; })()`)
	frames := ask[[]float64](t, b, `(function () {
	  var m = SC.maps.gaps, out = [];
	  for (var i = 0; i < 120; i++) { var t0 = performance.now(); m.pan(i % 60 < 30 ? 6 : -6, 2); m.show(); out.push(performance.now() - t0); }
	  return out.sort(function (a, b) { return a - b; });
	})()`)
	zoomed := ask[float64](t, b, `(function () { var m = SC.maps.gaps; m.zoom(6); m.picture = null; m.show(); return m.spent; })()`)
	t.Logf("%d cells, %.1f MB: loaded in %.0f ms, drawn in %.0f ms, from near in %.0f ms; pan median %.1f, p95 %.1f ms", len(s.Grid.Cells),
		float64(info.Size())/1e6, loaded, first, zoomed, frames[len(frames)/2], frames[len(frames)*95/100])
	b.clean(t)
}

// TestShootReports takes pictures of the reports in the folders that SITECOVER_SHOOT lists (with the system's list separator),
// at the widths of a desk, a small laptop and a phone, into each folder.
func TestShootReports(t *testing.T) {
	list := os.Getenv("SITECOVER_SHOOT")
	if list == "" {
		t.Skip("SITECOVER_SHOOT lists no folder")
	}
	for _, dir := range filepath.SplitList(list) {
		t.Setenv("SITECOVER_EYE", dir)
		for _, width := range []int64{1440, 1024, 390} {
			b := openBrowser(t, width, 900)
			b.open(t, dir)
			b.shoot(t, "shot-"+strconv.FormatInt(width, 10))
			b.clean(t)
		}
	}
}

// TestSpeedOfALargeReport prints how a report of 1,000 communities and 100,000 cells opens, draws and moves, when SITECOVER_EYE is set
// (docs/speed-report.md). Times depend on the machine, so nothing is asserted.
func TestSpeedOfALargeReport(t *testing.T) {
	dir := os.Getenv("SITECOVER_EYE")
	if dir == "" {
		t.Skip("SITECOVER_EYE names no folder")
	}
	s := makeStudy(t, world{columns: 40, rows: 25, side: 3240, sites: 1500, dense: true})
	out := filepath.Join(dir, "large")
	if err := Write(context.Background(), out, s, Options{Layers: []string{}}); err != nil {
		t.Fatal(err)
	}
	measureSpeed(t, out)
}

// TestSpeedOfAReport prints the same of the report in the folder that SITECOVER_REPORT names.
func TestSpeedOfAReport(t *testing.T) {
	dir := os.Getenv("SITECOVER_REPORT")
	if dir == "" {
		t.Skip("SITECOVER_REPORT names no report")
	}
	measureSpeed(t, dir)
}

func measureSpeed(t *testing.T, dir string) {
	t.Helper()
	b := openBrowser(t, 1440, 900)
	b.open(t, dir)
	info, err := os.Stat(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	loaded := ask[float64](t, b, `performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart`)
	first := ask[float64](t, b, `(function () { var m = SC.maps.gaps; m.seen = true; m.picture = null; m.show(); return m.spent; })()`)
	// A pan of 120 steps, one a frame, at a county's view and four times nearer; the time is that of our own work in each frame.
	b.run(t, script(`window.spent = null; (function () {
	  var m = SC.maps.gaps, list = [], k = 0;
	  function step() {
	    if (k === 60) m.zoom(4);
	    if (k++ === 120) { list.sort(function (a, b) { return a - b; }); window.spent = [list[60], list[114], list[119]]; return; }
	    var t = performance.now();
	    m.view.x -= 9 / m.view.s; m.changed(); m.show();
	    list.push(performance.now() - t);
	    requestAnimationFrame(step);
	  }
	  step();
	})()`))
	b.wait(t, `window.spent !== null`)
	pan := ask[[]float64](t, b, `window.spent`)
	view := ask[float64](t, b, `(function () { var t = performance.now(); SC.openRegion(1); return performance.now() - t; })()`)
	cells, communities := ask[int](t, b, `SC.world().hex.count`), ask[int](t, b, `SC.data.regions.length`)
	t.Logf("%d cells, %d regions: %.1f MB, ready after %.0f ms, first map %.0f ms, pan median %.1f, p95 %.1f, worst %.1f ms, page of a region %.0f ms",
		cells, communities, float64(info.Size())/1e6, loaded, first, pan[0], pan[1], pan[2], view)
}
