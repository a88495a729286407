// Package run takes a study from its file to its results: the one path that every command takes. It is re-entrant and keeps
// no state outside the Session, so that a service can call it in-process.
package run

import (
	"context"
	"runtime"
	"time"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
	"sitecover/reports"
	"sitecover/siting"
)

// Progress is told what is being done: a stage in both languages, and how much of it is done (total 0 = not known).
// It is called from one goroutine at a time.
type Progress func(stage data.Text, done, total int64)

// Options of a session.
type Options struct {
	Workers  int        // goroutines for parallel work; 0 = one a core. Results do not depend on it
	Progress Progress   // may be nil
	Search   Search     // of the solvers
	Cache    data.Cache // of parsed inputs and of what is computed of them before any question is asked
	Stop     *Stop      // ends searches early; nil = nothing does
}

// Search bounds the work of the solvers.
type Search struct {
	Gap        float64       // stop when the proven gap is at most this share; 0 = only when proved optimal
	Iterations int           // budget; the same budget gives the same answer anywhere. 0 = the solver's default
	Time       time.Duration // cut short after this long; the answer may then differ between machines. 0 = no limit
}

// Session holds one study and what has been computed of it so far. Each step computes the steps it rests on first and only
// once. Not for use by several goroutines at a time.
type Session struct {
	Study  *data.Study
	Data   *data.Dataset
	Grid   *grid.Grid
	Demand *coverage.Demand
	Spread *coverage.Distribution   // how people came onto the grid
	Placed *coverage.FrontageReport // how they were put along streets; nil = at one point a cell
	Result *coverage.Result
	Gaps   []coverage.Gap

	Plan     *siting.Plan       // nil when the study has no budget
	Stations *siting.StationSet // nil when the study asks for none
	Tracking *reports.Tracking  // how the targets stand year by year; nil = not tracked

	found    *siting.CandidateSet
	measures *reports.Measures // what only reports tell
	unread   data.InputErrors  // why the sites could not be assessed
	asked    *siting.Problem   // that Plan answers
	opts     Options
	graphs   map[coverage.GraphKey]*network.Graph
	modes    map[string]network.Mode
	tiers    []coverage.Tier
	keys     keys // of what is kept
}

// Open loads and reads a study: everything that `check` verifies. Problems of the inputs are data.InputErrors.
func Open(ctx context.Context, path string, opts Options) (*Session, error) {
	s := newSession(opts)
	var err error
	if s.Study, err = data.Load(path); err != nil {
		return nil, err
	}
	if s.Data, err = data.Read(ctx, s.Study, data.Options{Workers: opts.Workers, Cache: opts.Cache, Progress: s.reading}); err != nil {
		return nil, err
	}
	return s, s.begin(ctx)
}

func newSession(opts Options) *Session {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	return &Session{opts: opts, graphs: map[coverage.GraphKey]*network.Graph{}, modes: map[string]network.Mode{}}
}

// begin prepares a session whose dataset has been read.
func (s *Session) begin(ctx context.Context) error {
	for _, m := range s.Study.Modes {
		s.modes[m.ID] = m
	}
	for _, t := range s.Study.Tiers {
		s.tiers = append(s.tiers, t.Tier)
	}
	return s.grid(ctx)
}

// Tiers returns the study's tiers in its order.
func (s *Session) Tiers() []coverage.Tier { return s.tiers }

func (s *Session) reading(p data.Progress) {
	if s.opts.Progress != nil {
		s.opts.Progress(data.T("读入 %s", "reading %s", p.File), int64(p.Index), int64(p.Count))
	}
}

func (s *Session) stage(zh, en string) {
	if s.opts.Progress != nil {
		s.opts.Progress(data.Text{ZH: zh, EN: en}, 0, 0)
	}
}

// grid puts the study area on H3 and the people onto it.
func (s *Session) grid(ctx context.Context) error {
	s.stage("划分六边形网格", "building the grid")
	s.keepKeys()
	var err error
	if s.Grid, err = s.buildGrid(ctx); err != nil {
		return err
	}
	s.stage("人口落到网格", "putting people onto the grid")
	return s.distribute()
}

// input is what the coverage engine needs.
func (s *Session) input() coverage.Input {
	return coverage.Input{
		Date:    s.Study.Date,
		Regions: s.Data.Regions,
		Grid:    s.Grid,
		Demand:  s.Demand,
		Tiers:   s.tiers,
		Sites:   s.Data.Sites,
		Graphs:  s.graphs,
		Modes:   s.modes,
		Workers: s.opts.Workers,
	}
}

// network builds the road graph of every mode and metric that a tier asks for.
func (s *Session) network(ctx context.Context) error {
	for _, t := range s.tiers {
		if err := s.graph(ctx, t.Mode, t.Limit.Metric); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) graph(ctx context.Context, mode string, metric geo.Metric) error {
	key := coverage.GraphKey{Mode: mode, Metric: metric}
	if mode == coverage.Straight || s.graphs[key] != nil {
		return nil
	}
	s.stage("建立路网："+mode, "building the road network: "+mode)
	g, err := s.buildGraph(ctx, s.modes[mode], metric)
	if err != nil {
		return err
	}
	s.graphs[key] = g
	return nil
}

// place puts the people of every cell along its streets, on the network of the first tier that travels on foot, or else of
// the first that travels on roads at all.
func (s *Session) place(ctx context.Context) error {
	if s.Study.Placement != data.PlaceFrontage {
		return nil
	}
	var graph *network.Graph
	for _, t := range s.tiers {
		g := s.graphs[coverage.GraphKey{Mode: t.Mode, Metric: t.Limit.Metric}]
		if g != nil && (graph == nil || s.modes[t.Mode].Access == network.Foot) {
			graph = g
			if s.modes[t.Mode].Access == network.Foot {
				break
			}
		}
	}
	if graph == nil {
		return nil
	}
	s.stage("人口落到街道", "putting people along the streets")
	return s.placeOn(ctx, graph)
}

// Coverage computes who is served today.
func (s *Session) Coverage(ctx context.Context) error {
	if s.Result != nil {
		return nil
	}
	if err := s.network(ctx); err != nil {
		return err
	}
	if err := s.place(ctx); err != nil {
		return err
	}
	s.stage("计算覆盖", "computing coverage")
	var err error
	s.Result, err = coverage.Compute(ctx, s.input())
	return err
}

// FindGaps computes the gap areas.
func (s *Session) FindGaps(ctx context.Context) error {
	if s.Gaps != nil {
		return nil
	}
	if err := s.Coverage(ctx); err != nil {
		return err
	}
	s.stage("归并缺口", "grouping gaps")
	s.Gaps = coverage.FindGaps(s.input(), s.Result, s.names())
	if s.Gaps == nil {
		s.Gaps = []coverage.Gap{}
	}
	return coverage.MarkZones(s.input(), s.Result, s.Gaps, s.Data.Zones)
}

// names are the named places that gaps may be named after.
func (s *Session) names() []coverage.Named {
	var out []coverage.Named
	for _, p := range s.Data.Places {
		if p.Name != "" {
			out = append(out, coverage.Named{Name: p.Name, Point: p.Point})
		}
	}
	return out
}
