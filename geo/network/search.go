package network

import (
	"context"
	"math/bits"
)

// maxBuckets bounds the memory of a queue: wider buckets are used when the limit would need more.
const maxBuckets = 1 << 16

// denseReset is the share of the nodes, one in so many, from which resetting all of them in order is faster.
const denseReset = 8

// bucketShift picks the width of the queue's buckets for a graph of this many arcs and this sum of weights: between a quarter and half
// of the mean weight. Narrower buckets are mostly empty, wider ones make the search visit nodes again.
func bucketShift(sum uint64, arcs int) uint8 {
	if arcs == 0 {
		return 0
	}
	mean := sum / uint64(arcs)
	return uint8(max(0, bits.Len64(mean)-2))
}

// label is a cost and the site it leads to, as one number: cost<<32 | site. The smaller label is the cheaper one and, at equal
// cost, the one of the lower site, so that one comparison settles ties.
type label uint64

func newLabel(cost uint32, site int32) label { return label(cost)<<32 | label(uint32(site)) }

func (l label) cost() uint32 { return uint32(l >> 32) }
func (l label) site() int32  { return int32(uint32(l)) }

// key is what a search keeps for a node: a plain cost, or a label.
type key interface{ uint32 | label }

// unseen is the key of a node that a search has not come to.
func unseen[K key]() K { return ^K(0) }

// limitKey is the largest key within a bound on the cost.
func limitKey[K key](bound uint32) K {
	unit := costShift[K]()
	return K(bound)<<unit | (K(1)<<unit - 1)
}

// costShift is the place of the cost in a key: the bits below it are the site's.
func costShift[K key]() uint8 {
	if k := unseen[K](); k>>16>>16 != 0 {
		return 32
	}
	return 0
}

// visit is one visit to make: a node, and the key it had when the visit was planned.
type visit[K key] struct {
	key  K
	node int32
	next int32 // the next visit of the same bucket or of the free list, 0 = none
}

// search is the scratch that one goroutine needs to search a graph: one key a node, allocated once. The nodes that a search reached
// are listed, and only they are reset for the next one, so that a small search in a large graph stays small.
//
// It is Dijkstra's algorithm with a queue of buckets of equal width of cost (R. Dial, Algorithm 360: Shortest-path forest with
// topological ordering, CACM 12, 1969). Buckets may be wider than the lightest arc: a bucket's visits are then made in
// rounds until no more come, as in delta-stepping (U. Meyer, P. Sanders, Journal of Algorithms 49, 2003), and a node whose cost falls
// meanwhile is visited again. The costs that a search ends with are exact all the same: it only ends when no arc can lower any.
type search[K key] struct {
	key     []K // by node
	touched []int32
	head    []int32 // by bucket: its first visit, 0 = none
	pool    []visit[K]
	free    int32 // the first unused visit of the pool, 0 = none; pool[0] is never used
	shift   uint8 // key >> shift is the bucket
	unit    uint8 // key >> unit is the cost

	_ [64]byte // keeps the searches of two workers off each other's cache lines: every step writes to the fields above
}

func newSearch[K key](nodes int) *search[K] {
	s := &search[K]{key: make([]K, nodes), pool: make([]visit[K], 1, 1024), unit: costShift[K]()}
	for i := range s.key {
		s.key[i] = unseen[K]()
	}
	return s
}

// prepare forgets the last search and readies one over a within bound.
func (s *search[K]) prepare(a *adjacency, bound uint32) {
	s.forget()
	shift := a.shift
	for bound>>shift >= maxBuckets {
		shift++
	}
	s.shift = shift + s.unit
	if n := int(bound>>shift) + 1; n > len(s.head) {
		s.head = make([]int32, n)
	}
}

// forget resets what the last search reached: node by node, or all at once when that was a good part of the graph.
func (s *search[K]) forget() {
	if len(s.touched) > len(s.key)/denseReset {
		for i := range s.key {
			s.key[i] = unseen[K]()
		}
	} else {
		for _, n := range s.touched {
			s.key[n] = unseen[K]()
		}
	}
	s.touched = s.touched[:0]
}

// start offers a key to a node that the search begins from. Its cost must be within the bound.
func (s *search[K]) start(node int32, k K) {
	was := s.key[node]
	if k >= was {
		return
	}
	if was == unseen[K]() {
		s.touched = append(s.touched, node)
	}
	s.key[node] = k
	s.plan(node, k)
}

// plan queues a visit.
func (s *search[K]) plan(node int32, k K) {
	b := k >> s.shift
	i := s.free
	if i != 0 {
		s.free = s.pool[i].next
		s.pool[i] = visit[K]{k, node, s.head[b]}
	} else {
		i = int32(len(s.pool))
		s.pool = append(s.pool, visit[K]{k, node, s.head[b]})
	}
	s.head[b] = i
}

// run visits everything within bound (inclusive) of the started nodes. Afterwards touched lists the nodes reached and key holds their
// exact keys. When it is cut short by ctx, it returns ctx's error and the scratch is of no more use.
func (s *search[K]) run(ctx context.Context, a *adjacency, bound uint32) error {
	keys, limit := s.key, limitKey[K](bound)
	for b := range s.head[:limit>>s.shift+1] {
		if b&0xff == 0xff && ctx.Err() != nil {
			return ctx.Err()
		}
		for s.head[b] != 0 {
			i := s.head[b]
			s.head[b] = 0
			for i != 0 {
				v := s.pool[i]
				s.pool[i].next, s.free = s.free, i
				i = v.next
				if keys[v.node] != v.key {
					continue // reached more cheaply since, and visited then or to be visited
				}
				room := limit - v.key
				for _, out := range a.arcs[a.first[v.node]:a.first[v.node+1]] {
					step := K(out.weight) << s.unit
					if step > room {
						continue
					}
					k, was := v.key+step, keys[out.head]
					if k >= was {
						continue
					}
					if was == unseen[K]() {
						s.touched = append(s.touched, out.head)
					}
					keys[out.head] = k
					s.plan(out.head, k)
				}
			}
		}
	}
	return nil
}
