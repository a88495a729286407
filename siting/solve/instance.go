package solve

// instance is a cover problem made small: rows that are covered or weightless or coverable by nothing are gone, rows that
// the same columns cover are one row, and columns that cannot open or cover nothing are gone.
type instance struct {
	w    []int64 // per row, > 0
	cost []int64 // per column
	col  csr     // rows of each column, ascending
	row  csr     // columns of each row, ascending
	orig []int32 // per column: its index in the problem
	kind []int32 // per row: class it belongs to; nil = one class
	from []int32 // per row of the cover it was made of: the row here, -1 = dropped
}

// csr is a list of lists.
type csr struct {
	off  []int64
	item []int32
}

func (c *csr) len() int         { return len(c.off) - 1 }
func (c *csr) at(k int) []int32 { return c.item[c.off[k]:c.off[k+1]] }

// shrink returns the instance without the given columns and rows, with rows merged that are the same now. orig still
// names the problem's columns; from leads from the rows of in.
func (in *instance) shrink(dropColumn, dropRow []bool) *instance {
	c := Cover{Rows: in.rows(), Offset: in.col.off, Row: in.col.item, Weight: in.w, Cost: in.cost}
	s := newInstance(&c, reduction{dropColumn: dropColumn, dropRow: dropRow, kind: in.kind, weightless: true})
	for k, j := range s.orig {
		s.orig[k] = in.orig[j]
	}
	return s
}

func (in *instance) rows() int    { return len(in.w) }
func (in *instance) columns() int { return len(in.cost) }

// transpose returns the lists the other way round, of n items, each list ascending.
func (c *csr) transpose(n int) csr {
	t := csr{off: make([]int64, n+1), item: make([]int32, len(c.item))}
	for _, i := range c.item {
		t.off[i+1]++
	}
	for i := range n {
		t.off[i+1] += t.off[i]
	}
	next := append([]int64(nil), t.off[:n]...)
	for k := range c.len() {
		for _, i := range c.at(k) {
			t.item[next[i]] = int32(k)
			next[i]++
		}
	}
	return t
}

// mix is the finaliser of splitmix64: it spreads the bits of x.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// reduction says what to keep of a Cover.
type reduction struct {
	dropColumn []bool  // per column; nil = none
	dropRow    []bool  // per row; nil = none
	kind       []int32 // per row: rows of different kinds stay apart; nil = one kind
	weightless bool    // keep rows of weight 0 (set cover asks for them as well)

	keepColumns bool // keep columns that cover nothing, so that columns keep their indexes
}

// newInstance reduces a cover. Rows are merged by a hash of their columns and the merge is then checked exactly; a
// collision only costs another round with another hash. O(entries).
func newInstance(c *Cover, r reduction) *instance {
	n := c.Columns()
	keep := make([]int32, 0, n)
	for j := range n {
		if r.dropColumn == nil || !r.dropColumn[j] {
			keep = append(keep, int32(j))
		}
	}
	for salt := uint64(1); ; salt++ {
		class, size := classify(c, r, keep, salt)
		if in, ok := merge(c, r, keep, class, size); ok {
			return in
		}
	}
}

// classify numbers the rows by their set of columns, in order of first appearance; -1 = dropped. size counts the rows of
// each class.
func classify(c *Cover, r reduction, keep []int32, salt uint64) (class, size []int32) {
	hash := make([]uint64, c.Rows)
	for _, j := range keep {
		h := mix(mix(salt) ^ uint64(j))
		for _, i := range c.Column(int(j)) {
			hash[i] += h
		}
	}
	class = make([]int32, c.Rows)
	bits := uint(4)
	for 1<<bits < 2*c.Rows {
		bits++
	}
	table := make([]int32, 1<<bits) // open addressing: class + 1, 0 = empty
	first := []int32{}              // first row of each class
	for i := range c.Rows {
		if hash[i] == 0 || r.dropRow != nil && r.dropRow[i] || !r.weightless && c.WeightOf(int32(i)) == 0 {
			class[i] = -1
			continue
		}
		if r.kind != nil {
			hash[i] += mix(salt ^ uint64(r.kind[i])<<40)
		}
		slot := mix(hash[i]) >> (64 - bits)
		for table[slot] != 0 && hash[first[table[slot]-1]] != hash[i] {
			slot = (slot + 1) & (1<<bits - 1)
		}
		if table[slot] == 0 {
			first = append(first, int32(i))
			size = append(size, 0)
			table[slot] = int32(len(first))
		}
		class[i] = table[slot] - 1
		size[class[i]]++
	}
	return class, size
}

// merge builds the instance of the classes; ok is false when a class holds rows of different columns or kinds.
func merge(c *Cover, r reduction, keep, class, size []int32) (in *instance, ok bool) {
	m := len(size)
	in = &instance{w: make([]int64, m), from: class}
	if r.kind != nil {
		in.kind = make([]int32, m)
	}
	seen := make([]bool, m)
	for i, k := range class {
		if k < 0 {
			continue
		}
		in.w[k] += c.WeightOf(int32(i))
		if r.kind == nil {
			continue
		}
		if seen[k] && in.kind[k] != r.kind[i] {
			return nil, false
		}
		seen[k], in.kind[k] = true, r.kind[i]
	}
	count := make([]int32, m)
	in.col.off = []int64{0}
	for _, j := range keep {
		from := len(in.col.item)
		for _, i := range c.Column(int(j)) {
			k := class[i]
			if k < 0 {
				continue
			}
			if count[k] == 0 {
				in.col.item = append(in.col.item, k)
			}
			count[k]++
		}
		for _, k := range in.col.item[from:] {
			if count[k] != size[k] {
				return nil, false
			}
			count[k] = 0
		}
		if len(in.col.item) > from || r.keepColumns {
			in.col.off = append(in.col.off, int64(len(in.col.item)))
			in.cost = append(in.cost, c.CostOf(int(j)))
			in.orig = append(in.orig, j)
		}
	}
	in.row = in.col.transpose(m)
	return in, true
}
