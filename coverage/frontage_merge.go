package coverage

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// stretch is a piece of street inside an inhabited part. Its middle is held as OSM holds places, in 1e-7 degrees, and it is for that
// place that the part was looked up: rounding can never carry it across a border.
type stretch struct {
	lon, lat int32
	mm       uint32 // length; laneBit marks a lane
}

// laneBit is far above the longest piece in millimetres.
const laneBit = 1 << 31

const perDegree = 1e7

func (s stretch) at() orb.Point {
	return orb.Point{float64(s.lon) / perDegree, float64(s.lat) / perDegree}
}

// kind is what a road class is to the people beside it.
type kind uint8

const (
	noFrontage kind = iota
	lane
	street
)

// group is what one point stands for.
type group struct {
	at stretch
	mm int64
}

// merger gathers the stretches of one part into groups. It keeps its scratch space: one per goroutine.
type merger struct {
	most    int64 // points
	spacing int64 // mm
	groups  []group
	weights []int64
	shares  apportioner
}

// merge returns the groups of one part, from west to east, and what they are made of. It sorts the pieces in place.
func (m *merger) merge(pieces []stretch) ([]group, kind) {
	k := lane
	if slices.ContainsFunc(pieces, func(s stretch) bool { return s.mm&laneBit == 0 }) {
		k = street
	}
	kept, total := pieces[:0], int64(0)
	for _, s := range pieces {
		if isLane := s.mm&laneBit != 0; isLane == (k == lane) {
			s.mm &^= laneBit
			kept = append(kept, s)
			total += int64(s.mm)
		}
	}
	m.groups = m.groups[:0]
	slices.SortFunc(kept, eastward)
	n := min(m.most, (total+m.spacing-1)/m.spacing, int64(len(kept)))
	m.divide(kept, int(n), math.Cos(kept[0].at()[1]*math.Pi/180))
	slices.SortFunc(m.groups, func(a, b group) int { return cmp.Or(eastward(a.at, b.at), cmp.Compare(a.mm, b.mm)) })
	return m.groups, k
}

// eastward and northward order stretches by place. Only stretches alike in all that matters are equal, so that the order they came in
// leaves no trace.
func eastward(a, b stretch) int {
	return cmp.Or(cmp.Compare(a.lon, b.lon), cmp.Compare(a.lat, b.lat), cmp.Compare(a.mm, b.mm))
}

func northward(a, b stretch) int {
	return cmp.Or(cmp.Compare(a.lat, b.lat), cmp.Compare(a.lon, b.lon), cmp.Compare(a.mm, b.mm))
}

// divide halves the stretches across their longer extent, in proportion to the groups that each side is to have (recursive
// coordinate bisection), until a side is one group. There are at least as many stretches as groups.
func (m *merger) divide(pieces []stretch, groups int, cos float64) {
	if groups == 1 {
		m.groups = append(m.groups, middle(pieces, cos))
		return
	}
	west, east, south, north := pieces[0].lon, pieces[0].lon, pieces[0].lat, pieces[0].lat
	total := int64(0)
	for _, s := range pieces {
		west, east, south, north = min(west, s.lon), max(east, s.lon), min(south, s.lat), max(north, s.lat)
		total += int64(s.mm)
	}
	if float64(east-west)*cos >= float64(north-south) {
		slices.SortFunc(pieces, eastward)
	} else {
		slices.SortFunc(pieces, northward)
	}
	left := groups / 2
	want := total * int64(left) / int64(groups)
	cut, sum, least := left, int64(0), int64(math.MaxInt64)
	for i := 1; i <= len(pieces)-(groups-left); i++ {
		sum += int64(pieces[i-1].mm)
		if off := max(sum-want, want-sum); i >= left && off < least {
			cut, least = i, off
		}
	}
	m.divide(pieces[:cut], left, cos)
	m.divide(pieces[cut:], groups-left, cos)
}

// middle makes a group of stretches: it lies at the one nearest to their mean place, the first of equals.
func middle(pieces []stretch, cos float64) group {
	first := pieces[0]
	var x, y, mm int64 // sums of offsets times lengths: far below 2^63 for anything that fits into a cell
	for _, s := range pieces {
		x += int64(s.lon-first.lon) * int64(s.mm)
		y += int64(s.lat-first.lat) * int64(s.mm)
		mm += int64(s.mm)
	}
	mx, my := float64(x)/float64(mm), float64(y)/float64(mm)
	g, least := group{mm: mm}, math.Inf(1)
	for _, s := range pieces {
		dx, dy := (float64(s.lon-first.lon)-mx)*cos, float64(s.lat-first.lat)-my
		if d := dx*dx + dy*dy; d < least {
			g.at, least = s, d
		}
	}
	return g
}
