package data

import (
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
	DoRecode   = "recode"    // the file is written anew in UTF-8
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
	Row    int    `json:"row,omitempty"`
	Field  string `json:"field,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Code   string `json:"code"`
	Done   bool   `json:"done"`
	What   Text   `json:"-"`
}

// treatment is what is done to the copy of one file.
type treatment struct {
	role     string
	index    int // in the role's list
	src      Source
	sheet    string
	input    Input
	findings []Finding

	crs   string          // new system, "" = as it was
	axes  bool            // the order of the axes turns
	swap  map[int]Finding // rows whose coordinates are exchanged
	aside map[int]Finding // rows that are set aside
	same  map[int]Finding // rows that are set aside when they repeat an earlier one
	shape map[int]Finding // features that are repaired
	text  *Finding        // the file is written in UTF-8
}

// wholeFile is the share of a file's rows from which an error of every row is one of the file.
const wholeFile = 0.8

// newTreatment sorts the findings of a file by what they ask for.
func newTreatment(role string, index int, src Source, findings []Finding, inputs []Input) *treatment {
	t := &treatment{role: role, index: index, src: src, findings: findings, swap: map[int]Finding{}, aside: map[int]Finding{}, same: map[int]Finding{}, shape: map[int]Finding{}}
	if i := slices.IndexFunc(inputs, func(in Input) bool { return in.Path == src.File }); i >= 0 {
		t.input = inputs[i]
	}
	for i, f := range findings {
		switch f.Repair.Do {
		case DoCRS:
			t.crs = f.Repair.CRS
		case DoSwap:
			t.axes = t.axes || f.Row == 0
			t.swap[f.Row] = f
		case DoSetAside:
			t.aside[f.Row] = f
		case DoSame:
			t.same[f.Row] = f
		case DoShapes:
			t.shape[f.Row] = f
		case DoRecode:
			t.text = &findings[i]
		}
	}
	if t.input.Rows > 1 && float64(len(t.swap)) >= wholeFile*float64(t.input.Rows) {
		t.axes = true
	}
	if t.axes {
		clear(t.swap)
	}
	return t
}

// rewrites reports whether the rows or features of the file must be written anew.
func (t *treatment) rewrites() bool {
	return len(t.swap)+len(t.aside)+len(t.same)+len(t.shape) > 0
}
