package store

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"sitecover/siting"
)

// Salvaged is what could be read from a damaged workspace, by ID.
type Salvaged struct {
	Events    []Event
	Entries   []Entry // without their counts of events
	Snapshots []Snapshot
	Proved    map[int64]bool // events whose hash fits the event before: they are what was entered
	Lost      []Gap          // IDs of events that are missing between those that were found
	Orphans   int            // events whose entry was lost, so that it is not known when and by whom they were entered
}

// Gap is a run of IDs.
type Gap struct{ From, To int64 }

// Salvage reads what can be read of the file at path, page by page and without SQLite, so that damage in one place costs no more than the rows
// that stood there. It changes nothing. Rows that were written while another program was at it, and not committed, may be among them.
func Salvage(path string) (*Salvaged, error) {
	p, err := openPages(path)
	if err != nil {
		return nil, err
	}
	events, entries, snaps := map[int64]Event{}, map[int64]Entry{}, map[int64]Snapshot{}
	owner := map[int64]int64{} // event -> entry
	p.rows(func(c cell) {
		if e, entry, ok := c.event(); ok {
			events[e.ID], owner[e.ID] = e, entry
		} else if e, ok := c.entry(); ok {
			entries[e.ID] = e
		} else if s, ok := c.snapshot(); ok {
			snaps[c.id] = s
		}
	})
	out := &Salvaged{Proved: map[int64]bool{}}
	for id, e := range events {
		if n, known := entries[owner[id]]; known {
			row := e.Source.Row
			e.Recorded, e.Who, e.Source = n.Recorded, n.Who, n.Source
			e.Source.Row = row
		} else {
			out.Orphans++
		}
		out.Events = append(out.Events, e)
	}
	for _, e := range entries {
		out.Entries = append(out.Entries, e)
	}
	for _, s := range snaps {
		out.Snapshots = append(out.Snapshots, s)
	}
	slices.SortFunc(out.Events, func(a, b Event) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Entries, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Snapshots, func(a, b Snapshot) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Revision, b.Revision))
	})
	out.prove()
	return out, nil
}

// prove follows the chain where it can be followed, and lists what is missing.
func (s *Salvaged) prove() {
	var last int64
	var before []byte
	for i := range s.Events {
		e := &s.Events[i]
		if e.ID != last+1 {
			s.Lost = append(s.Lost, Gap{last + 1, e.ID - 1})
			before = nil
		}
		if e.ID == 1 || before != nil {
			s.Proved[e.ID] = hex.EncodeToString(seal(before, e)) == e.Hash
		}
		last = e.ID
		if hash, err := hex.DecodeString(e.Hash); err == nil {
			before = hash
		}
	}
}

// columns are the values of a row read as what they should be; ok turns false at the first that is not.
type columns struct {
	values []any
	ok     bool
}

func next[T any](c *columns) (v T) {
	if len(c.values) == 0 {
		c.ok = false
		return v
	}
	v, is := c.values[0].(T)
	c.ok = c.ok && is
	c.values = c.values[1:]
	return v
}

func (c *columns) day() time.Time {
	t, err := time.Parse(time.DateOnly, next[string](c))
	c.ok = c.ok && err == nil
	return t
}

func (c *columns) time() time.Time {
	s := next[string](c)
	t, err := time.Parse(time.RFC3339Nano, s)
	c.ok = c.ok && err == nil && strings.HasSuffix(s, "Z")
	return t
}

// columns begins to read a row of n columns of which the first is its id.
func (c cell) columns(n int) *columns {
	out := &columns{values: c.values, ok: len(c.values) == n && c.id > 0}
	if out.ok && out.values[0] != nil {
		out.ok = false
	}
	if out.ok {
		out.values = out.values[1:]
	}
	return out
}

// event reads a row of the table of events.
func (c cell) event() (e Event, entry int64, ok bool) {
	x := c.columns(12)
	entry = next[int64](x)
	e.ID, e.Source.Row = c.id, int(next[int64](x))
	e.Site, e.Project, e.Kind = next[string](x), next[string](x), EventKind(next[string](x))
	e.Date, e.Money = x.day(), siting.Yuan(next[int64](x))
	fields := next[string](x)
	e.Note = next[string](x)
	if x.ok && len(x.values) > 0 && x.values[0] == nil {
		x.values = x.values[1:]
	} else {
		e.Undoes = next[int64](x)
	}
	hash := next[[]byte](x)
	e.Hash = hex.EncodeToString(hash)
	return e, entry, x.ok && len(hash) == 32 && json.Unmarshal([]byte(fields), &e.Fields) == nil
}

// entry reads a row of the table of entries.
func (c cell) entry() (Entry, bool) {
	x := c.columns(5)
	e := Entry{ID: c.id, Recorded: x.time(), Who: next[string](x)}
	e.Source.File, e.Source.SHA256 = next[string](x), next[string](x)
	return e, x.ok
}

// snapshot reads a row of the table of snapshots.
func (c cell) snapshot() (Snapshot, bool) {
	x := c.columns(10)
	s := Snapshot{Date: x.day(), Revision: int(next[int64](x)), Recorded: x.time(), Who: next[string](x), Known: x.time()}
	s.Manifest, s.Body, s.SHA256 = next[[]byte](x), next[[]byte](x), next[string](x)
	return s, x.ok && len(next[[]byte](x)) == 32
}
