package siting

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"sitecover/geo"
)

// setting is one set of weights and catchment: the study's own, or that of a sensitivity run.
type setting struct {
	catchment float64   // metres
	factor    []float64 // per kind: its footfall is so many times the study's
	alone     []bounded // see footfall.alone
}

// base returns the study's own setting.
func (f *footfall) base() setting {
	s := setting{catchment: f.r.Catchment, factor: make([]float64, len(f.kinds))}
	for k := range s.factor {
		s.factor[k] = 1
	}
	return s
}

// host returns h of a spot.
func (f *footfall) host(spot int32) float64 {
	if f.spots[spot].Host >= 0 {
		return 1
	}
	return f.r.Roadside
}

// roadside returns the footfall of the main road at a spot, h included.
func (f *footfall) roadside(spot int32, s setting) float64 {
	return f.host(spot) * roadSteps(f.spots[spot].class) * f.r.Weights[PartRoad] * f.surface.point * f.surface.road * s.factor[f.road]
}

// captured is the state of a set of stations: what each generator has left.
type captured struct {
	f    *footfall
	s    setting
	left []float64 // per generator: e_i prod (1 - a_ij)
}

func (f *footfall) nothing(s setting) *captured {
	c := &captured{f: f, s: s, left: make([]float64, len(f.surface.generators))}
	for i := range c.left {
		c.left[i] = 1
	}
	for e := range f.r.Existing {
		generators, costs := f.stand.Row(e)
		for k, i := range generators {
			c.left[i] *= 1 - f.beside[e][k]*decay(costs[k], s.catchment)
		}
	}
	return c
}

// gain returns what a spot adds.
func (c *captured) gain(spot int32) float64 {
	sum, h := 0.0, c.f.host(spot)
	generators, costs := c.f.reach.Row(int(spot))
	for k, i := range generators {
		if a := decay(costs[k], c.s.catchment); a > 0 {
			sum += c.f.surface.generators[i].value * c.s.factor[c.f.kindOf[i]] * c.left[i] * a
		}
	}
	return h*sum + c.f.roadside(spot, c.s)
}

// open lets a spot capture, and returns what it added.
func (c *captured) open(spot int32) float64 {
	gain, h := c.gain(spot), c.f.host(spot)
	generators, costs := c.f.reach.Row(int(spot))
	for k, i := range generators {
		c.left[i] *= 1 - h*decay(costs[k], c.s.catchment)
	}
	return gain
}

// total opens all spots in their order and returns what each added.
func (f *footfall) total(s setting, spots []int32) (sum float64, gains []float64) {
	c := f.nothing(s)
	for _, j := range spots {
		g := c.open(j)
		sum, gains = sum+g, append(gains, g)
	}
	return sum, gains
}

// choose returns the stations of a setting in the order of their rank: greedy, then exchanges until none helps.
func (f *footfall) choose(ctx context.Context, s setting) ([]int32, error) {
	s.alone = f.alone(s)
	x := &exchange{f: f, s: s}
	x.take(f.complete(s, nil))
	for improved := true; improved; {
		improved = false
		for move := range x.moves() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			next := f.complete(s, move())
			if sum, _ := f.total(s, next); sum > x.sum*(1+1e-9) { // less is the rounding of another order of sums
				x.take(next)
				improved = true
			}
		}
	}
	return f.rank(s, x.chosen), nil
}

// exchange is a set of stations under improvement.
type exchange struct {
	f      *footfall
	s      setting
	chosen []int32
	sum    float64
	loss   []float64 // per chosen: what is lost without it
}

// take makes a set the chosen one.
func (x *exchange) take(chosen []int32) {
	x.chosen = chosen
	x.sum, _ = x.f.total(x.s, chosen)
	x.loss = x.loss[:0]
	for k := range chosen {
		rest, _ := x.f.total(x.s, slices.Delete(slices.Clone(chosen), k, k+1))
		x.loss = append(x.loss, x.sum-rest)
	}
}

// Limits of the exchanges that a round tries: spots to bring in, the best alone first, and spots around a chosen one that
// are tried in pairs.
const (
	exchanges = 300
	flanks    = 10
)

// moves yields sets to try in the stead of the chosen one, which may change between two of them: one spot forced in, and two
// forced in around a chosen one that shuts both out. What the new ones add alone, and what fills the places that become
// free, bounds the gain from above; what is lost of the old ones, each by itself, bounds the loss from below. Moves that
// cannot gain are not yielded.
func (x *exchange) moves() iter.Seq[func() []int32] {
	return func(yield func(func() []int32) bool) {
		for _, b := range x.s.alone[:min(len(x.s.alone), exchanges)] {
			if !slices.Contains(x.chosen, b.spot) && x.promising(b) && !yield(func() []int32 { return x.forceIn(x.chosen, b.spot) }) {
				return
			}
		}
		for _, i := range slices.Clone(x.chosen) {
			shut := x.shutOut(i)
			for k, a := range shut {
				for _, b := range shut[:k] {
					if x.f.apart(a.spot, b.spot) && x.promising(a, b) &&
						!yield(func() []int32 { return x.forceIn(x.forceIn(x.chosen, b.spot), a.spot) }) {
						return
					}
				}
			}
		}
	}
}

// promising tells whether bringing the spots in may gain.
func (x *exchange) promising(in ...bounded) bool {
	gain, loss, kept, least := 0.0, 0.0, 0, math.Inf(1)
	for _, b := range in {
		gain += b.gain
	}
	for k, i := range x.chosen {
		if slices.ContainsFunc(in, func(b bounded) bool { return !x.f.apart(b.spot, i) }) {
			loss += x.loss[k]
		} else {
			kept, least = kept+1, min(least, x.loss[k])
		}
	}
	switch free := x.f.r.Count - kept - len(in); {
	case free < 0 && !math.IsInf(least, 1): // one or two more must go, each at least as dear as the cheapest
		loss -= float64(free) * least
	case free > 0:
		gain += float64(free) * x.s.alone[0].gain
	}
	return gain > loss
}

