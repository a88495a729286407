package reports

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// mapData is what the page's scripts get: packed geometry, figures of every cell, and short lists. Coordinates are in quanta
// of the projection. Its keys are read by assets/js.
type mapData struct {
	Lang      string            `json:"lang"`
	Words     map[string]string `json:"words"`
	Date      string            `json:"date"`
	Notice    string            `json:"notice"`
	Synthetic string            `json:"synthetic"` // the line that says so, "" when real
	Quantum   float64           `json:"quantum"`   // metres
	Size      [2]float64        `json:"size"`
	Lead      int               `json:"lead"`
	RankLevel int               `json:"rankLevel"`
	Tiers     []tierData        `json:"tiers"`
	Levels    []string          `json:"levels"`
	Regions   []regionData      `json:"regions"`
	Cells     cellData          `json:"cells"`
	Land      packedLines       `json:"land"` // rings of the top regions
	Roads     []packedLines     `json:"roads"`
	Borders   []packedLines     `json:"borders"`
	Exclude   []exclusionData   `json:"exclude"`
	Sites     []siteData        `json:"sites"`
	Gaps      []gapData         `json:"gaps"`
	Picks     []pickData        `json:"picks"`
	Years     []int             `json:"years"`
	Stations  []stationData     `json:"stations"`
	Places    placeData         `json:"places"` // to be found by name
	Charts    []chartView       `json:"charts"`
	Blank     [][]int32         `json:"blank"` // per tier: regions that own no qualifying site
	Views     viewData          `json:"views"`
	Methods   []string          `json:"methods"`   // ways to cut values into classes
	MoneyUnit string            `json:"moneyUnit"` // of charts
	Base      *BaseMap          `json:"base,omitempty"`
	Frame     [3]float64        `json:"frame"` // of the projection: origin (degrees), metres a degree
}

type tierData struct {
	Name  string  `json:"name"`
	Limit string  `json:"limit"`
	Max   float64 `json:"max"`   // metres or seconds
	Unit  string  `json:"unit"`  // "m" or "s"
	Owner int     `json:"owner"` // level whose every region must own one, -1 = none
}

// regionData is a region with its figures: for each tier people, covered, unconnected, open, qualifying, required, owning,
// planned sites. People are whole persons.
type regionData struct {
	ID     string     `json:"id"`
	Name   string     `json:"n"`
	Level  int        `json:"l"`
	Parent int32      `json:"p"`
	At     [2]int64   `json:"at"`  // label point
	Box    [4]int64   `json:"box"` // of its inhabited cells
	Tiers  [][8]int64 `json:"t"`

	Groups [][][2]int64 `json:"g,omitempty"`  // per tier and group: people, covered
	Hours  [][][2]int64 `json:"o,omitempty"`  // per tier and moment: covered for certain, covered perhaps
	Land   [][2]float64 `json:"ha,omitempty"` // per tier: residential hectares, covered
}

type cellData struct {
	Count  int            `json:"count"`
	Hex    hexModel       `json:"hex"`
	People string         `json:"people"`          // packed tenths of persons
	Region string         `json:"region"`          // packed
	Parts  string         `json:"parts"`           // packed
	Breaks []float64      `json:"breaks"`          // class breaks of people, ascending
	Foot   string         `json:"foot,omitempty"`  // packed tenths of footfall
	Steps  []float64      `json:"steps,omitempty"` // class breaks of footfall
	Tiers  []cellTierData `json:"tiers"`
}

// cellTierData is packed, cell by cell: share covered in tenths of a percent, site + 1, cost (m or s), flags (1 unconnected
// people, 2 over-claimed people), and where known the year from which the plan serves the cell, counted from 1 in Years.
type cellTierData struct {
	Share string `json:"share"`
	Site  string `json:"site"`
	Cost  string `json:"cost"`
	Flags string `json:"flags"`
	Year  string `json:"year,omitempty"`
}

type exclusionData struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Count int    `json:"count"`
	Data  string `json:"data"`
}

type siteData struct {
	ID    string   `json:"id"`
	Name  string   `json:"n"`
	Tier  int      `json:"t"`
	At    [2]int64 `json:"at"`
	State int      `json:"s"` // 0 open, 1 open but below the minimum area, 2 not open
	Area  string   `json:"a,omitempty"`

	Region    int32     `json:"rg"`
	Hours     string    `json:"h,omitempty"`
	Parent    string    `json:"p,omitempty"`
	Catchment string    `json:"c,omitempty"` // people of its catchment
	Card      *cardData `json:"k,omitempty"`
}

