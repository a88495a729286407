package run

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"sitecover/coverage/track"
	"sitecover/data"
)

// Verified says whether a snapshot that is kept is what is computed for its day now.
type Verified struct {
	Date string    `json:"date"`
	Same bool      `json:"same"`
	Why  data.Text `json:"why"`
}

// Verify computes every snapshot that is kept again, as the ledger was known when it was made, and compares the bytes. It keeps nothing.
func (k *Tracker) Verify(ctx context.Context, o SnapshotOptions) ([]Verified, error) {
	days, err := k.Days(ctx)
	if err != nil {
		return nil, err
	}
	if len(days) == 0 {
		return nil, ErrNoSnapshots
	}
	out := []Verified{}
	for _, day := range days {
		body, _, err := k.body(ctx, day)
		if err != nil {
			return nil, err
		}
		old, err := k.Load(ctx, day)
		if err != nil {
			return nil, err
		}
		asked := o
		asked.Day = day
		for _, f := range old.Forecasts {
			asked.Plan = asked.Plan || f.Kind == track.FromPlan
		}
		if k.Store != nil && asked.Known.IsZero() {
			kept, err := k.Store.Snapshot(ctx, day, 0)
			if err != nil {
				return nil, err
			}
			asked.Known = kept.Known
		}
		snap, err := k.Make(ctx, asked)
		if err != nil {
			return nil, err
		}
		v := Verified{Date: day.Format(time.DateOnly), Same: bytes.Equal(snap.Body, body)}
		if !v.Same {
			if v.Why, err = k.whyDifferent(ctx, day, snap); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// whyDifferent names the inputs that changed since a snapshot was made.
func (k *Tracker) whyDifferent(ctx context.Context, day time.Time, now *Snap) (data.Text, error) {
	text, err := k.manifestOf(ctx, day)
	if err != nil {
		return data.Text{}, err
	}
	var then, is Manifest
	if err := json.Unmarshal(text, &then); err != nil {
		return data.T("保存的清单读不出：%v", "its manifest cannot be read: %v", err), nil //nolint:nilerr // said in the text
	}
	if err := json.Unmarshal(now.Manifest, &is); err != nil {
		return data.Text{}, err
	}
	was := map[string]string{}
	for _, in := range then.Inputs {
		was[in.Role+" "+in.File] = in.SHA256
	}
	for _, in := range is.Inputs {
		if was[in.Role+" "+in.File] != in.SHA256 {
			return data.T("%s 与当时不同", "%s is not what it was", in.File), nil
		}
	}
	if then.Program != is.Program {
		return data.T("当时的程序版本是 %s", "it was made by version %s of the program", then.Program), nil
	}
	return data.T("台账有当时之前录入的改动", "the ledger is not what it was then"), nil
}

// CrosswalkView is a crosswalk, and what the kept snapshots say about it.
type CrosswalkView struct {
	File      string          `json:"file"`
	Links     []LinkView      `json:"links"`
	Snapshots int             `json:"snapshots"`
	Notes     []TrackNoteView `json:"notes"`
}

// LinkView is one row of a crosswalk.
type LinkView struct {
	Year  int      `json:"year"`
	Kind  string   `json:"kind"`
	From  string   `json:"from"`
	To    string   `json:"to"`
	Share *float64 `json:"share"`
}

// CheckCrosswalk reads the study's crosswalk and brings the kept snapshots to the regions of the last one by it.
func (k *Tracker) CheckCrosswalk(ctx context.Context) (*CrosswalkView, error) {
	cw, in, err := data.Crosswalk(ctx, k.Study)
	if err != nil {
		return nil, err
	}
	v := &CrosswalkView{File: in.Path, Links: []LinkView{}, Notes: []TrackNoteView{}}
	for _, l := range cw.Links() {
		v.Links = append(v.Links, LinkView{l.Year, string(cw.Kind(l)), l.From, l.To, share(float64(l.Share)/float64(track.Whole), l.Share >= 0)})
	}
	days, err := k.Days(ctx)
	if err != nil || len(days) == 0 {
		return v, err
	}
	series, notes, err := k.Series(ctx)
	if err != nil {
		return nil, err
	}
	v.Snapshots = len(series)
	for _, n := range notes {
		v.Notes = append(v.Notes, TrackNoteView{n.Date, noteText(n)})
	}
	return v, nil
}
