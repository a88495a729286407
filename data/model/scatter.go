package model

import "sitecover/geo/network"

// Shares of Options.Scattered.
const (
	farmShare = 0.042 // of the dry mesh points
	laneShare = 0.40  // of the pieces of small roads
	farmer    = 3.2   // people of a farm, before all are scaled to the number asked for
)

// scatter adds what Options.Scattered asks for, if it does, before the people of the settlements come.
func (w *world) scatter() {
	w.people = make([]float32, w.mesh.size())
	if w.opt.Scattered {
		w.scatterFarms()
		w.layDoorLanes()
	}
}

// scatterFarms puts farms over the open country.
func (w *world) scatterFarms() {
	luck := w.seed.field(73)
	for p := range w.people {
		if !w.wet[p] && w.communityOf.label[p] >= 0 && luck.cell(int64(p), 0) < farmShare {
			w.people[p] = farmer
		}
	}
}

// layDoorLanes lets a lane leave many pieces of the small roads at their middle, to a yard beside the road. The lanes end there and
// touch nothing else.
func (w *world) layDoorLanes() {
	luck, lane := w.seed.field(74), &line{class: network.Service}
	var lanes []way
	for i := range w.net.ways {
		y := &w.net.ways[i]
		if c := y.line.class; y.bridge || y.line.oneway || c < network.Tertiary || c == network.Ferry {
			continue
		}
		nodes := y.nodes[:1:1]
		for k := 1; k < len(y.nodes); k++ {
			from, to := y.nodes[k-1], y.nodes[k]
			a, b := w.net.nodes[from], w.net.nodes[to]
			if a.dist(b) > 24 && luck.cell(int64(from), int64(to)) < laneShare {
				if yard := a.lerp(b, 0.5).add(b.sub(a).unit().left().mul(14 + 16*luck.cell(int64(to), int64(from)))); !w.land.water(yard, 0) {
					gate := int32(len(w.net.nodes))
					w.net.nodes = append(w.net.nodes, a.lerp(b, 0.5), yard)
					nodes = append(nodes, gate)
					lanes = append(lanes, way{line: lane, nodes: []int32{gate, gate + 1}})
				}
			}
			nodes = append(nodes, to)
		}
		y.nodes = nodes
	}
	w.net.ways = append(w.net.ways, lanes...)
}
