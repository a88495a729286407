package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/coverage"
	"sitecover/geo"
)

// field is one attribute of a feature. Features keep their attributes in the order given, as table columns.
type field struct {
	name  string
	value any
}

// fields marshals as a JSON object in order. NaN and infinite numbers become null, as JSON has no word for them.
type fields []field

// MarshalJSON implements json.Marshaler.
func (fs fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		if x, ok := f.value.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			f.value = nil
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// sink takes the features of a layer, in order.
type sink interface {
	add(g orb.Geometry, fs fields)
}

// layer writes one GeoJSON file (RFC 7946: WGS84 longitude, latitude; outer rings anticlockwise; seven decimals, about 1 cm),
// one feature a line, in the order added, and what the layer rests on as the member "provenance", which other programs read over.
type layer struct {
	w   *bufio.Writer
	n   int
	err error
}

func newLayer(w io.Writer, name string, in frame, provenance []byte) *layer {
	l := &layer{w: bufio.NewWriter(w)}
	head, err := json.Marshal(name)
	l.err = err
	l.write([]byte(`{"type":"FeatureCollection","name":`), head, []byte(in.member()), []byte(`,"provenance":`), provenance, []byte(`,"features":[`))
	return l
}

func (l *layer) write(parts ...[]byte) {
	for _, p := range parts {
		if l.err == nil {
			_, l.err = l.w.Write(p)
		}
	}
}

// add writes a feature; a nil or empty geometry becomes null.
func (l *layer) add(g orb.Geometry, fs fields) {
	if l.err != nil {
		return
	}
	sep := ",\n"
	if l.n == 0 {
		sep = "\n"
	}
	l.n++
	body, err := json.Marshal(geojson.FeatureOf[fields]{Type: "Feature", Geometry: tidy(g), Properties: fs})
	if err != nil {
		l.err = err
		return
	}
	l.write([]byte(sep), body)
}

func (l *layer) close() error {
	l.write([]byte("\n]}\n"))
	if l.err != nil {
		return l.err
	}
	return l.w.Flush()
}

// tidy rounds a copy of a geometry to seven decimals and turns its rings the way RFC 7946 asks.
func tidy(g orb.Geometry) orb.Geometry {
	if mp, ok := g.(orb.MultiPolygon); ok {
		if len(mp) == 0 {
			return nil
		}
		mp = mp.Clone()
		for _, poly := range mp {
			for i, ring := range poly {
				want := orb.CW
				if i == 0 {
					want = orb.CCW
				}
				if o := ring.Orientation(); o != 0 && o != want {
					ring.Reverse()
				}
			}
		}
		g = mp
	}
	return orb.Round(g, 1e7)
}

// round rounds to a number of decimals for attributes.
func round(x float64, decimals int) float64 {
	f := math.Pow(10, float64(decimals))
	return math.Round(x*f) / f
}

// share is a ratio of people as an attribute; NaN (null) without people.
func share(part, whole coverage.People) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return round(float64(part)/float64(whole), 6)
}

// regionFields are the ID and name of a region, both null outside all regions.
func (b *builder) regionFields(r int32) fields {
	if r < 0 {
		return fields{{"region", nil}, {"region_name", nil}}
	}
	return fields{{"region", b.s.Regions.All[r].ID}, {"region_name", b.s.Regions.All[r].Name}}
}

func (b *builder) cellLayer(l sink) {
	for _, c := range b.cells {
		id := b.s.Grid.Cells[c.index]
		ring := orb.Ring{}
		for _, v := range id.Boundary() {
			ring = append(ring, orb.Point{v.Lng, v.Lat})
		}
		ring = append(ring, ring[0])
		fs := append(fields{{"h3", id.String()}, {"people", round(c.people.Float(), 3)}}, b.regionFields(c.region)...)
		fs = append(fs, field{"regions", c.parts})
		for t, tier := range b.s.Tiers {
			x := c.tiers[t]
			fs = append(fs, field{"covered_" + tier.ID, share(x.covered, c.people)}, field{"site_" + tier.ID, b.siteID(x.site)},
				field{tier.Limit.Metric.String() + "_" + tier.ID, impedance(x.cost)},
				field{"unconnected_" + tier.ID, round(x.unconnected.Float(), 3)})
		}
		l.add(orb.MultiPolygon{{ring}}, fs)
	}
}

func (b *builder) siteID(i int32) any {
	if i < 0 {
		return nil
	}
	return b.s.Sites[i].ID
}

