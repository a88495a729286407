package track

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"sitecover/coverage"
)

// Figures are the figures of one tier in one region. All of them add up over regions that do not overlap, so a parent is exactly its
// children and what it owns itself.
type Figures struct {
	People      coverage.People // who live there
	Covered     coverage.People // of them within the tier's limit of an open site, whichever region owns it
	Unconnected coverage.People // of them too far from any road: counted as not covered

	Cells        int64 // inhabited cells
	CoveredCells int64 // of them with at least half of their people covered

	Open        int64 // open sites
	Qualifying  int64 // of them with the minimum floor area
	Below       int64 // open but smaller
	AreaUnknown int64 // open, a minimum is asked, the area is not told

	Required int64 // regions of the owner level in (or being) the region
	Owning   int64 // of them that own a qualifying site

	Assessed int64 // open sites that were checked against the standard item by item
	Passing  int64 // of them that reach its lowest grade

	OpenBefore   int64 // sites that were open at the end of the year before
	UpgradedYear int64 // sites open today and upgraded within the year of the day
	BaseOpen     int64 // sites open on the base day
	BaseUpgraded int64 // of them, still open, those upgraded after the base day

	Projects  int64 // projects that are not open yet, in any state
	Committed int64 // of them approved or under construction
	Started   int64 // projects of the records that construction has begun on, or that are past it
	Known     int64 // projects of the records in any state, the open ones too; a cancelled one is not counted

	Budget int64 // 元: budgets of the committed projects
	Paid   int64 // 元 paid up to the day
	Year   int64 // of it within the year of the day
	Debt   int64 // 元: what accepted and open projects cost more than was paid for them
}

// figureColumn is one figure by its name in JSON.
type figureColumn struct {
	name string
	of   func(*Figures) *int64
}

// figureColumns in the order in which they are written.
var figureColumns = []figureColumn{
	{"peopleMillionths", func(f *Figures) *int64 { return (*int64)(&f.People) }},
	{"coveredMillionths", func(f *Figures) *int64 { return (*int64)(&f.Covered) }},
	{"unconnectedMillionths", func(f *Figures) *int64 { return (*int64)(&f.Unconnected) }},
	{"cells", func(f *Figures) *int64 { return &f.Cells }},
	{"coveredCells", func(f *Figures) *int64 { return &f.CoveredCells }},
	{"open", func(f *Figures) *int64 { return &f.Open }},
	{"qualifying", func(f *Figures) *int64 { return &f.Qualifying }},
	{"belowStandard", func(f *Figures) *int64 { return &f.Below }},
	{"areaUnknown", func(f *Figures) *int64 { return &f.AreaUnknown }},
	{"required", func(f *Figures) *int64 { return &f.Required }},
	{"owning", func(f *Figures) *int64 { return &f.Owning }},
	{"assessed", func(f *Figures) *int64 { return &f.Assessed }},
	{"passing", func(f *Figures) *int64 { return &f.Passing }},
	{"openBefore", func(f *Figures) *int64 { return &f.OpenBefore }},
	{"upgradedThisYear", func(f *Figures) *int64 { return &f.UpgradedYear }},
	{"baseOpen", func(f *Figures) *int64 { return &f.BaseOpen }},
	{"baseUpgraded", func(f *Figures) *int64 { return &f.BaseUpgraded }},
	{"projects", func(f *Figures) *int64 { return &f.Projects }},
	{"committed", func(f *Figures) *int64 { return &f.Committed }},
	{"started", func(f *Figures) *int64 { return &f.Started }},
	{"knownProjects", func(f *Figures) *int64 { return &f.Known }},
	{"committedYuan", func(f *Figures) *int64 { return &f.Budget }},
	{"paidYuan", func(f *Figures) *int64 { return &f.Paid }},
	{"paidThisYearYuan", func(f *Figures) *int64 { return &f.Year }},
	{"debtYuan", func(f *Figures) *int64 { return &f.Debt }},
}

// Plus returns the sum.
func (f Figures) Plus(g Figures) Figures {
	for _, c := range figureColumns {
		*c.of(&f) += *c.of(&g)
	}
	return f
}

// Minus returns the difference.
func (f Figures) Minus(g Figures) Figures {
	for _, c := range figureColumns {
		*c.of(&f) -= *c.of(&g)
	}
	return f
}

// Table is the figures of one tier: the whole area first, then region i at i+1. In JSON it is one list of numbers a figure, so that a
// reader takes in a hundred thousand rows at once; a figure that is 0 everywhere is left out.
type Table []Figures

// MarshalJSON writes the columns in their fixed order.
func (t Table) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"rows":%d`, len(t))
	for _, c := range figureColumns {
		some := false
		for i := range t {
			some = some || *c.of(&t[i]) != 0
		}
		if !some {
			continue
		}
		fmt.Fprintf(&b, `,"%s":[`, c.name)
		for i := range t {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(strconv.AppendInt(b.AvailableBuffer(), *c.of(&t[i]), 10))
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// maxRows bounds a table: no country has so many regions.
const maxRows = 1 << 22

// UnmarshalJSON reads what MarshalJSON writes. A column that is not known, or of another length, is an error.
func (t *Table) UnmarshalJSON(text []byte) error {
	var columns map[string]json.RawMessage
	if err := json.Unmarshal(text, &columns); err != nil {
		return err
	}
	var rows int
	if err := json.Unmarshal(columns["rows"], &rows); err != nil {
		return fmt.Errorf("track: rows: %w", err)
	}
	if rows < 0 || rows > maxRows {
		return fmt.Errorf("track: %d rows", rows)
	}
	delete(columns, "rows")
	*t = nil
	for _, c := range figureColumns {
		raw, there := columns[c.name]
		if !there {
			continue
		}
		delete(columns, c.name)
		var values []int64
		if err := json.Unmarshal(raw, &values); err != nil {
			return fmt.Errorf("track: %s: %w", c.name, err)
		}
		if len(values) != rows {
			return fmt.Errorf("track: %s has %d values for %d rows", c.name, len(values), rows)
		}
		if *t == nil {
			*t = make(Table, rows)
		}
		for i, v := range values {
			*c.of(&(*t)[i]) = v
		}
	}
	if len(columns) > 0 {
		return fmt.Errorf("track: unknown columns in a table: the snapshot is of a newer program")
	}
	if *t == nil {
		*t = make(Table, rows)
	}
	return nil
}
