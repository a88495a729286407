package run

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/store"
)

// Tracker keeps the score of one study from year to year: it makes snapshots, and reads the ones that were kept.
type Tracker struct {
	Study *data.Study
	Store *store.Store // the ledger over time; nil = the study's own ledger, with snapshots in a folder
	opts  Options

	sessions map[string]*Session // by path of the study
}

// NewTracker returns a tracker. Without a store, snapshots are kept in the study's tracking folder.
func NewTracker(study *data.Study, st *store.Store, opts Options) *Tracker {
	return &Tracker{Study: study, Store: st, opts: opts, sessions: map[string]*Session{}}
}

// SnapshotOptions ask for a snapshot.
type SnapshotOptions struct {
	Day     time.Time // midnight UTC
	Known   time.Time // the ledger as it was known then; zero = all that is in it
	Plan    bool      // forecast by the rollout plan too
	Version string    // of the program, for the manifest
}

// Manifest says what a snapshot rests on.
type Manifest struct {
	Program string          `json:"program"`
	Study   string          `json:"study"`
	Date    string          `json:"date"`
	Seed    uint64          `json:"seed"`
	Inputs  []InputView     `json:"inputs"`
	Ledger  *LedgerManifest `json:"ledger,omitempty"`
}

// LedgerManifest says which events a snapshot rests on.
type LedgerManifest struct {
	LastEvent int64  `json:"lastEvent"`
	Hash      string `json:"hash"`
	Known     string `json:"known,omitempty"`
}

// Snap is a snapshot with what it rests on.
type Snap struct {
	Snapshot *track.Snapshot
	Body     []byte
	Manifest []byte
	Outside  []string // open sites that lie in no region; they serve people, and no region owns them
}

// session opens the study whose people, borders and roads held at the end of a year.
func (k *Tracker) session(ctx context.Context, year int) (*Session, error) {
	path := k.Study.StudyOf(year)
	if s := k.sessions[path]; s != nil {
		return s, nil
	}
	s, err := Open(ctx, path, k.opts)
	if err != nil {
		return nil, err
	}
	k.sessions[path] = s
	return s, nil
}

// On returns a session of the same study on another day with other open sites, which shares roads and people. nil sites are the study's own
// ledger.
func (s *Session) on(day time.Time, sites []coverage.Site) *Session {
	study, set := *s.Study, *s.Data
	study.Date = day
	set.Study = &study
	if sites != nil {
		set.Sites = sites
	}
	c := *s
	c.Study, c.Data = &study, &set
	c.Result, c.Gaps, c.Plan, c.Stations, c.found = nil, nil, nil, nil, nil
	return &c
}

// ready builds the roads and puts the people along the streets, so that sessions made by on need not do it again.
func (s *Session) ready(ctx context.Context) error {
	if s.Result != nil || s.Placed != nil {
		return nil
	}
	if err := s.network(ctx); err != nil {
		return err
	}
	return s.place(ctx)
}

// computed computes the coverage of a session made by on; the people stand where ready put them.
func (s *Session) computed(ctx context.Context) error {
	var err error
	s.Result, err = coverage.Compute(ctx, s.input())
	return err
}

// Make computes the snapshot of a day. It keeps nothing.
func (k *Tracker) Make(ctx context.Context, o SnapshotOptions) (*Snap, error) {
	base, err := k.session(ctx, o.Day.Year())
	if err != nil {
		return nil, err
	}
	if err := base.ready(ctx); err != nil {
		return nil, err
	}
	book := &book{tracker: k, session: base, o: o}
	if err := book.read(ctx); err != nil {
		return nil, err
	}
	s := base.on(o.Day, book.sites)
	s.stage("计算 "+o.Day.Format(time.DateOnly)+" 的覆盖", "computing coverage on "+o.Day.Format(time.DateOnly))
	if err := s.computed(ctx); err != nil {
		return nil, err
	}
	day := track.Day{Study: k.Study.Name, Input: s.input(), Result: s.Result, Ledger: book.ledger}
	if len(s.Data.Entities) > 0 {
		if day.Units, err = coverage.Entities(ctx, s.input(), s.Data.Entities); err != nil {
			return nil, err
		}
	}
	if s.checkable() {
		if day.Checked, err = s.checked(ctx, base); err != nil {
			return nil, err
		}
	}
	snap, err := track.Build(day)
	if err != nil {
		return nil, err
	}
	if snap.Forecasts, err = book.forecasts(ctx, s); err != nil {
		return nil, err
	}
	out := &Snap{Snapshot: snap, Outside: book.outside}
	if out.Body, err = snap.Encode(); err != nil {
		return nil, err
	}
	out.Manifest, err = k.manifest(ctx, base, o)
	return out, err
}

// checkable reports whether there are a ledger and a standard with grades to check it against.
func (s *Session) checkable() bool {
	return s.Study.Standard != nil && len(s.Study.Sites) > 0 && len(s.Study.Standard.Profile.Grades) > 0
}

// checked checks the sites that are open on the session's day against the standard, as far as the study's own ledger tells of them. Base is
// the session as the study has it.
func (s *Session) checked(ctx context.Context, base *Session) ([]track.Checked, error) {
	places := map[string]track.Place{}
	for _, x := range s.Data.Sites {
		if x.OpenOn(s.Study.Date) {
			places[x.ID] = track.Place{Tier: x.Tier, Region: x.Region}
		}
	}
	report, err := base.on(s.Study.Date, undated(slices.Clone(base.Data.Sites))).Assess(ctx, "")
	if err != nil {
		return nil, err
	}
	out := []track.Checked{}
	for _, x := range report.Sites {
		if at, open := places[x.ID]; open {
			out = append(out, track.Checked{Place: at, Passes: x.Result.Grade != nil && len(x.Result.Withdrawn) == 0})
		}
	}
	return out, nil
}

func (k *Tracker) manifest(ctx context.Context, s *Session, o SnapshotOptions) ([]byte, error) {
	m := Manifest{Program: o.Version, Study: k.Study.Name, Date: o.Day.Format(time.DateOnly), Seed: k.Study.Seed}
	for _, in := range s.Data.Inputs {
		m.Inputs = append(m.Inputs, InputView{Role: in.Role, File: in.Path, Rows: in.Rows, Bytes: in.Bytes, CRS: in.CRS, SHA256: in.SHA256})
	}
	if k.Store != nil {
		id, hash, err := k.Store.Head(ctx)
		if err != nil {
			return nil, err
		}
		m.Ledger = &LedgerManifest{LastEvent: id, Hash: hash}
		if !o.Known.IsZero() {
			m.Ledger.Known = o.Known.UTC().Format(time.RFC3339)
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// ErrNoSnapshots says that nothing has been kept yet.
var ErrNoSnapshots = errors.New("run: no snapshots yet")

// Series reads the last snapshot of every year, made comparable by the crosswalk, the latest last.
func (k *Tracker) Series(ctx context.Context) ([]*track.Snapshot, []track.Note, error) {
	cw, _, err := data.Crosswalk(ctx, k.Study)
	if err != nil {
		return nil, nil, err
	}
	days, err := k.Days(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(days) == 0 {
		return nil, nil, ErrNoSnapshots
	}
	var snaps []*track.Snapshot
	for i, day := range days {
		if i+1 < len(days) && days[i+1].Year() == day.Year() {
			continue
		}
		s, err := k.Load(ctx, day)
		if err != nil {
			return nil, nil, err
		}
		snaps = append(snaps, s)
	}
	return track.Align(snaps, cw)
}
