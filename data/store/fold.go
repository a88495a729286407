package store

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"sitecover/siting"
)

// valid returns the events that count: recorded by known (zero = all), neither Undone events nor taken back by one that counts. Events come
// and go in the order of their IDs; they are appended to out, which may begin where events does.
func valid(events []Event, known time.Time, out []Event) []Event {
	var undone map[int64]bool
	for i := len(events) - 1; i >= 0; i-- { // an Undone event comes after the one it names, so its own fate is known first
		e := &events[i]
		if e.Kind != Undone || undone[e.ID] || !known.IsZero() && e.Recorded.After(known) {
			continue
		}
		if undone == nil {
			undone = map[int64]bool{}
		}
		undone[e.Undoes] = true
	}
	for i := range events {
		e := &events[i]
		if e.Kind != Undone && !undone[e.ID] && (known.IsZero() || !e.Recorded.After(known)) {
			out = append(out, *e)
		}
	}
	return out
}

// inOrder sorts events into the order in which they are folded: by day, and within a day as they were recorded.
func inOrder(events []Event) {
	order := func(a, b Event) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.ID, b.ID)) }
	if !slices.IsSortedFunc(events, order) { // as most histories are
		slices.SortFunc(events, order)
	}
}

// machine folds the events of one site. It goes on after a fault, so that a ledger with faults still has a state.
type machine struct {
	rules   *rules
	judging bool // the process of the standard is asked; otherwise it is taken as kept, which is quicker
	state   SiteState
	begun   bool
	carried int // projects whose plan has become the site
}

// apply folds one event and returns what the rules say against it, nil if nothing.
func (m *machine) apply(e *Event) *fault {
	first := !m.begun
	m.begun = true
	m.state.Site, m.state.Last = e.Site, e.ID
	switch e.Kind {
	case Opened, Upgraded, Moved, Closed:
		return m.site(e)
	case Corrected:
		return m.correct(e, first)
	case Assessed:
		return nil
	}
	return m.project(e)
}

// site folds what happens to the site itself.
func (m *machine) site(e *Event) *fault {
	s := &m.state
	wasOpen := s.Open
	if e.Kind != Closed {
		m.carryOut(e.Kind)
	}
	s.Fields.merge(&e.Fields)
	switch e.Kind {
	case Opened:
		s.Open, s.Opened = true, e.Date
		if wasOpen {
			return faultf("date", "", text("%s 起已在开放", "is open since %s", day(s.Opened)), text("重复录入的用 track undo 撤销；搬迁用 moved，提升用 upgraded", "take back a double entry with track undo; use moved or upgraded for changes"))
		}
		return s.complete()
	case Upgraded:
		s.Upgraded = e.Date
		s.Upgrades++
	case Moved:
		s.Moved = e.Date
	case Closed:
		s.Open, s.Closed = false, e.Date
	}
	if !wasOpen {
		return faultf("date", day(e.Date), text("这一天没有开放", "is not open on that day"), text("先录入 opened，日期不晚于这一天", "enter its opening first, on that day or before"))
	}
	if e.Kind == Moved && e.Fields.Point == (orb.Point{}) && m.carried == 0 {
		return faultf("lon", "", text("没有写搬到哪里", "does not tell where to"), text("写新的经度和纬度", "give the new longitude and latitude"))
	}
	return nil
}

// carryOut makes the plan of the projects that were not given up and not carried out yet the site.
func (m *machine) carryOut(kind EventKind) {
	for ; m.carried < len(m.state.Projects); m.carried++ {
		p := &m.state.Projects[m.carried]
		if kind == Moved && p.State != Accepted && p.State != Paid {
			return // a move need not be what the project is about
		}
		if p.State != Withdrawn {
			plan := p.Fields
			plan.Way, plan.Budget, plan.Due = "", 0, 0
			m.state.Fields.merge(&plan)
		}
	}
}

// complete says what an open site lacks to be counted.
func (s *SiteState) complete() *fault {
	switch {
	case s.Tier == "":
		return faultf("tier", "", text("没有层级", "has no tier"), text("写上层级", "give its tier"))
	case s.Point == (orb.Point{}):
		return faultf("lon", "", text("没有坐标", "has no coordinates"), text("补上经度和纬度", "give longitude and latitude"))
	}
	return nil
}

