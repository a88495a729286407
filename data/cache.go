package data

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sitecover/geo/network"
)

// Cache says where parsed inputs are kept between runs. The zero value keeps none.
type Cache struct {
	Dir     string // "" = no cache
	Version string // of the program: what another version parsed is not used
	Least   int64  // bytes of a file, or of an entry of other things, from which it is worth keeping; 0 = DefaultCacheLeast, leastKept
}

const (
	// DefaultCacheLeast is the size of a file from which reading what was parsed saves a tenth of a second or more.
	DefaultCacheLeast = 1 << 20
	leastKept         = 128 << 10 // bytes of an entry that took computing: some thousand cells of a grid
)

// cacheMagic begins every entry; it changes with the layout of entries.
const cacheMagic = "sitecover parsed 1\n"

// What is kept at most; older entries make room.
const (
	cacheEntries = 48
	cacheBytes   = 4 << 30
)

// Load returns what Store kept of a kind of thing under a key; ok is false where nothing is kept, or not by this build of the program, or
// damaged. Keys hold the hash of everything that the thing depends on besides the program.
func (c Cache) Load(kind, key string) (content []byte, ok bool) {
	if c.Dir == "" {
		return nil, false
	}
	return c.load(c.path(kind, key))
}

// Store keeps what took computing, unless it is so small that computing it again costs nothing to speak of. The error is for tests: a cache
// that cannot be written only costs time on the next run.
func (c Cache) Store(kind, key string, content []byte) error {
	if c.Dir == "" || int64(len(content)) < cmp.Or(c.Least, leastKept) {
		return nil
	}
	return c.store(c.path(kind, key), content)
}

// path names the entry of an input that was read in some way.
func (c Cache) path(kind, sha string) string {
	sum := sha256.Sum256([]byte(cacheMagic + c.Version + "\n" + kind + "\n" + sha))
	return filepath.Join(c.Dir, hex.EncodeToString(sum[:])+".parsed")
}

// serves reports whether files of a size are kept.
func (c Cache) serves(size int64) bool {
	return c.Dir != "" && size >= cmp.Or(c.Least, DefaultCacheLeast)
}

// load returns the content of an entry; ok is false where there is none that is whole.
func (c Cache) load(path string) (content []byte, ok bool) {
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) < len(cacheMagic)+sha256.Size || !bytes.HasPrefix(raw, []byte(cacheMagic)) {
		return nil, false // not there, or damaged: either way it is parsed anew and written over
	}
	raw = raw[len(cacheMagic):]
	sum, content := raw[:sha256.Size], raw[sha256.Size:]
	if got := sha256.Sum256(content); !bytes.Equal(got[:], sum) {
		return nil, false
	}
	return content, true
}

// store writes an entry whole or not at all, so that any number of programs may share the folder. A cache that cannot be written only costs
// time on the next run: the error is for tests, and stops nothing.
func (c Cache) store(path string, content []byte) (err error) {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(c.Dir, ".parsed-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails harmlessly once renamed
	sum := sha256.Sum256(content)
	for _, part := range [][]byte{[]byte(cacheMagic), sum[:], content} {
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return c.prune()
}

// prune removes the oldest entries beyond cacheEntries. Another program may be doing the same.
func (c Cache) prune() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), ".parsed") {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	size := int64(0)
	for i, info := range infos {
		if size += info.Size(); i < cacheEntries && (size <= cacheBytes || i == 0) {
			continue
		}
		if err := os.Remove(filepath.Join(c.Dir, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// cachedRoads is what an entry holds besides the roads: what their reader said of them.
type cachedRoads struct {
	Rows     int
	Findings []Finding
}

// roadsOSM is readRoadOSM, from the cache where it holds the file.
func (r *reader) roadsOSM(ctx context.Context, in *input) *network.Roads {
	cache := r.options.Cache
	if !cache.serves(in.info.Bytes) {
		return r.readRoadOSM(ctx, in)
	}
	path := cache.path("roads"+strings.ToLower(filepath.Ext(in.name)), in.info.SHA256)
	if content, ok := cache.load(path); ok {
		if roads, said, ok := decodeRoads(content); ok {
			in.info.Rows = said.Rows
			for _, f := range said.Findings {
				f.File = in.name
				r.c.findings = append(r.c.findings, f)
			}
			return roads
		}
	}
	errs, findings := len(r.c.errs), len(r.c.findings)
	roads := r.readRoadOSM(ctx, in)
	if roads == nil || len(r.c.errs) > errs || ctx.Err() != nil {
		return roads
	}
	said, err := json.Marshal(cachedRoads{in.info.Rows, r.c.findings[findings:]})
	if err == nil {
		_ = cache.store(path, encodeRoads(roads, said)) // see store
	}
	return roads
}
