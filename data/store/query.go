package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"sitecover/siting"
)

// Events returns the events that pass the filter, by ID.
func (s *Store) Events(ctx context.Context, filter Filter) ([]Event, error) {
	var out []Event
	err := s.EachEvent(ctx, filter, func(e Event) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// EachEvent visits the events that pass the filter, by ID, without holding them all. An error of visit ends it. visit must not
// call the store: it would wait for itself.
func (s *Store) EachEvent(ctx context.Context, filter Filter, visit func(Event) error) error {
	where, args := filter.sql()
	undone := map[int64]bool{}
	if filter.Valid {
		var err error
		if undone, err = s.Undone(ctx, filter.Known); err != nil {
			return err
		}
	}
	rows, err := s.db.QueryContext(ctx, selectEvents+where+" ORDER BY e.id", args...)
	if err != nil {
		return s.wrap("read events", err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return s.wrap("read events", err)
		}
		if filter.Valid && (e.Kind == Undone || undone[e.ID]) {
			continue
		}
		if err := visit(e); err != nil {
			return err
		}
		if n++; filter.Limit > 0 && n == filter.Limit {
			break
		}
	}
	return s.wrap("read events", rows.Err())
}

const selectEvents = `SELECT e.id, e.row, e.site, e.project, e.kind, e.day, e.money, e.fields, e.note, coalesce(e.undoes, 0), e.hash,
  n.recorded, n.who, n.file, n.sha256 FROM events e JOIN entries n ON n.id = e.entry`

// sql words the filter as a condition.
func (f Filter) sql() (string, []any) {
	var parts []string
	var args []any
	add := func(part string, arg any) { parts, args = append(parts, part), append(args, arg) }
	if f.Site != "" {
		add("e.site = ?", f.Site)
	}
	if !f.From.IsZero() {
		add("e.day >= ?", day(f.From))
	}
	if !f.To.IsZero() {
		add("e.day <= ?", day(f.To))
	}
	if !f.Known.IsZero() {
		add("n.recorded <= ?", stamp(f.Known))
	}
	if f.After > 0 {
		add("e.id > ?", f.After)
	}
	if len(f.Kinds) > 0 {
		parts = append(parts, "e.kind IN (?"+strings.Repeat(", ?", len(f.Kinds)-1)+")")
		for _, k := range f.Kinds {
			args = append(args, string(k))
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

// scanEvent reads a row of selectEvents.
func scanEvent(rows *sql.Rows) (Event, error) {
	var e Event
	var kind, on, fields, recorded string
	var money int64
	var hash []byte
	err := rows.Scan(&e.ID, &e.Source.Row, &e.Site, &e.Project, &kind, &on, &money, &fields, &e.Note, &e.Undoes, &hash, &recorded, &e.Who, &e.Source.File, &e.Source.SHA256)
	if err != nil {
		return e, err
	}
	e.Kind, e.Money, e.Hash = EventKind(kind), siting.Yuan(money), hex.EncodeToString(hash)
	if e.Date, err = time.Parse(time.DateOnly, on); err != nil {
		return e, err
	}
	if e.Recorded, err = time.Parse(time.RFC3339Nano, recorded); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(fields), &e.Fields)
}

// Head returns the ID and the hash of the last event: zero and "" for an empty ledger. Who notes them down can tell later that nothing
// before was changed or cut off.
func (s *Store) Head(ctx context.Context) (id int64, hash string, err error) {
	id, raw, _, err := headOf(ctx, s.db)
	return id, hex.EncodeToString(raw), s.wrap("read the last event", err)
}

// State returns what is so of every site at the end of a day, as far as it was recorded by known (zero = all that is), sorted by site: the fold
// of the events dated by then. Sites without such an event are left out; closed sites and those with a project only are in. One scan of the
// histories: time grows with the number of sites and events.
func (s *Store) State(ctx context.Context, on, known time.Time) ([]SiteState, error) {
	states, err := s.States(ctx, []time.Time{on}, known)
	if err != nil {
		return nil, err
	}
	return states[0], nil
}

// States is State of several days, parallel to them, in one scan.
func (s *Store) States(ctx context.Context, days []time.Time, known time.Time) ([][]SiteState, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT site, events FROM histories ORDER BY site")
	if err != nil {
		return nil, s.wrap("read the state", err)
	}
	defer rows.Close()
	out := make([][]SiteState, len(days))
	var all []Event
	dec := newDecoder()
	for rows.Next() {
		var site string
		var blob sql.RawBytes
		if err := rows.Scan(&site, &blob); err != nil {
			return nil, s.wrap("read the state", err)
		}
		if all, err = dec.history(site, blob, all[:0]); err != nil {
			return nil, &DamagedError{Path: s.path, What: text("阵地 %s 的历史读不出", "the history of site %s cannot be read", site), Err: err}
		}
		counting := valid(all, known, all[:0])
		inOrder(counting)
		for i, day := range days {
			if state, ok := fold(s.rules, counting, day); ok {
				out[i] = append(out[i], state)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, s.wrap("read the state", err)
	}
	return out, nil
}

// fold returns the state of a site from the events that count, in order; ok is false if none is dated by the day.
func fold(r *rules, events []Event, on time.Time) (SiteState, bool) {
	m := machine{rules: r}
	for i := range events {
		if events[i].Date.After(on) {
			break
		}
		m.apply(&events[i]) // what the rules say was said when the event was added
	}
	return m.state, m.begun
}

// Entries lists what was entered when, by whom and from which file, oldest first.
func (s *Store) Entries(ctx context.Context) ([]Entry, error) { return s.entries(ctx, "") }

func (s *Store) entries(ctx context.Context, where string, args ...any) ([]Entry, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT n.id, n.recorded, n.who, n.file, n.sha256, (SELECT count(*) FROM events e WHERE e.entry = n.id) FROM entries n "+where+" ORDER BY n.id", args...)
	if err != nil {
		return nil, s.wrap("list entries", err)
	}
	defer rows.Close()
	var out []Entry
	for rows.Next() {
		var e Entry
		var recorded string
		if err := rows.Scan(&e.ID, &recorded, &e.Who, &e.Source.File, &e.Source.SHA256, &e.Events); err != nil {
			return nil, s.wrap("list entries", err)
		}
		if e.Recorded, err = time.Parse(time.RFC3339Nano, recorded); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, s.wrap("list entries", rows.Err())
}

// Undone returns the IDs of the events that are taken back, as known at a time (zero = now).
func (s *Store) Undone(ctx context.Context, known time.Time) (map[int64]bool, error) {
	undos, err := s.Events(ctx, Filter{Kinds: []EventKind{Undone}, Known: known})
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for _, e := range slices.Backward(undos) {
		if !out[e.ID] {
			out[e.Undoes] = true
		}
	}
	return out, nil
}

// Sealed returns the event whose hash begins with some hex digits. ErrNoEvent if there is none.
func (s *Store) Sealed(ctx context.Context, hash string) (int64, error) {
	var id int64
	err := s.db.QueryRowContext(ctx, "SELECT id FROM events WHERE substr(lower(hex(hash)), 1, ?) = ? ORDER BY id LIMIT 1", len(hash), strings.ToLower(hash)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoEvent
	}
	return id, s.wrap("look for a hash", err)
}
