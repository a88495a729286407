package written

import "testing"

func TestNearest(t *testing.T) {
	options := []string{"radius", "minutes", "one_per", "min_area"}
	for word, want := range map[string]string{"radus": "radius", "RADIUS": "radius", "minute": "minutes", "oneper": "one_per", "colour": "", "": ""} {
		if got := Nearest(word, options); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}
