package solve

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// LPModel is a problem that can be written as an LP file: *MaxCoverProblem, *SetCoverProblem, *BackupProblem or *RolloutLP.
type LPModel interface {
	Validate() error
	writeLP(l *lpWriter)
}

// RolloutLP is a rollout as a MIP solver takes it, one aim at a time. With Shortfall < 0 it asks for the least shortfall,
// otherwise for the largest value of all plans whose shortfall is at most Shortfall.
type RolloutLP struct {
	*RolloutProblem
	Shortfall int64
}

// WriteLP writes a problem in the CPLEX LP format, which highs, cbc and glpsol read, so that answers and bounds can be checked by other
// programs. Rows are not merged and nothing is left out. Column j is x<j>, in a rollout x<j>_<t> for year t; see ColumnOf. It returns
// what is malformed in the problem, or the error of w. O(entries), of a rollout O(entries x years^2).
func WriteLP(w io.Writer, p LPModel) error {
	if err := p.Validate(); err != nil {
		return err
	}
	l := &lpWriter{w: bufio.NewWriter(w)}
	p.writeLP(l)
	return l.w.Flush() // it keeps the first error
}

// ColumnOf reads the name of a variable back: the column, and the year in a rollout (0 otherwise). ok is false for variables
// that are not columns.
func ColumnOf(name string) (column, year int32, ok bool) {
	rest, ok := strings.CutPrefix(name, "x")
	if !ok {
		return 0, 0, false
	}
	first, second, dated := strings.Cut(rest, "_")
	j, err := strconv.ParseInt(first, 10, 32)
	if err != nil || j < 0 {
		return 0, 0, false
	}
	if dated {
		t, err := strconv.ParseInt(second, 10, 32)
		if err != nil || t < 0 {
			return 0, 0, false
		}
		return int32(j), int32(t), true
	}
	return int32(j), 0, true
}

// lpWriter writes expressions term by term, in short lines. The variable one is 1: it stands for constants, and keeps
// expressions from being empty.
type lpWriter struct {
	w     *bufio.Writer
	terms int
}

// text writes words; errors stay in the bufio.Writer until Flush.
func (l *lpWriter) text(s ...string) {
	for _, x := range s {
		_, _ = l.w.WriteString(x)
	}
}

// begin opens an objective or a constraint.
func (l *lpWriter) begin(head string) {
	l.text(head)
	l.terms = 0
}

// done closes an expression. Some readers take no empty ones, and no variable twice.
func (l *lpWriter) done() {
	if l.terms == 0 {
		l.term(0, "one")
	}
}

func (l *lpWriter) term(factor int64, name string) {
	if l.terms++; l.terms%8 == 0 {
		l.text("\n")
	}
	sign := " + "
	if factor < 0 {
		sign, factor = " - ", -factor
	}
	l.text(sign, strconv.FormatInt(factor, 10), " ", name)
}

// end closes a constraint: relation is <=, >= or =.
func (l *lpWriter) end(relation string, right int64) {
	l.done()
	l.text(" ", relation, " ", strconv.FormatInt(right, 10), "\n")
}

func name(letter string, k ...int) string {
	s := letter + strconv.Itoa(k[0])
	for _, x := range k[1:] {
		s += "_" + strconv.Itoa(x)
	}
	return s
}

// bounds closes the file: variables of the first kind lie in 0..1, the binary ones are whole.
func (l *lpWriter) bounds(unit, binary []string) {
	l.text("Bounds\n one = 1\n")
	for _, y := range unit {
		l.text(" 0 <= ", y, " <= 1\n")
	}
	if len(binary) > 0 {
		l.text("Binary\n")
	}
	for _, x := range binary {
		l.text(" ", x, "\n")
	}
	l.text("End\n")
}

// given writes the columns that must or must not open.
func (l *lpWriter) given(fixed, banned []int32) {
	for k, set := range [][]int32{fixed, banned} {
		for _, j := range sortedSet(set) {
			l.begin("")
			l.term(1, name("x", int(j)))
			l.end("=", int64(1-k))
		}
	}
}

