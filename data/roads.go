package data

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo/network"
)

// roads reads all road files.
func (r *reader) roads(ctx context.Context) {
	if len(r.study.Roads) == 0 {
		return
	}
	all := &network.Roads{}
	for _, s := range r.study.Roads {
		in := r.open(ctx, "roads", s.Source)
		if in == nil {
			continue
		}
		r.roadFile = in
		part := r.roadFileRoads(ctx, in, s)
		if part != nil && s.NoFerries {
			r.withoutFerries(in, part)
		}
		if part != nil && len(part.Ways) == 0 && !r.c.full() {
			_ = in.fail(0, "", "", T("没有可用的道路", "holds no road that anyone may use"), T("检查文件是否含道路", "check whether the file holds roads"))
		} else if part != nil {
			joinRoads(all, part)
		}
		r.closeInput(in)
	}
	r.out.Roads = all
}

// withoutFerries drops ferries, as the source asks.
func (r *reader) withoutFerries(in *input, roads *network.Roads) {
	all := len(roads.Ways)
	roads.Ways = slices.DeleteFunc(slices.Clone(roads.Ways), func(w network.Way) bool { return w.Class == network.Ferry }) // the others may be being kept
	if n := all - len(roads.Ways); n > 0 {
		r.c.find("info", in.name, 0, T("%d 条轮渡未使用（ferries: false）", "%d ferries left out (ferries: false)", n))
	}
}

// roadFileRoads reads one file, or takes it from the cache.
func (r *reader) roadFileRoads(ctx context.Context, in *input, s RoadSource) *network.Roads {
	key := r.roadsKey(ctx, s)
	if roads := r.keptRoads(in, key); roads != nil {
		return roads
	}
	errs, findings := len(r.c.errs), len(r.c.findings)
	var roads *network.Roads
	if isOSM(in.name) {
		roads = r.readRoadOSM(ctx, in)
	} else {
		roads = r.readRoadFeatures(ctx, in, s)
	}
	if roads != nil && len(r.c.errs) == errs && ctx.Err() == nil {
		r.keepRoads(in, key, roads, r.c.findings[findings:])
	}
	return roads
}

// joinRoads appends the roads of one file to those of others. Files do not share nodes.
func joinRoads(all, part *network.Roads) {
	if len(all.Ways) == 0 {
		*all = *part
		return
	}
	nodes, refs := int32(len(all.Nodes)), int32(len(all.Refs))
	all.Nodes = append(all.Nodes, part.Nodes...)
	for _, ref := range part.Refs {
		all.Refs = append(all.Refs, ref+nodes)
	}
	for _, w := range part.Ways {
		w.First += refs
		all.Ways = append(all.Ways, w)
	}
}

// readRoadOSM reads OSM's own formats: PBF and XML.
func (r *reader) readRoadOSM(ctx context.Context, in *input) *network.Roads {
	file, err := os.Open(in.path)
	if err != nil {
		_ = r.c.add(openError(in.name, err))
		return nil
	}
	defer file.Close() // read only
	var blocks []*pbfBlock
	if strings.EqualFold(filepath.Ext(in.name), ".osm") {
		blocks, err = readOSM(ctx, bufio.NewReaderSize(file, 1<<20))
	} else {
		blocks, err = readPBF(ctx, bufio.NewReaderSize(file, 1<<20), r.options.Workers)
	}
	if err != nil {
		r.pbfProblem(in, err)
		return nil
	}
	roads, stats := assembleRoads(blocks)
	in.info.Rows = len(roads.Ways)
	stats.report(r.c, in.name)
	return roads
}

func (r *reader) pbfProblem(in *input, err error) {
	var p *pbfError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // Read reports it
	case errors.As(err, &p):
		_ = in.failWith(0, p.what, p.hint, err)
	default:
		_ = r.c.add(openError(in.name, err))
	}
}

// roadStats counts what was left out of the roads.
type roadStats struct {
	closed  int // ways nobody may use
	areas   int // areas and other lines that are no roads
	missing int // nodes that the extract does not hold
	cut     int // ways that lost nodes
	repeats int // ways given twice
}

func (s roadStats) report(c *collector, file string) {
	if s.closed > 0 {
		c.find("info", file, 0, T("%d 条道路对公众不开放，未使用", "%d ways are closed to everyone, left out", s.closed))
	}
	if s.areas > 0 {
		c.find("info", file, 0, T("%d 条要素不是道路（面、在建、规划等），未使用", "%d ways are no roads (areas, planned, under construction), left out", s.areas))
	}
	if s.cut > 0 {
		c.find("info", file, 0, T("%d 条道路在提取边界处被截断，缺 %d 个节点", "%d ways are cut at the edge of the extract, %d of their nodes are missing", s.cut, s.missing))
	}
	if s.repeats > 0 {
		c.find("warning", file, 0, T("%d 条道路重复，只用一次", "%d ways are given twice, used once", s.repeats))
	}
}

// manyBlocks is from how many blocks on, some million objects, memory is worth a sweep.
const manyBlocks = 200

