package data

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sitecover/geo/pack"
)

// Cache says where parsed inputs are kept between runs. The zero value keeps none.
type Cache struct {
	Dir     string  // "" = no cache
	Version string  // of the program: what another version parsed is not used
	Least   int64   // bytes of inputs, or of an entry of other things, from which it is worth keeping; 0 = DefaultCacheLeast, leastKept
	Writer  *Writer // writes entries beside other work; nil = Store writes them at once
}

const (
	// DefaultCacheLeast is the size of inputs from which reading what was parsed saves a tenth of a second or more.
	DefaultCacheLeast = 1 << 20
	leastKept         = 128 << 10 // bytes of an entry that took computing: some thousand cells of a grid
)

// What is kept at most; the entries that were used longest ago make room.
const (
	cacheEntries = 128
	cacheBytes   = 4 << 30
)

// staleAfter is the age from which an entry that somebody began to write is taken for one that was never finished.
const staleAfter = time.Hour

const (
	entryEnding = ".parsed"
	entryBegun  = ".parsed-" // and more: an entry being written
)

// Load gives what Store kept of a kind of thing under a key to read; ok is false where nothing is kept, or not by this build of the program,
// or damaged, or refused by read: whatever read has taken is then of no use. Keys hold the hash of everything that the thing depends on besides the program.
func (c Cache) Load(kind, key string, read func(r io.Reader, most int64) error) (ok bool) {
	if c.Dir == "" {
		return false
	}
	id := c.id(kind, key)
	path := c.path(id)
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close() // read only
	info, err := file.Stat()
	if err != nil {
		return false
	}
	entry := openEntry(file, id)
	defer entry.close()
	if err := read(entry, info.Size()); err != nil {
		return false
	}
	if n, err := entry.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // a folder that cannot be written keeps its order
	return true
}

// has reports whether there is an entry, whole or not.
func (c Cache) has(kind, key string) bool {
	info, err := os.Stat(c.path(c.id(kind, key)))
	return c.Dir != "" && err == nil && info.Mode().IsRegular()
}

// LoadValues is Load of what StoreValues kept.
func (c Cache) LoadValues(kind, key string, pointers ...any) (ok bool) {
	return c.Load(kind, key, func(r io.Reader, most int64) error { return pack.Read(r, most, pointers...) })
}

// Store keeps what took computing, unless it is so small that computing it again costs nothing to speak of. With a Writer it returns at once,
// and what is written must not change any more. The error is nil then; the Writer tells.
func (c Cache) Store(kind, key string, write func(io.Writer) error) error {
	return c.storeFrom(min(cmp.Or(c.Least, leastKept), leastKept), kind, key, write)
}

// StoreValues is Store of what the pointers point to, as pack writes it.
func (c Cache) StoreValues(kind, key string, pointers ...any) error {
	return c.Store(kind, key, func(w io.Writer) error { return pack.Write(w, pointers...) })
}

// keep is StoreValues of what was read of inputs that are large enough, however small it is itself.
func (c Cache) keep(kind, key string, pointers ...any) {
	_ = c.storeFrom(1, kind, key, func(w io.Writer) error { return pack.Write(w, pointers...) }) // the Writer tells
}

// storeFrom is Store of entries from a size on.
func (c Cache) storeFrom(least int64, kind, key string, write func(io.Writer) error) error {
	if c.Dir == "" {
		return nil
	}
	job := func(stop func() bool) error { return c.save(c.id(kind, key), least, stop, write) }
	if c.Writer == nil {
		return job(func() bool { return false })
	}
	c.Writer.add(job)
	return nil
}

// id names the entry of a kind of thing under a key.
func (c Cache) id(kind, key string) [sha256.Size]byte {
	return sha256.Sum256([]byte(entryMagic + c.Version + "\n" + kind + "\n" + key))
}

func (c Cache) path(id [sha256.Size]byte) string {
	return filepath.Join(c.Dir, hex.EncodeToString(id[:])+entryEnding)
}

// serves reports whether inputs of a size are kept.
func (c Cache) serves(size int64) bool {
	return c.Dir != "" && size >= cmp.Or(c.Least, DefaultCacheLeast)
}

// errStopped ends the writing of a program that ends.
var errStopped = errors.New("data: the program ends")

// save writes an entry whole or not at all, so that any number of programs may share the folder.
func (c Cache) save(id [sha256.Size]byte, least int64, stop func() bool, write func(io.Writer) error) (err error) {
	var f *os.File
	w := newEntryWriter(id, func() (_ io.Writer, err error) { // when there is something to write: nothing small leaves a trace
		if err := os.MkdirAll(c.Dir, 0o755); err != nil {
			return nil, err
		}
		f, err = os.CreateTemp(c.Dir, entryBegun+"*")
		return f, err
	})
	w.stop = stop
	defer func() {
		if f != nil && err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err := write(w); err != nil {
		return err
	}
	if w.size < least {
		return nil // w has held it back: a block is longer than what is too small
	}
	if err := w.finish(); err != nil {
		return err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		f = nil
		return errors.Join(err, os.Remove(name))
	}
	f = nil
	if err := os.Rename(name, c.path(id)); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return c.prune()
}

// prune removes the entries that were used longest ago, beyond what is kept at most, and those that were begun long ago and never finished.
// Another program may be doing the same.
func (c Cache) prune() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return err
	}
	var infos, stale []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil: // gone meanwhile
		case strings.HasSuffix(e.Name(), entryEnding):
			infos = append(infos, info)
		case strings.HasPrefix(e.Name(), entryBegun) && time.Since(info.ModTime()) > staleAfter:
			stale = append(stale, info)
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	size := int64(0)
	for i, info := range infos {
		if size += info.Size(); i >= cacheEntries || size > cacheBytes && i > 0 {
			stale = append(stale, info)
		}
	}
	for _, info := range stale {
		if err := os.Remove(filepath.Join(c.Dir, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
