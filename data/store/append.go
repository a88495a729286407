package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sitecover/data"
)

// checkEvery is how many rows are handled between two looks at the context.
const checkEvery = 1000

// Append adds events in one transaction, all of them or none, and returns their IDs once they are safely on disk. Everything that the rules
// say against them comes back at once as data.InputErrors, by file and row. The events of one call share the time of recording, which must be
// later than that of every entry before: ErrClock otherwise.
func (s *Store) Append(ctx context.Context, events []Event) ([]int64, error) {
	return s.AppendAt(ctx, -1, events)
}

// AppendAt is Append on condition that the ledger's last event still has the ID head, ErrChanged otherwise. A head below zero asks nothing.
func (s *Store) AppendAt(ctx context.Context, head int64, events []Event) ([]int64, error) {
	return s.append(ctx, head, events, nil)
}

// errTried ends a transaction that was only to be tried.
var errTried = errors.New("store: only tried")

// Try is AppendAt without writing anything.
func (s *Store) Try(ctx context.Context, head int64, events []Event) error {
	_, err := s.append(ctx, head, events, errTried)
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// append adds events; an error in stop ends it after the checks.
func (s *Store) append(ctx context.Context, head int64, events []Event, stop error) ([]int64, error) {
	if len(events) == 0 {
		return nil, ctx.Err()
	}
	events = slices.Clone(events)
	if err := s.shapes(events); err != nil {
		return nil, err
	}
	ids := make([]int64, len(events))
	err := s.write(ctx, func(tx *sql.Conn) error {
		w := &writing{s: s, ctx: ctx, tx: tx, events: events}
		if err := w.begin(head); err != nil {
			return err
		}
		if err := w.check(); err != nil {
			return err
		}
		if stop != nil {
			return stop
		}
		if err := w.insert(); err != nil {
			return err
		}
		for i := range events {
			ids[i] = events[i].ID
		}
		return w.keep()
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// shapes checks every event on its own.
func (s *Store) shapes(events []Event) error {
	var faults []found
	recorded := events[0].Recorded
	for i := range events {
		e := &events[i]
		if recorded.IsZero() || !e.Recorded.Equal(recorded) {
			return errors.New("store: Append: the events of one call need one time of recording")
		}
		e.Recorded = e.Recorded.UTC().Truncate(time.Microsecond)
		for _, f := range s.rules.shape(e) {
			if f.field == "site" && e.Kind == Undone {
				continue // the event that it names tells the site
			}
			faults = append(faults, found{i, f})
		}
	}
	return s.problems(events, faults)
}

// found is a fault of the i-th event of a call.
type found struct {
	i int
	*fault
}

// problems words faults as errors of the input, by file and row.
func (s *Store) problems(events []Event, faults []found) error {
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b found) int {
		x, y := events[a.i].Source, events[b.i].Source
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Row, y.Row), cmp.Compare(a.i, b.i))
	})
	var out data.InputErrors
	for _, f := range faults {
		e := &events[f.i]
		if len(out) == data.MaxErrors {
			out = append(out, &data.InputError{File: e.Source.File, What: text("共有 %d 个问题，只列出前 %d 个", "has %d problems in all; the first %d are listed", len(faults), data.MaxErrors)})
			break
		}
		x := &data.InputError{File: e.Source.File, Row: e.Source.Row, Field: f.field, Value: f.value, What: f.what, Hint: f.hint}
		if x.File == "" {
			x.File = filepath.Base(s.path)
		}
		if e.Site != "" {
			x.What = data.Text{ZH: fmt.Sprintf("阵地 %s %s", clip(e.Site), f.what.ZH), EN: fmt.Sprintf("site %s %s", clip(e.Site), f.what.EN)}
		}
		out = append(out, x)
	}
	return out
}

// writing is a call of Append under way.
type writing struct {
	s         *Store
	ctx       context.Context
	tx        *sql.Conn
	events    []Event
	head      int64
	hash      []byte // of the event at head
	histories map[string]*history
}

// history is a site's past with the new events that touch it.
type history struct {
	blob []byte
	add  []int // indexes of the new events, ascending
}

