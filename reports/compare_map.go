package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
)

// compareData is what the scripts of the comparison page get. core.js and unpack.js read its first keys as they do those of a report.
type compareData struct {
	Lang    string            `json:"lang"`
	Words   map[string]string `json:"words"`
	Quantum float64           `json:"quantum"` // metres
	Size    [2]float64        `json:"size"`
	Lead    int               `json:"lead"`
	Years   []int             `json:"years"`
	Names   [2]string         `json:"names"`
	Tiers   []string          `json:"tiers"`
	Count   int               `json:"count"`
	Hex     hexModel          `json:"hex"`
	People  [2]string         `json:"people"` // packed tenths of persons, before and after
	Cells   [][2]string       `json:"cells"`  // by tier, before and after: packed tenths of a percent covered + 1; 0 = nobody lives there
	Land    packedLines       `json:"land"`
	Roads   []packedLines     `json:"roads"`
	Borders []packedLines     `json:"borders"`
	Sites   [][2][][2]int64   `json:"sites"` // by tier, open before and after
}

// comparedCell is an inhabited cell of either side with the covered people of each compared tier.
type comparedCell struct {
	id      h3.Cell
	people  [2]coverage.People
	covered [2][]coverage.People
}

// comparedCells joins the cells of both sides, ascending.
func (v *comparison) comparedCells() []comparedCell {
	byID := map[h3.Cell]*comparedCell{}
	var out []*comparedCell
	for side, b := range []*builder{v.before, v.after} {
		for _, c := range b.cells {
			id := b.s.Grid.Cells[c.index]
			x := byID[id]
			if x == nil {
				x = &comparedCell{id: id, covered: [2][]coverage.People{make([]coverage.People, len(v.Diff.Tiers)), make([]coverage.People, len(v.Diff.Tiers))}}
				byID[id] = x
				out = append(out, x)
			}
			x.people[side] += c.people
			for i, t := range v.Diff.Tiers {
				x.covered[side][i] += c.tiers[[2]int{t.Before, t.After}[side]].covered
			}
		}
	}
	slices.SortFunc(out, func(a, b *comparedCell) int { return cmp.Compare(a.id, b.id) })
	cells := make([]comparedCell, len(out))
	for i, c := range out {
		cells[i] = *c
	}
	return cells
}

func (v *comparison) mapData() *compareData {
	bound := v.before.bounds().Union(v.after.bounds())
	m := &mapper{v.after, newProjection(bound)}
	d := &compareData{Lang: v.lang, Words: map[string]string{}, Quantum: m.quantum, Size: [2]float64{math.Ceil(m.width), math.Ceil(m.height)}, Lead: v.lead, Years: []int{},
		Names: [2]string{v.nameA, v.nameB}, Tiers: []string{}, Cells: [][2]string{}, Land: m.land(), Roads: packRoads(m.projection, v.After.Roads), Borders: packBorders(m.projection, v.After.Regions), Sites: [][2][][2]int64{}}
	for _, labels := range []map[string]text{mapLabels, compareLabels} {
		for k := range labels {
			d.Words[k] = v.t(k)
		}
	}
	cells := v.comparedCells()
	ids := make([]h3.Cell, len(cells))
	var people [2]packer
	for i, c := range cells {
		ids[i] = c.id
		for side := range people {
			people[side].uint(uint64(math.Round(c.people[side].Float() * 10)))
		}
	}
	d.Count, d.Hex = len(cells), packHexagons(m.projection, ids)
	d.People = [2]string{people[0].String(), people[1].String()}
	for i, t := range v.Diff.Tiers {
		var shares [2]packer
		for _, c := range cells {
			for side := range shares {
				if c.people[side] == 0 {
					shares[side].uint(0)
				} else {
					shares[side].uint(uint64(1 + permille(float64(c.covered[side][i])/float64(c.people[side]))))
				}
			}
		}
		d.Tiers = append(d.Tiers, v.After.Tiers[t.After].Name)
		d.Cells = append(d.Cells, [2]string{shares[0].String(), shares[1].String()})
		d.Sites = append(d.Sites, [2][][2]int64{openPoints(m, v.Before, t.Before), openPoints(m, v.After, t.After)})
	}
	return d
}

// openPoints are the places of a tier's open sites.
func openPoints(m *mapper, s *Study, tier int) [][2]int64 {
	out := [][2]int64{}
	for _, i := range s.Coverage.Services[tier].Open {
		x, y := m.forward(orb.Point(s.Sites[i].Point))
		out = append(out, [2]int64{int64(math.Round(x)), int64(math.Round(y))})
	}
	return out
}
