package run

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/store"
	"sitecover/siting"
)

// book is what the records say of one day.
type book struct {
	tracker *Tracker
	session *Session
	o       SnapshotOptions

	sites   []coverage.Site // open on the day; nil = those of the study's own ledger
	ledger  track.Ledger
	outside []string
	due     []dueSite

	index  map[string]int // open sites by id, into sites
	places map[string]track.Place
	weeks  map[string]*coverage.Week // opening hours by their text
	errs   data.InputErrors
}

// dueSite is a site as it will be once a committed project is done.
type dueSite struct {
	year int
	site coverage.Site
}

// read takes the sites and projects of the day from the store. Without a store there is nothing to take.
func (b *book) read(ctx context.Context) error {
	st := b.tracker.Store
	if st == nil {
		return nil
	}
	base := b.tracker.Study.Tracking.Base
	if base.IsZero() {
		base = b.tracker.Study.Date
	}
	of, err := st.States(ctx, []time.Time{b.o.Day, track.YearEnd(b.o.Day.Year() - 1), base}, b.o.Known)
	if err != nil {
		return err
	}
	states := of[0]
	b.sites, b.index, b.places = []coverage.Site{}, map[string]int{}, map[string]track.Place{}
	b.ledger.Known = true
	for i := range states {
		b.site(&states[i])
	}
	if len(b.errs) > 0 {
		return b.errs
	}
	for i := range states {
		b.projects(&states[i])
	}
	if len(b.errs) > 0 {
		return b.errs
	}
	b.before(states, of[1])
	if !base.After(b.o.Day) {
		b.since(base, states, of[2])
	}
	return b.payments(ctx)
}

// site adds a site that is open, and finds where a site is in any case.
func (b *book) site(x *store.SiteState) {
	if x.Tier == "" && !x.Open {
		return // a project that does not tell its tier yet
	}
	site, ok := b.placed(x.Site, x.Fields)
	if !ok {
		return
	}
	b.places[x.Site] = track.Place{Tier: site.Tier, Region: site.Region}
	if !x.Open {
		return
	}
	if site.Region < 0 {
		b.outside = append(b.outside, site.ID)
	}
	b.index[x.Site] = len(b.sites)
	b.sites = append(b.sites, site)
}

// placed turns what the ledger tells of a site into a site of the study.
func (b *book) placed(id string, f store.Fields) (coverage.Site, bool) {
	s := b.session
	tier := slices.IndexFunc(s.tiers, func(t coverage.Tier) bool { return t.ID == f.Tier })
	if tier < 0 {
		b.errs = append(b.errs, &data.InputError{File: filepath.Base(b.tracker.Store.Path()), Field: "tier", Value: f.Tier,
			What: data.T("阵地 %s 的层级不在研究里", "the tier of site %s is not in the study", id),
			Hint: data.T("用 corrected 事件改正，或在 %s 里加上这一层级", "correct it with an event, or add the tier to %s", filepath.Base(s.Study.Path))})
		return coverage.Site{}, false
	}
	site := coverage.Site{ID: id, Name: f.Name, Tier: tier, Point: f.Point, Region: -1, FloorArea: f.Area, Staff: -1}
	if f.Area == 0 {
		site.FloorArea = -1
	}
	if f.Hours != "" {
		hours, err := b.hours(f.Hours)
		if err != nil {
			b.errs = append(b.errs, &data.InputError{File: filepath.Base(b.tracker.Store.Path()), Field: "hours", Value: f.Hours, What: data.T("阵地 %s 的开放时间读不懂：%v", "the opening hours of site %s cannot be read: %v", id, err),
				Hint: data.T("用 corrected 事件改正", "correct them with an event")})
			return coverage.Site{}, false
		}
		site.Hours = hours
	}
	if f.Point != (orb.Point{}) {
		site.Region = s.locate(f.Point)
	} else if r, ok := s.Data.Regions.Index(f.Region); ok {
		site.Region = r
	}
	return site, true
}

// hours reads opening hours, every text once: most sites of a county keep the same.
func (b *book) hours(text string) (*coverage.Week, error) {
	if w, read := b.weeks[text]; read {
		return w, nil
	}
	w, err := data.ParseHours(text)
	if err != nil {
		return nil, err
	}
	if b.weeks == nil {
		b.weeks = map[string]*coverage.Week{}
	}
	b.weeks[text] = w
	return w, nil
}

