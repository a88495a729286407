package solve

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// windowSearch searches the plan of one budget in windows that do not meet, batch after batch. Within a window money has a
// price and no limit, so that it can move from one place to another; after each batch the plan is made to fit the budget, and
// what the windows would have spent moves the price.
type windowSearch struct {
	f      *frontier
	d      *frontierDual
	budget int64
	price  float64 // what money is worth to the plan
	least  float64 // what columns must be worth for the money to be searched, in the unit of d.r
	rand   *rand.Rand
	areas  *frontierAreas
	desks  []*windowDesk
	wins   []frontierWindow
	order  []int32  // scratch: areas
	list   []missed // scratch
}

// frontierWindow is a window being searched.
type frontierWindow struct {
	areas  []int32
	before []int32 // its open columns
	after  []int32
}

// windowDesk is the memory of one who searches windows.
type windowDesk struct {
	part    frontierPart
	search  *frontierSearch
	columns []int32
	number  []int32
}

const (
	windowCore    = 0.99    // columns worth this part of their price are searched
	windowSites   = 40      // a window ends at so many open columns
	windowEntries = 1 << 18 // or entries
	windowRuins   = 10      // an open column and visit
	windowAll     = 600     // ruins for each step of the relaxation; fewer where few columns are open
	windowHeat    = 0.2     // like partHeat
	windowCold    = 0.01    // like partCold
	windowPrice   = 0.9     // what money is worth to a plan at first, in parts of what it is worth to the relaxation
)

// searchWindows searches the plan of budget k.
func (f *frontier) searchWindows(ctx context.Context, d *frontierDual, k int) {
	if f.windows == nil {
		f.windows = newWindowSearch(f, d)
	}
	s := f.windows
	s.budget, s.price, s.rand = f.budgets[k], d.mu*f.rate, rand.New(rand.NewPCG(f.o.Seed, uint64(k)))
	s.least = windowCore * math.Ldexp(d.mu, int(f.shift))
	total := f.o.Iterations * min(windowAll, 2*f.plan.sites)
	for done := 0; done < total && ctx.Err() == nil; {
		ruins := s.batch(float64(done)/float64(total), 1/float64(total))
		if ruins == 0 {
			break
		}
		done += ruins
		s.price *= float64(f.plan.spent) / math.Max(1, float64(s.budget))
		s.price = min(max(s.price, d.mu/2), 2*d.mu)
		s.fit()
		s.far()
	}
	f.rate = s.price / math.Max(d.mu, 1e-9)
}

func newWindowSearch(f *frontier, d *frontierDual) *windowSearch {
	s := &windowSearch{f: f, d: d, areas: f.divide()}
	for k := range s.areas.state {
		s.order = append(s.order, int32(k))
	}
	for _, number := range f.parts {
		s.desks = append(s.desks, &windowDesk{search: &frontierSearch{plan: &plan{}}, number: number, part: frontierPart{in: &instance{}}})
	}
	return s
}

// taken reports whether column j is searched.
func (s *windowSearch) taken(j int32) bool {
	r := s.d.r[j]
	return s.f.plan.open[j] || r > 0 && float64(r) >= s.least*float64(s.f.in.cost[j])
}

// batch searches windows side by side and returns the number of ruins. So much of the search is done before; each ruin does a step.
func (s *windowSearch) batch(done, step float64) (ruins int) {
	f := s.f
	s.choose()
	for n := range s.wins {
		ruins += windowRuins * len(s.wins[n].before)
	}
	unit, seed := s.price*float64(f.plan.spent)/math.Max(1, float64(f.plan.sites)), s.rand.Uint64()
	idle := make(chan *windowDesk, len(s.desks))
	for _, desk := range s.desks {
		idle <- desk
	}
	spread(len(s.wins), f.o.workers(), func(n int) {
		desk, w := <-idle, &s.wins[n]
		c := s.open(desk, w, rand.New(rand.NewPCG(seed, uint64(n))))
		own := windowRuins * len(w.before)
		for k := range own {
			c.ruin(unit * windowHeat * math.Pow(windowCold/windowHeat, done+float64(step*float64(ruins)*float64(k)/float64(own))))
		}
		w.after = desk.part.named(w.after[:0], c.list)
		idle <- desk
	})
	for n := range s.wins {
		for _, j := range s.wins[n].before {
			f.plan.drop(j)
		}
		for _, j := range s.wins[n].after {
			if !f.plan.blocked(j) {
				f.plan.add(j)
			}
		}
	}
	return ruins
}

