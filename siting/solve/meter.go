package solve

// meter counts work in passes over all entries of a problem, so that the budget of iterations means the same whether the
// steps are made on the whole problem or on small parts of it, and on any machine.
type meter struct {
	whole, done, most int64
}

// smallSize is the size that smaller problems are counted as: their proofs should not want for iterations.
const smallSize = 1 << 14

func newMeter(o Options, entries int) meter {
	m := meter{whole: max(smallSize, int64(entries))}
	m.most = m.whole * int64(o.iterations())
	return m
}

// add counts steps on an instance; a step on next to nothing still costs something.
func (m *meter) add(entries, steps int) {
	m.done += int64(steps+1) * int64(entries+64)
}

func (m *meter) spent() bool { return m.done >= m.most }

func (m *meter) iterations() int { return int(m.done / m.whole) }
