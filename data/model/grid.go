package model

// box is a rectangle in the plane.
type box struct{ min, max vec }

// boxOf returns the rectangle around two points, widened by a margin.
func boxOf(a, b vec, margin float64) box {
	return box{
		vec{min(a.x, b.x) - margin, min(a.y, b.y) - margin},
		vec{max(a.x, b.x) + margin, max(a.y, b.y) + margin},
	}
}

// buckets finds things by place: a grid of squares, each with the items whose boxes touch it.
type buckets struct {
	origin     vec
	size       float64
	cols, rows int
	first      []int32
	items      []int32
}

// newBuckets files items 0..n-1 by their boxes. Time O(n + squares).
func newBuckets(area box, size float64, n int, of func(int) box) *buckets {
	b := &buckets{origin: area.min, size: size}
	b.cols = max(1, int((area.max.x-area.min.x)/size)+1)
	b.rows = max(1, int((area.max.y-area.min.y)/size)+1)
	b.first = make([]int32, b.cols*b.rows+1)
	for i := range n {
		b.each(of(i), func(c int) { b.first[c+1]++ })
	}
	for c := range b.cols * b.rows {
		b.first[c+1] += b.first[c]
	}
	b.items = make([]int32, b.first[b.cols*b.rows])
	next := append([]int32(nil), b.first[:b.cols*b.rows]...)
	for i := range n {
		b.each(of(i), func(c int) {
			b.items[next[c]] = int32(i)
			next[c]++
		})
	}
	return b
}

// each calls f for every square that the box touches; what lies outside counts to the squares at the rim.
func (b *buckets) each(x box, f func(square int)) {
	i0, j0 := b.square(x.min)
	i1, j1 := b.square(x.max)
	for j := j0; j <= j1; j++ {
		for i := i0; i <= i1; i++ {
			f(j*b.cols + i)
		}
	}
}

// square returns column and row of the square that holds p.
func (b *buckets) square(p vec) (int, int) {
	i := min(max(int((p.x-b.origin.x)/b.size), 0), b.cols-1)
	j := min(max(int((p.y-b.origin.y)/b.size), 0), b.rows-1)
	return i, j
}

// near calls f for the items of every square that the box touches; an item that spans squares comes more than once.
func (b *buckets) near(x box, f func(item int32)) {
	b.each(x, func(c int) {
		for _, it := range b.items[b.first[c]:b.first[c+1]] {
			f(it)
		}
	})
}

// at returns the items of the square that holds p.
func (b *buckets) at(p vec) []int32 {
	i, j := b.square(p)
	c := j*b.cols + i
	return b.items[b.first[c]:b.first[c+1]]
}

// onSegment returns the nearest point to p on the segment ab, as its share of the way and the distance to it.
func onSegment(p, a, b vec) (t, dist float64) {
	d := b.sub(a)
	if l := d.x*d.x + d.y*d.y; l > 0 {
		t = min(max(((p.x-a.x)*d.x+(p.y-a.y)*d.y)/l, 0), 1)
	}
	return t, p.dist(a.lerp(b, t))
}

// crossing returns where the segments ab and cd cross, as shares of both; ok is false when they do not.
func crossing(a, b, c, d vec) (t, u float64, ok bool) {
	r, s, q := b.sub(a), d.sub(c), c.sub(a)
	det := r.x*s.y - r.y*s.x
	if det == 0 {
		return 0, 0, false
	}
	t = (q.x*s.y - q.y*s.x) / det
	u = (q.x*r.y - q.y*r.x) / det
	return t, u, t >= 0 && t <= 1 && u >= 0 && u <= 1
}