type gapData struct {
	Tier   int      `json:"t"`
	Rank   int      `json:"r"`
	People int64    `json:"p"`
	Name   string   `json:"n,omitempty"`  // where the region does not name it
	Place  string   `json:"pl,omitempty"` // near it
	At     [2]int64 `json:"at"`
	Box    [4]int64 `json:"box"`
	Cells  string   `json:"cells"` // packed: its cells, each as the difference from the one before
	Count  int      `json:"count"` // of them
	Region int32    `json:"rg"`
	Fix    *fixData `json:"f,omitempty"`
	Zones  []string `json:"z,omitempty"`
}

type pickData struct {
	Tier   int      `json:"t"`
	Year   int      `json:"y"`
	Name   string   `json:"n"`
	At     [2]int64 `json:"at"`
	Gained int64    `json:"g"`
	Region int32    `json:"rg"`
	Cost   int64    `json:"c"` // yuan
}

type stationData struct {
	Rank  int      `json:"r"`
	Name  string   `json:"n"`
	At    [2]int64 `json:"at"`
	Score string   `json:"s"`
}

// mapper packs a study for the map.
type mapper struct {
	*builder
	projection
}

// at is a point as whole quanta.
func (m *mapper) at(p orb.Point) [2]int64 {
	x, y := m.forward(p)
	return [2]int64{int64(math.Round(x)), int64(math.Round(y))}
}

// bounds is the extent of everything that must be seen: cells, sites and proposals.
func (b *builder) bounds() orb.Bound {
	bound := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, c := range b.s.Grid.Cells {
		for _, v := range c.Boundary() {
			bound = bound.Extend(orb.Point{v.Lng, v.Lat})
		}
	}
	for _, s := range b.s.Sites {
		bound = bound.Extend(s.Point)
	}
	if !(bound.Min[0] <= bound.Max[0]) {
		return orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{0.01, 0.01}}
	}
	return bound
}

// buildMap packs the data of the page.
func (b *builder) buildMap(p *page) *mapData {
	m := &mapper{b, newProjection(b.bounds())}
	s := b.s
	d := &mapData{Lang: b.lang, Words: map[string]string{}, Date: p.Date, Notice: s.Notice, Quantum: m.quantum,
		Size: [2]float64{math.Ceil(m.width), math.Ceil(m.height)}, Lead: p.Lead, RankLevel: b.rank, Charts: p.Charts,
		Roads: packRoads(m.projection, s.Roads), Borders: packBorders(m.projection, s.Regions),
		// Lists that may stay empty: the scripts expect lists, not null.
		Exclude: []exclusionData{}, Picks: []pickData{}, Years: []int{}, Stations: []stationData{}}
	for k := range scriptLabels {
		d.Words[k] = b.t(k)
	}
	d.Words["class.foot"] = b.footUnit()
	if s.Synthetic {
		d.Synthetic = b.t("doc.synthetic")
	}
	if d.Notice == "" {
		d.Notice = b.t("map.notice")
	}
	for _, t := range s.Tiers {
		d.Tiers = append(d.Tiers, tierData{t.Name, b.cost(t.Limit.Max, t.Limit.Metric), t.Limit.Max.Value(), t.Limit.Metric.String(), t.OwnerLevel})
	}
	for _, l := range s.Regions.Levels {
		d.Levels = append(d.Levels, l.Name)
	}
	d.Land = m.land()
	d.Cells = m.cellData()
	d.Regions = m.regions()
	d.Sites = m.sites()
	d.Places = m.places()
	d.Gaps = m.gaps()
	for _, e := range s.Exclusions {
		var pk packer
		n := packRings(m.projection, e.Shape, 4, &pk)
		d.Exclude = append(d.Exclude, exclusionData{e.Kind, e.Name, n, pk.String()})
	}
	if s.Plan != nil {
		for _, k := range s.Plan.Picks {
			c := s.Plan.Candidates[k.Candidate]
			d.Picks = append(d.Picks, pickData{k.Tier, openYear(k), b.candidateName(c), m.at(c.Point), heads(k.Gained), c.Region, int64(k.Cost)})
		}
		for _, y := range s.Plan.Years {
			d.Years = append(d.Years, y.Year)
		}
	}
	for t := range s.Tiers {
		d.Blank = append(d.Blank, append([]int32{}, s.Coverage.Blank[t]...))
	}
	d.MoneyUnit = b.t("unit.money")
	d.Views, d.Methods, d.Base, d.Frame = m.views(), ClassMethods, s.Theme.Base, [3]float64{m.lon0, m.y0, m.scale}
	for _, st := range s.Stations {
		d.Stations = append(d.Stations, stationData{st.Rank, b.candidateName(st.Candidate), m.at(st.Candidate.Point), decimal(st.Score, 0)})
	}
	return d
}

