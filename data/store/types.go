package store

import (
	"time"

	"github.com/paulmach/orb"

	"sitecover/siting"
)

// EventKind says what happened. Beside the kinds below, every state of the process of the workspace's standard is a kind.
type EventKind string

// Kinds of events: what a project goes through, what happens to a site, and what sets the record right.
const (
	Planned  EventKind = "planned"  // in a plan, nothing asked for yet; begins a project
	Declared EventKind = "declared" // asked for by the town; begins a project that was not planned
	Reviewed EventKind = "reviewed"
	Approved EventKind = "approved"
	Tendered EventKind = "tendered" // put out to tender
	Building EventKind = "building" // under construction
	Accepted EventKind = "accepted" // inspected and found in order
	Paid     EventKind = "paid"     // Money was paid; several a project

	OverrunApproved EventKind = "overrun_approved" // Money more than the budget may be spent
	ChangeApproved  EventKind = "change_approved"  // the plan of an approved project may change
	Withdrawn       EventKind = "withdrawn"        // the project was given up

	Opened   EventKind = "opened"
	Upgraded EventKind = "upgraded" // still open, brought up to the standard or to a higher tier
	Moved    EventKind = "moved"    // still open, at another place
	Closed   EventKind = "closed"   // closed ON this day: the first day without service
	Assessed EventKind = "assessed" // Note holds the outcome

	Corrected EventKind = "corrected" // the fields named hold from Date on; what was known before stays readable
	Undone    EventKind = "undone"    // the event that Undoes names never happened
)

// Event is one dated thing that happened to one site. Events are never changed: a wrong one is undone by another event.
type Event struct {
	ID       int64       // given by the store, ascending without gaps from 1; zero before it is appended
	Site     string      // the user's own id of the site
	Project  string      // the user's own id of the project; "" = the site's latest
	Kind     EventKind   //
	Date     time.Time   // day on which it happened, midnight UTC; of an Undone event the day on which it was undone
	Money    siting.Yuan // paid, or approved above the budget; zero for other kinds
	Fields   Fields      // what the event tells of the site; zero values are not told
	Note     string      // free words: why
	Undoes   int64       // of an Undone event: the ID of the event that it takes back; otherwise zero
	Recorded time.Time   // when it was entered, UTC, whole microseconds; ascends with ID
	Who      string      // who entered it
	Source   Source      // where it was read; zero when entered by hand
	Hash     string      // hex SHA-256 over the hash of the event before and this event's content; given by the store
}

// Source is where an event was read.
type Source struct {
	File   string // name of the file
	SHA256 string // hex, of the whole file
	Row    int    // the file's own 1-based row; 0 = none
}

// Fields are what an event tells of a site. The zero value of a field means that the event does not tell it.
type Fields struct {
	Name   string      `json:"name,omitempty"`
	Tier   string      `json:"tier,omitempty"`   // tier ID
	Point  orb.Point   `json:"point,omitzero"`   // WGS84 longitude, latitude in degrees; 0,0 = not told
	Area   float64     `json:"area,omitempty"`   // floor area, m²
	Region string      `json:"region,omitempty"` // the user's own id of the region
	Way    string      `json:"way,omitempty"`    // way of building: new, convert, upgrade, purchase, combine
	Budget siting.Yuan `json:"budget,omitempty"` // of the project
	Class  string      `json:"class,omitempty"`  // class of the standard within the tier
	Due    int         `json:"due,omitempty"`    // year in which the project is to open
	Hours  string      `json:"hours,omitempty"`  // opening hours in the ledger's own words, as data.ParseHours reads them
}

// SiteState is what is so of one site on a day, as far as it was known at a time.
type SiteState struct {
	Site     string
	Fields               // the latest told of each; Budget is that of the latest project
	Open     bool        // opened by that day, and not closed by then
	Opened   time.Time   // first opening day; zero = never opened
	Closed   time.Time   // last closing day; zero = never closed; earlier than a reopening if Open
	Upgraded time.Time   // last upgrade; zero = never upgraded
	Moved    time.Time   // last move; zero = never moved
	Upgrades int         // number of upgrades
	Projects []Project   // in the order in which they began
	Paid     siting.Yuan // for all projects
	Last     int64       // ID of the latest event that counts, by date and then ID
}

// Project is one undertaking at a site: a new building, a conversion, an upgrade.
type Project struct {
	ID      string      // the user's own, or "1", "2", … in the order in which they began
	Fields              // what it is to come to: planned tier, position, area, way of building, budget
	State   EventKind   // latest state of the process that was reached
	Since   time.Time   // day on which it was reached
	Reached []Step      // all states with their first day, in the order in which they were reached
	Overrun siting.Yuan // approved above the budget
	Paid    siting.Yuan //
}

// Step is a state that a project reached.
type Step struct {
	State EventKind
	Date  time.Time
}

// Latest returns the site's latest project; ok is false for a site without one.
func (s *SiteState) Latest() (p Project, ok bool) {
	if len(s.Projects) == 0 {
		return Project{}, false
	}
	return s.Projects[len(s.Projects)-1], true
}

// At returns the day on which a project reached a state; ok is false if it did not.
func (p *Project) At(state EventKind) (day time.Time, ok bool) {
	for _, step := range p.Reached {
		if step.State == state {
			return step.Date, true
		}
	}
	return time.Time{}, false
}

// Filter narrows Events. The zero value asks for all.
type Filter struct {
	Site  string      // "" = every site
	Kinds []EventKind // nil = every kind
	From  time.Time   // first Date; zero = from the beginning
	To    time.Time   // last Date; zero = without end
	Known time.Time   // recorded by then; zero = without end
	Valid bool        // leave out Undone events and those that they take back, as known at Known
	After int64       // only IDs above
	Limit int         // at most so many; 0 = all
}

// Snapshot is a computed state of affairs, kept as bytes: all indicators of a day with what they rest on.
type Snapshot struct {
	Date     time.Time // the day that it is about
	Revision int       // 1, 2, … within the date, given by the store
	Recorded time.Time // when it was computed, UTC
	Who      string
	Known    time.Time // ledger as known then; zero = at Recorded
	Manifest []byte    // JSON: the inputs and versions that it rests on
	Body     []byte    // canonical JSON; the same state gives the same bytes
	SHA256   string    // hex, of Body; given by the store
}
