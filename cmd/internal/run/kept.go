package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
	"sitecover/geo/pack"
)

// What takes long to compute is kept in the cache, under a hash of all that it was computed from: the content, not the files, so that it
// does not matter which way the content came. What the cache holds is checked before it is used; whatever is not whole is computed anew
// and written over. A cache that cannot be written only costs time on the next run, and its Writer tells.

// Kinds of entries.
const (
	gridKind   = "grid"
	peopleKind = "people"
	graphKind  = "graph"
	placedKind = "placed"
)

// joined is a key of several.
func joined(keys ...string) string {
	h := sha256.New()
	for _, k := range keys {
		if k == "" {
			return ""
		}
		io.WriteString(h, k+"\n") // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sumKey is a key of values; "" where they cannot be written, and nothing is kept then.
func sumKey(pointers ...any) string {
	sum, err := pack.Sum(pointers...)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(sum[:])
}

// keepKeys finds the keys of the grid and of the people on it.
func (s *Session) keepKeys() {
	if s.opts.Cache.Dir == "" {
		return
	}
	var people string
	var work sync.WaitGroup
	work.Go(func() { people = sumKey(&s.Data.Population) })
	sum := grid.Fingerprint(s.Data.Regions, s.Study.Resolution)
	work.Wait()
	s.keys.grid = hex.EncodeToString(sum[:])
	if len(s.Study.Areas) == 0 {
		s.keys.grid = joined("cells", s.keys.grid, people)
	}
	s.keys.people = joined(s.keys.grid, people)
}

// keys are those of what a session holds, "" = it is not kept.
type keys struct {
	grid, people string
	roads        string
}

// buildGrid makes the grid of the study area.
func (s *Session) buildGrid(ctx context.Context) (*grid.Grid, error) {
	cache, key := s.opts.Cache, s.keys.grid
	var g *grid.Grid
	if key != "" && cache.Load(gridKind, key, func(r io.Reader, most int64) (err error) {
		g, err = grid.Read(r, most, len(s.Data.Regions.All))
		return err
	}) && g.Resolution == s.Study.Resolution {
		return g, nil
	}
	var err error
	if len(s.Study.Areas) > 0 {
		g, err = grid.Build(ctx, s.Data.Regions, s.Study.Resolution)
	} else {
		g, err = grid.FromCells(studyCells(s.Data.Population, s.Study.Resolution), s.Study.Resolution)
	}
	if err == nil && key != "" {
		_ = cache.Store(gridKind, key, g.Write) // the Writer tells
	}
	return g, err
}

// distribute puts the people onto the grid.
func (s *Session) distribute() (err error) {
	cache, key := s.opts.Cache, s.keys.people
	var d coverage.Demand
	var spread coverage.Distribution
	if key != "" && cache.LoadValues(peopleKind, key, &d, &spread) && s.fits(&d) && s.known(&spread) {
		s.Demand, s.Spread = &d, &spread
		return nil
	}
	s.Demand, s.Spread, err = coverage.Distribute(s.Grid, s.Data.Regions, s.Data.Population)
	if err == nil && key != "" {
		_ = cache.StoreValues(peopleKind, key, s.Demand, s.Spread) // the Writer tells
	}
	return err
}

// fits reports whether a demand is one of the session's grid and regions.
func (s *Session) fits(d *coverage.Demand) bool {
	n := d.Len()
	if len(d.Point) != n || len(d.Region) != n || len(d.Cell) != n {
		return false
	}
	for _, g := range d.Groups {
		if len(g.People) != n {
			return false
		}
	}
	for i := range n {
		if d.Region[i] < 0 || int(d.Region[i]) >= len(s.Data.Regions.All) || d.Cell[i] < 0 || int(d.Cell[i]) >= len(s.Grid.Cells) ||
			d.People[i] < 0 || !geo.ValidPoint(d.Point[i]) {
			return false
		}
	}
	return true
}

// known reports whether an account of people names regions of the session only.
func (s *Session) known(d *coverage.Distribution) bool {
	ok := true
	check := func(region int32) { ok = ok && region >= 0 && int(region) < len(s.Data.Regions.All) }
	for _, x := range d.Scaled {
		check(x.Region)
	}
	for _, x := range d.Even {
		check(x.Region)
	}
	for _, x := range d.Conflicts {
		check(x.Region)
	}
	for _, g := range d.Groups {
		for _, x := range g.Conflicts {
			check(x.Region)
		}
	}
	return ok
}

// graphKey names a graph of the session's roads.
func (s *Session) graphKey(mode network.Mode, metric geo.Metric) string {
	if s.opts.Cache.Dir == "" || s.Data.Roads == nil {
		return ""
	}
	if s.keys.roads == "" {
		sum, err := s.Data.Roads.Fingerprint()
		if err != nil {
			return ""
		}
		s.keys.roads = hex.EncodeToString(sum[:])
	}
	return joined(s.keys.roads, sumKey(&mode, &metric))
}

// buildGraph makes the road graph of a mode and metric.
func (s *Session) buildGraph(ctx context.Context, mode network.Mode, metric geo.Metric) (*network.Graph, error) {
	cache, key := s.opts.Cache, s.graphKey(mode, metric)
	var g *network.Graph
	if key != "" && cache.Load(graphKind, key, func(r io.Reader, most int64) (err error) {
		g, err = network.Read(r, most, s.Data.Roads, mode, metric)
		return err
	}) {
		return g, nil
	}
	g, err := network.Build(ctx, s.Data.Roads, mode, metric)
	if err == nil && key != "" {
		_ = cache.Store(graphKind, key, g.Write) // the Writer tells
	}
	return g, err
}

// placeOn puts the people of every cell along the streets of a graph.
func (s *Session) placeOn(ctx context.Context, graph *network.Graph) error {
	cache, key := s.opts.Cache, joined(s.keys.people, s.graphKey(graph.Mode, graph.Metric))
	s.keys.people = "" // of what stands there before
	var d coverage.Demand
	var report coverage.FrontageReport
	if key != "" && cache.LoadValues(placedKind, key, &d, &report) && s.fits(&d) {
		s.Demand, s.Placed = &d, &report
		return nil
	}
	var err error
	s.Demand, s.Placed, err = coverage.PlaceOnFrontage(ctx, s.Demand, s.Grid, s.Data.Regions, graph, coverage.FrontageOptions{Workers: s.opts.Workers})
	if err == nil && key != "" {
		_ = cache.StoreValues(placedKind, key, s.Demand, s.Placed) // the Writer tells
	}
	return err
}
