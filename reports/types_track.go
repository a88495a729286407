package reports

// Tracking is how the area stands against its targets from year to year: what the pages and sheets of yearly tracking show. Shares are
// 0..1; a NaN share means that there is nothing to share (n/a, never 0 or 100 %). Money is 元. Days are "2026-12-31".
type Tracking struct {
	Date    string // the day of the latest snapshot
	Level   string // id of the level of the scoreboard, e.g. "town"
	Tiers   []TrackTier
	Series  []TrackSeries    // coverage by year against its target, tier by tier
	Targets []TrackTarget    // of the whole area and of single regions, by year
	Towns   []TrackTown      // scoreboard, by rank and then id
	Stages  []TrackStage     // projects by state, in the order of the process
	Money   []TrackMoney     // by year
	Changes []TrackChange    // why coverage changed since the snapshot before; empty when it was not computed
	Remarks []TrackBilingual // what a reader has to know: converted years, figures that are not told
}

// TrackBilingual is a text in both languages.
type TrackBilingual struct{ ZH, EN string }

// TrackTier names a tier.
type TrackTier struct{ ID, Name string }

// TrackSeries is one indicator of one tier over the whole area, by snapshot.
type TrackSeries struct {
	Tier      string // id
	Indicator string // "presence" or "effective"
	Points    []TrackPoint
	Targets   []TrackAim // what is asked, by year
	Committed float64    // the share once all committed projects are open; NaN = not known
}

// TrackPoint is a figure on a day.
type TrackPoint struct {
	Date      string
	Share     float64
	Part      float64 // people covered, or regions that own a qualifying site
	Whole     float64
	Converted bool // brought to today's regions by the crosswalk
}

// TrackAim is what is asked for by the end of a year.
type TrackAim struct {
	Year  int
	Share float64
}

// TrackTarget is a target and how it stands. Value, Asked and Short are shares' parts, counts or 元, as Unit says.
type TrackTarget struct {
	Year          int
	Tier          string // id; "" = every tier together
	Region        string // id; "" = the whole area
	Name          string // of the region or the area
	Indicator     string // presence, effective, upgraded, upgraded_year, built, count, units, money, debt
	IndicatorName TrackBilingual
	Asked         TrackBilingual
	Value         TrackBilingual
	Status        string // met, on_track, behind, missed, unknown
	Short         float64
	Unit          string  // people, regions, sites, units, yuan: of Short
	Pace          float64 // of Unit a year still needed; 0 when met
	Committed     string  // how it would stand once all committed projects are open: met, short, or "" = not known
	Planned       string  // the same for the rollout plan
	Source        string  // where the target comes from: a clause of a profile, or study.yaml:line
}

// TrackTown is a line of the scoreboard.
type TrackTown struct {
	ID, Name string
	Light    string  // green, amber, red; "" = no target applies
	Rank     int     // 1 = best; equals share a rank; 0 = unranked
	Before   int     // rank a year before; 0 = not known
	Score    float64 // mean fulfilment of its targets, 0..1; NaN = none
	Cells    []TrackTownTier
}

// TrackTownTier is a town's figures of one tier, parallel to Tracking.Tiers.
type TrackTownTier struct {
	Presence, Effective float64
	Owning, Required    int
	Covered, People     float64
	Open, Qualifying    int
	Below               int     // open and smaller than the minimum floor area
	Passing             int     // open and at the standard's lowest grade or above; -1 = not checked
	Paid                int64   // 元 so far
	Upgraded            int     // in the year of the day; -1 = not known
	Change              float64 // of Effective since the snapshot before; NaN = not known
}

// TrackStage counts projects in one state of the process.
type TrackStage struct {
	State    string // machine word
	Name     TrackBilingual
	Projects int
	Tiers    []int // parallel to Tracking.Tiers
	Yuan     int64 // budgets of these projects
}

// TrackMoney is the money of one year; -1 = not known.
type TrackMoney struct {
	Year      int
	Budget    int64 // of the study
	Committed int64 // budgets of projects approved or under construction, by the year they are due
	Paid      int64
}

// TrackChange splits the change of the covered share of one tier into its causes; the parts sum to Total.
type TrackChange struct {
	Tier         string
	Since, Until string  // days
	Total        float64 // as a share: 0.031 = +3.1 points
	Sites        float64
	People       float64 // people who moved, were born or died
	Ground       float64 // roads, borders, rules of the tier
}
