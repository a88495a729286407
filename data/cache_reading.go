package data

import (
	"context"
	"path/filepath"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/siting"
)

// keptRest is a dataset without its boundaries and roads, which have entries of their own, and without what depends on the study file alone.
type keptRest struct {
	Population  coverage.Population
	Sites       []coverage.Site
	Places      []siting.Place
	Exclusions  []siting.Exclusion
	Entities    []coverage.Entity
	Zones       []coverage.Zone
	Residential []orb.MultiPolygon
	HasRoads    bool
	Inputs      []Input
	Findings    []Finding
}

const readingKind = "reading"

// asRead returns the study as far as reading its inputs depends on it. What a new field asks of the inputs it asks here too, until it is
// known better: TestReadingAsksNoMore holds what is left out.
func (s *Study) asRead() *Study {
	out := &Study{
		Path: filepath.Base(s.Path), Name: s.Name, Levels: s.Levels, Spread: s.Spread, Resolution: s.Resolution, Tiers: make([]TierSpec, len(s.Tiers)),
		Areas:       lineless(s.Areas, func(x *AreaSource) *int { return &x.Line }),
		Population:  lineless(s.Population, func(x *PopulationSource) *int { return &x.Line }),
		Roads:       lineless(s.Roads, func(x *RoadSource) *int { return &x.Line }),
		Sites:       lineless(s.Sites, func(x *SiteSource) *int { return &x.Line }),
		Places:      lineless(s.Places, func(x *PlaceSource) *int { return &x.Line }),
		Exclusions:  lineless(s.Exclusions, func(x *ExclusionSource) *int { return &x.Line }),
		Entities:    lineless(s.Entities, func(x *EntitySource) *int { return &x.Line }),
		Residential: lineless(s.Residential, func(x *ResidentialSource) *int { return &x.Line }),
		Buildings:   lineless(s.Buildings, func(x *BuildingSource) *int { return &x.Line }),
		Zones:       lineless(s.Zones, func(x *ZoneSource) *int { return &x.Line }),
	}
	for i, p := range out.Population {
		out.Population[i].Groups = lineless(p.Groups, func(g *GroupColumn) *int { return &g.Line })
	}
	for i, t := range s.Tiers {
		out.Tiers[i].ID, out.Tiers[i].Name = t.ID, t.Name
	}
	return out
}

// lineless returns a copy of a list without the lines on which its members stand in the study file.
func lineless[T any](list []T, line func(*T) *int) []T {
	out := slices.Clone(list)
	for i := range out {
		*line(&out[i]) = 0
	}
	return out
}

// readingKey names the dataset by all that it depends on; "" when it is not kept.
func (r *reader) readingKey(ctx context.Context) string {
	if r.options.Cache.Dir == "" {
		return ""
	}
	var files []Source
	for _, name := range r.study.files() {
		files = append(files, Source{File: name})
	}
	hashes, bytes, ok := r.hashes(ctx, files)
	if !ok || !r.options.Cache.serves(bytes) {
		return ""
	}
	return cacheKeyOf(r.study.asRead(), hashes)
}

// keptReading takes a dataset from the cache, where it has it; nil otherwise. Boundaries and roads come from entries of their own, beside the
// rest; what of them is not kept is read.
func (r *reader) keptReading(ctx context.Context, key string) *Dataset {
	if key == "" || !r.options.Cache.has(readingKind, key) {
		return nil
	}
	own, areas, roads := r.beside(), r.beside(), r.beside()
	areas.options.Progress = r.options.Progress // one of them tells
	var rest keptRest
	var whole bool
	var work sync.WaitGroup
	work.Go(func() { roads.roads(ctx) })
	work.Go(func() { whole = r.options.Cache.LoadValues(readingKind, key, &rest) })
	own.studyFile(ctx)
	areas.boundaries(ctx)
	work.Wait()
	for _, x := range []*reader{own, areas, roads} {
		if x.fatal != nil || x.c.err() != nil {
			return nil
		}
	}
	if !whole || ctx.Err() != nil || rest.HasRoads != (roads.out.Roads != nil) {
		return nil
	}
	return &Dataset{
		Study: r.study, Regions: areas.regions, Roads: roads.out.Roads, Population: rest.Population, Sites: rest.Sites, Places: rest.Places,
		Exclusions: rest.Exclusions, Entities: rest.Entities, Zones: rest.Zones, Residential: rest.Residential,
		Inputs: append(own.out.Inputs, rest.Inputs...), Findings: append(own.c.findings, rest.Findings...),
	}
}

// beside returns a reader of the same study that shares nothing but what files told.
func (r *reader) beside() *reader {
	return &reader{study: r.study, options: Options{Cache: r.options.Cache, Workers: r.options.Workers}, c: newCollector(), seen: r.seen}
}

// keepReading puts a dataset into the cache.
func (r *reader) keepReading(key string, d *Dataset) {
	if key == "" {
		return
	}
	rest := keptRest{
		Population: d.Population, Sites: d.Sites, Places: d.Places, Exclusions: d.Exclusions, Entities: d.Entities, Zones: d.Zones,
		Residential: d.Residential, HasRoads: d.Roads != nil,
		Inputs: slices.Clone(d.Inputs[r.own.inputs:]), Findings: slices.Clone(d.Findings[r.own.findings:]),
	}
	r.options.Cache.keep(readingKind, key, &rest)
}