// land is the study area itself, where boundaries tell it.
func (m *mapper) land() packedLines {
	var pk packer
	var out packedLines
	for _, r := range m.s.Regions.All {
		if r.Parent < 0 {
			out.Count += packRings(m.projection, r.Shape, 5, &pk)
		}
	}
	out.Data = pk.String()
	return out
}

func (m *mapper) cellData() cellData {
	ids := make([]h3.Cell, len(m.cells))
	for i, c := range m.cells {
		ids[i] = m.s.Grid.Cells[c.index]
	}
	out := cellData{Count: len(ids), Hex: packHexagons(m.projection, ids), Breaks: peopleBreaks(m.cells), Tiers: []cellTierData{}}
	var people, region, parts packer
	for _, c := range m.cells {
		people.uint(uint64(math.Round(c.people.Float() * 10)))
		region.uint(uint64(c.region + 1))
		parts.uint(uint64(c.parts))
	}
	out.People, out.Region, out.Parts = people.String(), region.String(), parts.String()
	for t := range m.s.Tiers {
		out.Tiers = append(out.Tiers, m.cellTier(t))
	}
	out.Foot, out.Steps = m.footfall()
	return out
}

// footfall packs the footfall of the inhabited cells, and its class breaks.
func (m *mapper) footfall() (string, []float64) {
	if len(m.s.Footfall) == 0 {
		return "", nil
	}
	var pk packer
	values := make([]float64, len(m.cells))
	for i, c := range m.cells {
		values[i] = m.s.Footfall[c.index]
		pk.uint(uint64(math.Round(values[i] * 10)))
	}
	return pk.String(), niceBreaks(values)
}

func (m *mapper) cellTier(t int) cellTierData {
	var share, site, cost, flags packer
	for _, c := range m.cells {
		x := c.tiers[t]
		share.uint(uint64(permille(c.share(t))))
		site.uint(uint64(x.site + 1))
		if x.cost == geo.Unreachable {
			cost.uint(0)
		} else {
			cost.uint(uint64(math.Round(x.cost.Value())))
		}
		flags.uint(uint64(btoi(x.unconnected > 0) | btoi(x.overClaim > 0)<<1))
	}
	return cellTierData{Share: share.String(), Site: site.String(), Cost: cost.String(), Flags: flags.String(), Year: m.cellYears(t)}
}

// permille rounds a share to tenths of a percent, keeping 0 and 1000 for nothing and everything.
func permille(share float64) int {
	switch {
	case share <= 0:
		return 0
	case share >= 1:
		return 1000
	}
	return max(1, min(999, int(math.Round(share*1000))))
}

// cellYears packs the year from which the plan serves each cell: the last of its parts counts.
func (m *mapper) cellYears(t int) string {
	if m.s.Plan == nil || t >= len(m.s.ServedFrom) {
		return ""
	}
	order := map[int]int{}
	for i, y := range m.s.Plan.Years {
		order[y.Year] = i + 1
	}
	byCell := map[int32]int{}
	for i, y := range m.s.ServedFrom[t] {
		c := m.s.Demand.Cell[i]
		byCell[c] = max(byCell[c], order[y])
	}
	var pk packer
	for _, c := range m.cells {
		pk.uint(uint64(byCell[c.index]))
	}
	return pk.String()
}

// peopleBreaks are the class breaks of the cells' people.
func peopleBreaks(cells []cell) []float64 {
	people := make([]float64, len(cells))
	for i, c := range cells {
		people[i] = c.people.Float()
	}
	return niceBreaks(people)
}

// niceBreaks are four class breaks near the quintiles, each rounded to 1, 2 or 5 times a power of ten. It sorts the values.
func niceBreaks(values []float64) []float64 {
	out := []float64{}
	slices.Sort(values)
	for _, q := range []float64{0.3, 0.6, 0.8, 0.93} {
		if len(values) == 0 {
			break
		}
		v := niceNumber(values[int(q*float64(len(values)-1))])
		if len(out) == 0 || v > out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}

// niceNumber rounds to the nearest of 1, 2, 5 × 10^k by ratio.
func niceNumber(x float64) float64 {
	if x <= 0 {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(x)))
	best := base
	for _, f := range []float64{1, 2, 5, 10} {
		if math.Abs(math.Log(f*base/x)) < math.Abs(math.Log(best/x)) {
			best = f * base
		}
	}
	return best
}

