package solve

import (
	"cmp"
	"slices"
)

// coverKernel is what is left of "cover every row" after reductions that keep at least one cheapest cover:
//
//   - a row that only one column covers forces that column;
//   - a row whose columns include all columns of another row is covered with it;
//   - a column whose rows another column of no higher cost covers too is not needed.
//
// Toregas & ReVelle, Papers of the Regional Science Association 28 (1972).
type coverKernel struct {
	in      *instance
	rowOff  []bool // row is dropped
	colOff  []bool // column is dropped or forced
	forced  []int32
	rowLeft []int32 // columns left per row
	colLeft []int32 // rows left per column
	rowSign []uint64
	colSign []uint64
}

func newKernel(in *instance) *coverKernel {
	k := &coverKernel{in: in, rowOff: make([]bool, in.rows()), colOff: make([]bool, in.columns()),
		rowLeft: make([]int32, in.rows()), colLeft: make([]int32, in.columns())}
	for i := range k.rowLeft {
		k.rowLeft[i] = int32(len(in.row.at(i)))
	}
	for j := range k.colLeft {
		k.colLeft[j] = int32(len(in.col.at(j)))
	}
	return k
}

// reduceCover applies the reductions until none applies and returns the smaller instance, whose orig points to the
// problem's columns, and the forced columns as columns of in. O(entries x rounds), and what subset tests cost.
func reduceCover(in *instance) (*instance, []int32) {
	k := newKernel(in)
	for again := true; again; {
		again = k.force()
		k.sign()
		again = k.dropColumns() || again
		k.sign()
		again = k.dropRows() || again
	}
	return in.shrink(k.colOff, k.rowOff), k.forced
}

func (k *coverKernel) dropColumn(j int32) {
	k.colOff[j] = true
	for _, i := range k.in.col.at(int(j)) {
		k.rowLeft[i]--
	}
}

func (k *coverKernel) dropRow(i int32) {
	k.rowOff[i] = true
	for _, j := range k.in.row.at(int(i)) {
		k.colLeft[j]--
	}
}

// force opens the only column of rows that have one.
func (k *coverKernel) force() bool {
	found := false
	for i := range k.rowLeft {
		if k.rowOff[i] || k.rowLeft[i] != 1 {
			continue
		}
		for _, j := range k.in.row.at(i) {
			if k.colOff[j] {
				continue
			}
			found = true
			k.forced = append(k.forced, j)
			for _, c := range k.in.col.at(int(j)) {
				if !k.rowOff[c] {
					k.dropRow(c)
				}
			}
			k.dropColumn(j)
			break
		}
	}
	return found
}

// sign makes a 64-bit summary of every set: a subset's bits are among its superset's.
func (k *coverKernel) sign() {
	k.rowSign, k.colSign = make([]uint64, k.in.rows()), make([]uint64, k.in.columns())
	for j := range k.in.columns() {
		if k.colOff[j] {
			continue
		}
		bit := uint64(1) << (mix(uint64(j)) & 63)
		for _, i := range k.in.col.at(j) {
			if !k.rowOff[i] {
				k.rowSign[i] |= bit
				k.colSign[j] |= 1 << (mix(uint64(i)) & 63)
			}
		}
	}
}

// dropColumns drops columns that cover nothing or that another column replaces. Of equal columns the lowest stays.
func (k *coverKernel) dropColumns() bool {
	found := false
	mark := make([]int32, k.in.rows())
	for j := range k.in.columns() {
		if k.colOff[j] {
			continue
		}
		if k.colLeft[j] == 0 {
			k.dropColumn(int32(j))
			continue
		}
		for _, i := range k.in.col.at(j) {
			mark[i] = int32(j) + 1
		}
		for _, o := range k.in.row.at(int(k.rarestRow(j))) {
			if !k.colOff[o] && int(o) != j && k.replaces(o, int32(j), mark) {
				k.dropColumn(int32(j))
				found = true
				break
			}
		}
	}
	return found
}

// rarestRow returns the row of column j with fewest columns.
func (k *coverKernel) rarestRow(j int) int32 {
	best := int32(-1)
	for _, i := range k.in.col.at(j) {
		if !k.rowOff[i] && (best < 0 || k.rowLeft[i] < k.rowLeft[best]) {
			best = i
		}
	}
	return best
}

// replaces reports whether column o can stand in for column j, whose rows are marked with j+1.
func (k *coverKernel) replaces(o, j int32, mark []int32) bool {
	if k.in.cost[o] > k.in.cost[j] || k.colLeft[o] < k.colLeft[j] || k.colSign[j]&^k.colSign[o] != 0 {
		return false
	}
	if k.in.cost[o] == k.in.cost[j] && k.colLeft[o] == k.colLeft[j] && o > j {
		return false
	}
	both := int32(0)
	for _, i := range k.in.col.at(int(o)) {
		if !k.rowOff[i] && mark[i] == j+1 {
			both++
		}
	}
	return both == k.colLeft[j]
}

// dropRows drops rows that are covered whenever another row is. Of equal rows the lowest stays.
func (k *coverKernel) dropRows() bool {
	found := false
	order := make([]int32, 0, k.in.rows())
	for i := range k.in.rows() {
		if !k.rowOff[i] {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(k.rowLeft[a], k.rowLeft[b]), cmp.Compare(a, b)) })
	for _, i := range order { // rows with few columns first: they imply most others
		if k.rowOff[i] {
			continue
		}
		rare := int32(-1)
		for _, j := range k.in.row.at(int(i)) {
			if !k.colOff[j] && (rare < 0 || k.colLeft[j] < k.colLeft[rare]) {
				rare = j
			}
		}
		for _, o := range k.in.col.at(int(rare)) {
			if o != i && !k.rowOff[o] && k.rowSign[i]&^k.rowSign[o] == 0 && k.rowLeft[o] >= k.rowLeft[i] && k.within(i, o) {
				k.dropRow(o)
				found = true
			}
		}
	}
	return found
}

// within reports whether every column left of row i covers row o as well.
func (k *coverKernel) within(i, o int32) bool {
	big := k.in.row.at(int(o))
	at := 0
	for _, j := range k.in.row.at(int(i)) {
		if k.colOff[j] {
			continue
		}
		for at < len(big) && big[at] < j {
			at++
		}
		if at == len(big) || big[at] != j {
			return false
		}
	}
	return true
}
