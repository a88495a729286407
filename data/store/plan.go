package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"sitecover/data"
	"sitecover/geo"
)

// Import says how a file enters the ledger.
type Import struct {
	Who      string
	Recorded time.Time
	Date     time.Time // day of a ledger of sites: what it lists is so on that day; of sites without an opening day it becomes that
	Partial  bool      // a ledger of sites that lists some only: those that it does not list are not closed
	Tiers    []Tier    // of the study, from the top down
}

// Tier is what importing needs to know of a tier.
type Tier struct {
	ID      string
	MinArea float64 // m²; 0 = none asked
}

// Plan is what importing a file would add.
type Plan struct {
	Head   int64       // of the ledger that it was made for
	Events []Event     // in the order in which they are to be added
	Same   int         // rows that say what the ledger says already
	Before *Entry      // the file was imported before, byte for byte; nothing is to be added
	Notes  []data.Text // what the user should know
	Open   int         // sites open in the ledger on the day before the import, of a ledger of sites
	Gone   int         // of them not listed in the file
}

// Entry is what was entered at one time by one person from one file.
type Entry struct {
	ID       int64
	Recorded time.Time
	Who      string
	Source   Source // without row
	Events   int
}

// Positions nearer than samePlace are one and the same, written with other decimals; nearer than nearby they are a correction, beyond a move.
// Our own bounds: five decimals of a degree are a metre, a phone finds itself within some ten.
const (
	samePlace = 1.0  // m
	nearby    = 50.0 // m
)

// Plan works out what a history file adds to the ledger. Nothing is written: pass the result to AppendAt or Try. Faults of rows come back as
// data.InputErrors.
func (s *Store) Plan(ctx context.Context, h *data.History, im Import) (*Plan, error) {
	p := &planning{s: s, ctx: ctx, h: h, im: im, out: &Plan{}}
	var err error
	if p.out.Head, _, err = s.Head(ctx); err != nil {
		return nil, err
	}
	if before, found, err := s.imported(ctx, h.Input.SHA256); err != nil {
		return nil, err
	} else if found {
		p.out.Before = &before
		return p.out, nil
	}
	if h.As == data.HistorySites {
		err = p.sites()
	} else {
		err = p.events()
	}
	if err != nil {
		return nil, err
	}
	p.order()
	return p.out, nil
}

// imported returns the entry of a file that was imported before; found is false if there is none of which anything still counts.
func (s *Store) imported(ctx context.Context, sha256 string) (before Entry, found bool, err error) {
	if sha256 == "" {
		return Entry{}, false, nil
	}
	entries, err := s.entries(ctx, "WHERE n.sha256 = ?", sha256)
	if err != nil || len(entries) == 0 {
		return Entry{}, false, err
	}
	undone, err := s.Undone(ctx, time.Time{})
	if err != nil {
		return Entry{}, false, err
	}
	for i := range entries {
		rows, err := s.db.QueryContext(ctx, "SELECT id FROM events WHERE entry = ?", entries[i].ID)
		if err != nil {
			return Entry{}, false, s.wrap("look for the file", err)
		}
		counts, err := anyLeft(rows, undone)
		if err != nil {
			return Entry{}, false, s.wrap("look for the file", err)
		}
		if counts {
			return entries[i], true, nil
		}
	}
	return Entry{}, false, nil
}

func anyLeft(rows *sql.Rows, undone map[int64]bool) (bool, error) {
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return false, err
		}
		if !undone[id] {
			return true, nil
		}
	}
	return false, rows.Err()
}

// planning is a call of Plan under way.
type planning struct {
	s      *Store
	ctx    context.Context
	h      *data.History
	im     Import
	out    *Plan
	faults data.InputErrors
	more   int // faults beyond those that are listed
}

// event begins an event of a row.
func (p *planning) event(row int, site string, kind EventKind, date time.Time) *Event {
	p.out.Events = append(p.out.Events, Event{Site: site, Kind: kind, Date: date, Recorded: p.im.Recorded, Who: p.im.Who,
		Source: Source{File: filepath.Base(p.h.Input.Path), SHA256: p.h.Input.SHA256, Row: row}})
	return &p.out.Events[len(p.out.Events)-1]
}

func (p *planning) fail(row int, field, value string, what, hint data.Text) {
	if len(p.faults) == data.MaxErrors {
		p.more++
	} else {
		p.faults = append(p.faults, &data.InputError{File: p.h.Input.Path, Row: row, Field: field, Value: clip(value), What: what, Hint: hint})
	}
}

func (p *planning) err() error {
	if p.more > 0 {
		p.faults = append(p.faults, &data.InputError{File: p.h.Input.Path, What: text("另有 %d 个问题没有列出", "has %d problems more", p.more)})
	}
	if len(p.faults) > 0 {
		return p.faults
	}
	return p.ctx.Err()
}

