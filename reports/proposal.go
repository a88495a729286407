package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"sitecover/coverage"
	"sitecover/siting"
)

// Proposal is the answer of a question of one tier, or the stations of a study (Study.StationSet) where it has no tier.
type Proposal struct {
	Tier       int // index of the tier; negative = stations
	Facts      []Fact
	Candidates []siting.Candidate
	Picks      []siting.Pick
	Served     []int32 // per demand point: the pick that newly serves it, the first of several; -1 = none. nil without a tier
}

// FactKind says how the value of a Fact is written.
type FactKind int

// The kinds of facts.
const (
	FactText   FactKind = iota // Value is a data text in the language of the reader: [2]string, Chinese first
	FactCount                  // int
	FactPeople                 // float64
	FactShare                  // float64
	FactMoney                  // siting.Yuan
	FactNumber                 // float64
)

// Fact is a number that says how good a proposal is.
type Fact struct {
	ZH, EN string
	Kind   FactKind
	Value  any
}

// validate checks what the writers index by.
func (p *Proposal) validate(s *Study) error {
	c := &checker{}
	c.in(p.Tier, -1, len(s.Tiers), "Proposal.Tier", 0)
	for i, k := range p.Picks {
		c.in(k.Candidate, 0, len(p.Candidates), "Proposal.Picks.Candidate", i)
		if k.RunnerUp != nil {
			c.in(k.RunnerUp.Candidate, 0, len(p.Candidates), "Proposal.Picks.RunnerUp.Candidate", i)
		}
	}
	c.that(p.Tier < 0 || len(p.Served) == s.Demand.Len(), "Proposal.Served: not one entry for each demand point")
	for i, k := range p.Served {
		c.in(int(k), -1, len(p.Picks), "Proposal.Served", i)
	}
	return c.err
}

// WriteProposal writes a proposal into a folder: sites.xlsx (the proposals, how good they are, what they rest on) and the map layers
// under layers/: the proposed places, the cells that they newly serve, the sites of today. Like Write it leaves the folder
// as it was when anything fails, and gives the same bytes for the same input.
func WriteProposal(ctx context.Context, dir string, s *Study, p *Proposal, o Options) error {
	if slices.Contains(o.Layers, CSV) {
		return fmt.Errorf("reports: Options.Layers %q: a proposal has no cells to list", CSV)
	}
	if err := errors.Join(o.Validate(), s.Validate(), p.validate(s)); err != nil {
		return err
	}
	lang := o.Lang
	if lang == "" {
		lang = Chinese
	}
	b := &builder{words: words{lang}, s: s, rank: rankLevel(s.Regions)}
	facts, basis := b.factSheet(p), b.basisSheet()
	var sheets []sheet
	if p.Tier < 0 {
		b.only = []layerSpec{{"stations", false, b.stationLayer}, {"rejected", false, b.passedLayer}}
		sheets = []sheet{b.stationSheet(), facts, b.passedSheet(), basis}
	} else {
		b.only = []layerSpec{{"proposals", false, func(l sink) { b.proposalLayer(l, p) }}, {"served", true, func(l sink) { b.servedLayer(l, p) }}, {"sites", false, b.siteLayer}}
		sheets = []sheet{b.proposalSheet(p), facts, b.gainSheet(p), basis}
	}
	files := append([]file{{"sites.xlsx", func(w io.Writer) error {
		return b.writeSheets(w, sheets, func(*excelize.File) error { return nil })
	}}}, layerFiles(b, o)...)
	return writeFolder(ctx, dir, files, o.Manifest)
}

// proposalSheet lists the proposed sites, with a total in formulas.
func (b *builder) proposalSheet(p *Proposal) sheet {
	s := sheet{key: "sheet.proposals", columns: []column{{"x.no", 7, asWhole}, {"x.pick", 26, asText}, {"x.path", 36, asText}, {"x.lon", 13, asDegrees}, {"x.lat", 13, asDegrees},
		{"x.host", 14, asText}, {"x.cost", 14, asMoney}, {"x.gained", 14, asWhole}, {"x.within", 14, asWhole}, {"x.perperson", 14, asWhole},
		{"x.instead", 28, asText}, {"x.insteadgain", 14, asWhole}, {"x.insteadcost", 14, asMoney}, {"x.candidate", 24, asText}}}
	var money siting.Yuan
	var gained coverage.People
	for i, k := range p.Picks {
		c := p.Candidates[k.Candidate]
		host := b.t("x.host.no")
		if c.Host >= 0 {
			host = b.t("x.host.yes")
		}
		var each, instead, insteadGain, insteadCost any
		if k.Gained > 0 {
			each = round(float64(k.Cost)/k.Gained.Float(), 2)
		}
		if r := k.RunnerUp; r != nil {
			instead, insteadGain, insteadCost = b.candidateName(p.Candidates[r.Candidate]), heads1(r.Gained), wan(r.Cost)
		}
		s.rows = append(s.rows, row{values: []any{i + 1, b.candidateName(c), strings.Join(regionPathOf(b.s, c.Region), " › "), round(c.Point[0], 7), round(c.Point[1], 7), host,
			wan(k.Cost), heads1(k.Gained), heads1(k.Within), each, instead, insteadGain, insteadCost, c.ID}})
		money, gained = money+k.Cost, gained+k.Gained
	}
	last := len(s.rows) + 1
	s.rows = append(s.rows, row{strong: true, values: []any{nil, b.t("x.total"), nil, nil, nil, nil, formula{rangeSum("G", 2, last), wan(money)},
		formula{rangeSum("H", 2, last), heads1(gained)}, nil, nil, nil, nil, nil, nil}})
	return s
}

