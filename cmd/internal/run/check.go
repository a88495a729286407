package run

import (
	"context"
	"strconv"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo/network"
)

// Checkup is a study that was read and examined, whether or not its inputs can be used.
type Checkup struct {
	data.Examination
	Session *Session // nil when the inputs have problems
}

// Examine reads a study and looks for everything odd about its inputs. Problems of the inputs are findings; the error is nil unless the
// context ended or the machine failed.
func Examine(ctx context.Context, path string, opts Options) (*Checkup, error) {
	s := newSession(opts)
	e, err := data.Examine(ctx, path, data.Options{Workers: s.opts.Workers, Cache: opts.Cache, Progress: s.reading})
	if err != nil {
		return nil, err
	}
	c := &Checkup{Examination: *e}
	if e.Data == nil {
		return c, nil
	}
	s.Study, s.Data = e.Study, e.Data
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	ground := data.Ground{Data: s.Data, Grid: s.Grid, Demand: s.Demand, Spread: s.Spread}
	if tier, ok := s.walked(); ok {
		if err := s.graph(ctx, tier.Mode, tier.Limit.Metric); err != nil {
			return nil, err
		}
		ground.Graph = s.graphs[coverage.GraphKey{Mode: tier.Mode, Metric: tier.Limit.Metric}]
	}
	s.stage("体检人口与道路", "examining people and roads")
	c.Session = s
	c.Findings = append(append(c.Findings, s.spreadFindings()...), data.Doctor(ground)...)
	data.FollowShift(c.Findings, c.Inputs)
	data.SortFindings(c.Findings)
	return c, nil
}

// walked returns the tier by whose network most people travel: the first on foot, or else the first on roads; ok is false when no tier uses
// roads, or there are none.
func (s *Session) walked() (best coverage.Tier, ok bool) {
	for _, t := range s.tiers {
		foot := s.modes[t.Mode].Access == network.Foot
		if t.Mode != coverage.Straight && (!ok || foot && s.modes[best.Mode].Access != network.Foot) {
			best, ok = t, true
		}
	}
	return best, ok && s.Data.Roads != nil && len(s.Data.Roads.Ways) > 0
}

// Check is the outcome of examining a study. The figures are those of a sound study; of one with errors they are 0.
type Check struct {
	Study         string        `json:"study"`
	Sound         bool          `json:"sound"` // no errors: the study can be computed
	Errors        int           `json:"errors"`
	Warnings      int           `json:"warnings"`
	Levels        int           `json:"levels"`
	Regions       int           `json:"regions"`
	Cells         int           `json:"cells"`
	Resolution    int           `json:"resolution"`
	People        float64       `json:"people"`
	PeopleSource  float64       `json:"peopleInSources"`
	PeopleInside  float64       `json:"peopleInside"`
	PeopleOutside float64       `json:"peopleOutside"`
	Sites         int           `json:"sites"`
	Places        int           `json:"places"`
	Inputs        []InputView   `json:"inputs"`
	Findings      []FindingView `json:"findings"`
}

// InputView is one input file.
type InputView struct {
	Role    string   `json:"role"`
	File    string   `json:"file"`
	Rows    int      `json:"rows"`
	Bytes   int64    `json:"bytes"`
	CRS     string   `json:"crs"`
	SHA256  string   `json:"sha256"`
	Columns []string `json:"columns,omitempty"` // how the columns were taken: field=column
}

// FindingView is something odd in the inputs.
type FindingView struct {
	Severity string   `json:"severity"` // error, warning, info
	Code     string   `json:"code"`     // stable, see docs/findings.md
	Where    string   `json:"where"`    // file, and row where there is one
	File     string   `json:"file"`
	Layer    string   `json:"layer,omitempty"` // layer or sheet of the file, as the study names it
	Row      int      `json:"row,omitempty"`
	Field    string   `json:"field,omitempty"`
	Value    string   `json:"value,omitempty"`
	Text     string   `json:"text"`
	Hint     string   `json:"hint,omitempty"`
	Lon      *float64 `json:"lon,omitempty"` // WGS84
	Lat      *float64 `json:"lat,omitempty"`
	Map      string   `json:"map,omitempty"`     // geo: link
	Fixable  bool     `json:"fixable,omitempty"` // by check --fix
}

// View tells what was found.
func (c *Checkup) View(lang string) Check {
	v := Check{Sound: len(c.Errors) == 0, Errors: len(c.Errors), Inputs: []InputView{}, Findings: []FindingView{}}
	if c.Study != nil {
		v.Study = c.Study.Name
	}
	if s := c.Session; s != nil {
		v.Levels, v.Regions = len(s.Data.Regions.Levels), len(s.Data.Regions.All)
		v.Cells, v.Resolution = len(s.Grid.Cells), s.Grid.Resolution
		v.People, v.PeopleSource = Total(s.Demand).Float(), s.Spread.Input.Float()
		v.PeopleInside, v.PeopleOutside = s.Spread.Inside.Float(), s.Spread.Outside.Float()
		v.Sites, v.Places = len(s.Data.Sites), len(s.Data.Places)
	}
	for _, in := range c.Inputs {
		v.Inputs = append(v.Inputs, InputView{in.Role, in.Path, in.Rows, in.Bytes, in.CRS, in.SHA256, in.Columns})
	}
	for _, f := range c.Findings {
		if f.Severity == data.SeverityWarning {
			v.Warnings++
		}
		v.Findings = append(v.Findings, findingOf(f, lang))
	}
	return v
}

func findingOf(f data.Finding, lang string) FindingView {
	v := FindingView{Severity: f.Severity, Code: f.Code, Where: where(f), File: f.File, Layer: f.Layer, Row: f.Row, Field: f.Field, Value: f.Value,
		Text: f.What.In(lang), Hint: f.Hint.In(lang), Fixable: f.Repair.Sure()}
	if f.At != nil {
		lon, lat := f.At[0], f.At[1]
		v.Lon, v.Lat, v.Map = &lon, &lat, MapLink(lon, lat)
	}
	return v
}

// MapLink is a geo: link (RFC 5870), which map programs open: latitude first.
func MapLink(lon, lat float64) string {
	return "geo:" + strconv.FormatFloat(lat, 'f', 6, 64) + "," + strconv.FormatFloat(lon, 'f', 6, 64)
}

func where(f data.Finding) string {
	if f.Row > 0 {
		return f.File + ":" + strconv.Itoa(f.Row)
	}
	return f.File
}
