package data

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Examination is everything that could be found out about the inputs of a study, whether or not they can be used.
type Examination struct {
	Study    *Study   // nil when the study file itself has problems
	Data     *Dataset // nil when the inputs have problems
	Inputs   []Input  // the files that could be opened
	Findings []Finding
	Outline  []orb.MultiPolygon // boundaries as far as they could be read, valid or not: those of the coarsest levels
	Errors   InputErrors        // the findings of severity error once more, as Read returns them
}

// examineMost is how many problems an examination collects before reading stops.
const examineMost = 2000

// Examine reads the study at path like Load and Read, and goes on where Read would stop: what is wrong with the inputs comes back as
// findings. The error is nil unless the context ended or the machine failed.
func Examine(ctx context.Context, path string, options Options) (*Examination, error) {
	e := &Examination{}
	study, err := Load(path)
	var problems InputErrors
	if errors.As(err, &problems) {
		e.Errors = problems
		for _, p := range problems {
			e.Findings = append(e.Findings, problemFinding(p, codeOfStudy(p.What, p.Hint)))
		}
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	r := newReader(study, options)
	r.c.most = examineMost
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	r.codes(ctx)
	r.encodings()
	e.Study, e.Inputs = study, r.out.Inputs
	if err := r.c.err(); errors.As(err, &problems) {
		var whole []Finding
		problems, whole = r.whole(problems)
		e.Errors = problems
		for _, p := range problems {
			if i := slices.IndexFunc(whole, func(f Finding) bool { return f.What == p.What && f.File == p.File && f.Layer == p.Layer }); i >= 0 {
				e.Findings = append(e.Findings, whole[i])
				continue
			}
			e.Findings = append(e.Findings, problemFinding(p, codeOf(p.What, p.Hint)))
		}
	} else {
		e.Data = r.dataset()
	}
	e.Findings = append(e.Findings, r.c.findings...)
	FollowShift(e.Findings, e.Inputs)
	SortFindings(e.Findings)
	e.Outline = r.outline()
	return e, nil
}

// SortFindings orders findings by severity, errors first, and leaves those of one severity as they are.
func SortFindings(list []Finding) {
	rank := func(f Finding) int {
		return slices.Index([]string{SeverityError, SeverityWarning, SeverityInfo}, f.Severity)
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
}

// problemFinding makes a finding of a problem.
func problemFinding(p *InputError, code string) Finding {
	f := Finding{Severity: SeverityError, Code: code, File: p.File, Layer: p.Layer, Row: p.Row, Field: p.Field, Value: p.Value, What: p.What, Hint: p.Hint}
	if at, ok := positionIn(p.What.EN, p.Value); ok {
		f.At = &at
	}
	if p.At != nil {
		f.At = p.At
	}
	f.Repair = repairOf(code, p.What)
	return f
}

// encodings tells which tables are not in UTF-8: they are read, but other programs may show nonsense.
func (r *reader) encodings() {
	for _, in := range r.opened {
		ext := strings.ToLower(filepath.Ext(in.name))
		wrong := slices.ContainsFunc(r.c.errs, func(e *InputError) bool { return e.File == in.name && e.Row == 0 && e.Field == "" }) // no text at all
		if !in.utf8 && !wrong && slices.Contains(tableEndings, ext) {
			r.c.findings = append(r.c.findings, Finding{Severity: SeverityInfo, Code: "file-gbk", File: in.name,
				What: T("是 GB18030（GBK）编码，已正确读取", "is in GB18030 (GBK), and is read as such"),
				Hint: T("交给别的程序用时另存为 UTF-8", "save it as UTF-8 for other programs")})
		}
	}
}

// outline returns boundaries to draw: the two coarsest levels, or all that was read where there is no sound tree.
func (r *reader) outline() (out []orb.MultiPolygon) {
	if r.regions != nil {
		for _, g := range r.regions.All {
			if g.Level <= 1 && len(g.Shape) > 0 {
				out = append(out, g.Shape)
			}
		}
		return out
	}
	for _, b := range r.borders {
		for _, s := range b.shapes {
			if len(s.shape) > 0 {
				out = append(out, s.shape)
			}
		}
	}
	return out
}
