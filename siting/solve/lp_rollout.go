package solve

// writeLP follows the definition of RolloutProblem constraint by constraint.
func (p *RolloutLP) writeLP(l *lpWriter) {
	if p.Shortfall < 0 {
		l.begin("Minimize\n shortfall:")
		p.missing(l)
	} else {
		l.begin("Maximize\n value:")
		for t := range p.Years() {
			p.covered(l, t, func(c int32) int64 { return p.Value[c] })
		}
	}
	l.done()
	l.text("\nSubject To\n")
	x := p.opening(l)
	p.money(l)
	p.rules(l)
	y := p.rows(l)
	for k, g := range p.Goals {
		l.begin("")
		l.term(1, name("s", k))
		p.covered(l, int(g.Year), func(c int32) int64 {
			if c == g.Class {
				return 1
			}
			return 0
		})
		l.end(">=", g.Amount)
	}
	if p.Shortfall >= 0 && len(p.Goals) > 0 {
		l.begin(" misses:")
		p.missing(l)
		l.end("<=", p.Shortfall)
	}
	l.bounds(y, x)
}

func (p *RolloutLP) missing(l *lpWriter) {
	for k, g := range p.Goals {
		l.term(g.Weight, name("s", k))
	}
}

// covered writes the weight covered at the end of year t, times a factor of its class.
func (p *RolloutLP) covered(l *lpWriter, t int, factor func(class int32) int64) {
	var base int64
	for i := range p.Cover.Rows {
		w := p.Cover.WeightOf(int32(i)) * factor(p.classOf(i))
		if p.Covered != nil && p.Covered[i] {
			base += w
		} else if w > 0 {
			l.term(w, name("y", i, t))
		}
	}
	if base > 0 {
		l.term(base, "one")
	}
}

// opening says that a column opens once at most, not too early, and when it is fixed in its year.
func (p *RolloutLP) opening(l *lpWriter) (x []string) {
	for j := range p.Cover.Columns() {
		l.begin("")
		for t := range p.Years() {
			x = append(x, name("x", j, t))
			l.term(1, name("x", j, t))
		}
		l.end("<=", 1)
		for t := range p.Years() {
			fixed := Free
			if p.Fixed != nil {
				fixed = p.Fixed[j]
			}
			early := p.Earliest != nil && t < int(p.Earliest[j])
			if early || fixed != Free && fixed != int32(t) {
				l.begin("")
				l.term(1, name("x", j, t))
				l.end("=", 0)
			}
			if fixed == int32(t) {
				l.begin("")
				l.term(1, name("x", j, t))
				l.end("=", 1)
			}
		}
	}
	return x
}

func (p *RolloutLP) money(l *lpWriter) {
	var sum int64
	for t, b := range p.Budget {
		first := t
		if sum += b; p.Unspent == CarriesOver {
			first, b = 0, sum
		}
		l.begin("")
		for j := range p.Cover.Columns() {
			for u := first; u <= t; u++ {
				l.term(p.Cover.CostOf(j), name("x", j, u))
			}
		}
		l.end("<=", b)
	}
}

// rules writes conflicts, caps and needs.
func (p *RolloutLP) rules(l *lpWriter) {
	for _, set := range p.Conflicts {
		l.begin("")
		for _, j := range set {
			for t := range p.Years() {
				l.term(1, name("x", int(j), t))
			}
		}
		l.end("<=", 1)
	}
	for _, c := range p.Caps {
		l.begin("")
		for k, j := range c.Columns {
			for t := range int(c.Until) + 1 {
				l.term(c.amount(k), name("x", int(j), t))
			}
		}
		l.end("<=", c.Most)
	}
	for j, needs := range p.Needs {
		if len(needs) == 0 || p.Fixed != nil && p.Fixed[j] >= 0 {
			continue
		}
		for t := range p.Years() {
			l.begin("")
			for u := range t + 1 {
				l.term(1, name("x", j, u))
				for _, k := range needs {
					if int(k) != j {
						l.term(-1, name("x", int(k), u))
					}
				}
			}
			l.end("<=", 0)
		}
	}
}

// rows writes what covers a row by the end of a year.
func (p *RolloutLP) rows(l *lpWriter) (y []string) {
	for i, columns := range coverers(&p.Cover) {
		if p.Covered != nil && p.Covered[i] {
			continue
		}
		for t := range p.Years() {
			y = append(y, name("y", i, t))
			l.begin("")
			l.term(1, name("y", i, t))
			for _, j := range columns {
				for u := range t + 1 {
					l.term(-1, name("x", int(j), u))
				}
			}
			l.end("<=", 0)
		}
	}
	return y
}
