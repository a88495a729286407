package standard

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Text is a text in both languages of the house.
type Text struct{ ZH, EN string }

// text formats a Text from two formats that take the same arguments.
func text(zh, en string, args ...any) Text {
	return Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// In returns the text in the language: "en" is English, everything else Chinese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// Problem is one thing wrong with a profile or with a site's record: where it stands, what was found, what to do about it.
type Problem struct {
	File  string // as it was given
	Line  int    // the file's own 1-based line or row; 0 = the file as a whole
	Key   string // path of the YAML key, or column of the ledger
	Value string // what stands there
	What  Text
	Hint  Text  // may be empty
	Err   error // the cause, where there is one
}

// Error returns the English form, `my.yaml:12: tiers.centre.min_area "1000": has no unit (hint: for example 1000 m2)`.
func (p *Problem) Error() string {
	where := p.File
	if p.Line > 0 {
		where += fmt.Sprintf(":%d", p.Line)
	}
	if p.Key != "" {
		where += ": " + p.Key
	}
	if p.Value != "" {
		where += fmt.Sprintf(" %q", p.Value)
	}
	out := where + ": " + p.What.EN
	if p.Hint.EN != "" {
		out += " (hint: " + p.Hint.EN + ")"
	}
	return out
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Problems are all the things wrong with a file, by line.
type Problems []*Problem

// Error returns the English forms, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each Problem.
func (ps Problems) Unwrap() []error {
	out := make([]error, len(ps))
	for i, p := range ps {
		out[i] = p
	}
	return out
}

// Join adds the problems of an error to a list; an error of another kind becomes one of its own.
func (ps Problems) Join(err error) Problems {
	var more Problems
	if errors.As(err, &more) {
		return append(ps, more...)
	}
	return append(ps, &Problem{What: text("%v", "%v", err), Err: err})
}

// maxProblems is how many problems of one profile are reported.
const maxProblems = 50

// err returns the problems as an error in the order of their lines, or nil when there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	sort.SliceStable(ps, func(i, j int) bool {
		return ps[i].File < ps[j].File || ps[i].File == ps[j].File && ps[i].Line < ps[j].Line
	})
	if len(ps) > maxProblems {
		ps = ps[:maxProblems:maxProblems]
	}
	return ps
}