// factSheet tells how good the proposal is.
func (b *builder) factSheet(p *Proposal) sheet {
	s := sheet{key: "sheet.facts", columns: []column{{"x.item", 44, asText}, {"x.value", 24, asText}}}
	for _, f := range p.Facts {
		var value any
		switch v := f.Value.(type) {
		case [2]string:
			value = b.pick(v[0], v[1])
		case float64:
			switch f.Kind {
			case FactShare:
				value = percent(v)
			case FactPeople:
				value = decimal(v, 0)
			default:
				value = decimal(v, 2)
			}
		case siting.Yuan:
			value = decimal(wan(v), 2) + " " + b.t("unit.wan")
		case int:
			value = group(int64(v))
		}
		s.rows = append(s.rows, row{values: []any{b.pick(f.ZH, f.EN), value}})
	}
	return s
}

// gainSheet tells what the proposal changes for the regions.
func (b *builder) gainSheet(p *Proposal) sheet {
	s := sheet{key: "sheet.gain", bars: 7, columns: []column{{"x.level", 12, asText}, {"x.name", 24, asText}, {"x.people", 14, asWhole}, {"x.covered", 14, asWhole}, {"x.gained", 14, asWhole},
		{"x.effective", 12, asShare}, {"x.after", 12, asShare}}}
	gained := make([]coverage.People, len(b.s.Regions.All))
	for i, k := range p.Served {
		if k < 0 {
			continue
		}
		for r := b.s.Demand.Region[i]; r >= 0; r = b.s.Regions.All[r].Parent {
			gained[r] += b.s.Demand.People[i]
		}
	}
	for r, reg := range b.s.Regions.All {
		x := b.s.Coverage.Region[p.Tier][r]
		s.rows = append(s.rows, row{values: []any{b.s.Regions.Levels[reg.Level].Name, reg.Name, heads1(x.People), heads1(x.Covered), heads1(gained[r]),
			share(x.Covered, x.People), share(x.Covered+gained[r], x.People)}})
	}
	return s
}

// passedSheet lists the host places that get no station; road-side points are in the layer.
func (b *builder) passedSheet() sheet {
	s := sheet{key: "sheet.passed", columns: []column{{"x.name", 26, asText}, {"x.candidate", 26, asText}, {"x.lon", 13, asDegrees}, {"x.lat", 13, asDegrees},
		{b.scoreHead("x.wouldadd"), 14, asDecimal}, {"x.reason", 36, asText}, {"x.runs", 12, asShare}}}
	for _, x := range b.s.StationSet.Passed {
		if !x.Host {
			continue
		}
		s.rows = append(s.rows, row{values: []any{x.Name, x.ID, round(x.Point[0], 7), round(x.Point[1], 7), round(x.Score, 3), b.passedWhy(x), orNil(x.Kept)}})
	}
	return s
}

func (b *builder) passedWhy(x siting.Passed) string {
	why := b.or("passed."+x.Reason, x.Reason)
	if x.Detail != "" {
		why += b.pick("（"+x.Detail+"）", " ("+x.Detail+")")
	}
	return why
}

func (b *builder) passedLayer(l sink) {
	for _, x := range b.s.StationSet.Passed {
		l.add(x.Point, fields{{"candidate", x.ID}, {"name", x.Name}, {"in_venue", x.Host}, {"reason", x.Reason}, {"detail", x.Detail}, {"would_add", round(x.Score, 3)}, {"kept", orNil(x.Kept)}})
	}
}

func (b *builder) proposalLayer(l sink, p *Proposal) {
	for i, k := range p.Picks {
		c := p.Candidates[k.Candidate]
		fs := fields{{"no", i + 1}, {"tier", b.s.Tiers[p.Tier].ID}, {"candidate", c.ID}, {"name", b.candidateName(c)}}
		fs = append(fs, b.regionFields(c.Region)...)
		l.add(c.Point, append(fs, field{"in_venue", c.Host >= 0}, field{"cost_yuan", int64(k.Cost)}, field{"people_gained", round(k.Gained.Float(), 3)},
			field{"people_within", round(k.Within.Float(), 3)}))
	}
}

// servedLayer are the cells with people whom the proposal newly serves, with the site that newly serves most of them.
func (b *builder) servedLayer(l sink, p *Proposal) {
	type served struct {
		all coverage.People
		by  map[int32]coverage.People
	}
	cells := make(map[int32]*served)
	for i, k := range p.Served {
		if k < 0 {
			continue
		}
		at := cells[b.s.Demand.Cell[i]]
		if at == nil {
			at = &served{by: map[int32]coverage.People{}}
			cells[b.s.Demand.Cell[i]] = at
		}
		at.all += b.s.Demand.People[i]
		at.by[k] += b.s.Demand.People[i]
	}
	for c, id := range b.s.Grid.Cells {
		at := cells[int32(c)]
		if at == nil {
			continue
		}
		best := int32(-1)
		for k := range int32(len(p.Picks)) {
			if n, ok := at.by[k]; ok && (best < 0 || n > at.by[best]) {
				best = k
			}
		}
		ring := orb.Ring{}
		for _, v := range id.Boundary() {
			ring = append(ring, orb.Point{v.Lng, v.Lat})
		}
		ring = append(ring, ring[0])
		l.add(orb.MultiPolygon{{ring}}, fields{{"h3", id.String()}, {"people_gained", round(at.all.Float(), 3)}, {"site_no", int(best) + 1},
			{"candidate", p.Candidates[p.Picks[best].Candidate].ID}})
	}
}
