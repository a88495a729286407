package reports

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"sitecover/siting"
)

// quotaRows is how many quotas makeQuotas gives: four rules for each of the 54 communities of the small world. The page lays out the
// first 150 of them.
const quotaRows = 4 * 54

// makeQuotas gives a study so many quotas that the page does not lay out all of them; the last of every rule is short.
func makeQuotas(t testing.TB, s *Study) {
	t.Helper()
	level := len(s.Regions.Levels) - 1
	var communities []int32
	for r := range s.Regions.All {
		if s.Regions.All[r].Level == level {
			communities = append(communities, int32(r))
		}
	}
	if len(communities) != quotaRows/4 {
		t.Fatalf("%d communities", len(communities))
	}
	for k := range 4 {
		rule := siting.NoQuota(level)
		rule.Min, rule.Tier = 1, k-1
		s.Rules.Quotas = append(s.Rules.Quotas, rule)
		for i, r := range communities {
			state := siting.QuotaState{Quota: k, Region: r, Sites: 1, Money: siting.Wan, Possible: 1}
			if i == len(communities)-1 {
				state.Sites = 0
			}
			s.Plan.Quotas = append(s.Plan.Quotas, state)
		}
	}
}

// The page lays out the first rows of a long table; the button lists the rest, each row once and with its own figures.
func TestButtonListsTheRest(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeStudy(t, smallWorld)
	makeQuotas(t, s)
	dir, _ := written(t, s, Chinese)
	b.open(t, dir)
	const table, more = `document.querySelector('#s3 .grid tbody')`, `document.querySelector('#s3 .grid [data-more]')`
	if got := ask[int](t, b, table+`.rows.length`); got != maxFirst {
		t.Fatalf("%d rows laid out, want %d", got, maxFirst)
	}
	if said := ask[string](t, b, more+`.textContent`); !strings.Contains(said, "66") {
		t.Errorf("the page says %q of the other 66 rows", said)
	}
	b.run(t, script(more+`.querySelector('button').click()`))
	if got := ask[int](t, b, table+`.rows.length`); got != quotaRows {
		t.Errorf("%d rows after listing the rest, want %d", got, quotaRows)
	}
	if ask[bool](t, b, more+` !== null`) {
		t.Error("the button is still there when nothing is left")
	}
	// The four that are short come first, so that the last row is the last but one community under the last rule.
	want := s.Regions.All[s.Plan.Quotas[quotaRows-2].Region].Name
	if got := ask[string](t, b, table+`.rows[215].cells[0].textContent`); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("the last row is of %q, want %q", got, want)
	}
	if got := ask[int](t, b, `document.querySelectorAll('#s3 .grid td.behind').length`); got != 4 {
		t.Errorf("%d quotas are marked short, want 4", got)
	}
	b.clean(t)
}

// Paper holds what the screen folds away: all rows, no windows, no buttons; and the screen is itself again afterwards.
func TestPaperHoldsWhatTheScreenFolds(t *testing.T) {
	b := openBrowser(t, 1440, 900)
	s := makeStudy(t, smallWorld)
	makeQuotas(t, s)
	dir, _ := written(t, s, Chinese)
	b.open(t, dir)
	const box = `document.querySelector('#s3 .grid .scroll.tall')`
	if !ask[bool](t, b, box+`.scrollHeight > `+box+`.clientHeight + 2`) {
		t.Fatal("the table does not fold on the screen")
	}
	b.media(t, "print")
	b.run(t, script(`window.dispatchEvent(new Event('beforeprint'))`))
	if got := ask[int](t, b, box+`.querySelectorAll('tbody tr').length`); got != quotaRows {
		t.Errorf("%d rows on paper, want %d", got, quotaRows)
	}
	if ask[bool](t, b, box+`.scrollHeight > `+box+`.clientHeight + 2`) {
		t.Error("the table is cut off on paper")
	}
	if shown := ask[int](t, b, `Array.from(document.querySelectorAll('.foldfoot, .listmore, .bar, .zoom, .how')).filter(function (e) { return e.offsetParent; }).length`); shown > 0 {
		t.Errorf("%d controls on paper", shown)
	}
	if wide := ask[int](t, b, `Array.from(document.querySelectorAll('.chart svg')).filter(function (e) { return e.getBoundingClientRect().width > e.closest('.chart').clientWidth + 1; }).length`); wide > 0 {
		t.Errorf("%d charts are wider than their place on paper", wide)
	}
	b.run(t, script(`window.dispatchEvent(new Event('afterprint'))`))
	b.media(t, "screen")
	if ask[bool](t, b, `document.body.classList.contains('printing')`) {
		t.Error("the page still believes it is printed")
	}
	if !ask[bool](t, b, box+`.scrollHeight > `+box+`.clientHeight + 2`) {
		t.Error("the table does not fold again after printing")
	}
	b.clean(t)
}

// media shows the page as on paper ("print") or on the screen.
func (b *browser) media(t *testing.T, name string) {
	t.Helper()
	b.run(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
		return err
	}))
}
