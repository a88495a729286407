package data

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// Text is a message in both languages of the house.
type Text struct{ ZH, EN string }

// T formats a Text from two formats that take the same arguments.
func T(zh, en string, args ...any) Text {
	return Text{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

// In returns the text in the language: "en" is English, everything else Chinese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// InputError is one thing wrong with an input: where it stands, what was found, and what to do about it.
type InputError struct {
	File  string // as the study names it
	Layer string // the layer or sheet of it that the study names; "" = the only one, or the first
	Row   int    // the file's own 1-based line, row or feature number; 0 = the file as a whole
	Field string // column, property or YAML key; "" = the row as a whole
	Value string // what stands there
	What  Text   // what is wrong with it
	Hint  Text   // what to do; may be empty
	Err   error  // the cause, where there is one

	At *orb.Point // WGS84 lon, lat of where it most likely is; nil where the message tells, or nobody knows
}

// Error returns the English form, `sites.csv:118: lat "91.2": out of range [-90, 90] (hint)`.
func (e *InputError) Error() string { return e.In("en") }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// In returns the message in the language ("zh" or "en").
func (e *InputError) In(lang string) string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Row > 0 {
		fmt.Fprintf(&b, ":%d", e.Row)
	}
	b.WriteString(": ")
	if e.Field != "" {
		b.WriteString(e.Field)
		if e.Value != "" {
			fmt.Fprintf(&b, " %q", e.Value)
		}
		b.WriteString(": ")
	} else if e.Value != "" {
		fmt.Fprintf(&b, "%q: ", e.Value)
	}
	b.WriteString(e.What.In(lang))
	if hint := e.Hint.In(lang); hint != "" {
		if lang == "en" {
			fmt.Fprintf(&b, " (hint: %s)", hint)
		} else {
			fmt.Fprintf(&b, "（提示：%s）", hint)
		}
	}
	return b.String()
}

// MaxErrors is how many input errors are collected before reading stops.
const MaxErrors = 50

// InputErrors are all the things wrong with the inputs of a study, in the order of the files and their rows.
type InputErrors []*InputError

// Error returns the English forms, one a line.
func (es InputErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each InputError.
func (es InputErrors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}
