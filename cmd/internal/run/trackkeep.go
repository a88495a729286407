package run

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/store"
)

// Kept says what became of a snapshot.
type Kept struct {
	Date     string `json:"date"`
	Revision int    `json:"revision"` // 0 in a folder, which keeps the last only
	Where    string `json:"where"`
	Bytes    int    `json:"bytes"`
	Same     bool   `json:"same"` // the same bytes were kept before
}

const (
	snapPrefix     = "snapshot-"
	snapSuffix     = ".json"
	manifestSuffix = ".manifest.json"
)

func (k *Tracker) folder() string {
	if filepath.IsAbs(k.Study.Tracking.Folder) {
		return k.Study.Tracking.Folder
	}
	return filepath.Join(k.Study.Dir, filepath.FromSlash(k.Study.Tracking.Folder))
}

// Keep keeps a snapshot, in the store or in the study's folder. Who and now are for the store's records.
func (k *Tracker) Keep(ctx context.Context, s *Snap, who string, o SnapshotOptions, now time.Time) (Kept, error) {
	if k.Store == nil {
		return k.keepFile(s)
	}
	kept, saved, err := k.Store.SaveSnapshot(ctx, store.Snapshot{Date: s.Snapshot.Day(), Recorded: now, Who: who, Known: o.Known, Manifest: s.Manifest, Body: s.Body})
	if err != nil {
		return Kept{}, err
	}
	return Kept{Date: s.Snapshot.Date, Revision: kept.Revision, Where: k.Store.Path(), Bytes: len(s.Body), Same: !saved}, nil
}

func (k *Tracker) keepFile(s *Snap) (Kept, error) {
	dir := k.folder()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Kept{}, err
	}
	path := filepath.Join(dir, snapPrefix+s.Snapshot.Date+snapSuffix)
	out := Kept{Date: s.Snapshot.Date, Where: path, Bytes: len(s.Body)}
	before, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(before, s.Body):
		out.Same = true
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return out, err
	default:
		if err := WriteFile(path, s.Body); err != nil {
			return out, err
		}
	}
	return out, WriteFile(filepath.Join(dir, snapPrefix+s.Snapshot.Date+manifestSuffix), s.Manifest)
}

// Days lists the days of which a snapshot is kept, ascending.
func (k *Tracker) Days(ctx context.Context) ([]time.Time, error) {
	if k.Store != nil {
		list, err := k.Store.Snapshots(ctx)
		if err != nil {
			return nil, err
		}
		var out []time.Time
		for _, s := range list {
			if n := len(out); n == 0 || !out[n-1].Equal(s.Date) {
				out = append(out, s.Date)
			}
		}
		return out, nil
	}
	entries, err := os.ReadDir(k.folder())
	if errors.Is(err, fs.ErrNotExist) {
		return []time.Time{}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), snapPrefix)
		if !ok || strings.HasSuffix(name, manifestSuffix) {
			continue
		}
		if day, err := time.Parse(time.DateOnly, strings.TrimSuffix(name, snapSuffix)); err == nil {
			out = append(out, day)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}

// Load reads the snapshot that is kept of a day. A file that is none is a data.InputError.
func (k *Tracker) Load(ctx context.Context, day time.Time) (*track.Snapshot, error) {
	body, name, err := k.body(ctx, day)
	if err != nil {
		return nil, err
	}
	s, err := track.Decode(body)
	if err == nil && !s.Day().Equal(day) {
		err = track.ErrSnapshot
	}
	if err != nil {
		return nil, data.InputErrors{{File: name, What: data.T("不是可用的快照：%v", "is not a usable snapshot: %v", err),
			Hint: data.T("用 sitecover track snapshot --date %s 重新计算", "compute it again with sitecover track snapshot --date %s", day.Format(time.DateOnly)), Err: err}}
	}
	return s, nil
}

// manifestOf reads what a kept snapshot rests on.
func (k *Tracker) manifestOf(ctx context.Context, day time.Time) ([]byte, error) {
	if k.Store != nil {
		snap, err := k.Store.Snapshot(ctx, day, 0)
		return snap.Manifest, err
	}
	return os.ReadFile(filepath.Join(k.folder(), snapPrefix+day.Format(time.DateOnly)+manifestSuffix))
}

func (k *Tracker) body(ctx context.Context, day time.Time) (body []byte, name string, err error) {
	if k.Store != nil {
		snap, err := k.Store.Snapshot(ctx, day, 0)
		return snap.Body, filepath.Base(k.Store.Path()), err
	}
	name = snapPrefix + day.Format(time.DateOnly) + snapSuffix
	body, err = os.ReadFile(filepath.Join(k.folder(), name))
	return body, name, err
}