// impedance is metres or seconds as an attribute; null when unreachable.
func impedance(c geo.Impedance) any {
	if c == geo.Unreachable {
		return nil
	}
	return c.Value()
}

func (b *builder) siteLayer(l sink) {
	for _, s := range b.s.Sites {
		fs := fields{{"id", s.ID}, {"name", s.Name}, {"tier", b.s.Tiers[s.Tier].ID}, {"tier_name", b.s.Tiers[s.Tier].Name}}
		fs = append(fs, b.regionFields(s.Region)...)
		var area any
		if s.FloorArea >= 0 {
			area = s.FloorArea
		}
		date := func(zero bool, text string) any {
			if zero {
				return nil
			}
			return text
		}
		fs = append(fs, field{"open", s.OpenOn(b.s.Date)}, field{"floor_area", area},
			field{"opened", date(s.Opened.IsZero(), s.Opened.Format("2006-01-02"))},
			field{"closed", date(s.Closed.IsZero(), s.Closed.Format("2006-01-02"))})
		l.add(s.Point, fs)
	}
}

func (b *builder) gapLayer(l sink) {
	for i := range b.s.Gaps {
		g := &b.s.Gaps[i]
		fs := fields{{"id", g.ID}, {"tier", b.s.Tiers[g.Tier].ID}, {"rank", g.Rank}, {"people", round(g.People.Float(), 3)}, {"cells", len(g.Cells)}}
		fs = append(fs, b.regionFields(g.Region)...)
		fs = append(fs, field{"place", g.Place}, field{"nearest_site", b.siteID(g.Site)})
		var metres any
		if g.Site >= 0 {
			metres = round(g.Metres, 1)
		}
		l.add(g.Shape, append(fs, field{"nearest_m", metres}))
	}
}

func (b *builder) planLayer(l sink) {
	if b.s.Plan == nil {
		return
	}
	for i, k := range b.s.Plan.Picks {
		c := b.s.Plan.Candidates[k.Candidate]
		fs := fields{{"no", i + 1}, {"year", k.Year}, {"tier", b.s.Tiers[k.Tier].ID}, {"candidate", c.ID}, {"name", b.candidateName(c)}}
		fs = append(fs, b.regionFields(c.Region)...)
		l.add(c.Point, append(fs, field{"in_venue", c.Host >= 0}, field{"cost_yuan", int64(k.Cost)},
			field{"people_gained", round(k.Gained.Float(), 3)}, field{"reason", k.Reason}))
	}
}

func (b *builder) stationLayer(l sink) {
	for _, st := range b.s.Stations {
		c := st.Candidate
		fs := fields{{"rank", st.Rank}, {"candidate", c.ID}, {"name", b.candidateName(c)}}
		fs = append(fs, b.regionFields(c.Region)...)
		var kept any
		if st.Kept >= 0 {
			kept = round(st.Kept, 4)
		}
		fs = append(fs, field{"score", round(st.Score, 3)}, field{"observed", st.Observed}, field{"kept", kept}, field{"busiest", busiest(st.ByHour)})
		for _, p := range sortedParts(st.Parts) {
			fs = append(fs, field{"from_" + p, round(st.Parts[p], 3)})
		}
		l.add(c.Point, fs)
	}
}

func (b *builder) regionLayer(l sink) {
	for r, reg := range b.s.Regions.All {
		var parent any
		if reg.Parent >= 0 {
			parent = b.s.Regions.All[reg.Parent].ID
		}
		fs := fields{{"id", reg.ID}, {"name", reg.Name}, {"level", b.s.Regions.Levels[reg.Level].ID}, {"parent", parent},
			{"people", round(b.s.Coverage.Region[0][r].People.Float(), 3)}}
		for t, tier := range b.s.Tiers {
			x := b.s.Coverage.Region[t][r]
			presence := math.NaN()
			if v, ok := x.Presence(); ok {
				presence = round(v, 6)
			}
			fs = append(fs, field{"effective_" + tier.ID, share(x.Covered, x.People)}, field{"covered_" + tier.ID, round(x.Covered.Float(), 3)},
				field{"unconnected_" + tier.ID, round(x.Unconnected.Float(), 3)}, field{"overclaim_" + tier.ID, round(x.OverClaim.Float(), 3)},
				field{"open_" + tier.ID, x.Open}, field{"qualifying_" + tier.ID, x.Qualifying},
				field{"required_" + tier.ID, x.Required}, field{"owning_" + tier.ID, x.Owning}, field{"presence_" + tier.ID, presence})
		}
		l.add(reg.Shape, fs)
	}
}
