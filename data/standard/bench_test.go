package standard

import "testing"

func BenchmarkParse(b *testing.B) {
	raw, _, _ := read("kunshan-2018", "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("k.yaml", raw); err != nil {
			b.Fatal(err)
		}
	}
}
