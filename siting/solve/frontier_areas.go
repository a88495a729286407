package solve

// frontierAreas divides the columns of a large cover among the greedy's columns, so that near columns can be found without the
// columns of every row.
type frontierAreas struct {
	of      []int32 // per column: its area, -1 = none
	columns csr     // of each area
	next    csr     // per area: those whose rows its columns cover too

	sites   []int32 // per area: open columns
	entries []int64 // per area: those of the columns that are searched
	state   []areaState
}

// areaState says whether a window can grow into an area.
type areaState uint8

const (
	areaFree  areaState = iota
	areaTaken           // is in a window
	areaNext            // is next to one
)

// divide makes the areas. A row belongs to the first of the greedy's columns that covers it, and a column to whom most of its
// rows do.
func (f *frontier) divide() *frontierAreas {
	n, areas := f.in.columns(), len(f.order)
	a := &frontierAreas{of: make([]int32, n), sites: make([]int32, areas), entries: make([]int64, areas), state: make([]areaState, areas)}
	owner := f.parts[0] // 1 + the area
	clear(owner)
	for k, j := range f.order {
		for _, i := range f.in.col.at(int(j)) {
			if owner[i] == 0 {
				owner[i] = int32(k) + 1
			}
		}
	}
	votes := make([]int32, areas+1)
	for j := range n {
		best := int32(0)
		for _, i := range f.in.col.at(j) {
			k := owner[i]
			if votes[k]++; k > 0 && (votes[k] > votes[best] || votes[k] == votes[best] && k < best || best == 0) {
				best = k
			}
		}
		for _, i := range f.in.col.at(j) {
			votes[owner[i]] = 0
		}
		a.of[j] = best - 1
	}
	a.list()
	a.meet(f.in, owner)
	clear(owner)
	return a
}

// list fills in the columns of each area.
func (a *frontierAreas) list() {
	areas := len(a.state)
	a.columns = csr{off: make([]int64, areas+2)}
	for _, k := range a.of {
		a.columns.off[k+2]++ // those of none come first
	}
	for k := range areas {
		a.columns.off[k+2] += a.columns.off[k+1]
	}
	a.columns.item = make([]int32, len(a.of))
	for j, k := range a.of {
		a.columns.item[a.columns.off[k+1]] = int32(j)
		a.columns.off[k+1]++
	}
	a.columns.off = a.columns.off[:areas+1] // each has moved on to the next
}

// meet fills in the neighbours of each area; owner is 1 + the area of each row.
func (a *frontierAreas) meet(in *instance, owner []int32) {
	areas := len(a.state)
	seen := make([]int32, areas+1)
	a.next = csr{off: make([]int64, 1, areas+1)}
	for k := range int32(areas) {
		seen[0], seen[k+1] = k+1, k+1
		for _, j := range a.columns.at(int(k)) {
			for _, i := range in.col.at(int(j)) {
				if o := owner[i]; seen[o] != k+1 {
					seen[o] = k + 1
					a.next.item = append(a.next.item, o-1)
				}
			}
		}
		a.next.off = append(a.next.off, int64(len(a.next.item)))
	}
}

// count sums up the areas for a batch of windows of s, and frees them.
func (a *frontierAreas) count(s *windowSearch) {
	clear(a.sites)
	clear(a.entries)
	clear(a.state)
	for j, k := range a.of {
		if k < 0 || !s.taken(int32(j)) {
			continue
		}
		a.entries[k] += int64(len(s.f.in.col.at(j)))
		if s.f.plan.open[j] {
			a.sites[k]++
		}
	}
}

// grow takes areas around area k into a window; it appends them.
func (a *frontierAreas) grow(window []int32, k int32) (areas []int32, sites int) {
	areas, entries := append(window, k), int64(0)
	a.state[k] = areaTaken
	for n := 0; n < len(areas); n++ {
		sites, entries = sites+int(a.sites[areas[n]]), entries+a.entries[areas[n]]
		if sites >= windowSites || entries >= windowEntries {
			for _, o := range areas[n+1:] {
				a.state[o] = areaFree
			}
			return areas[:n+1], sites
		}
		for _, o := range a.next.at(int(areas[n])) {
			if a.state[o] == areaFree && a.entries[o] > 0 {
				a.state[o] = areaTaken
				areas = append(areas, o)
			}
		}
	}
	return areas, sites
}
