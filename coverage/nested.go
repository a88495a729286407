package coverage

import (
	"cmp"
	"slices"
)

// Above reports whether tier h stands above tier t in the hierarchy: it is the parent of t, or of one above t. A hierarchy that runs in
// a circle (see Input.Validate) ends where it began.
func Above(tiers []Tier, h, t int) bool {
	at := t
	for range tiers {
		at = tiers[at].Parent
		if at < 0 || at >= len(tiers) {
			return false
		}
		if at == h {
			return true
		}
	}
	return false
}

// Serves reports whether a site that is open serves tier t: a site of the tier itself does; where the tier is nested, so does one of a
// tier above it that meets the minimum floor area of t. It is the only rule for this in the house.
func (s *Site) Serves(tiers []Tier, t int) bool {
	return s.Tier == t || tiers[t].Nested && Above(tiers, s.Tier, t) && s.Qualifies(tiers[t])
}

// serves reports whether a site serves tier t on the reporting date, at the asked moment.
func (in *Input) serves(s *Site, t int) bool { return s.Serves(in.Tiers, t) && in.open(s) }

// serving lists the sites that serve tier t, ascending.
func (in *Input) serving(t int) (list []int32) {
	for i := range in.Sites {
		if in.serves(&in.Sites[i], t) {
			list = append(list, int32(i))
		}
	}
	return list
}

// servingByID lists them by ID, so that the first of equals is the one that serves.
func (in *Input) servingByID(t int) []int32 {
	list := in.serving(t)
	slices.SortFunc(list, func(a, b int32) int { return cmp.Compare(in.Sites[a].ID, in.Sites[b].ID) })
	return list
}
