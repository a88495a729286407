package data

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// errFull stops the reading of a file once MaxErrors problems are known.
var errFull = errors.New("data: too many input errors")

// collector gathers the problems and findings of a study. Problems come out in the order of the files in the study, then of
// the rows in a file, whatever the order they were found in.
type collector struct {
	order    map[string]int // file -> place in the study
	errs     []*InputError
	findings []Finding
	most     int // problems after which reading stops
}

func newCollector() *collector { return &collector{order: map[string]int{}, most: MaxErrors} }

// file makes the file known, so that its problems are listed in the order in which files were announced.
func (c *collector) file(name string) {
	if _, known := c.order[name]; !known {
		c.order[name] = len(c.order)
	}
}

// add notes a problem. It returns errFull when there are enough of them for reading to stop.
func (c *collector) add(e *InputError) error {
	c.file(e.File)
	c.errs = append(c.errs, e)
	if c.full() {
		return errFull
	}
	return nil
}

func (c *collector) full() bool { return len(c.errs) >= c.most }

// find notes something odd that does not stop the study.
func (c *collector) find(severity, file string, row int, what Text) {
	f := NewFinding(severity, file, what)
	f.Row = row
	c.findings = append(c.findings, f)
}

// err returns the problems as InputErrors, or nil when there are none.
func (c *collector) err() error {
	if len(c.errs) == 0 {
		return nil
	}
	sort.SliceStable(c.errs, func(i, j int) bool {
		a, b := c.errs[i], c.errs[j]
		if c.order[a.File] != c.order[b.File] {
			return c.order[a.File] < c.order[b.File]
		}
		return a.Row < b.Row
	})
	out := InputErrors(slices.Clone(c.errs))
	if len(out) >= c.most {
		out = out[:c.most:c.most]
		out = append(out, &InputError{File: out[c.most-1].File, What: T(
			"已发现 %d 个问题，停止读取，可能还有更多", "stopped after %d problems, there may be more", c.most)})
	}
	return out
}

// counter counts features or rows that were left out, by reason, and turns the counts into findings in the order in which
// the reasons first came up.
type counter struct {
	reasons []Text
	n       map[Text]int
}

func (c *counter) add(reason Text) {
	if c.n == nil {
		c.n = map[Text]int{}
	}
	if c.n[reason] == 0 {
		c.reasons = append(c.reasons, reason)
	}
	c.n[reason]++
}

// report writes one finding per reason. Reasons are sorted by their English text, so that the order of rows does not show.
func (c *counter) report(to *collector, severity, file string) {
	sort.Slice(c.reasons, func(i, j int) bool { return c.reasons[i].EN < c.reasons[j].EN })
	for _, r := range c.reasons {
		to.find(severity, file, 0, Text{
			ZH: fmt.Sprintf("%s：%d 条", r.ZH, c.n[r]),
			EN: fmt.Sprintf("%s: %d", r.EN, c.n[r]),
		})
	}
}

// NewFinding makes a finding of a message: its code is found from the words, and its position if they name one.
func NewFinding(severity, file string, what Text) Finding {
	f := Finding{Severity: severity, Code: codeOf(what, Text{}), File: file, What: what}
	if p, ok := positionIn(what.EN); ok {
		f.At = &p
	}
	return f
}
