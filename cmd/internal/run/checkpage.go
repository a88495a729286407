package run

import (
	"bytes"
	"path/filepath"

	"sitecover/reports"
)

// PageOptions of the page of a checkup.
type PageOptions struct {
	Lang    string // in which it opens
	Version string
}

// WritePage writes the findings as one offline page.
func (c *Checkup) WritePage(study, file string, o PageOptions) error {
	p := &reports.CheckPage{Lang: o.Lang, Study: filepath.Base(study), File: filepath.Base(study), Version: o.Version, Outline: c.Outline}
	if c.Study != nil {
		p.Study = c.Study.Name
	}
	for _, in := range c.Inputs {
		p.Inputs = append(p.Inputs, reports.Input(in))
	}
	for _, f := range c.Findings {
		p.Findings = append(p.Findings, reports.CheckFinding{Severity: f.Severity, Code: f.Code, File: f.File, Row: f.Row, Field: f.Field, Value: f.Value,
			ZH: f.What.ZH, EN: f.What.EN, HintZH: f.Hint.ZH, HintEN: f.Hint.EN, At: f.At, Fixable: f.Repair.Sure()})
	}
	var b bytes.Buffer
	if err := reports.WriteCheckPage(&b, p); err != nil {
		return err
	}
	return WriteFile(file, b.Bytes())
}