// events takes over a ledger of events, but for the rows that the ledger has already: towns send the whole list every month.
func (p *planning) events() error {
	ids, err := p.names()
	if err != nil {
		return err
	}
	for i := range p.h.Events {
		row := &p.h.Events[i]
		kind, ok := p.s.KindOf(row.Event)
		if !ok {
			p.fail(row.Row, "event", row.Event, text("没有这种事件", "is not a kind of event"), kindHint())
			continue
		}
		site := row.Site
		if site == "" {
			found := ids[row.Name]
			if len(found) > 1 {
				p.fail(row.Row, "name", row.Name, text("有 %d 个阵地叫这个名称", "is the name of %d sites", len(found)), text("写编号：%v", "give the id: %v", found))
				continue
			}
			if site = row.Name; len(found) == 1 {
				site = found[0]
			}
		}
		e := p.event(row.Row, site, kind, row.Date)
		e.Project, e.Money, e.Note = row.Project, row.Money, row.Note
		e.Fields = Fields{Name: row.Name, Tier: row.Tier, Class: row.Class, Point: row.Point, Area: row.Area, Region: row.Region, Way: row.Way, Budget: row.Budget, Due: row.Due, Hours: row.Hours}
	}
	if err := p.err(); err != nil {
		return err
	}
	if p.h.As == data.HistoryProjects {
		return p.dropSteps()
	}
	return p.dropKnown()
}

// names lists the ids of sites by their names, from the ledger and from the file.
func (p *planning) names() (map[string][]string, error) {
	out := map[string][]string{}
	put := func(name, id string) {
		if name != "" && id != "" && !slices.Contains(out[name], id) {
			out[name] = append(out[name], id)
		}
	}
	states, err := p.s.State(p.ctx, lastDay, time.Time{})
	if err != nil {
		return nil, err
	}
	for i := range states {
		put(states[i].Name, states[i].Site)
	}
	for i := range p.h.Events {
		put(p.h.Events[i].Name, p.h.Events[i].Site)
	}
	return out, nil
}

// lastDay is after every event.
var lastDay = time.Date(maxYear, 12, 31, 0, 0, 0, 0, time.UTC)

// same is what makes two events one and the same entered twice.
type same struct {
	site, project string
	kind          EventKind
	date          time.Time
	money         int64
	fields        Fields
}

func sameAs(e *Event) same {
	return same{e.Site, e.Project, e.Kind, e.Date, int64(e.Money), e.Fields}
}

// dropKnown leaves out the rows that the ledger has already: of rows that repeat, as many as it has.
func (p *planning) dropKnown() error {
	have := map[same]int{}
	looked := map[string]bool{}
	kept := p.out.Events[:0]
	for _, e := range p.out.Events {
		if !looked[e.Site] {
			looked[e.Site] = true
			past, err := p.s.history(p.ctx, e.Site)
			if err != nil {
				return err
			}
			for i := range past {
				have[sameAs(&past[i])]++
			}
		}
		if k := sameAs(&e); have[k] > 0 {
			have[k]--
			p.out.Same++
			continue
		}
		kept = append(kept, e)
	}
	p.out.Events = kept
	return nil
}

// history returns the events of a site that count.
func (s *Store) history(ctx context.Context, site string) ([]Event, error) {
	var blob []byte
	err := s.db.QueryRowContext(ctx, "SELECT events FROM histories WHERE site = ?", site).Scan(&blob)
	if errors.Is(err, sql.ErrNoRows) {
		return []Event{}, nil
	}
	if err != nil {
		return nil, s.wrap("read a history", err)
	}
	all, err := newDecoder().history(site, blob, nil)
	if err != nil {
		return nil, &DamagedError{Path: s.path, What: text("阵地 %s 的历史读不出", "the history of site %s cannot be read", site), Err: err}
	}
	return valid(all, time.Time{}, nil), nil
}

// sites finds what changed between the ledger and a list of sites on a day.
func (p *planning) sites() error {
	before, err := p.byID(p.im.Date)
	if err != nil {
		return err
	}
	after, err := p.byID(lastDay)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	dated := 0
	for i := range p.h.Sites {
		row := &p.h.Sites[i]
		listed[row.ID] = true
		was, now := before[row.ID], after[row.ID]
		n := len(p.out.Events)
		switch {
		case was != nil && was.Open:
			p.changes(row, was)
		case !row.Closed.IsZero() && now != nil && now.Closed.Equal(row.Closed), now != nil && now.Open && !row.Opened.IsZero() && now.Opened.Equal(row.Opened):
			// both dates are known
		default:
			if row.Opened.IsZero() {
				dated++
			}
			p.open(row)
		}
		if len(p.out.Events) == n {
			p.out.Same++
		}
	}
	if dated > 0 {
		p.out.Notes = append(p.out.Notes, text("%d 个阵地没有启用日期，记为 %s 已启用", "%d sites have no opening day: they are taken as opened on %s", dated, day(p.im.Date)))
	}
	p.gone(before, listed)
	return p.err()
}

