package data

import (
	"path/filepath"
	"slices"
	"strings"
)

// What `check --fix` does about a finding.
const (
	DoCRS      = "crs"       // the study declares another system for the source
	DoSwap     = "swap"      // the two coordinates are exchanged: in the rows told, or by axes: when it is the whole file
	DoSetAside = "set-aside" // the row goes into a file of its own
	DoSame     = "same"      // the row goes there if it repeats an earlier one cell by cell
	DoShapes   = "shapes"    // invalid polygons of the file are repaired
	DoRecode   = "recode"    // the file, which cannot be read as it is, is written anew in UTF-8
)

// Repair is one correction that `check --fix` makes in a copy.
type Repair struct {
	Do  string // one of the Do constants
	CRS string // for DoCRS
}

// Sure reports whether the correction can be made whatever else the file holds.
func (r *Repair) Sure() bool { return r != nil && r.Do != DoSame }

// repairOf returns what can be done about a problem without asking anyone.
func repairOf(code string, what Text) *Repair {
	switch code {
	case CodeSwapped:
		return &Repair{Do: DoSwap}
	case CodeZero:
		return &Repair{Do: DoSetAside}
	case "id-twice":
		return &Repair{Do: DoSame}
	case "ring-open", "ring-self-crossing", "ring-parts", "ring-hole":
		return &Repair{Do: DoShapes}
	case "file-encoding":
		if strings.Contains(what.EN, "UTF-16") || strings.Contains(what.EN, "is not UTF-8") {
			return &Repair{Do: DoRecode}
		}
	}
	return nil
}

// Change is one correction that was made in a copy, or one that could not be.
type Change struct {
	File   string `json:"file"` // as the original study names it
	Copy   string `json:"copy"` // in the new folder
	Layer  string `json:"layer,omitempty"`
	Row    int    `json:"row,omitempty"`
	Field  string `json:"field,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Code   string `json:"code"`
	Done   bool   `json:"done"`
	What   Text   `json:"-"`
}

// treatment is what is done to the copy of one source.
type treatment struct {
	role     string
	index    int    // in the role's list
	src      Source // Layer is the sheet of a workbook
	findings []Finding

	crs  string                     // new system, "" = as it was
	axes bool                       // the order of the axes turns
	rows map[string]map[int]Finding // by what is done: the row or feature
	text *Finding                   // the file is written in UTF-8
}

// wholeFile is the share of a file's rows from which an error of every row is one of the file.
const wholeFile = 0.8

// newTreatment sorts the findings of a source by what they ask for.
func newTreatment(role string, index int, src Source, e *Examination) *treatment {
	t := &treatment{role: role, index: index, src: src, rows: map[string]map[int]Finding{}}
	for _, f := range e.Findings {
		if f.Repair == nil || f.File != src.File || f.Layer != src.Layer {
			continue
		}
		t.findings = append(t.findings, f)
		switch f.Repair.Do {
		case DoCRS:
			t.crs = f.Repair.CRS
		case DoRecode:
			t.text = &f
		default:
			t.axes = t.axes || f.Repair.Do == DoSwap && f.Row == 0
			if t.rows[f.Repair.Do] == nil {
				t.rows[f.Repair.Do] = map[int]Finding{}
			}
			t.rows[f.Repair.Do][f.Row] = f
		}
	}
	if i := slices.IndexFunc(e.Inputs, func(in Input) bool { return in.Path == src.File && in.Rows > 1 }); i >= 0 {
		t.axes = t.axes || float64(len(t.rows[DoSwap])) >= wholeFile*float64(e.Inputs[i].Rows)
	}
	if t.axes {
		delete(t.rows, DoSwap)
	}
	return t
}

// firstSwap is the first row whose axes are swapped.
func (t *treatment) firstSwap() int {
	for _, x := range t.findings {
		if x.Repair.Do == DoSwap {
			return x.Row
		}
	}
	return 0
}

// rewrites reports whether rows or features of the file change.
func (t *treatment) rewrites() bool { return len(t.rows) > 0 }

// geometries reports whether the file is read as one of features: by its ending, or because its text table has a column of them.
func (t *treatment) geometries(in *input) bool {
	return in.features() || slices.Contains(tableEndings, strings.ToLower(filepath.Ext(t.src.File))) &&
		(len(t.rows[DoShapes]) > 0 || slices.Contains([]string{"areas", "exclusions", "zones", "roads"}, t.role))
}
