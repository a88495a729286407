package data

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// Progress says which file is about to be read.
type Progress struct {
	File  string
	Role  string
	Index int // 0-based
	Count int // of all files
}

// Options of Read.
type Options struct {
	Progress func(Progress) // called before each file; may be nil
	Cache    Cache          // of parsed inputs; the zero value keeps none. The result does not depend on it
	Workers  int            // goroutines that decode roads; 0 = one per CPU. The result does not depend on it
}

// Read reads all files of a study into one dataset in WGS84. Everything wrong with the files comes back at once, as
// InputErrors of at most MaxErrors; other errors mean that the context ended or that the machine failed. Sites, places,
// regions and people come out ordered by their ids, whatever the order of the rows was.
func Read(ctx context.Context, study *Study, options Options) (*Dataset, error) {
	r := newReader(study, options)
	key := r.readingKey(ctx)
	if d := r.keptReading(ctx, key); d != nil {
		return d, nil
	}
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	if err := r.c.err(); err != nil {
		return nil, err
	}
	d := r.dataset()
	r.keepReading(key, d)
	return d, nil
}

func newReader(study *Study, options Options) *reader {
	return &reader{study: study, options: options, c: newCollector(), seen: &inspections{}}
}

// run reads file after file; what is wrong with them is noted.
func (r *reader) run(ctx context.Context) error {
	for _, step := range []func(context.Context){r.studyFile, r.boundaries, r.people, r.roads, r.ledgers, r.places, r.exclusions, r.entities, r.zones, r.residential, r.buildings, r.spread, r.compare} {
		step(ctx)
		if r.fatal != nil {
			return r.fatal
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.c.full() {
			break
		}
	}
	return nil
}

func (r *reader) dataset() *Dataset {
	r.out.Study, r.out.Regions, r.out.Findings = r.study, r.regions, r.c.findings
	return &r.out
}

// files lists the input files in the order in which the study names them.
func (s *Study) files() []string {
	var all []Source
	for _, x := range s.Areas {
		all = append(all, x.Source)
	}
	for _, x := range s.Population {
		all = append(all, x.Source)
		for _, g := range x.Groups {
			if x.Kind == "raster" {
				all = append(all, x.groupSource(g))
			}
		}
	}
	for _, x := range s.Roads {
		all = append(all, x.Source)
	}
	for _, x := range s.Sites {
		all = append(all, x.Source)
	}
	for _, x := range s.Places {
		all = append(all, x.Source)
	}
	for _, x := range s.Exclusions {
		all = append(all, x.Source)
	}
	for _, x := range s.Entities {
		all = append(all, x.Source)
	}
	for _, x := range s.Zones {
		all = append(all, x.Source)
	}
	for _, x := range s.Residential {
		all = append(all, x.Source)
	}
	for _, x := range s.Buildings {
		all = append(all, x.Source)
	}
	for _, x := range s.Codes {
		all = append(all, x.Source)
	}
	slices.SortStableFunc(all, func(a, b Source) int { return cmp.Compare(a.Line, b.Line) })
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = x.File
	}
	return out
}

// reader is a dataset being read.
type reader struct {
	study    *Study
	options  Options
	c        *collector
	count    int // files begun
	regions  *geo.Regions
	codesOf  *geo.Regions             // whose codes stand in byCode
	byCode   map[string]int32         // region by its code without the zeros behind it, -1 = several or none
	cells    map[int]map[h3.Cell]bool // the study area without boundaries: its cells by resolution
	groups   *groupSet
	weights  []coverage.PlaceWeight // where people live: buildings, else residential land
	polygons []peoplePolygon        // whose people are not spread yet
	watched  []watched
	borders  []border // boundary files, for the coordinate doctor
	roadFile *input   // the last file of roads
	opened   []*input
	origin   map[string]seenAt // region ID -> where it stands
	out      Dataset
	fatal    error
	seen     *inspections                   // of files, shared by readers of one study
	own      struct{ inputs, findings int } // of the study file itself, which come first
}

// stop ends the reading of a file when there are enough problems or the context has ended.
func (r *reader) stop(ctx context.Context) error {
	if r.c.full() {
		return errFull
	}
	return ctx.Err()
}

// open announces a file and takes its hash; nil after noting why it cannot be read.
func (r *reader) open(ctx context.Context, role string, src Source) *input {
	if r.c.full() || ctx.Err() != nil {
		return nil
	}
	s := r.study
	if r.options.Progress != nil {
		r.options.Progress(Progress{File: src.File, Role: role, Index: r.count, Count: len(s.files())})
	}
	r.count++
	in := newInput(s, role, src, r.c)
	if !in.inspected(r.seen.of(in.path)) {
		return nil
	}
	return in
}

// closeInput lists the file in the manifest.
func (r *reader) closeInput(in *input) {
	r.out.Inputs = append(append(r.out.Inputs, in.info), in.beside...)
	r.opened = append(r.opened, in)
}

// studyFile lists the study file itself among the inputs.
func (r *reader) studyFile(context.Context) {
	name := r.study.Path
	in := &input{name: filepath.Base(name), path: name, role: "study", c: r.c}
	r.c.file(in.name)
	for _, file := range r.study.files() {
		r.c.file(file)
	}
	in.info = Input{Path: in.name, Role: "study"}
	if in.inspect() {
		r.closeInput(in)
	}
	r.standardFile()
	r.own.inputs, r.own.findings = len(r.out.Inputs), len(r.c.findings)
}

// locate returns the deepest region that contains a point, -1 outside the study area.
func (r *reader) locate(p orb.Point) int32 {
	if r.regions == nil {
		return -1
	}
	if len(r.study.Areas) > 0 {
		return r.regions.Locate(p)
	}
	for resolution, cells := range r.cells {
		if cells[grid.CellOf(p, resolution)] {
			return 0
		}
	}
	return -1
}