// projects adds the projects of a site that were not given up.
func (b *book) projects(x *store.SiteState) {
	for i := range x.Projects {
		p := &x.Projects[i]
		if p.State == store.Withdrawn || len(p.Reached) == 0 {
			continue
		}
		began := p.Reached[0].Date
		done := !x.Opened.IsZero() && !x.Opened.Before(began) || !x.Upgraded.IsZero() && !x.Upgraded.Before(began)
		if done && !x.Open {
			continue // built, and closed since
		}
		at, known := b.places[x.Site]
		if plan, ok := b.planned(x, p); ok && !done {
			at, known = track.Place{Tier: plan.Tier, Region: plan.Region}, true
		}
		if !known {
			continue
		}
		has := func(states ...store.EventKind) bool {
			return slices.ContainsFunc(states, func(k store.EventKind) bool { _, ok := p.At(k); return ok })
		}
		y := track.Project{
			Place: at, Class: p.Class, Way: p.Way, State: string(p.State), Due: p.Due, Budget: int64(p.Budget + p.Overrun), Paid: int64(p.Paid), Open: done,
			Started: done || has(store.Building, store.Accepted), Accepted: done || has(store.Accepted),
		}
		y.Committed = !done && (y.Started || has(store.Approved, store.Tendered))
		b.ledger.Projects = append(b.ledger.Projects, y)
		if y.Committed {
			b.commit(x, p)
		}
	}
}

// planned is the site as it will be once the project is done; ok is false as long as its tier is not told.
func (b *book) planned(x *store.SiteState, p *store.Project) (coverage.Site, bool) {
	f := x.Fields
	if p.Tier != "" {
		f.Tier = p.Tier
	}
	if p.Point != (orb.Point{}) {
		f.Point = p.Point
	}
	if p.Area > 0 {
		f.Area = p.Area
	}
	if p.Region != "" {
		f.Region = p.Region
	}
	if f.Tier == "" {
		return coverage.Site{}, false
	}
	site, ok := b.placed(x.Site, f)
	if ok && p.Area == 0 { // built to the standard, as long as nothing else is told
		site.FloorArea = max(site.FloorArea, b.session.tiers[site.Tier].MinArea)
	}
	return site, ok
}

// commit notes the site that a committed project makes, if it is told where.
func (b *book) commit(x *store.SiteState, p *store.Project) {
	site, ok := b.planned(x, p)
	if !ok || site.Point == (orb.Point{}) {
		return
	}
	first := b.nextYear()
	due := p.Due
	if due == 0 {
		due = b.o.Day.Year() + b.session.Study.Plan.LeadYears
	}
	b.due = append(b.due, dueSite{max(due, first), site})
}

// nextYear is the first year whose end is still to come.
func (b *book) nextYear() int {
	return b.o.Day.AddDate(0, 0, 1).Year()
}

// open lists where the sites stand that were open on a day, as they are placed on the snapshot's day, and their ids.
func (b *book) open(states []store.SiteState) ([]track.Place, map[string]bool) {
	var out []track.Place
	ids := map[string]bool{}
	for i := range states {
		if at, ok := b.places[states[i].Site]; ok && states[i].Open {
			out, ids[states[i].Site] = append(out, at), true
		}
	}
	return out, ids
}

// before counts the sites of the end of the year before, and the upgrades of the year.
func (b *book) before(now, then []store.SiteState) {
	b.ledger.OpenBefore, _ = b.open(then)
	for i := range now {
		if x := &now[i]; x.Open && x.Upgraded.Year() == b.o.Day.Year() {
			b.ledger.UpgradedYear = append(b.ledger.UpgradedYear, b.places[x.Site])
		}
	}
}

// since counts the sites of the base day, and those of them that were upgraded after it.
func (b *book) since(base time.Time, now, then []store.SiteState) {
	l := &b.ledger
	l.Base = base
	var wereOpen map[string]bool
	l.BaseOpen, wereOpen = b.open(then)
	for i := range now {
		if x := &now[i]; x.Open && wereOpen[x.Site] && x.Upgraded.After(base) {
			l.BaseUpgraded = append(l.BaseUpgraded, b.places[x.Site])
		}
	}
}

