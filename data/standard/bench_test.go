package standard

import (
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	raw, _, _ := read("kunshan-2018", "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("k.yaml", raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssess(b *testing.B) {
	p := builtin(b, "xuzhou-landmark")
	c, err := p.Columns(strings.Split(xuzhouHeader, ","), nil)
	if err != nil {
		b.Fatal(err)
	}
	cells := strings.Split(xuzhouBest, ",")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Assess(Record{Tier: "community", Cells: cells}); err != nil {
			b.Fatal(err)
		}
	}
}