// head reads the last event of the ledger; zero and nil when there is none.
func headOf(ctx context.Context, tx querier) (id int64, hash []byte, recorded time.Time, err error) {
	at := ""
	err = tx.QueryRowContext(ctx, "SELECT e.id, e.hash, n.recorded FROM events e JOIN entries n ON n.id = e.entry ORDER BY e.id DESC LIMIT 1").Scan(&id, &hash, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, time.Time{}, nil
	}
	if err != nil {
		return 0, nil, time.Time{}, err
	}
	recorded, err = time.Parse(time.RFC3339Nano, at)
	return id, hash, recorded, err
}

// querier is what both the pool and a connection of it do.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// begin looks where the ledger stands, gives the events their IDs and finds the sites of those that undo.
func (w *writing) begin(want int64) error {
	id, hash, last, err := headOf(w.ctx, w.tx)
	if err != nil {
		return err
	}
	if want >= 0 && want != id {
		return ErrChanged
	}
	known := ""
	if err := w.tx.QueryRowContext(w.ctx, "SELECT coalesce(max(known), '') FROM snapshots").Scan(&known); err != nil {
		return err
	}
	at := w.events[0].Recorded
	if !at.After(last) || stamp(at) <= known {
		return fmt.Errorf("%w: %s is not after %s", ErrClock, stamp(at), max(stamp(last), known))
	}
	w.head, w.hash = id, hash
	for i := range w.events {
		w.events[i].ID = id + 1 + int64(i)
	}
	return w.undone()
}

// undone fills in the sites of the events that undo others.
func (w *writing) undone() error {
	var faults []found
	for i := range w.events {
		e := &w.events[i]
		if e.Kind != Undone {
			continue
		}
		site := ""
		if at := e.Undoes - w.head - 1; at >= 0 && at < int64(i) {
			site = w.events[at].Site
		} else {
			err := w.tx.QueryRowContext(w.ctx, "SELECT site FROM events WHERE id = ?", e.Undoes).Scan(&site)
			if errors.Is(err, sql.ErrNoRows) {
				faults = append(faults, found{i, faultf("undoes", fmt.Sprint(e.Undoes), text("没有这个事件", "is no event"), text("用 track log 查看编号", "see the numbers with track log"))})
				continue
			}
			if err != nil {
				return err
			}
		}
		if e.Site != "" && e.Site != site {
			faults = append(faults, found{i, faultf("site", e.Site, text("第 %d 个事件是 %s 的", "event %d is of %s", e.Undoes, site), text("去掉阵地编号", "leave out the site"))})
		}
		e.Site = site
	}
	return w.s.problems(w.events, faults)
}

// check folds the history of every touched site with the new events in their places, and reports what the rules say against it.
func (w *writing) check() error {
	w.histories = map[string]*history{}
	for i := range w.events {
		h := w.histories[w.events[i].Site]
		if h == nil {
			h = &history{}
			w.histories[w.events[i].Site] = h
		}
		h.add = append(h.add, i)
	}
	query, err := w.tx.PrepareContext(w.ctx, "SELECT events FROM histories WHERE site = ?")
	if err != nil {
		return err
	}
	defer query.Close()
	var faults []found
	dec := newDecoder()
	var past []Event
	for n, site := range w.sites() {
		if n%checkEvery == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		h := w.histories[site]
		err := query.QueryRow(site).Scan(&h.blob)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if past, err = dec.history(site, h.blob, past[:0]); err != nil {
			return &DamagedError{Path: w.s.path, What: text("阵地 %s 的历史读不出", "the history of site %s cannot be read", site), Err: err}
		}
		faults = append(faults, w.faults(past, h)...)
	}
	return w.s.problems(w.events, faults)
}

// sites lists the touched sites, sorted.
func (w *writing) sites() []string { return slices.Sorted(maps.Keys(w.histories)) }

// faults folds a site's past and new events. A fault of an event of the past is the doing of the new ones: the last that undoes, or the last.
func (w *writing) faults(past []Event, h *history) []found {
	cause := h.add[len(h.add)-1]
	for _, i := range h.add {
		past = append(past, w.events[i])
		if w.events[i].Kind == Undone {
			cause = i
		}
	}
	out := w.twice(past, h)
	all := valid(past, time.Time{}, nil)
	inOrder(all)
	m := machine{rules: w.s.rules, judging: true}
	for i := range all {
		f := m.apply(&all[i])
		switch {
		case f == nil:
		case all[i].ID > w.head:
			out = append(out, found{int(all[i].ID - w.head - 1), f})
		default:
			f.what = data.Text{ZH: fmt.Sprintf("使第 %d 个事件（%s %s）不成立：%s", all[i].ID, day(all[i].Date), all[i].Kind, f.what.ZH),
				EN: fmt.Sprintf("leaves event %d (%s on %s) without ground: %s", all[i].ID, all[i].Kind, day(all[i].Date), f.what.EN)}
			out = append(out, found{cause, f})
		}
	}
	return out
}

