package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sitecover/data"
)

// Report is what Verify found.
type Report struct {
	Events, Sites, Snapshots int
	Head                     int64       // ID of the last event
	Hash                     string      // of the last event
	Problems                 []data.Text // empty = all is well; at most maxProblems
}

const maxProblems = 100

// Verify reads the whole workspace and checks it: the structure of the file, the chain of hashes over events and over snapshots, that no ID is
// missing in between or at the end, and that the histories are those of the events. What is wrong stands in the report; an error means that
// checking could not go on.
func (s *Store) Verify(ctx context.Context) (*Report, error) {
	v := &verifying{s: s, ctx: ctx}
	for _, step := range []func() error{v.structure, v.events, v.histories, v.snapshots} {
		err := step()
		var damaged *DamagedError
		switch {
		case errors.As(err, &damaged):
			v.problem(damaged.What)
		case err != nil:
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return &v.out, nil
}

type verifying struct {
	s     *Store
	ctx   context.Context
	out   Report
	blobs map[string][]byte // histories as the events tell them
}

func (v *verifying) problem(what data.Text) {
	if len(v.out.Problems) < maxProblems {
		v.out.Problems = append(v.out.Problems, what)
	}
}

// structure asks SQLite.
func (v *verifying) structure() error {
	rows, err := v.s.db.QueryContext(v.ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", maxProblems))
	if err != nil {
		return v.s.wrap("verify", err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return v.s.wrap("verify", err)
		}
		if line != "ok" {
			v.problem(text("文件结构：%s", "structure of the file: %s", line))
		}
	}
	return v.s.wrap("verify", rows.Err())
}

// events follows the chain.
func (v *verifying) events() error {
	v.blobs = map[string][]byte{}
	var before []byte
	err := v.s.EachEvent(v.ctx, Filter{}, func(e Event) error {
		if want := v.out.Head + 1; e.ID != want {
			v.problem(text("缺少第 %d 到 %d 个事件", "events %d to %d are missing", want, e.ID-1))
		}
		hash := seal(before, &e)
		if hex.EncodeToString(hash) != e.Hash {
			v.problem(text("第 %d 个事件（%s %s %s）与录入时不同，或它之前的事件被改动", "event %d (%s %s on %s) is not what was entered, or one before it was changed", e.ID, e.Site, e.Kind, day(e.Date)))
			if hash, err := hex.DecodeString(e.Hash); err == nil { // go on from what it claims, so that one change is told once
				before = hash
			}
		} else {
			before = hash
		}
		v.out.Events++
		v.out.Head, v.out.Hash = e.ID, e.Hash
		v.blobs[e.Site] = putCore(v.blobs[e.Site], &e)
		return v.ctx.Err()
	})
	if err != nil {
		return v.unreadable(err)
	}
	return v.end("events", v.out.Head)
}

// unreadable words a value that no program of ours wrote as damage.
func (v *verifying) unreadable(err error) error {
	var damaged *DamagedError
	var busy *BusyError
	if errors.As(err, &damaged) || errors.As(err, &busy) || v.ctx.Err() != nil {
		return err
	}
	return &DamagedError{Path: v.s.path, What: text("第 %d 个事件之后读不下去：%v", "cannot be read on after event %d: %v", v.out.Head, err), Err: err}
}

// end compares the last ID of a table with the last that was ever given.
func (v *verifying) end(table string, last int64) error {
	var given int64
	if err := v.s.db.QueryRowContext(v.ctx, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)", table).Scan(&given); err != nil {
		return v.s.wrap("verify", err)
	}
	if given != last {
		v.problem(text("%s 末尾少了：最后一个应是 %d，现在是 %d", "the end of %s is missing: the last should be %d and is %d", table, given, last))
	}
	return nil
}

// histories compares the derived histories with the events.
func (v *verifying) histories() error {
	rows, err := v.s.db.QueryContext(v.ctx, "SELECT site, events FROM histories ORDER BY site")
	if err != nil {
		return v.s.wrap("verify", err)
	}
	defer rows.Close()
	for rows.Next() {
		var site string
		var blob []byte
		if err := rows.Scan(&site, &blob); err != nil {
			return v.s.wrap("verify", err)
		}
		v.out.Sites++
		if !bytes.Equal(blob, v.blobs[site]) {
			v.problem(text("阵地 %s 的历史与事件不符", "the history of site %s is not that of its events", site))
		}
		delete(v.blobs, site)
	}
	for _, site := range slices.Sorted(maps.Keys(v.blobs)) {
		v.problem(text("阵地 %s 没有历史", "site %s has no history", site))
	}
	return v.s.wrap("verify", rows.Err())
}

// snapshots follows the chain of snapshots.
func (v *verifying) snapshots() error {
	rows, err := v.s.db.QueryContext(v.ctx, "SELECT day, revision, recorded, who, known, manifest, body, sha256, id, hash FROM snapshots ORDER BY id")
	if err != nil {
		return v.s.wrap("verify", err)
	}
	defer rows.Close()
	var before []byte
	var last int64
	for rows.Next() {
		var x Snapshot
		var id int64
		var hash []byte
		if err := x.scan(func(to ...any) error { return rows.Scan(append(to, &id, &hash)...) }); err != nil {
			return v.s.wrap("verify", err)
		}
		if id != last+1 {
			v.problem(text("缺少第 %d 到 %d 个快照", "snapshots %d to %d are missing", last+1, id-1))
		}
		last = id
		sum := sha256.Sum256(x.Body)
		if hex.EncodeToString(sum[:]) != x.SHA256 || !bytes.Equal(sealSnapshot(before, &x), hash) {
			v.problem(text("%s 第 %d 版快照与保存时不同", "revision %[2]d of the snapshot of %[1]s is not what was saved", day(x.Date), x.Revision))
		}
		before = hash
		v.out.Snapshots++
	}
	if err := rows.Err(); err != nil {
		return v.s.wrap("verify", err)
	}
	return v.end("snapshots", last)
}