// byID is the state of a day by site.
func (p *planning) byID(on time.Time) (map[string]*SiteState, error) {
	states, err := p.s.State(p.ctx, on, time.Time{})
	if err != nil {
		return nil, err
	}
	out := make(map[string]*SiteState, len(states))
	for i := range states {
		out[states[i].Site] = &states[i]
	}
	return out, nil
}

// told is what a row tells of its site.
func (p *planning) told(row *data.SiteRow) Fields {
	f := Fields{Name: row.Name, Tier: p.im.Tiers[row.Tier].ID, Point: row.Point}
	if row.FloorArea > 0 {
		f.Area = row.FloorArea
	}
	f.Hours = row.HoursText
	return f
}

// open adds a site that is not open in the ledger.
func (p *planning) open(row *data.SiteRow) {
	date := row.Opened
	if date.IsZero() {
		date = p.im.Date
	}
	p.event(row.Row, row.ID, Opened, date).Fields = p.told(row)
	p.close(row)
}

// close adds the closing that a row tells.
func (p *planning) close(row *data.SiteRow) {
	if !row.Closed.IsZero() {
		p.event(row.Row, row.ID, Closed, row.Closed)
	}
}

// changes adds what changed at a site that is open in the ledger.
func (p *planning) changes(row *data.SiteRow, was *SiteState) {
	now := p.told(row)
	if !row.Opened.IsZero() && !row.Opened.Equal(was.Opened) {
		p.out.Notes = append(p.out.Notes, text("%s:%d 阵地 %s 的启用日期是 %s，历年台账是 %s；没有改动，要改先用 track undo 撤销",
			"%s:%d site %s opened on %s, in the ledger on %s; left as it is: undo that event to change it", p.h.Input.Path, row.Row, row.ID, day(row.Opened), day(was.Opened)))
	}
	var upgraded, corrected Fields
	if now.Name != was.Name {
		corrected.Name = now.Name
	}
	if now.Hours != "" && !sameHours(now.Hours, was.Hours) {
		corrected.Hours = now.Hours
	}
	p.grown(&now, was, &upgraded, &corrected)
	metres := geo.Distance(was.Point, now.Point)
	if row.Located { // put into the middle of its region for want of a position: that tells of no move
		metres = 0
	}
	if metres > nearby {
		p.event(row.Row, row.ID, Moved, p.im.Date).Fields.Point = now.Point
	} else if metres > samePlace {
		corrected.Point = now.Point
	}
	if upgraded != (Fields{}) {
		p.event(row.Row, row.ID, Upgraded, p.im.Date).Fields = upgraded
	}
	if corrected != (Fields{}) {
		p.event(row.Row, row.ID, Corrected, p.im.Date).Fields = corrected
	}
	p.close(row)
}

// sameHours reports whether two texts tell the same opening hours: 8:30-17:30 is 08:30-17:30.
func sameHours(a, b string) bool {
	if a == b {
		return true
	}
	x, xerr := data.ParseHours(a)
	y, yerr := data.ParseHours(b)
	return xerr == nil && yerr == nil && x != nil && y != nil && slices.Equal(x.Spans(), y.Spans())
}

// grown sorts changes of tier and area into upgrades and corrections: a higher tier or an area that reaches the least asked is an upgrade.
func (p *planning) grown(now *Fields, was *SiteState, upgraded, corrected *Fields) {
	rank := func(id string) int { return slices.IndexFunc(p.im.Tiers, func(t Tier) bool { return t.ID == id }) }
	to := corrected
	at := rank(now.Tier)
	if now.Tier != was.Tier && at < rank(was.Tier) {
		to = upgraded
	}
	if now.Tier != was.Tier {
		to.Tier = now.Tier
	}
	if now.Area == 0 || now.Area == was.Area {
		return
	}
	if least := p.im.Tiers[at].MinArea; least > 0 && was.Area > 0 && was.Area < least && now.Area >= least {
		to = upgraded
	}
	to.Area = now.Area
}

// gone closes the sites that the ledger has open and the file does not list.
func (p *planning) gone(before map[string]*SiteState, listed map[string]bool) {
	var missing []string
	for id, was := range before {
		if !was.Open {
			continue
		}
		p.out.Open++
		if !listed[id] {
			missing = append(missing, id)
		}
	}
	p.out.Gone = len(missing)
	if p.im.Partial {
		return
	}
	slices.Sort(missing)
	for _, id := range missing {
		p.event(0, id, Closed, p.im.Date) // without a row: the file does not list it
	}
}

// order brings the events into the order in which they can have happened: by day, on one day by the steps of the process, then as the file has
// them.
func (p *planning) order() {
	r := p.s.rules
	rank := func(k EventKind) int {
		const life = 1000 // openings and closings come when the project is through
		if step, ok := r.step[k]; ok {
			return 10 * step
		}
		switch k {
		case OverrunApproved, ChangeApproved:
			return 10*r.step[Paid] - 5
		case Withdrawn:
			return life - 1
		}
		return life
	}
	slices.SortStableFunc(p.out.Events, func(a, b Event) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(rank(a.Kind), rank(b.Kind))) })
}
