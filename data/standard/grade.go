package standard

import (
	"math/big"
	"slices"
	"strconv"
)

// grade finds the highest grade that the site reaches, and what the next one asks.
func (p *Profile) grade(a *Assessment) {
	for _, f := range a.Items {
		switch p.kindOf(f.List) {
		case ListWithdraw:
			if f.Result == Pass {
				a.Withdrawn = append(a.Withdrawn, f.No)
			}
		case ListEntry:
			if a.Entry == "" || f.Result == Below || f.Result == Unknown && a.Entry == Pass {
				a.Entry = f.Result
			}
		}
		if p.counts(nil, f) {
			if f.Mark == Must {
				a.Must.add(f.Result)
			} else {
				a.Should.add(f.Result)
			}
		}
	}
	for i := range p.Grades {
		g := &p.Grades[i]
		if len(a.Withdrawn) > 0 || !p.reached(g, a) {
			a.Next = p.next(g, a)
			return
		}
		a.Grade = g
	}
}

func (p *Profile) kindOf(list string) string {
	for i := range p.Lists {
		if p.Lists[i].ID == list {
			return p.Lists[i].Kind
		}
	}
	return ""
}

// counts reports whether a finding counts towards a grade; nil is the assessment as a whole. The tier's own area and staff always count.
func (p *Profile) counts(g *Grade, f Finding) bool {
	kind := p.kindOf(f.List)
	if kind == ListWithdraw || g == nil && kind == ListEntry {
		return false
	}
	return g == nil || len(g.Lists) == 0 || f.List == "" || slices.Contains(g.Lists, f.List)
}

func (p *Profile) tally(g *Grade, a *Assessment) (must, should Tally) {
	for _, f := range a.Items {
		if !p.counts(g, f) {
			continue
		}
		if f.Mark == Must {
			must.add(f.Result)
		} else {
			should.add(f.Result)
		}
	}
	return must, should
}

func (p *Profile) reached(g *Grade, a *Assessment) bool {
	must, should := p.tally(g, a)
	return must.Pass >= needed(g.Must, must.Of()) && should.Pass >= needed(g.Should, should.Of())
}

// needed is the least number of n items that makes the share. It is exact: 60 % of 5 is 3.
func needed(s Share, n int) int {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(float64(s), 'f', -1, 64))
	if !ok {
		return n
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(n)))
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return int(whole.Int64())
}

// next lists what stands between the site and a grade. A grade that asks for a part of the required items lists all that are missing.
func (p *Profile) next(g *Grade, a *Assessment) *Next {
	n := &Next{Grade: g, Missing: []string{}, Unknown: []string{}}
	var area, items bool
	var sum Money
	priced := true
	for _, f := range a.Items {
		if !p.counts(g, f) || f.Mark != Must || f.Result == Pass {
			continue
		}
		if f.Result == Unknown {
			n.Unknown = append(n.Unknown, f.No)
			continue
		}
		n.Missing = append(n.Missing, f.No)
		area = area || f.area
		items = items || !f.area
		sum += f.cost
		priced = priced && f.cost > 0
	}
	_, should := p.tally(g, a)
	n.More = max(0, needed(g.Should, should.Of())-should.Pass)
	switch {
	case !area && !items && n.More == 0:
		zero := Money(0)
		n.Cost = &zero
	case priced && n.More == 0:
		n.Cost = &sum
	default:
		p.cheapest(n, a, area, items || n.More > 0)
	}
	return n
}

// cheapest finds the way that puts everything right for the least money; ties go to the first in the profile.
func (p *Profile) cheapest(n *Next, a *Assessment, area, items bool) {
	for i := range p.Prices {
		price := &p.Prices[i]
		w := p.way(price.Way)
		if w == nil || area && !slices.Contains(w.Fixes, "area") || items && !slices.Contains(w.Fixes, "items") ||
			price.Tier != "" && price.Tier != a.Tier || price.Class != "" && price.Class != a.Class {
			continue
		}
		cost := price.Cost
		if cost == 0 {
			cost = price.Grant
		}
		if n.Cost == nil || cost < *n.Cost {
			n.Cost, n.Way, n.Default = &cost, w.ID, price.Default
		}
	}
}
