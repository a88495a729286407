package run

import (
	"context"
	"errors"
	"time"

	"sitecover/data/store"
)

// track fills in what the pages of yearly tracking show, from the snapshots of a ledger, or of the study's folder when none is named. A
// folder without snapshots is no mistake: such a study is not tracked. A ledger without snapshots is: ErrNoSnapshots.
func (s *Session) track(ctx context.Context, ledger string) (err error) {
	var st *store.Store
	if ledger != "" {
		if st, err = store.Open(ctx, ledger, store.Options{Holder: "report"}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, st.Close()) }()
	}
	k := NewTracker(s.Study, st, s.opts)
	k.sessions[s.Study.Path] = s
	v, err := k.Status(ctx)
	if errors.Is(err, ErrNoSnapshots) && st == nil {
		return nil
	}
	if err != nil {
		return err
	}
	changes, err := k.lastChange(ctx)
	if err != nil {
		return err
	}
	s.Tracking = v.Tracking(s.tiers, changes)
	return nil
}

// lastChange splits the change between the last snapshot and the last one of a year before; none with fewer than two years.
func (k *Tracker) lastChange(ctx context.Context) ([]ChangeView, error) {
	days, err := k.Days(ctx)
	if err != nil {
		return nil, err
	}
	for i := len(days) - 2; i >= 0; i-- {
		last := days[len(days)-1]
		if days[i].Year() < last.Year() {
			d, err := k.Diff(ctx, days[i], last, time.Time{})
			if err != nil {
				return nil, err
			}
			return d.Changes, nil
		}
	}
	return []ChangeView{}, nil
}
