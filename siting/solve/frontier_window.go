package solve

import (
	"context"
	"math"
	"math/rand/v2"
)

// frontierAreas divides the columns of a large cover among the greedy's columns, so that windows of near columns can be found
// without the columns of every row.
type frontierAreas struct {
	of      []int32 // per column: its area, -1 = none
	columns csr     // of each area
	next    csr     // per area: those whose rows its columns cover too
	sites   []int32 // per area: open columns
	entries []int64 // per area: those of the columns that are searched
	state   []int32 // per area: 1 = in a window, 2 = next to one
}

const (
	windowEntries = 1 << 18 // or entries
)

// frontierWindow is a window being searched.
type frontierWindow struct {
	areas   []int32
	columns []int32
	open    []int32 // afterwards
	worker  *windowWorker
}

// windowWorker is the memory of one that searches windows.
type windowWorker struct {
	part    frontierPart
	search  *frontierSearch
	columns []int32
	number  []int32
}

// divide makes the areas. A row belongs to the first of the greedy's columns that covers it, and a column to whom most of its rows do.
func (f *frontier) divide() *frontierAreas {
	n, areas := f.in.columns(), len(f.order)
	a := &frontierAreas{of: make([]int32, n), sites: make([]int32, areas), entries: make([]int64, areas), state: make([]int32, areas)}
	owner := f.parts[0]
	clear(owner)
	for k, j := range f.order {
		for _, i := range f.in.col.at(int(j)) {
			if owner[i] == 0 {
				owner[i] = int32(k) + 1
			}
		}
	}
	a.columns = csr{off: make([]int64, areas+1)}
	votes := make([]int32, areas)
	for j := range n {
		best := int32(-1)
		for _, i := range f.in.col.at(j) {
			if k := owner[i] - 1; k >= 0 {
				if votes[k]++; best < 0 || votes[k] > votes[best] || votes[k] == votes[best] && k < best {
					best = k
				}
			}
		}
		for _, i := range f.in.col.at(j) {
			if k := owner[i] - 1; k >= 0 {
				votes[k] = 0
			}
		}
		if a.of[j] = best; best >= 0 {
			a.columns.off[best+1]++
		}
	}
	for k := range areas {
		a.columns.off[k+1] += a.columns.off[k]
	}
	a.columns.item = make([]int32, a.columns.off[areas])
	at := make([]int64, areas)
	for j, k := range a.of {
		if k >= 0 {
			a.columns.item[a.columns.off[k]+at[k]] = int32(j)
			at[k]++
		}
	}
	a.next = csr{off: make([]int64, 1, areas+1)}
	for k := range areas {
		votes[k] = int32(k) + 1
		for _, j := range a.columns.at(k) {
			for _, i := range f.in.col.at(int(j)) {
				if o := owner[i] - 1; o >= 0 && votes[o] != int32(k)+1 {
					votes[o] = int32(k) + 1
					a.next.item = append(a.next.item, o)
				}
			}
		}
		a.next.off = append(a.next.off, int64(len(a.next.item)))
	}
	clear(owner)
	return a
}

// searchWindows searches the plan of budget k in windows that do not meet, batch after batch. Within a window money has a price
// and no limit; after each batch the plan is made to fit the budget, which tells the price for the next one.
func (f *frontier) searchWindows(ctx context.Context, d *frontierDual, k int) {
	if f.areas == nil {
		f.areas = f.divide()
		for range f.o.workers() {
			f.desks = append(f.desks, &windowWorker{search: &frontierSearch{plan: &plan{}}})
		}
	}
	for w, desk := range f.desks {
		desk.number = f.parts[w]
	}
	s := &windowSearch{f: f, d: d, budget: f.budgets[k], price: d.mu, rand: rand.New(rand.NewPCG(f.o.Seed, uint64(k)))}
	s.least = windowCore * math.Ldexp(d.mu, int(f.shift))
	s.fit()
	total := int(windowEffort * float64(f.o.Iterations) * float64(len(f.plan.columns())))
	for done := 0; done < total && ctx.Err() == nil; {
		n := s.batch(float64(done) / float64(total))
		if n == 0 {
			break
		}
		done += n
		s.fit()
	}
	s.far()
}

// windowSearch is a search of one budget in windows.
type windowSearch struct {
	f      *frontier
	d      *frontierDual
	budget int64
	price  float64 // what money is worth to the plan
	least  float64 // what columns must be worth for the money to be searched, in the unit of d.r
	rand   *rand.Rand
	wins   []frontierWindow
}

// taken reports whether column j is searched.
func (s *windowSearch) taken(j int32) bool {
	r := s.d.r[j]
	return s.f.plan.open[j] || r > 0 && float64(r) >= s.least*float64(s.f.in.cost[j])
}