// covers writes y_i <= sum of the columns that cover row i.
func (l *lpWriter) covers(c *Cover, covered []bool) (y []string) {
	for i, columns := range coverers(c) {
		if covered != nil && covered[i] {
			continue
		}
		y = append(y, name("y", i))
		l.begin("")
		l.term(1, name("y", i))
		for _, j := range columns {
			l.term(-1, name("x", int(j)))
		}
		l.end("<=", 0)
	}
	return y
}

// coverers lists the columns of every row.
func coverers(c *Cover) [][]int32 {
	of := make([][]int32, c.Rows)
	for j := range c.Columns() {
		for _, i := range c.Column(j) {
			of[i] = append(of[i], int32(j))
		}
	}
	return of
}

// weights writes the weight that is covered.
func (l *lpWriter) weights(c *Cover, covered []bool) {
	var base int64
	for i := range c.Rows {
		if covered != nil && covered[i] {
			base += c.WeightOf(int32(i))
		} else {
			l.term(c.WeightOf(int32(i)), name("y", i))
		}
	}
	if base > 0 {
		l.term(base, "one")
	}
}

func (l *lpWriter) costs(c *Cover) (x []string) {
	for j := range c.Columns() {
		x = append(x, name("x", j))
		l.term(c.CostOf(j), x[j])
	}
	return x
}

func (p *MaxCoverProblem) writeLP(l *lpWriter) {
	l.begin("Maximize\n covered:")
	l.weights(&p.Cover, p.Covered)
	l.done()
	l.text("\nSubject To\n")
	l.begin(" money:")
	x := l.costs(&p.Cover)
	l.end("<=", p.Budget)
	l.given(p.Fixed, p.Banned)
	l.bounds(l.covers(&p.Cover, p.Covered), x)
}

func (p *BackupProblem) writeLP(l *lpWriter) {
	l.begin("Maximize\n value:")
	for i := range p.Cover.Rows {
		l.term(p.First*p.Cover.WeightOf(int32(i)), name("y", i))
		l.term(p.Second*p.Cover.WeightOf(int32(i)), name("u", i))
	}
	if already := p.already(); already > 0 {
		l.term(-already, "one")
	}
	l.done()
	l.text("\nSubject To\n")
	l.begin(" money:")
	x := l.costs(&p.Cover)
	l.end("<=", p.Budget)
	l.given(p.Fixed, p.Banned)
	for _, set := range p.Conflicts {
		l.begin("")
		for _, j := range set {
			l.term(1, name("x", int(j)))
		}
		l.end("<=", 1)
	}
	var unit []string
	for i, columns := range coverers(&p.Cover) {
		there := int64(0)
		if p.Covered != nil {
			there = min(2, int64(p.Covered[i]))
		}
		unit = append(unit, name("y", i), name("u", i))
		l.begin("")
		l.term(1, name("y", i))
		l.term(1, name("u", i))
		for _, j := range columns {
			l.term(-1, name("x", int(j)))
		}
		l.end("<=", there)
		l.begin("")
		l.term(1, name("u", i))
		l.term(-1, name("y", i))
		l.end("<=", 0)
	}
	if p.Second > p.First { // half a row covered and half of it twice would be worth more than a row covered
		x, unit = append(x, unit...), nil
	}
	l.bounds(unit, x)
}

func (p *SetCoverProblem) writeLP(l *lpWriter) {
	l.begin("Minimize\n cost:")
	x := l.costs(&p.Cover)
	l.done()
	l.text("\nSubject To\n")
	l.given(p.Fixed, p.Banned)
	if p.Demand > 0 {
		y := l.covers(&p.Cover, p.Covered)
		l.begin(" demand:")
		l.weights(&p.Cover, p.Covered)
		l.end(">=", p.Demand)
		l.bounds(y, x)
		return
	}
	for i, columns := range coverers(&p.Cover) {
		if p.Covered != nil && p.Covered[i] {
			continue
		}
		l.begin("")
		for _, j := range columns {
			l.term(1, name("x", int(j)))
		}
		l.end(">=", 1)
	}
	l.bounds(nil, x)
}