// maxPlaces bounds what the search of the page holds, to keep the page small. A study with more named places is searched by
// regions, sites and gaps alone, and the field for the search says so.
const maxPlaces = 20_000

// placeData is the named places: names, and packed points.
type placeData struct {
	Names []string `json:"n"`
	At    string   `json:"at"`
}

func (m *mapper) places() placeData {
	out := placeData{Names: []string{}}
	if !m.searchesPlaces() {
		return out
	}
	var pk packer
	for _, p := range m.s.Places {
		if p.Name != "" {
			out.Names = append(out.Names, p.Name)
			pk.point(m.forward(p.Point))
		}
	}
	out.At = pk.String()
	return out
}

// searchesPlaces reports whether the page's search holds the named places.
func (b *builder) searchesPlaces() bool {
	n := 0
	for _, p := range b.s.Places {
		n += btoi(p.Name != "")
	}
	return n > 0 && n <= maxPlaces
}

func (m *mapper) gaps() []gapData {
	out := make([]gapData, 0, len(m.s.Gaps))
	order := make(map[int32]int, len(m.cells))
	for i, c := range m.cells {
		order[c.index] = i
	}
	for i := range m.s.Gaps {
		g := &m.s.Gaps[i]
		d := gapData{Tier: g.Tier, Rank: g.Rank, People: heads(g.People), Place: g.Place, At: m.at(g.Centre), Count: len(g.Cells), Cells: packOrder(g.Cells, order),
			Region: g.Region, Fix: m.fixes(i), Zones: m.zoneNames(g)}
		if m.alone() {
			d.Name = m.gapName(g)
		}
		d.Box = [4]int64{d.At[0], d.At[1], d.At[0], d.At[1]}
		for _, c := range g.Cells {
			at := m.s.Grid.Cells[c].LatLng()
			grow(&d.Box, m.at(orb.Point{at.Lng, at.Lat}))
		}
		out = append(out, d)
	}
	return out
}

// packOrder packs where cells stand among the inhabited ones, ascending as they come.
func packOrder(cells []int32, order map[int32]int) string {
	var pk packer
	before := 0
	for _, c := range cells {
		pk.uint(uint64(order[c] - before))
		before = order[c]
	}
	return pk.String()
}

func grow(box *[4]int64, p [2]int64) {
	box[0], box[1] = min(box[0], p[0]), min(box[1], p[1])
	box[2], box[3] = max(box[2], p[0]), max(box[3], p[1])
}

// regions gives every region its label point: the centre of one of its own cells, nearest to the middle of them all, so the
// label always lies inside.
func (m *mapper) regions() []regionData {
	s := m.s
	out := make([]regionData, len(s.Regions.All))
	sum := make([][3]float64, len(out))
	points := make([][2]float64, len(m.cells))
	for i, c := range m.cells {
		at := s.Grid.Cells[c.index].LatLng()
		x, y := m.forward(orb.Point{at.Lng, at.Lat})
		points[i] = [2]float64{x, y}
		for r := c.region; r >= 0; r = s.Regions.All[r].Parent {
			sum[r][0], sum[r][1], sum[r][2] = sum[r][0]+x, sum[r][1]+y, sum[r][2]+1
		}
	}
	best := make([]float64, len(out))
	for i := range out {
		best[i] = math.Inf(1)
		out[i] = regionData{ID: s.Regions.All[i].ID, Name: m.regionName(int32(i)), Level: s.Regions.All[i].Level, Parent: s.Regions.All[i].Parent}
	}
	for i, c := range m.cells {
		p := [2]int64{int64(math.Round(points[i][0])), int64(math.Round(points[i][1]))}
		for r := c.region; r >= 0; r = s.Regions.All[r].Parent {
			d := math.Hypot(points[i][0]-sum[r][0]/sum[r][2], points[i][1]-sum[r][1]/sum[r][2])
			if math.IsInf(best[r], 1) {
				out[r].Box = [4]int64{p[0], p[1], p[0], p[1]}
			}
			grow(&out[r].Box, p)
			if d < best[r] {
				best[r], out[r].At = d, p
			}
		}
	}
	for t := range s.Tiers {
		picks := m.picksByRegion(t)
		for r := range out {
			x := s.Coverage.Region[t][r]
			out[r].Tiers = append(out[r].Tiers, [8]int64{heads(x.People), heads(x.Covered), heads(x.Unconnected), int64(x.Open),
				int64(x.Qualifying), int64(x.Required), int64(x.Owning), int64(picks[int32(r)])})
		}
	}
	for r := range out {
		m.regionMore(r, &out[r])
	}
	return out
}
