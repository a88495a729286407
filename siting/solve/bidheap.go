package solve

// ruinBid is what a column adds for the money in a year, as known when it was last looked at.
type ruinBid struct {
	ratio  float64
	column int32
	year   int32
}

// before orders bids: more for the money first, then the lowest column.
func (b ruinBid) before(o ruinBid) bool {
	return b.ratio > o.ratio || b.ratio == o.ratio && b.column < o.column
}

// bidHeap is a heap with the best bid first.
type bidHeap []ruinBid

// start puts the bids in order.
func (h bidHeap) start() {
	for k := len(h)/2 - 1; k >= 0; k-- {
		h.sift(k)
	}
}

// change replaces the first bid.
func (h bidHeap) change(b ruinBid) {
	h[0] = b
	h.sift(0)
}

// pop drops the first bid.
func (h *bidHeap) pop() {
	last := len(*h) - 1
	(*h)[0] = (*h)[last]
	if *h = (*h)[:last]; last > 0 {
		h.sift(0)
	}
}

func (h bidHeap) sift(k int) {
	x := h[k]
	for {
		c := 2*k + 1
		if c >= len(h) {
			break
		}
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(x) {
			break
		}
		h[k] = h[c]
		k = c
	}
	h[k] = x
}
