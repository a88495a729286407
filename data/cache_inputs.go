package data

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"sitecover/geo/crs"
)

// inspections are what passes over files told, so that no file is passed over twice. Safe for several goroutines.
type inspections struct {
	mu   sync.Mutex
	told map[string]inspection
}

// of inspects a file, or remembers what was told of it.
func (s *inspections) of(path string) (inspection, error) {
	s.mu.Lock()
	x, known := s.told[path]
	s.mu.Unlock()
	if known {
		return x, nil
	}
	x, err := inspectFile(path)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.told == nil {
			s.told = map[string]inspection{}
		}
		s.told[path] = x
	}
	return x, err
}

// all inspects files at once, and returns their sizes together. ok is false when one cannot be read.
func (s *inspections) all(ctx context.Context, paths []string, workers int) (bytes int64, ok bool) {
	sizes := make([]int64, len(paths))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cmp.Or(max(workers, 0), runtime.GOMAXPROCS(0)))
	for i, path := range paths {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			x, err := s.of(path)
			sizes[i] = x.size
			return err
		})
	}
	if g.Wait() != nil {
		return 0, false
	}
	for _, n := range sizes {
		bytes += n
	}
	return bytes, true
}

// hashes returns the hashes of files with those of the files that belong to them, and the sizes of all; ok is false where a file cannot be
// read. It is asked before the files are opened, and says nothing of what is wrong with them.
func (r *reader) hashes(ctx context.Context, sources []Source) (list []string, bytes int64, ok bool) {
	var paths []string
	for _, src := range sources {
		path := r.study.path(src.File)
		paths = append(append(paths, path), companions(path)...)
	}
	bytes, ok = r.seen.all(ctx, paths, r.options.Workers)
	if !ok {
		return nil, 0, false
	}
	for _, path := range paths {
		x, err := r.seen.of(path)
		if err != nil {
			return nil, 0, false
		}
		list = append(list, filepath.Base(path)+" "+x.sha)
	}
	return list, bytes, true
}

// companions lists the files beside one that readers of its format may look at: those of a shapefile have its name and other endings, the
// journal of a GeoPackage has its name and more.
func companions(path string) (out []string) {
	name := filepath.Base(path)
	stem := strings.TrimSuffix(name, filepath.Ext(name)) + "."
	switch strings.ToLower(filepath.Ext(name)) {
	case ".shp":
	case ".gpkg":
		stem = name + "-"
	default:
		return nil
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil // the file itself tells why
	}
	for _, e := range entries {
		if e.Name() != name && len(e.Name()) >= len(stem) && strings.EqualFold(e.Name()[:len(stem)], stem) && e.Type().IsRegular() {
			out = append(out, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return out
}

// cacheKeyOf makes a key of whatever JSON holds; "" where it holds it not, such as a number that is none: nothing is then kept.
func cacheKeyOf(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// keptInput is what reading a file told of the file itself.
type keptInput struct {
	Info   Input
	Beside []Input
	System string // of its coordinates, "" = WGS84 without a word
}

func keptOf(in *input) keptInput {
	k := keptInput{Info: in.info, Beside: in.beside}
	if in.at.system != nil {
		k.System = in.at.system.Name()
	}
	return k
}

// restore makes an opened file one that was read; ok is false where that cannot be.
func (in *input) restore(k keptInput) (ok bool) {
	if k.System != "" {
		system, err := crs.Parse(k.System)
		if err != nil {
			return false
		}
		in.at.system = system
	}
	in.info, in.beside = k.Info, k.Beside
	return true
}

// sources lists the files of a list of them.
func sources[T any](list []T, source func(T) Source) []Source {
	out := make([]Source, len(list))
	for i, x := range list {
		out[i] = source(x)
	}
	return out
}

// appendFindings takes findings that were kept.
func (r *reader) appendFindings(list []Finding) {
	r.c.findings = append(r.c.findings, slices.Clone(list)...)
}
