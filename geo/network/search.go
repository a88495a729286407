package network

import (
	"context"
	"math"
	"math/bits"
)

// unseen is the distance of a node that no search has come to.
const unseen = math.MaxUint32

// maxBuckets bounds the memory of a queue: wider buckets are used when the limit would need more.
const maxBuckets = 1 << 16

// bucketShift picks the width of the queue's buckets: about half of a typical weight. Narrower ones are mostly empty, wider ones
// make the search visit nodes again.
func bucketShift(sum uint64, arcs int) uint8 {
	if arcs == 0 {
		return 0
	}
	mean := sum / uint64(arcs)
	return uint8(max(0, bits.Len64(mean)-2))
}

// entry is one visit to make: a node and the cost it had when the visit was planned.
type entry struct {
	next int32 // the next entry of the same bucket or free list, 0 = none
	node int32
	cost uint32
}

// queue holds the visits to make, in buckets of equal width of cost. Within a bucket they are not sorted: a search takes a
// bucket's entries in rounds until no more come, and a node whose cost falls meanwhile is visited again. The costs that a search ends
// with are the exact ones: a node is only left alone when no arc can lower it any more.
type queue struct {
	head  []int32 // by bucket: its first entry, 0 = none
	pool  []entry // pool[0] is not used
	free  int32
	shift uint8
}

// prepare sizes the queue for costs up to bound. The queue must be empty, as it is after every complete search.
func (q *queue) prepare(bound uint32, shift uint8) {
	for bound>>shift >= maxBuckets {
		shift++
	}
	q.shift = shift
	if n := int(bound>>shift) + 1; n > len(q.head) {
		q.head = make([]int32, n)
	}
	if len(q.pool) == 0 {
		q.pool = make([]entry, 1, 1024)
	}
}

func (q *queue) push(node int32, cost uint32) {
	b := cost >> q.shift
	i := q.free
	if i != 0 {
		q.free = q.pool[i].next
		q.pool[i] = entry{q.head[b], node, cost}
	} else {
		i = int32(len(q.pool))
		q.pool = append(q.pool, entry{q.head[b], node, cost})
	}
	q.head[b] = i
}

// empty drops all entries, after a search that was given up.
func (q *queue) empty() {
	clear(q.head)
	q.pool, q.free = q.pool[:1], 0
}

// scratch is what one goroutine needs to search: one cost a node, allocated once. Between searches all of it is unseen; only
// the nodes that were touched are reset.
type scratch struct {
	cost    []uint32
	touched []int32
	queue   queue
}

func newScratch(nodes int) *scratch {
	s := &scratch{cost: make([]uint32, nodes)}
	for i := range s.cost {
		s.cost[i] = unseen
	}
	return s
}

// reset forgets the last search.
func (s *scratch) reset() {
	for _, n := range s.touched {
		s.cost[n] = unseen
	}
	s.touched = s.touched[:0]
}

// prepare readies the scratch for a search over a within bound.
func (s *scratch) prepare(a *adjacency, bound uint32) {
	s.reset()
	s.queue.prepare(bound, a.shift)
}

// start plans a visit to a node that the search begins from. Costs beyond the bound must not be given.
func (s *scratch) start(node int32, cost uint32) {
	if cost >= s.cost[node] {
		return
	}
	if s.cost[node] == unseen {
		s.touched = append(s.touched, node)
	}
	s.cost[node] = cost
	s.queue.push(node, cost)
}

// run visits everything within bound (inclusive) of the started nodes. Afterwards touched lists the nodes reached, and cost
// holds their exact costs.
func (s *scratch) run(a *adjacency, bound uint32) {
	cost, q := s.cost, &s.queue
	for b := range q.head[:bound>>q.shift+1] {
		for q.head[b] != 0 {
			i := q.head[b]
			q.head[b] = 0
			for i != 0 {
				e := q.pool[i]
				q.pool[i].next, q.free = q.free, i
				i = e.next
				if cost[e.node] != e.cost {
					continue // reached more cheaply since, and visited then or to be visited
				}
				room := bound - e.cost
				for _, out := range a.arcs[a.first[e.node]:a.first[e.node+1]] {
					if out.weight > room {
						continue
					}
					c, was := e.cost+out.weight, cost[out.head]
					if c >= was {
						continue
					}
					if was == unseen {
						s.touched = append(s.touched, out.head)
					}
					cost[out.head] = c
					q.push(out.head, c)
				}
			}
		}
	}
}

// label is a cost and the site it leads to, as one number: cost<<32 | site. The smaller label is the cheaper one and, at equal cost,
// the one of the lower site, so that one comparison settles ties.
type label uint64

const unlabelled label = math.MaxUint64

func newLabel(cost uint32, site int32) label { return label(cost)<<32 | label(uint32(site)) }

func (l label) cost() uint32 { return uint32(l >> 32) }
func (l label) site() int32  { return int32(uint32(l)) }

// labelEntry is entry for labels.
type labelEntry struct {
	label label
	node  int32
	next  int32
}

// labeller searches from many sites at once: every node within the limit gets the label of its nearest site.
type labeller struct {
	label []label
	head  []int32
	pool  []labelEntry
	free  int32
	shift uint8
}

// newLabeller readies one search over a within bound.
func newLabeller(a *adjacency, bound uint32) *labeller {
	s := &labeller{label: make([]label, len(a.first)-1)}
	s.prepare(a, bound)
	return s
}

// prepare forgets the last search and sizes the queue.
func (s *labeller) prepare(a *adjacency, bound uint32) {
	for i := range s.label {
		s.label[i] = unlabelled
	}
	var q queue
	q.head = s.head
	q.prepare(bound, a.shift)
	s.head, s.shift = q.head, q.shift
	if len(s.pool) == 0 {
		s.pool = make([]labelEntry, 1, 1024)
	}
}

// start offers a label to a node that the search begins from. Costs beyond the bound must not be given.
func (s *labeller) start(node int32, l label) {
	if l < s.label[node] {
		s.label[node] = l
		s.push(node, l)
	}
}

func (s *labeller) push(node int32, l label) {
	b := l.cost() >> s.shift
	i := s.free
	if i != 0 {
		s.free = s.pool[i].next
		s.pool[i] = labelEntry{l, node, s.head[b]}
	} else {
		i = int32(len(s.pool))
		s.pool = append(s.pool, labelEntry{l, node, s.head[b]})
	}
	s.head[b] = i
}

// run spreads the labels as far as bound (inclusive).
func (s *labeller) run(ctx context.Context, a *adjacency, bound uint32) error {
	labels := s.label
	for b := range s.head[:bound>>s.shift+1] {
		if b&0xff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for s.head[b] != 0 {
			i := s.head[b]
			s.head[b] = 0
			for i != 0 {
				e := s.pool[i]
				s.pool[i].next, s.free = s.free, i
				i = e.next
				if labels[e.node] != e.label {
					continue
				}
				room := bound - e.label.cost()
				for _, out := range a.arcs[a.first[e.node]:a.first[e.node+1]] {
					if out.weight > room {
						continue
					}
					if l := e.label + label(out.weight)<<32; l < labels[out.head] {
						labels[out.head] = l
						s.push(out.head, l)
					}
				}
			}
		}
	}
	return nil
}