// shutOut returns the spots nearer to i than the spacing, the best alone first, at most flanks of them.
func (x *exchange) shutOut(i int32) []bounded {
	var out []bounded
	for _, b := range x.s.alone {
		if b.spot != i && !x.f.apart(b.spot, i) {
			if out = append(out, b); len(out) == flanks {
				break
			}
		}
	}
	return out
}

// apart tells whether two spots keep the spacing.
func (f *footfall) apart(a, b int32) bool {
	return geo.Distance(f.spots[a].Point, f.spots[b].Point) >= f.r.Spacing
}

// forceIn puts a spot into a set in the stead of those that are too near to it, or of the one that is missed least.
func (x *exchange) forceIn(chosen []int32, spot int32) []int32 {
	next := []int32{spot}
	for _, j := range chosen {
		if j != spot && x.f.apart(spot, j) {
			next = append(next, j)
		}
	}
	if len(next) <= x.f.r.Count {
		return next
	}
	worst, most := 1, math.Inf(-1)
	for k := 1; k < len(next); k++ {
		if sum, _ := x.f.total(x.s, slices.Delete(slices.Clone(next), k, k+1)); sum > most {
			worst, most = k, sum
		}
	}
	return slices.Delete(next, worst, worst+1)
}

// rank orders a set of stations greedily by what each adds to those before it.
func (f *footfall) rank(s setting, chosen []int32) []int32 {
	left := slices.Sorted(slices.Values(chosen))
	c := f.nothing(s)
	var out []int32
	for len(left) > 0 {
		best, most := 0, math.Inf(-1)
		for k, j := range left {
			if g := c.gain(j); g > most {
				best, most = k, g
			}
		}
		c.open(left[best])
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

// bounded is a spot with what it adds beside the existing stations only, which it can never exceed.
type bounded struct {
	spot int32
	gain float64
}

// alone lists every spot that adds anything beside the existing stations, the best first.
func (f *footfall) alone(s setting) []bounded {
	c := f.nothing(s)
	var out []bounded
	for j := range f.spots {
		if gain := c.gain(int32(j)); gain > 0 {
			out = append(out, bounded{int32(j), gain})
		}
	}
	slices.SortStableFunc(out, func(a, b bounded) int { return cmp.Compare(b.gain, a.gain) })
	return out
}

// complete adds stations to a set, each time the one that adds most, until Count is reached or none adds anything. What a
// spot adds alone bounds what it adds to others, so that few spots are looked at (M. Minoux, Accelerated greedy algorithms,
// Springer LNCIS 7, 1978).
func (f *footfall) complete(s setting, chosen []int32) []int32 {
	c := f.nothing(s)
	blocked := make([]bool, len(f.spots))
	open := func(j int32) {
		c.open(j)
		blocked[j] = true
		for _, k := range f.near.within(f.spots[j].Point, f.r.Spacing) {
			blocked[k] = true
		}
	}
	for _, j := range chosen {
		open(j)
	}
	for len(chosen) < f.r.Count {
		best, most := int32(-1), 0.0
		for _, b := range s.alone {
			if b.gain < most {
				break
			}
			if blocked[b.spot] {
				continue
			}
			if gain := c.gain(b.spot); gain > most || gain == most && b.spot < best {
				best, most = b.spot, gain
			}
		}
		if best < 0 {
			break
		}
		open(best)
		chosen = append(chosen, best)
	}
	return chosen
}

// describe turns ranked spots into stations.
func (f *footfall) describe(ranked []int32) []Station {
	s := f.base()
	_, gains := f.total(s, ranked)
	stations := make([]Station, 0, len(ranked))
	for k, j := range ranked {
		parts, counted, sum := f.parts(j, s)
		stations = append(stations, Station{
			Rank: k + 1, Candidate: f.spots[j].Candidate, Score: gains[k], Parts: parts,
			Observed: counted > 0 && 2*counted >= sum, Kept: -1, Road: roadName(f.spots[j].class), ByHour: f.byHour(j, s),
		})
	}
	return stations
}

// byHour adds up when the counted people come whom a spot alone would capture; nil where none were counted by the hour.
func (f *footfall) byHour(spot int32, s setting) (hours []float64) {
	h := f.host(spot)
	generators, costs := f.reach.Row(int(spot))
	for k, i := range generators {
		a := h * decay(costs[k], s.catchment)
		place := f.surface.generators[i].place(f.w)
		if a <= 0 || place == nil || len(place.Bands) == 0 {
			continue
		}
		if hours == nil {
			hours = make([]float64, 24)
		}
		for hour, people := range hourly(place.pieces()) {
			hours[hour] += a * people
		}
	}
	return hours
}

// parts splits what a spot alone would capture by generator kind, with the part that rests on counts.
func (f *footfall) parts(spot int32, s setting) (parts map[string]float64, counted, sum float64) {
	parts = map[string]float64{}
	h := f.host(spot)
	generators, costs := f.reach.Row(int(spot))
	for k, i := range generators {
		g := &f.surface.generators[i]
		if v := h * g.value * decay(costs[k], s.catchment); v > 0 {
			parts[g.kind] += v
			sum += v
			if g.counted {
				counted += v
			}
		}
	}
	if v := f.roadside(spot, s); v > 0 {
		parts[PartRoad] += v
		sum += v
	}
	return parts, counted, sum
}