// correct folds what sets fields right.
func (m *machine) correct(e *Event, first bool) *fault {
	if first {
		return faultf("date", day(e.Date), text("更正早于这个阵地的第一个事件", "comes before the first event of the site"), text("日期不早于第一个事件", "give the day of the first event or a later one"))
	}
	var f *fault
	p := m.find(e.Project)
	if p != nil {
		f = m.changes(p, e)
		about := e.Fields
		if e.Project == "" && !m.state.Opened.IsZero() { // of the site, but for what only projects have
			about = Fields{Way: e.Fields.Way, Budget: e.Fields.Budget, Due: e.Fields.Due}
		}
		p.Fields.merge(&about)
	}
	if e.Project == "" {
		m.state.Fields.merge(&e.Fields)
	}
	if p == nil && (e.Fields.Budget != 0 || e.Project != "") {
		return faultf("project", e.Project, text("没有这个项目", "is no project of the site"), text("预算属于项目，先录入 planned 或 declared", "a budget belongs to a project: enter planned or declared first"))
	}
	return f
}

// find returns a project by its ID, the latest for "", nil if there is none.
func (m *machine) find(id string) *Project {
	for i := len(m.state.Projects) - 1; i >= 0; i-- {
		if p := &m.state.Projects[i]; id == "" || p.ID == id {
			return p
		}
	}
	return nil
}

// finished reports whether nothing but payments is still to come.
func (r *rules) finished(p *Project) bool {
	_, accepted := p.At(Accepted)
	_, last := p.At(r.last)
	return accepted || last || p.State == Withdrawn || p.State == Paid
}

// current returns the project that an event is about, and begins one where it has to.
func (m *machine) current(e *Event) *Project {
	p := m.find(e.Project)
	if p == nil || e.Project == "" && m.rules.begins[e.Kind] && m.rules.finished(p) {
		m.state.Projects = append(m.state.Projects, Project{ID: m.freeID(e.Project)})
		p = &m.state.Projects[len(m.state.Projects)-1]
	}
	return p
}

// freeID returns the ID wanted, or the first number from the count of projects on that is none yet.
func (m *machine) freeID(wanted string) string {
	if wanted != "" {
		return wanted
	}
	for n := len(m.state.Projects) + 1; ; n++ {
		if id := strconv.Itoa(n); m.find(id) == nil {
			return id
		}
	}
}

// project folds a step of a project.
func (m *machine) project(e *Event) *fault {
	p := m.current(e)
	var f *fault
	if m.judging {
		f = m.against(p, e)
	}
	p.Fields.merge(&e.Fields)
	if m.state.Opened.IsZero() {
		plan := e.Fields
		m.state.Fields.merge(&plan)
	}
	switch e.Kind {
	case OverrunApproved:
		p.Overrun += e.Money
		return f
	case ChangeApproved:
		return f
	case Paid:
		p.Paid += e.Money
		m.state.Paid += e.Money
	}
	if _, before := p.At(e.Kind); !before {
		if p.Reached == nil {
			p.Reached = make([]Step, 0, 6)
		}
		p.Reached = append(p.Reached, Step{e.Kind, e.Date})
	}
	p.State, p.Since = e.Kind, e.Date
	return f
}

// merge takes over what the other fields tell.
func (f *Fields) merge(with *Fields) {
	told := func(to *string, s string) {
		if s != "" {
			*to = s
		}
	}
	told(&f.Name, with.Name)
	told(&f.Tier, with.Tier)
	told(&f.Region, with.Region)
	told(&f.Way, with.Way)
	told(&f.Class, with.Class)
	told(&f.Hours, with.Hours)
	if with.Point != (orb.Point{}) {
		f.Point = with.Point
	}
	if with.Area != 0 {
		f.Area = with.Area
	}
	if with.Due != 0 {
		f.Due = with.Due
	}
	if with.Budget != 0 {
		f.Budget = with.Budget
	}
}

// most returns what may be paid for a project; ok is false when no budget was told.
func (p *Project) most() (siting.Yuan, bool) { return p.Budget + p.Overrun, p.Budget > 0 }

func day(t time.Time) string { return t.Format(time.DateOnly) }