// open takes a window to a desk.
func (s *windowSearch) open(desk *windowDesk, w *frontierWindow, r *rand.Rand) *frontierSearch {
	desk.columns = desk.columns[:0]
	for _, k := range w.areas {
		for _, j := range s.areas.columns.at(int(k)) {
			if s.taken(j) {
				desk.columns = append(desk.columns, j)
			}
		}
	}
	desk.part.cut(s.f, desk.columns, desk.number)
	c := desk.search
	c.reset(&desk.part, r)
	c.budget, c.price, c.floor = math.MaxInt64, s.price, s.price
	c.begin(desk.part.start)
	return c
}

// choose finds windows that do not meet: areas around one taken at random, until enough columns are open there.
func (s *windowSearch) choose() {
	f, a := s.f, s.areas
	a.count(s)
	s.rand.Shuffle(len(s.order), func(a, b int) { s.order[a], s.order[b] = s.order[b], s.order[a] })
	wins := s.wins[:cap(s.wins)]
	s.wins = s.wins[:0]
	for _, k := range s.order {
		if a.state[k] != areaFree || a.entries[k] == 0 {
			continue
		}
		var w frontierWindow
		if n := len(s.wins); n < len(wins) {
			w = wins[n] // its memory
		}
		areas, sites := a.grow(w.areas[:0], k)
		if sites == 0 || sites < windowSites/3 && len(s.wins) > 0 { // a gap between others
			for _, k := range areas {
				a.state[k] = areaFree
			}
			continue
		}
		w.areas, w.before = areas, w.before[:0]
		for _, k := range areas {
			for _, j := range a.columns.at(int(k)) {
				if f.plan.open[j] {
					w.before = append(w.before, j)
				}
			}
			for _, o := range a.next.at(int(k)) {
				if a.state[o] == areaFree {
					a.state[o] = areaNext
				}
			}
		}
		s.wins = append(s.wins, w)
	}
}

// closed lists the closed columns that are searched, and asks what they would add.
func (s *windowSearch) closed() []int32 {
	f := s.f
	f.list = f.list[:0]
	for j, is := range f.plan.open {
		if !is && s.taken(int32(j)) {
			f.list = append(f.list, int32(j))
		}
	}
	f.plan.askThese(f.list)
	return f.list
}

// missed is an open column with what closing it would leave bare, as known when it was last asked.
type missed struct {
	loss, cost int64
	column     int32
}

// missed lists the open columns, least missed for the money first.
func (s *windowSearch) missed() []missed {
	s.list = s.list[:0]
	for j, is := range s.f.plan.open {
		if is {
			s.list = append(s.list, missed{s.f.plan.loss(int32(j)), s.f.in.cost[j], int32(j)})
		}
	}
	slices.SortFunc(s.list, func(a, b missed) int {
		return cmp.Or(compareRatio(a.loss, a.cost, b.loss, b.cost), cmp.Compare(a.column, b.column))
	})
	return s.list
}

// fit closes columns until the plan keeps the budget, and spends the money that is left. A column that is missed more since
// another one closed waits until those before it are gone.
func (s *windowSearch) fit() {
	p := s.f.plan
	for p.spent > s.budget {
		for _, m := range s.missed() {
			if p.spent <= s.budget {
				break
			}
			if p.loss(m.column) == m.loss {
				p.drop(m.column)
			}
		}
	}
	p.fill(s.budget, s.closed())
}

// far swaps columns that are missed least for others that add more, however far apart.
func (s *windowSearch) far() {
	p := s.f.plan
	h := frontierHeap{s.closed(), p.gains, s.f.in.cost}
	h.start()
	for _, m := range s.missed() {
		for len(h.item) > 0 {
			g := p.gain(h.item[0])
			if g == p.gains[h.item[0]] {
				break
			}
			p.gains[h.item[0]] = g
			h.sift(0)
		}
		if len(h.item) == 0 || p.gains[h.item[0]] <= m.loss {
			return
		}
		j := h.item[0]
		if p.spent-m.cost+h.cost[j] > s.budget || p.blocked(j) || p.gains[j] <= p.loss(m.column) {
			continue
		}
		p.drop(m.column)
		p.add(j)
		h.pop()
	}
}
