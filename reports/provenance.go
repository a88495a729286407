package reports

import (
	"cmp"
	"encoding/json"
)

// provenance is what a layer says of where it comes from, for whoever gets the file without the report: the program, the study, every input
// with its hash, size, system and rows, what was noticed in them or decided about them, and every assumption.
type provenance struct {
	Program     string        `json:"program"`
	Version     string        `json:"version"`
	Study       string        `json:"study"`
	Date        string        `json:"date"`
	Seed        uint64        `json:"seed"`
	Synthetic   bool          `json:"synthetic,omitempty"`
	Notice      string        `json:"notice,omitempty"`
	Inputs      []origin      `json:"inputs"`
	Decisions   []decision    `json:"decisions"`
	Assumptions []supposition `json:"assumptions"`
}

type origin struct {
	Path    string   `json:"path"`
	Role    string   `json:"role"`
	SHA256  string   `json:"sha256"`
	Bytes   int64    `json:"bytes"`
	Rows    int      `json:"rows"`
	CRS     string   `json:"crs,omitempty"`
	Columns []string `json:"columns,omitempty"`
}

type decision struct {
	Severity string `json:"severity"`
	Where    string `json:"where"`
	What     string `json:"what"`
}

type supposition struct {
	What    string `json:"what"`
	Value   string `json:"value"`
	Source  string `json:"source"`
	Default bool   `json:"default"`
}

// provenance tells it in the language of the layers, as JSON on one line.
func (b *builder) provenance() ([]byte, error) {
	s := b.s
	p := provenance{Program: "sitecover", Version: s.Version, Study: s.Name, Date: s.Date.Format("2006-01-02"), Seed: s.Seed, Synthetic: s.Synthetic, Notice: s.Notice,
		Inputs: []origin{}, Decisions: []decision{}, Assumptions: []supposition{}}
	for _, in := range s.Inputs {
		p.Inputs = append(p.Inputs, origin{in.Path, in.Role, in.SHA256, in.Bytes, in.Rows, in.CRS, in.Columns})
	}
	for _, f := range s.Findings {
		p.Decisions = append(p.Decisions, decision{f.Severity, f.Where, b.pick(f.ZH, f.EN)})
	}
	for _, a := range s.Assumptions {
		p.Assumptions = append(p.Assumptions, supposition{cmp.Or(b.pick(a.ZH, a.EN), a.Key), b.pick(cmp.Or(a.ValueZH, a.Value), a.Value), b.pick(cmp.Or(a.SourceZH, a.Source), a.Source), a.Default})
	}
	return json.Marshal(p)
}
