package coverage

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"sitecover/geo"
)

// Detail says how well the people of a region are served by a tier, beyond yes or no. Everything is weighted by people.
type Detail struct {
	People  People   // who live there
	Covered People   // of them within the limit of an open site
	Within  []People // of them within each band, parallel to the bands asked for
	Backup  People   // of them within the limit of two open sites or more (Hogan & ReVelle 1986)
	Own     People   // of them within the limit of an open site that stands in this very region

	// Median and P90 are the impedances within which half and nine tenths of ALL people of the region reach a site;
	// geo.Unreachable when that is beyond the limit, where nothing was searched, or when nobody lives there.
	Median, P90 geo.Impedance
	Mean        float64 // impedance of the covered people in metres or seconds, NaN when there are none

	Open      int     // open sites of the tier in the region
	FloorArea float64 // m² of those whose area is known, counted to the square centimetre
}

// SitesPer10000 returns the number of open sites per 10,000 people; ok is false for a region without people.
func (d Detail) SitesPer10000() (rate float64, ok bool) {
	if d.People == 0 {
		return 0, false
	}
	return float64(d.Open) * 10_000 / d.People.Float(), true
}

// FloorAreaPer100Households returns the known floor area in m² per 100 households of the given number of people each; ok is
// false for a region without people. The norm of 完整居住社区 asks for 30.
func (d Detail) FloorAreaPer100Households(peoplePerHousehold float64) (m2 float64, ok bool) {
	if d.People == 0 || !(peoplePerHousehold > 0) {
		return 0, false
	}
	return d.FloorArea * 100 * peoplePerHousehold / d.People.Float(), true
}

// TierDetail is the detail of one tier.
type TierDetail struct {
	Bands  []geo.Impedance // ascending
	Region []Detail        // per region
	Total  Detail          // the whole study area; Own counts every site inside any region
}

// DefaultBands returns the bands of a limit: 5, 10 and 15 minutes as far as they are within a limit in seconds, and the limit;
// thirds of a limit in metres, as 5 and 10 minutes are of 15.
func DefaultBands(limit geo.Limit) []geo.Impedance {
	if limit.Metric == geo.Metres {
		return slices.Compact([]geo.Impedance{limit.Max / 3, geo.Impedance(uint64(limit.Max) * 2 / 3), limit.Max})
	}
	var bands []geo.Impedance
	for _, minutes := range []float64{5, 10, 15} {
		if b := geo.ToImpedance(60 * minutes); b < limit.Max {
			bands = append(bands, b)
		}
	}
	return append(bands, limit.Max)
}

// Details returns the detail of one tier of a result, in time O(entries of the matrix + demand log demand). Bands are impedances
// in the tier's metric, ascending and within its limit; nil asks for DefaultBands. The input must be the result's.
func Details(in Input, res *Result, tier int, bands []geo.Impedance) (*TierDetail, error) {
	if tier < 0 || tier >= len(res.Services) {
		return nil, &FieldError{Field: "tier", What: fmt.Sprintf("tier %d does not exist", tier)}
	}
	limit := in.Tiers[tier].Limit
	if bands == nil {
		bands = DefaultBands(limit)
	}
	for i, b := range bands {
		if !limit.Covers(b) || i > 0 && b <= bands[i-1] {
			return nil, &FieldError{Field: fmt.Sprintf("bands[%d]", i), What: fmt.Sprintf("%v%v is not ascending or beyond the limit %v%v",
				b.Value(), limit.Metric, limit.Max.Value(), limit.Metric)}
		}
	}
	d := &detailer{in: in, s: &res.Services[tier], bands: bands, all: newAncestors(in)}
	return d.run(), nil
}

// ancestors lists every region's chain upwards, itself first. The whole study area is one more region behind the last.
type ancestors struct {
	chain [][]int32
	whole int32
}

func newAncestors(in Input) ancestors {
	a := ancestors{whole: int32(len(in.Regions.All))}
	for r, region := range in.Regions.All { // parents come first
		chain := []int32{int32(r)}
		if region.Parent >= 0 {
			chain = append(chain, a.chain[region.Parent]...)
		} else {
			chain = append(chain, a.whole)
		}
		a.chain = append(a.chain, chain)
	}
	return a
}

