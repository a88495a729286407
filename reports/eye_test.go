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
