package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// SaveSnapshot keeps a snapshot. Saving the body that is kept last for the date again changes nothing (saved is false, and what is kept comes
// back); another body is kept beside it as the next revision. It needs a date, a time of recording, a person, a manifest and a body.
func (s *Store) SaveSnapshot(ctx context.Context, snap Snapshot) (kept Snapshot, saved bool, err error) {
	if err := snap.validate(); err != nil {
		return Snapshot{}, false, err
	}
	snap.Recorded = snap.Recorded.UTC().Truncate(time.Microsecond)
	if snap.Known.IsZero() {
		snap.Known = snap.Recorded
	}
	snap.Known = snap.Known.UTC().Truncate(time.Microsecond)
	sum := sha256.Sum256(snap.Body)
	snap.SHA256 = hex.EncodeToString(sum[:])
	err = s.write(ctx, func(tx *sql.Conn) error {
		last, err := readSnapshot(ctx, tx, snap.Date, 0)
		switch {
		case err == nil && bytes.Equal(last.Body, snap.Body):
			kept = last
			return nil
		case err != nil && !errors.Is(err, ErrNoSnapshot):
			return err
		}
		snap.Revision = last.Revision + 1
		var before []byte
		if err := tx.QueryRowContext(ctx, "SELECT hash FROM snapshots ORDER BY id DESC LIMIT 1").Scan(&before); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		kept, saved = snap, true
		_, err = tx.ExecContext(ctx, "INSERT INTO snapshots (day, revision, recorded, who, known, manifest, body, sha256, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			day(snap.Date), snap.Revision, stamp(snap.Recorded), snap.Who, stamp(snap.Known), snap.Manifest, snap.Body, snap.SHA256, sealSnapshot(before, &snap))
		return err
	})
	if err != nil {
		return Snapshot{}, false, err
	}
	return kept, saved, nil
}

func (x *Snapshot) validate() error {
	lacks := ""
	switch {
	case x.Date.IsZero() || !x.Date.Equal(x.Date.Truncate(24*time.Hour)):
		lacks = "Date"
	case x.Recorded.IsZero():
		lacks = "Recorded"
	case x.Who == "":
		lacks = "Who"
	case len(x.Manifest) == 0:
		lacks = "Manifest"
	case len(x.Body) == 0:
		lacks = "Body"
	case x.Known.After(x.Recorded):
		return errors.New("store: SaveSnapshot: Known is after Recorded")
	default:
		return nil
	}
	return fmt.Errorf("store: SaveSnapshot: no %s", lacks)
}

// sealSnapshot returns the hash of a snapshot, given that of the one before.
func sealSnapshot(before []byte, x *Snapshot) []byte {
	b := putText(nil, string(before))
	for _, s := range []string{day(x.Date), fmt.Sprint(x.Revision), stamp(x.Recorded), x.Who, stamp(x.Known), string(x.Manifest), x.SHA256} {
		b = putText(b, s)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

const selectSnapshot = "SELECT day, revision, recorded, who, known, manifest, body, sha256 FROM snapshots"

// Snapshot returns a revision of the snapshot of a date, the last for revision 0. ErrNoSnapshot if there is none; a *DamagedError if its body is
// not what was saved.
func (s *Store) Snapshot(ctx context.Context, date time.Time, revision int) (Snapshot, error) {
	snap, err := readSnapshot(ctx, s.db, date, revision)
	if err != nil {
		return Snapshot{}, s.wrap("read a snapshot", err)
	}
	if sum := sha256.Sum256(snap.Body); hex.EncodeToString(sum[:]) != snap.SHA256 {
		return Snapshot{}, &DamagedError{Path: s.path, What: text("%s 第 %d 版快照与保存时不同", "revision %[2]d of the snapshot of %[1]s is not what was saved", day(date), snap.Revision)}
	}
	return snap, nil
}

func readSnapshot(ctx context.Context, q querier, date time.Time, revision int) (Snapshot, error) {
	row := q.QueryRowContext(ctx, selectSnapshot+" WHERE day = ? AND (revision = ? OR ? = 0) ORDER BY revision DESC LIMIT 1", day(date), revision, revision)
	var x Snapshot
	err := x.scan(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Snapshot{}, fmt.Errorf("%w: %s", ErrNoSnapshot, day(date))
	}
	return x, err
}

// scan reads a row of selectSnapshot.
func (x *Snapshot) scan(scan func(...any) error) error {
	var on, recorded, known string
	if err := scan(&on, &x.Revision, &recorded, &x.Who, &known, &x.Manifest, &x.Body, &x.SHA256); err != nil {
		return err
	}
	var err error
	if x.Date, err = time.Parse(time.DateOnly, on); err != nil {
		return err
	}
	if x.Recorded, err = time.Parse(time.RFC3339Nano, recorded); err != nil {
		return err
	}
	x.Known, err = time.Parse(time.RFC3339Nano, known)
	return err
}

// Snapshots lists all revisions of all snapshots by date and revision, with their manifests and without their bodies.
func (s *Store) Snapshots(ctx context.Context) ([]Snapshot, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT day, revision, recorded, who, known, manifest, NULL, sha256 FROM snapshots ORDER BY day, revision")
	if err != nil {
		return nil, s.wrap("list snapshots", err)
	}
	defer rows.Close()
	var out []Snapshot
	for rows.Next() {
		var x Snapshot
		if err := x.scan(rows.Scan); err != nil {
			return nil, s.wrap("list snapshots", err)
		}
		out = append(out, x)
	}
	return out, s.wrap("list snapshots", rows.Err())
}