type detailer struct {
	in    Input
	s     *Service
	bands []geo.Impedance
	all   ancestors
	out   []Detail // per region, the whole area last
}

func (d *detailer) run() *TierDetail {
	d.out = make([]Detail, d.all.whole+1)
	for r := range d.out {
		d.out[r] = Detail{Within: make([]People, len(d.bands)), Median: geo.Unreachable, P90: geo.Unreachable}
	}
	for i, people := range d.in.Demand.People {
		for _, r := range d.all.chain[d.in.Demand.Region[i]] {
			d.out[r].People += people
			if d.s.Reach[i] >= 2 {
				d.out[r].Backup += people
			}
		}
	}
	d.distances()
	d.own()
	d.sites()
	return &TierDetail{Bands: d.bands, Region: d.out[:d.all.whole], Total: d.out[d.all.whole]}
}

// distances walks through the covered people from the nearest to the farthest; each region notes when its half and its nine
// tenths have passed.
func (d *detailer) distances() {
	demand := d.in.Demand
	var order []int32
	for i := range demand.People {
		if d.s.Covered(i) && demand.People[i] > 0 {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(d.s.Cost[a], d.s.Cost[b]) })
	sums := make([]wide, len(d.out))
	for _, i := range order {
		people, cost := demand.People[i], d.s.Cost[i]
		for _, r := range d.all.chain[demand.Region[i]] {
			x := &d.out[r]
			x.Covered += people
			sums[r].addProduct(uint64(people), uint64(cost))
			for k, b := range d.bands {
				if cost <= b {
					x.Within[k] += people
				}
			}
			if x.Median == geo.Unreachable && x.Covered >= x.People-x.Covered {
				x.Median = cost
			}
			if x.P90 == geo.Unreachable && x.Covered/9 >= x.People-x.Covered {
				x.P90 = cost
			}
		}
	}
	for r := range d.out {
		d.out[r].Mean = sums[r].float() / 1000 / float64(d.out[r].Covered) // 0/0 = NaN
	}
}

// own counts the people whom a site of their own region serves, be it the nearest or not.
func (d *detailer) own() {
	demand := d.in.Demand
	served := make([]uint64, demand.Len()) // bit k: the k-th region up the chain has a site within the limit
	for row, site := range d.s.Open {
		at := d.in.Sites[site].Region
		if at < 0 {
			continue
		}
		columns, _ := d.s.Matrix.Row(row)
		for _, i := range columns {
			served[i] |= d.common(demand.Region[i], at)
		}
	}
	for i, bits := range served {
		for k, r := range d.all.chain[demand.Region[i]] {
			if bits>>k&1 != 0 {
				d.out[r].Own += demand.People[i]
			}
		}
	}
}

// common returns a bit for every region in the chain of a that is in the chain of b too.
func (d *detailer) common(a, b int32) (mask uint64) {
	for k, r := range d.all.chain[a] {
		if slices.Contains(d.all.chain[b], r) {
			mask |= 1 << k
		}
	}
	return mask
}

// sites counts sites and adds up their floor area in cm²: integers, so that the order of sites does not matter.
func (d *detailer) sites() {
	area := make([]int64, len(d.out))
	for _, site := range d.s.Open {
		x := d.in.Sites[site]
		if x.Region < 0 || x.Tier != d.s.Tier { // what stands in for the tier's own is not counted as such
			continue
		}
		for _, r := range d.all.chain[x.Region] {
			d.out[r].Open++
			if x.FloorArea > 0 {
				area[r] += int64(math.Round(x.FloorArea * 10_000))
			}
		}
	}
	for r := range d.out {
		d.out[r].FloorArea = float64(area[r]) / 10_000
	}
}

// wide is an unsigned number of 128 bits: people times impedance does not fit in 64.
type wide struct{ hi, lo uint64 }

func (w *wide) addProduct(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi, _ = bits.Add64(w.hi, hi, carry)
}

func (w *wide) add(a uint64) {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, a, 0)
	w.hi += carry
}

// div returns w / d rounded down; the result must fit.
func (w wide) div(d uint64) uint64 {
	quotient, _ := bits.Div64(w.hi, w.lo, d)
	return quotient
}

func (w wide) float() float64 { return float64(w.hi)*0x1p64 + float64(w.lo) }
