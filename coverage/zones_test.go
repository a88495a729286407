package coverage

import (
	"errors"
	"reflect"
	"testing"

	"sitecover/geo"
)

// The toy county leaves 8 people at 1,000.1 m (c1), 16 at 2,000 m (c2), which touch, and 32 at 3,000 m (c3) uncovered. A strip from
// 900 to 2,100 m holds the first two and the 4 covered people at 1,000 m; one from 1,900 to 3,100 m the last two; a spot within
// cell c3 holds nobody; a far one touches nothing.
func TestMarkZones(t *testing.T) {
	in, c := toyInput(t)
	res := mustCompute(t, in)
	gaps := FindGaps(in, res, nil)
	strip := func(from, to float64) (z Zone) {
		a, b := north(toyOrigin, from), north(toyOrigin, to)
		z.Shape = box(a[0]-1e-4, a[1], b[0]+1e-4, b[1])
		return z
	}
	spot := in.Grid.Centre(c[3])
	zones := []Zone{strip(900, 2100), strip(1900, 3100), {Shape: box(spot[0]-1e-5, spot[1]-1e-5, spot[0]+1e-5, spot[1]+1e-5)}, strip(30_000, 31_000)}
	if err := MarkZones(in, res, gaps, zones); err != nil {
		t.Fatal(err)
	}
	want := map[int32][]ZoneTouch{ // by lowest cell
		min(c[1], c[2]): {{0, 24 * Person}, {1, 16 * Person}},
		c[3]:            {{1, 32 * Person}, {2, 0}},
	}
	got := map[int32][]ZoneTouch{}
	for _, gap := range gaps {
		got[gap.Cells[0]] = gap.Zones
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("zones %v, want %v", got, want)
	}
	if err := MarkZones(in, res, gaps, nil); err != nil || !reflect.DeepEqual(got[c[3]], want[c[3]]) {
		t.Errorf("without zones: %v", err)
	}
	var field *FieldError
	if err := MarkZones(in, res, gaps, []Zone{{}}); !errors.As(err, &field) {
		t.Errorf("a zone without a shape: %v", err)
	}
	if err := MarkZones(in, res, gaps, []Zone{{Shape: box(0, 0, 400, 1)}}); !errors.Is(err, geo.ErrRegions) {
		t.Errorf("a zone beyond the world: %v", err)
	}
}