// assembleRoads joins the blocks of a file: ways sorted by id, nodes sorted by id, only those that ways use. The blocks are used up.
func assembleRoads(blocks []*pbfBlock) (*network.Roads, roadStats) {
	var stats roadStats
	sweep := func() {}
	if len(blocks) > manyBlocks {
		sweep = runtime.GC // otherwise what each phase leaves behind stands beside what the next one makes
	}
	sweep()
	ways := pickWays(blocks, &stats)
	used := usedNodes(ways)
	points := nodePositions(blocks, used)
	clear(blocks) // their nodes are no longer needed
	sweep()
	known := 0
	for _, p := range points {
		if p != nowhere {
			known++
		}
	}
	roads := &network.Roads{Nodes: make([]orb.Point, 0, known), Refs: make([]int32, 0, countRefs(ways)), Ways: make([]network.Way, 0, len(ways))}
	dense := make([]int32, len(used)) // used node -> index in roads.Nodes, -1 = not in the file
	for i, p := range points {
		dense[i] = -1
		if p != nowhere {
			dense[i] = int32(len(roads.Nodes))
			roads.Nodes = append(roads.Nodes, orb.Point{float64(p.lon) / 1e7, float64(p.lat) / 1e7})
		}
	}
	find := finder{ids: used}
	run := make([]int32, 0, 64)
	for _, w := range ways {
		lost := 0
		run = run[:0]
		for _, id := range w.refs {
			node := dense[find.at(id)]
			if node < 0 {
				lost++
				addRun(roads, w.way, run)
				run = run[:0]
				continue
			}
			if len(run) == 0 || run[len(run)-1] != node {
				run = append(run, node)
			}
		}
		addRun(roads, w.way, run)
		if lost > 0 {
			stats.cut++
			stats.missing += lost
		}
	}
	return roads, stats
}

// openWay is a way that someone may use, with its nodes as the file numbers them.
type openWay struct {
	way  network.Way
	refs []int64
}

// pickWays returns the ways that someone may use, sorted by id.
func pickWays(blocks []*pbfBlock, stats *roadStats) []openWay {
	n := 0
	for _, b := range blocks {
		n += len(b.ways)
	}
	ways := make([]openWay, 0, n)
	for _, b := range blocks {
		stats.closed += b.closed
		stats.areas += b.areas
		for _, w := range b.ways {
			ways = append(ways, openWay{w, b.refs[w.First : w.First+w.Count]})
		}
	}
	slices.SortStableFunc(ways, func(a, b openWay) int { return cmp.Compare(a.way.ID, b.way.ID) })
	all := len(ways)
	ways = slices.CompactFunc(ways, func(a, b openWay) bool { return a.way.ID == b.way.ID })
	stats.repeats += all - len(ways)
	return ways
}

func countRefs(ways []openWay) int {
	n := 0
	for _, w := range ways {
		n += len(w.refs)
	}
	return n
}

// usedNodes returns the ids of the ways' nodes, ascending, each once.
func usedNodes(ways []openWay) []int64 {
	used := make([]int64, 0, countRefs(ways))
	for _, w := range ways {
		used = append(used, w.refs...)
	}
	slices.Sort(used)
	return slices.Compact(used)
}

// position is where a node is, in 1e-7 degrees. It is kept small: an extract has millions.
type position struct{ lon, lat int32 }

// nowhere is the position of a node that the file does not hold: no latitude is that far south.
var nowhere = position{lat: math.MinInt32}

// nodePositions finds the used nodes among all nodes of the file, which are used up. Of a node given twice the first counts.
func nodePositions(blocks []*pbfBlock, used []int64) []position {
	points := make([]position, len(used))
	for i := range points {
		points[i] = nowhere
	}
	find := finder{ids: used}
	for _, b := range blocks {
		for i, id := range b.nodeID {
			if at := find.at(id); at >= 0 && points[at] == nowhere {
				points[at] = position{b.lon[i], b.lat[i]}
			}
		}
		b.nodeID, b.lon, b.lat = nil, nil, nil
	}
	return points
}

// finder looks ids up in an ascending list. Ids mostly come near the one before, so it gallops from there.
type finder struct {
	ids []int64
	pos int
}

// at returns the index of id, -1 when it is not in the list.
func (f *finder) at(id int64) int {
	n := len(f.ids)
	low, high := 0, n // ids[low-1] < id <= ids[high]
	if f.pos < n && f.ids[f.pos] < id {
		low = f.pos + 1
		for step := 1; low+step < n; step *= 2 {
			if f.ids[low+step] >= id {
				high = low + step
				break
			}
			low += step
		}
	} else {
		high = min(f.pos, n)
		for step := 1; high-step > 0; step *= 2 {
			if f.ids[high-step] < id {
				low = high - step
				break
			}
			high -= step
		}
	}
	f.pos = low + sort.Search(high-low, func(i int) bool { return f.ids[low+i] >= id })
	if f.pos < n && f.ids[f.pos] == id {
		return f.pos
	}
	return -1
}
