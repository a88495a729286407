package reports

import (
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sitecover/coverage"
)

// TestPagesOfRegions goes from the whole area down to a community by the links of the pages, and back.
func TestPagesOfRegions(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeStudy(t, smallWorld)
	dir, _ := written(t, s, Chinese)
	b.openAt(t, dir, "#region-0102")
	for depth, level := range []string{"镇", "社区"} {
		if got := ask[string](t, b, `document.querySelector('#view .kicker').textContent`); !strings.HasSuffix(got, level) {
			t.Fatalf("depth %d: the page is of %q, want a %s", depth, got, level)
		}
		if ask[bool](t, b, `!!document.getElementById('report').offsetParent`) {
			t.Error("the report still shows behind the page")
		}
		if depth == 0 {
			if got := ask[int](t, b, `document.querySelectorAll('.viewside tbody tr').length`); got != 9 {
				t.Errorf("%d regions below, want 9", got)
			}
			b.run(t, script(`document.querySelector('.viewside tbody a').click()`))
			b.wait(t, `document.querySelector('#view .kicker').textContent.indexOf('社区') > 0`)
		}
	}
	// Figures of the page are the study's.
	at := s.Regions.All[5]
	b.openAt(t, dir, "#region-"+url.PathEscape(at.ID))
	x := s.Coverage.Region[1][5]
	share, _ := x.Effective()
	if got := ask[string](t, b, `document.querySelector('#view h2').firstChild.textContent`); got != at.Name {
		t.Errorf("the page is called %q, want %q", got, at.Name)
	}
	want := strings.ReplaceAll(percent(share), nbsp, " ")
	if got := ask[string](t, b, `document.querySelector('#view table.tiers tbody tr:nth-child(2) .barcell').textContent`); x.People > 0 && got != want {
		t.Errorf("coverage reads %q, want %q", got, want)
	}
	if ask[float64](t, b, `SC.maps.region.view.s`) <= ask[float64](t, b, `SC.maps.gaps.view.s`) {
		t.Error("the small map shows no less than the large one")
	}
	b.run(t, chromedp.KeyEvent(kb.Escape))
	b.wait(t, `document.getElementById('report').offsetParent !== null`)
	if ask[bool](t, b, `window.hacked !== undefined`) {
		t.Error("a name from the data ran as a script")
	}
	b.clean(t)
}

// TestCardsOfSites: a site's card tells what the ledger and the standard say; hostile names stay text.
func TestCardsOfSites(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeStudy(t, smallWorld)
	makeMeasures(t, s)
	dir, _ := written(t, s, Chinese)
	for i := range 4 {
		b.openAt(t, dir, "#site-"+url.PathEscape(s.Sites[i].ID))
		if got := ask[string](t, b, `document.querySelector('#view h2').textContent`); got != s.Sites[i].Name {
			t.Errorf("the card is called %q, want %q", got, s.Sites[i].Name)
		}
	}
	if got := ask[int](t, b, `document.querySelectorAll('#view .chart svg').length`); got != 1 {
		t.Errorf("%d radars on the card, want 1", got)
	}
	if got := ask[string](t, b, `document.querySelector('#view').textContent`); !strings.Contains(got, "周一至周五 08:30–17:30") || !strings.Contains(got, "无障碍坡道") {
		t.Errorf("the card tells neither hours nor what is missing: %s", got)
	}
	if ask[bool](t, b, `window.hacked !== undefined`) {
		t.Error("a name from the data ran as a script")
	}
	b.clean(t)
}

// TestOtherLanguage: the switch leads to the same page in the other language, with the same figures and no word of the first.
func TestOtherLanguage(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeStudy(t, world{columns: 6, rows: 3, side: 1300, sites: 20})
	makeMeasures(t, s)
	dir, _ := written(t, s, Chinese)
	b.open(t, dir)
	numbers := `document.querySelector('table.tiers tbody').textContent.replace(/[^0-9.%/]/g, '').length`
	before := ask[int](t, b, numbers)
	charts := ask[int](t, b, `document.querySelectorAll('.chart svg').length`)
	b.run(t, script(`document.getElementById('langswitch').click()`), chromedp.WaitReady(chromedp.CSS(`html[lang="en"] body.ready`)))
	if ask[string](t, b, `document.querySelector('#s1 h2').textContent`) != "1How do we stand?" {
		t.Error("the English page has no English heading")
	}
	if got := ask[string](t, b, `SC.word('map.layers') + SC.data.charts[0].options[1].series[0].name`); strings.ContainsAny(got, "图层理论上限") {
		t.Errorf("the scripts still speak Chinese: %q", got)
	}
	if got := ask[int](t, b, `document.querySelectorAll('.chart svg').length`); got != charts {
		t.Errorf("%d charts in English, %d in Chinese", got, charts)
	}
	if got := ask[int](t, b, numbers); got == 0 || before == 0 {
		t.Error("no figures")
	}
	b.clean(t)
}

// TestClassBreaks holds the natural breaks against trying every cut, and the quantiles against counting.
func TestClassBreaks(t *testing.T) {
	values := []float64{1, 2, 2, 3, 10, 11, 12, 30, 31, 33, 34, 90}
	got := classBreaks(values, 4, Jenks, nil)
	best, want := math.Inf(1), []float64{}
	for i := 1; i < len(values); i++ {
		for j := i + 1; j < len(values); j++ {
			for k := j + 1; k < len(values); k++ {
				if c := squares(values[:i]) + squares(values[i:j]) + squares(values[j:k]) + squares(values[k:]); c < best-1e-9 {
					best, want = c, []float64{values[i], values[j], values[k]}
				}
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("natural breaks %v, want %v", got, want)
	}
	if got := classBreaks(values, 3, Quantile, nil); fmt.Sprint(got) != "[10 31]" { // 12 values: the 5th and the 9th begin the 2nd and 3rd third
		t.Errorf("terciles begin at %v", got)
	}
	for _, tc := range [][]float64{nil, {math.NaN()}, {5}, {5, 5, 5}} {
		for _, method := range ClassMethods {
			if got := classBreaks(tc, 5, method, nil); len(got) != 0 {
				t.Errorf("%s of %v: %v", method, tc, got)
			}
		}
	}
}

func squares(v []float64) (sum float64) {
	mean := 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return sum
}

// TestLorenzByHand: of four people at four places, two reach no site, one reaches one and one reaches three. Half of the people have
// nothing of the four that there are in all, three quarters have one; with areas of (0 + 0 + ¼ + 1¼)·¼/2 = 3/16 under the curve the Gini
// coefficient is 1 - 2·3/16 = 0.625.
func TestLorenzByHand(t *testing.T) {
	s := makeCellsStudy(t, 1)
	n := s.Demand.Len()
	svc := &s.Coverage.Services[0]
	for i := range n {
		s.Demand.People[i], svc.Reach[i] = 0, 0
	}
	for i, reach := range []int32{0, 3, 0, 1} {
		s.Demand.People[i], svc.Reach[i] = coverage.Person, reach
	}
	b := &builder{words: words{English}, s: s}
	v, ok := b.lorenz(0)
	if !ok || fmt.Sprint(v.Points) != "[[0 0] [0.5 0] [0.75 0.25] [1 1]]" {
		t.Errorf("the curve is %v", v.Points)
	}
	if !strings.Contains(v.Line, "0.63") && !strings.Contains(v.Line, "0.62") {
		t.Errorf("%q does not tell the Gini coefficient 0.625", v.Line)
	}
}