func (b *book) payments(ctx context.Context) error {
	filter := store.Filter{Kinds: []store.EventKind{store.Paid}, To: b.o.Day, Known: b.o.Known, Valid: true}
	return b.tracker.Store.EachEvent(ctx, filter, func(e store.Event) error {
		at, ok := b.places[e.Site]
		if !ok {
			return data.InputErrors{{File: filepath.Base(b.tracker.Store.Path()), Field: "tier", What: data.T("阵地 %s 有拨付记录，却没有层级", "site %s was paid for and has no tier", e.Site),
				Hint: data.T("用 corrected 事件补上层级", "tell its tier with a corrected event")}}
		}
		b.ledger.Payments = append(b.ledger.Payments, track.Payment{Place: at, Year: e.Date.Year(), Yuan: int64(e.Money)})
		return nil
	})
}

// with returns the open sites after the sites that are done by a year have replaced their former selves or joined them.
func (b *book) with(open []coverage.Site, done []dueSite, year int) []coverage.Site {
	out := slices.Clone(open)
	at := map[string]int{}
	for i := range out {
		at[out[i].ID] = i
	}
	for _, d := range done {
		if d.year > year {
			continue
		}
		if i, there := at[d.site.ID]; there {
			d.site.Hours = out[i].Hours
			out[i] = d.site
			continue
		}
		at[d.site.ID] = len(out)
		out = append(out, d.site)
	}
	return out
}

// forecasts computes what the committed projects, and if asked the rollout plan on top of them, will make of the figures.
func (b *book) forecasts(ctx context.Context, s *Session) ([]track.Forecast, error) {
	open := slices.DeleteFunc(slices.Clone(s.Data.Sites), func(x coverage.Site) bool { return !x.OpenOn(b.o.Day) })
	var out []track.Forecast
	if b.tracker.Store != nil {
		committed, err := b.forecast(ctx, track.FromCommitted, open, b.due)
		if err != nil {
			return nil, err
		}
		out = append(out, committed...)
	}
	if !b.o.Plan {
		return out, nil
	}
	picks, err := b.plan(ctx, s, open)
	if err != nil {
		return nil, err
	}
	planned, err := b.forecast(ctx, track.FromPlan, open, append(slices.Clone(b.due), picks...))
	return append(out, planned...), err
}

func (b *book) forecast(ctx context.Context, kind string, open []coverage.Site, done []dueSite) ([]track.Forecast, error) {
	years := map[int]bool{b.nextYear(): true} // so that "nothing is committed" is told from "not known"
	for _, d := range done {
		years[d.year] = true
	}
	var out []track.Forecast
	for _, year := range slices.Sorted(maps.Keys(years)) {
		b.session.stage(fmt.Sprintf("预测 %d 年底", year), fmt.Sprintf("forecasting the end of %d", year))
		s := b.session.on(b.o.Day, undated(b.with(open, done, year)))
		if err := s.computed(ctx); err != nil {
			return nil, err
		}
		f := track.Forecast{Kind: kind, Year: year}
		for t := range s.tiers {
			f.Tiers = append(f.Tiers, track.CoverageTable(s.Result, t))
		}
		out = append(out, f)
	}
	return out, nil
}

// undated makes sites open on any day.
func undated(sites []coverage.Site) []coverage.Site {
	for i := range sites {
		sites[i].Opened, sites[i].Closed = time.Time{}, time.Time{}
	}
	return sites
}

// plan runs the rollout as if everything committed were open, and returns its picks.
func (b *book) plan(ctx context.Context, s *Session, open []coverage.Site) ([]dueSite, error) {
	with := s.on(b.o.Day, undated(b.with(open, b.due, 9999)))
	if err := with.computed(ctx); err != nil {
		return nil, err
	}
	if err := with.Rollout(ctx); err != nil {
		return nil, err
	}
	if with.Plan == nil {
		return []dueSite{}, nil
	}
	out := []dueSite{}
	for i, pick := range with.Plan.Picks {
		c := with.Plan.Candidates[pick.Candidate]
		site := coverage.Site{ID: fmt.Sprintf("plan:%d", i+1), Name: c.Name, Tier: pick.Tier, Point: c.Point, Region: c.Region, FloorArea: with.tiers[pick.Tier].MinArea, Staff: -1}
		if c.Way == siting.Upgrade {
			old := with.Data.Sites[c.Site]
			site.ID, site.Name, site.FloorArea, site.Staff = old.ID, old.Name, max(old.FloorArea, site.FloorArea), old.Staff
		}
		out = append(out, dueSite{pick.OpenYear, site})
	}
	return out, nil
}
