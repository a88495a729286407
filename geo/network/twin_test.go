//go:build unix

package network

import (
	"math"
	"math/bits"
	"sync/atomic"
	"testing"
)

// The same search with other queues: the measure for the choice of buckets. Run with SITECOVER_BENCH and -bench Queue.

// fourHeap is a 4-ary heap of cost<<32 | node.
type fourHeap struct{ keys []uint64 }

func (h *fourHeap) empty() bool { return len(h.keys) == 0 }

func (h *fourHeap) push(k uint64) {
	i := len(h.keys)
	h.keys = append(h.keys, k)
	for i > 0 && h.keys[(i-1)/4] > k {
		h.keys[i] = h.keys[(i-1)/4]
		i = (i - 1) / 4
	}
	h.keys[i] = k
}

func (h *fourHeap) pop() uint64 {
	top, n := h.keys[0], len(h.keys)-1
	k := h.keys[n]
	h.keys = h.keys[:n]
	for i := 0; n > 0; {
		least, at := k, i
		for c := 4*i + 1; c < min(4*i+5, n); c++ {
			if h.keys[c] < least {
				least, at = h.keys[c], c
			}
		}
		h.keys[i] = least
		if at == i {
			break
		}
		h.keys[at] = k
		i = at
	}
	return top
}

// radixHeap is a monotone radix heap (R. Ahuja, K. Mehlhorn, J. Orlin, R. Tarjan, JACM 37, 1990).
type radixHeap struct {
	buckets [33][]uint64
	last    uint32
	size    int
}

func (h *radixHeap) empty() bool {
	if h.size == 0 {
		h.last = 0
	}
	return h.size == 0
}

func (h *radixHeap) push(k uint64) {
	b := bits.Len32(uint32(k>>32) ^ h.last)
	h.buckets[b] = append(h.buckets[b], k)
	h.size++
}

func (h *radixHeap) pop() uint64 {
	if len(h.buckets[0]) == 0 {
		b := 1
		for len(h.buckets[b]) == 0 {
			b++
		}
		least := uint64(math.MaxUint64)
		for _, k := range h.buckets[b] {
			least = min(least, k)
		}
		h.last = uint32(least >> 32)
		for _, k := range h.buckets[b] {
			to := bits.Len32(uint32(k>>32) ^ h.last)
			h.buckets[to] = append(h.buckets[to], k)
		}
		h.buckets[b] = h.buckets[b][:0]
	}
	last := len(h.buckets[0]) - 1
	k := h.buckets[0][last]
	h.buckets[0] = h.buckets[0][:last]
	h.size--
	return k
}

type heapOf[H any] interface {
	*H
	empty() bool
	push(uint64)
	pop() uint64
}

// twin is workload B by textbook Dijkstra with a heap.
func twin[H any, P heapOf[H]](in instance, cost []uint32, h P) (pairs, sum uint64) {
	a := in.adj
	var touched []int32
	for _, site := range in.sites {
		cost[site] = 0
		touched = append(touched[:0], site)
		h.push(uint64(site))
		for !h.empty() {
			k := h.pop()
			c, n := uint32(k>>32), int32(uint32(k))
			if c > cost[n] {
				continue
			}
			pairs++
			sum += uint64(c)
			for _, out := range a.arcs[a.first[n]:a.first[n+1]] {
				if d := c + out.weight; d < cost[out.head] && d <= in.bound {
					if cost[out.head] == math.MaxUint32 {
						touched = append(touched, out.head)
					}
					cost[out.head] = d
					h.push(uint64(d)<<32 | uint64(out.head))
				}
			}
		}
		for _, n := range touched {
			cost[n] = math.MaxUint32
		}
	}
	return pairs, sum
}

func BenchmarkQueue(b *testing.B) {
	for _, w := range workloads {
		in := w.load(b)
		cost := make([]uint32, len(in.adj.first)-1)
		for i := range cost {
			cost[i] = math.MaxUint32
		}
		s := newSearch[uint32](len(cost))
		for _, q := range []struct {
			name string
			run  func() (uint64, uint64)
		}{
			{"buckets", func() (uint64, uint64) { return in.perSite(b, s, new(atomic.Int64)) }},
			{"radix", func() (uint64, uint64) { return twin(in, cost, &radixHeap{}) }},
			{"4-ary", func() (uint64, uint64) { return twin(in, cost, &fourHeap{}) }},
		} {
			b.Run(w.String()+"/"+q.name, func(b *testing.B) {
				measure(b, func() {
					if p, s := q.run(); p != w.pairs || s != w.psum {
						b.Fatalf("%d pairs, sum %d", p, s)
					}
				})
			})
		}
	}
}
