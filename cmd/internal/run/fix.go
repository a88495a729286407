package run

import (
	"context"
	"path/filepath"

	"sitecover/data"
)

// Fixed is what became of a study whose inputs were corrected in copies.
type Fixed struct {
	Folder  string           `json:"folder"`
	Study   string           `json:"study"` // the study file that reads the copies
	Changes []CorrectionView `json:"changes"`
	Before  Tally            `json:"before"`
	After   Tally            `json:"after"`
	Left    []string         `json:"left"` // codes of errors and warnings that the copy still has, with repeats
}

// Tally counts findings.
type Tally struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
}

// CorrectionView is one change of the log.
type CorrectionView struct {
	data.Change
	Text string `json:"text"`
}

// Fix writes corrected copies and the manifest of them, of a version of the program, into a folder, and examines them like any study.
func (c *Checkup) Fix(ctx context.Context, dir, version string, opts Options) (*Fixed, *Checkup, error) {
	changes, err := c.correct(ctx, dir, version)
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, filepath.Base(c.Study.Path))
	again, err := Examine(ctx, path, opts)
	if err != nil {
		return nil, nil, err
	}
	f := &Fixed{Folder: dir, Study: path, Changes: []CorrectionView{}, Before: c.tally(), After: again.tally(), Left: []string{}}
	for _, x := range changes {
		f.Changes = append(f.Changes, CorrectionView{Change: x})
	}
	for _, x := range again.Findings {
		if x.Severity != data.SeverityInfo {
			f.Left = append(f.Left, x.Code)
		}
	}
	return f, again, nil
}

// correct writes the folder: the copies, and last the manifest of them.
func (c *Checkup) correct(ctx context.Context, dir, version string) ([]data.Change, error) {
	changes, err := data.Fix(ctx, &c.Examination, dir)
	if err != nil {
		return nil, err
	}
	m, err := madeOf(ctx, dir, c.Study, c.Inputs, c.Findings)
	if err != nil {
		return nil, err
	}
	m.Version, m.Command = version, MadeByFix
	return changes, m.seal(dir)
}

func (c *Checkup) tally() (t Tally) {
	for _, f := range c.Findings {
		switch f.Severity {
		case data.SeverityError:
			t.Errors++
		case data.SeverityWarning:
			t.Warnings++
		}
	}
	return t
}
