package reports

import (
	"bytes"
	"math"
	"testing"

	"github.com/xuri/excelize/v2"
)

// scoreOfTwo is a scoreboard of two towns: one green and first, one red, with nothing to share in its presence.
func scoreOfTwo() *Tracking {
	return &Tracking{
		Date: "2026-12-31", Level: "town", Tiers: []TrackTier{{"station", "站"}},
		Towns: []TrackTown{
			{ID: "990001", Name: "甲镇", Light: "green", Rank: 1, Before: 3, Score: 1,
				Cells: []TrackTownTier{{Presence: 1, Effective: 0.855, Owning: 4, Required: 4, Covered: 1710, People: 2000, Open: 5, Qualifying: 4, Below: 1, Change: 0.031, Passing: -1, Upgraded: 2, Paid: 1_200_000}}},
			{ID: "990002", Name: "=乙镇", Light: "red", Rank: 2, Score: 0.25, Cells: []TrackTownTier{{Presence: math.NaN(), Effective: 0.5, People: 10, Covered: 5, Change: math.NaN(), Passing: 1, Upgraded: -1, Paid: -1}}},
		},
		Targets: []TrackTarget{{Year: 2026, Tier: "station", Indicator: "presence", IndicatorName: TrackBilingual{"有形覆盖", "presence"}, Status: "missed", Short: 2, Unit: "regions", Source: "kunshan-2018 二"}},
	}
}

func TestScoreBook(t *testing.T) {
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := WriteScoreBook(w, ScoreBook{Name: "试验县", Lang: "zh", Version: "test", Tracking: scoreOfTwo()}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same figures give other bytes")
	}
	f, err := excelize.OpenReader(&one)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for cell, want := range map[string]string{
		"A1": "试验县 · 各区划完成情况，截至 2026-12-31", "A2": "名次", "C3": "990001", "E3": "● 绿", "E4": "■ 红", "F3": "100.0%", "B3": "↑2", "B4": "", "D4": "=乙镇",
		"I3": "100.0%", "I4": "n/a", "L3": "85.5%", "M3": "+3.1", "M4": "n/a", "Q3": "", "Q4": "1", "R4": "", "S3": "120.00", "S4": "",
	} {
		if got, err := f.GetCellValue("通报表", cell); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", cell, got, want, err)
		}
	}
	if kind, err := f.GetCellType("通报表", "L3"); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Errorf("a share is no number: %v %v", kind, err)
	}
	panes, err := f.GetPanes("通报表")
	if err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("panes %+v %v", panes, err)
	}
	rules, err := f.GetConditionalFormats("通报表")
	if err != nil || len(rules["E3:E4"]) != 7 {
		t.Errorf("colours %v %v", rules, err)
	}
	if got, err := f.GetCellValue("年度目标", "G3"); err != nil || got != "■ 未完成" {
		t.Errorf("status %q %v", got, err)
	}
}
