package model

import (
	"math"
	"math/rand/v2"

	"sitecover/geo/network"
)

// place is a named place, with our word for its kind.
type place struct {
	kind, name string
	at         vec
	community  int32
	footfall   int // observed people a day, 0 = not observed
}

// crowd is how many people a day a place of a kind has, in order of magnitude, where somebody counts them.
var crowd = map[string]int{"market": 2600, "mall": 7800, "hospital": 2100, "scenic": 1500, "bus_station": 3200, "square": 1800}

// roadside finds places beside roads.
type roadside struct {
	w     *world
	nodes []vec
	index *buckets
}

func (w *world) roadside() *roadside {
	r := &roadside{w: w}
	for _, y := range w.net.ways {
		if y.line.class == network.Motorway || y.line.class == network.Ferry || y.line.class == network.Path || y.bridge {
			continue
		}
		for _, n := range y.nodes {
			r.nodes = append(r.nodes, w.net.nodes[n])
		}
	}
	r.index = newBuckets(w.land.area, 200, len(r.nodes), func(i int) box { return boxOf(r.nodes[i], r.nodes[i], 0) })
	return r
}

// near returns a place some steps off the road node nearest to p, in the same community where there is one; ok is false
// when the community has no road within reach metres.
func (r *roadside) near(p vec, reach float64, rng *rand.Rand) (at vec, ok bool) {
	w := r.w
	home := w.communityAt(p)
	if home < 0 {
		return p, false
	}
	best := math.Inf(1)
	r.index.near(boxOf(p, p, reach), func(i int32) {
		if d := r.nodes[i].dist(p); d < best && d <= reach && w.settled(r.nodes[i], home) {
			best, at = d, r.nodes[i]
		}
	})
	if math.IsInf(best, 1) {
		return p, false
	}
	for range 8 {
		a, d := 2*math.Pi*rng.Float64(), 12+18*rng.Float64()
		if q := at.add(vec{d * math.Cos(a), d * math.Sin(a)}); w.settled(q, home) && !w.land.water(q, 5) {
			return q, true
		}
	}
	return at, true
}

// communityAt returns the community of p by the nearest mesh point, -1 outside.
func (w *world) communityAt(p vec) int32 { return w.communityOf.label[w.mesh.nearest(p)] }

// settled reports whether p surely lies in the community: all corners of its triangle do, so that no border passes.
func (w *world) settled(p vec, home int32) bool {
	corners, ok := w.mesh.triangle(p)
	for _, c := range corners {
		ok = ok && w.communityOf.label[c] == home
	}
	return ok && home >= 0
}

// makePlaces fills the county with hosts of sites, generators of footfall, and names.
func (w *world) makePlaces() {
	r := w.roadside()
	rng := w.seed.field(80).rand(0)
	add := func(kind, name string, p vec, reach float64) {
		if at, ok := r.near(p, reach, rng); ok {
			f := 0
			if c := crowd[kind]; c > 0 && rng.Float64() < 0.4 {
				f = int(float64(c) * math.Exp(0.5*rng.NormFloat64()))
			}
			w.places = append(w.places, place{kind, name, at, w.communityAt(at), f})
		}
	}
	for i := range w.settlements {
		w.placesOf(i, rng, add)
	}
	for i := range w.communities {
		c := &w.communities[i]
		p := w.mesh.at(c.seed)
		hall, office := "文化礼堂", "村民委员会"
		if c.urban {
			hall, office = "文化活动室", "居民委员会"
		}
		add("community_centre", c.name+office, p, 700)
		if rng.Float64() < 0.4 {
			add("culture", c.name+hall, p.add(vec{160 * rng.NormFloat64(), 160 * rng.NormFloat64()}), 500)
		}
		if rng.Float64() < 0.3 {
			add("闲置用房", c.name+"闲置用房", p.add(vec{300 * rng.NormFloat64(), 300 * rng.NormFloat64()}), 500)
		}
	}
	w.scenicSpots(rng, add)
	w.busStops(rng)
}

// amenity is how many places of a kind a part of a town has.
type amenity struct {
	kind, name string
	count      float64 // a fraction is a chance
}

