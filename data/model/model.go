package model

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// DefaultPeople is the number of people of the model county when none is asked for.
const DefaultPeople = 600_000

// Options say what model to make. The zero value is the default county of seed 0.
type Options struct {
	Seed       uint64
	People     int // 20,000 to 100,000,000; 0 = 600,000
	Year       int // reporting year, 2000 to 2100; the sites were opened in the eight years up to it; 0 = 2026
	Resolution int // of the H3 cells of the population, 7 to 10; 0 = 9. Coarser cells blur people over more land
	// Scattered has people live on farms over the open country too, and lanes to the doors leave the roads: about twice the inhabited
	// cells and the junctions. A denser load for runs that ask how far the program reaches.
	Scattered bool
}

// Validate fills in nothing and names the first field that is out of range.
func (o Options) Validate() error {
	switch {
	case o.People != 0 && (o.People < 20_000 || o.People > 100_000_000):
		return fmt.Errorf("model: People: %d is not between 20,000 and 100,000,000", o.People)
	case o.Year != 0 && (o.Year < 2000 || o.Year > 2100):
		return fmt.Errorf("model: Year: %d is not between 2000 and 2100", o.Year)
	case o.Resolution != 0 && (o.Resolution < 7 || o.Resolution > 10):
		return fmt.Errorf("model: Resolution: %d is not between 7 and 10", o.Resolution)
	}
	return nil
}

// withDefaults returns the options with the defaults filled in.
func (o Options) withDefaults() Options {
	if o.People == 0 {
		o.People = DefaultPeople
	}
	if o.Year == 0 {
		o.Year = 2026
	}
	if o.Resolution == 0 {
		o.Resolution = 9
	}
	return o
}

// Generate makes the model and writes it into dir, which is created when it is not there: study.yaml, README.txt, and the
// files that the study names. Files of the same names are replaced, each at once; study.yaml comes last. The same options
// write the same bytes. Time and memory grow linearly with People: about a second and 100 MB for 600,000.
func Generate(ctx context.Context, dir string, opt Options) error {
	if err := opt.Validate(); err != nil {
		return err
	}
	w, err := build(ctx, opt.withDefaults())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"boundaries.geojson", w.writeBoundaries},
		{"population.csv", w.writeCells},
		{"totals.csv", w.writeTotals},
		{"roads.osm.pbf", w.writePBF},
		{"places.geojson", w.writePlaces},
		{"sites.xlsx", w.writeLedger},
		{"exclusions.geojson", w.writeExclusions},
		{"entities.csv", w.writeEntities},
		{"zones.geojson", w.writeZones},
		{"README.txt", w.writeReadme},
		{"study.yaml", w.writeStudy},
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, f.name), f.write); err != nil {
			return fmt.Errorf("model: %w", err)
		}
	}
	return nil
}

// writeFile writes to a file beside the target and then puts it in its place, so that nobody finds half a file.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the first error tells what went wrong
		}
	}()
	buffered := bufio.NewWriterSize(file, 1<<20)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if e := file.Chmod(0o644); err == nil {
		err = e
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