// batch searches windows side by side and returns the number of ruins.
func (s *windowSearch) batch(done float64) (ruins int) {
	f, a := s.f, s.f.areas
	s.choose()
	if len(s.wins) == 0 {
		return 0
	}
	heat := windowHeat * math.Pow(windowCold/windowHeat, done) * s.price * s.unit()
	seed := s.rand.Uint64()
	idle := make(chan *windowWorker, len(f.desks))
	for _, desk := range f.desks {
		idle <- desk
	}
	spread(len(s.wins), f.o.workers(), func(n int) {
		desk, w := <-idle, &s.wins[n]
		desk.columns = desk.columns[:0]
		for _, k := range w.areas {
			for _, j := range a.columns.at(int(k)) {
				if s.taken(j) {
					desk.columns = append(desk.columns, j)
				}
			}
		}
		desk.part.in = orNew(desk.part.in)
		desk.part.cut(f, desk.columns, desk.number)
		c := desk.search
		c.reset(&desk.part, rand.New(rand.NewPCG(seed, uint64(n))))
		c.budget, c.price, c.floor = math.MaxInt64, s.price, s.price
		c.begin(desk.part.start)
		for range int(windowRuins) * len(desk.part.start) {
			c.ruin(heat)
		}
		w.columns = desk.part.named(desk.part.start)
		w.open = desk.part.named(c.list)
		idle <- desk
	})
	for n := range s.wins {
		w := &s.wins[n]
		ruins += int(windowRuins) * len(w.columns)
		for _, j := range w.columns {
			f.plan.drop(j)
		}
		for _, j := range w.open {
			if !f.plan.blocked(j) {
				f.plan.add(j)
			}
		}
	}
	return ruins
}

func orNew(in *instance) *instance {
	if in == nil {
		return &instance{}
	}
	return in
}

// unit returns what an open column costs on average.
func (s *windowSearch) unit() float64 {
	n := 0
	for _, is := range s.f.plan.open {
		if is {
			n++
		}
	}
	return float64(s.f.plan.spent) / math.Max(1, float64(n))
}

// choose finds windows that do not meet: areas around one taken at random, until enough columns are open there.
func (s *windowSearch) choose() {
	f, a := s.f, s.f.areas
	clear(a.sites)
	clear(a.entries)
	clear(a.state)
	for j, k := range a.of {
		if k < 0 || !s.taken(int32(j)) {
			continue
		}
		a.entries[k] += int64(len(f.in.col.at(j)))
		if f.plan.open[j] {
			a.sites[k]++
		}
	}
	s.wins = s.wins[:0]
	for _, k := range s.rand.Perm(len(a.state)) {
		if a.state[k] != 0 || a.entries[k] == 0 {
			continue
		}
		areas, sites := a.grow(int32(k))
		if sites == 0 || float64(sites) < windowSites/3 && len(s.wins) > 0 {
			for _, k := range areas {
				a.state[k] = 0
			}
			continue
		}
		for _, k := range areas {
			for _, o := range a.next.at(int(k)) {
				if a.state[o] == 0 {
					a.state[o] = 2
				}
			}
		}
		s.wins = append(s.wins, frontierWindow{areas: areas})
	}
}

// grow takes areas around area k into a window.
func (a *frontierAreas) grow(k int32) (areas []int32, sites int) {
	areas, entries := []int32{k}, int64(0)
	a.state[k] = 1
	for n := 0; n < len(areas); n++ {
		sites, entries = sites+int(a.sites[areas[n]]), entries+a.entries[areas[n]]
		if float64(sites) >= windowSites || entries >= windowEntries {
			for _, o := range areas[n+1:] {
				a.state[o] = 0
			}
			return areas[:n+1], sites
		}
		for _, o := range a.next.at(int(areas[n])) {
			if a.state[o] == 0 && a.entries[o] > 0 {
				a.state[o] = 1
				areas = append(areas, o)
			}
		}
	}
	return areas, sites
}

// fit closes what is missed least until the plan keeps the budget, or opens what adds most, and takes what that is worth for
// the money as the price.
func (s *windowSearch) fit() {
	f, p := s.f, s.f.plan
	open := p.columns()
	loss := make([]int64, len(open))
	for k, j := range open {
		loss[k] = p.loss(j)
	}
	last := int32(-1)
	var worth int64
	for p.spent > s.budget {
		k := 0
		for o, j := range open {
			if compareRatio(loss[o], f.in.cost[j], loss[k], f.in.cost[open[k]]) < 0 {
				k = o
			}
		}
		if l := p.loss(open[k]); l > loss[k] {
			loss[k] = l
			continue
		}
		last, worth = open[k], loss[k]
		p.drop(open[k])
		open, loss = append(open[:k], open[k+1:]...), append(loss[:k], loss[k+1:]...)
	}
	if opened := p.fill(s.budget, s.closed()); len(opened) > 0 {
		last = opened[len(opened)-1]
		worth = p.gains[last]
	}
	if last >= 0 {
		s.price = min(max(float64(worth)/math.Max(1e-9, float64(f.in.cost[last])), s.d.mu/2), 2*s.d.mu)
	}
}

// closed lists the closed columns that are searched, with what they would add.
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

// far swaps columns that are missed least for others that add more, however far apart.
func (s *windowSearch) far() {
}