var amenities = map[kind][]amenity{
	oldTown: {{"market", "农贸市场", 3}, {"mall", "百货大楼", 1}, {"hospital", "人民医院", 1}, {"school", "小学", 4}, {"square", "文化广场", 2},
		{"park", "公园", 2}, {"bank", "银行营业部", 6}, {"government", "政务服务中心", 1}, {"culture", "文化馆", 1}, {"library", "图书馆", 1}, {"clinic", "社区卫生服务中心", 2}},
	oldRing: {{"market", "菜市场", 4}, {"mall", "购物中心", 1}, {"hospital", "中医院", 1}, {"school", "中学", 5}, {"square", "广场", 2},
		{"park", "公园", 3}, {"bank", "银行", 6}, {"bus_station", "汽车客运站", 1}, {"clinic", "社区卫生服务站", 4}, {"supermarket", "超市", 5}},
	newTown: {{"market", "生鲜市场", 2}, {"mall", "广场购物中心", 2}, {"hospital", "新区医院", 1}, {"school", "实验学校", 4}, {"square", "市民广场", 1},
		{"park", "湿地公园", 3}, {"bank", "银行", 4}, {"office", "写字楼", 4}, {"sports", "体育馆", 1}, {"supermarket", "超市", 3}},
	southTown: {{"office", "产业园", 6}, {"market", "市场", 1}, {"school", "职业学校", 1}, {"bank", "银行", 2}, {"park", "公园", 1}},
	estate:    {{"kindergarten", "幼儿园", 0.8}, {"supermarket", "超市", 0.6}, {"square", "小区广场", 0.3}},
	townSeat: {{"market", "集贸市场", 1.3}, {"clinic", "卫生院", 1}, {"school", "中心小学", 1.6}, {"square", "文化广场", 0.8}, {"bus_station", "客运站", 0.5},
		{"bank", "信用社", 1.6}, {"government", "便民服务中心", 1}, {"culture", "文化站", 0.9}, {"park", "公园", 0.5}, {"supermarket", "超市", 1.5}},
	village: {{"clinic", "卫生室", 0.45}, {"school", "小学", 0.14}, {"convenience", "便利店", 0.5}, {"square", "健身广场", 0.25}},
}

// placesOf adds the places of one settlement.
func (w *world) placesOf(i int, rng *rand.Rand, add func(kind, name string, p vec, reach float64)) {
	x := &w.settlements[i]
	scale := 1.0
	if i < w.urban && x.kind != estate {
		scale = max(w.land.scale*w.land.scale, 0.2)
	}
	for _, a := range amenities[x.kind] {
		n := int(a.count*scale + rng.Float64())
		for k := range n {
			p := x.centre
			for range 8 {
				q := x.axis(0.9*(2*rng.Float64()-1), 0.9*(2*rng.Float64()-1))
				if w.communityAt(q) >= 0 && (i >= w.urban || w.zoneAt(q) == i) {
					p = q
					break
				}
			}
			name := x.name
			if i < w.urban && w.communityAt(p) >= 0 {
				name = trimPlace(w.communities[w.communityAt(p)].name)
			}
			name += a.name
			if k > 0 && i >= w.urban {
				name += "（" + []string{"东", "西", "南", "北"}[k%4] + "）"
			}
			add(a.kind, name, p, 400)
		}
	}
}

// scenicSpots puts a few sights at the lake and in the hills.
func (w *world) scenicSpots(rng *rand.Rand, add func(kind, name string, p vec, reach float64)) {
	names := []string{"湖滨景区", "古渡口", "竹海", "云顶茶园", "石佛寺遗址"}
	for i := range w.land.counties {
		k := w.land.lakes[i].shore
		add("scenic", w.land.lakes[i].name+names[0], k.centre.add(vec{0, k.reach(math.Pi/2) + 150}), 1500)
		for _, name := range names[1:] {
			a, d := 2*math.Pi*rng.Float64(), (0.15+0.2*rng.Float64())*w.land.pitch
			add("scenic", name, w.land.seat(i).add(vec{d * math.Cos(a), d * math.Sin(a)}), 1500)
		}
	}
}

// busStops walks along the roads that buses use and puts a stop every so often, closer in the seat than outside.
func (w *world) busStops(rng *rand.Rand) {
	taken := map[[2]int]bool{}
	for _, l := range w.roads.lines {
		if l.class > network.Tertiary || l.class == network.Motorway {
			continue
		}
		run := 250 * rng.Float64()
		for i := 1; i < len(l.pts); i++ {
			a, b := l.pts[i-1], l.pts[i]
			run += a.dist(b)
			gap := 1500.0
			if w.zoneAt(b) >= 0 {
				gap = 480
			}
			square := [2]int{int(math.Floor(b.x / 330)), int(math.Floor(b.y / 330))}
			c := w.communityAt(b)
			if run < gap || taken[square] || c < 0 || w.land.water(b, 20) || !w.settled(b, c) {
				continue
			}
			run, taken[square] = 0, true
			name := trimPlace(w.communities[c].name)
			if l.name != "" && w.zoneAt(b) >= 0 {
				name = l.name + name
			}
			at := b.add(b.sub(a).unit().left().mul(-9))
			if !w.settled(at, c) {
				at = b
			}
			w.places = append(w.places, place{"bus_stop", name + "站", at, c, 0})
		}
	}
}