// twice finds events that undo what is undone already.
func (w *writing) twice(all []Event, h *history) (out []found) {
	for _, i := range h.add {
		e := &w.events[i]
		if e.Kind != Undone {
			continue
		}
		before := valid(all[:slices.IndexFunc(all, func(x Event) bool { return x.ID == e.ID })], time.Time{}, nil)
		counts := slices.ContainsFunc(before, func(x Event) bool { return x.ID == e.Undoes })
		if !counts && !w.isUndo(all, e.Undoes) {
			out = append(out, found{i, faultf("undoes", fmt.Sprint(e.Undoes), text("第 %d 个事件已经撤销", "event %d is undone already", e.Undoes), text("要恢复它，撤销那个撤销事件", "to have it back, undo the event that undid it"))})
		}
	}
	return out
}

func (w *writing) isUndo(all []Event, id int64) bool {
	return slices.ContainsFunc(all, func(x Event) bool { return x.ID == id && x.Kind == Undone })
}

// insert writes the events, and one entry for each run of events from the same person and file.
func (w *writing) insert() error {
	entry, err := w.tx.PrepareContext(w.ctx, "INSERT INTO entries (recorded, who, file, sha256) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer entry.Close()
	event := &inserter{ctx: w.ctx, tx: w.tx, into: "INSERT INTO events VALUES ", width: 12}
	var at int64
	for i := range w.events {
		e := &w.events[i]
		if i%checkEvery == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		if i == 0 || !sameEntry(e, &w.events[i-1]) {
			res, err := entry.Exec(stamp(e.Recorded), e.Who, e.Source.File, e.Source.SHA256)
			if err != nil {
				return err
			}
			if at, err = res.LastInsertId(); err != nil {
				return err
			}
		}
		w.hash = seal(w.hash, e)
		e.Hash = hex.EncodeToString(w.hash)
		fields, err := json.Marshal(e.Fields)
		if err != nil {
			return err
		}
		var undoes any
		if e.Undoes > 0 {
			undoes = e.Undoes
		}
		if err := event.put(e.ID, at, e.Source.Row, e.Site, e.Project, string(e.Kind), day(e.Date), int64(e.Money), string(fields), e.Note, undoes, w.hash); err != nil {
			return err
		}
	}
	return event.flush()
}

// inserter adds rows many at a time: a statement has a fixed cost, which the triggers make large.
type inserter struct {
	ctx   context.Context
	tx    *sql.Conn
	into  string
	width int // columns
	args  []any
}

const rowsAtOnce = 64

func (x *inserter) put(row ...any) error {
	x.args = append(x.args, row...)
	if len(x.args) < rowsAtOnce*x.width {
		return nil
	}
	return x.flush()
}

func (x *inserter) flush() error {
	if len(x.args) == 0 {
		return nil
	}
	row := "(?" + strings.Repeat(",?", x.width-1) + ")"
	_, err := x.tx.ExecContext(context.WithoutCancel(x.ctx), x.into+row+strings.Repeat(","+row, len(x.args)/x.width-1), x.args...)
	x.args = x.args[:0]
	return err
}

func sameEntry(a, b *Event) bool {
	return a.Who == b.Who && a.Source.File == b.Source.File && a.Source.SHA256 == b.Source.SHA256
}

// keep brings the histories of the touched sites up to date.
func (w *writing) keep() error {
	put, err := w.tx.PrepareContext(w.ctx, "INSERT INTO histories VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET events = excluded.events")
	if err != nil {
		return err
	}
	defer put.Close()
	for n, site := range w.sites() {
		if n%checkEvery == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		h := w.histories[site]
		for _, i := range h.add {
			h.blob = putCore(h.blob, &w.events[i])
		}
		if _, err := put.Exec(site, h.blob); err != nil {
			return err
		}
	}
	return nil
}
