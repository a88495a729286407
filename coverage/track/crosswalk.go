package track

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Link says that from a year on a region goes on in another one: merged (several go on in one), split (one in several) or renamed. A
// region that stays is not named.
type Link struct {
	Year  int // the first year whose snapshots have the new region
	From  string
	To    string
	Share int64 // millionths of what From had that go to To; negative = not told
	Row   int   // where it was read, 0 = nowhere
}

// LinkKind says what becomes of a region.
type LinkKind string

// The kinds of links.
const (
	Renamed LinkKind = "renamed" // one goes on in one, which takes up nothing else
	Merged  LinkKind = "merged"  // several go on in one
	Split   LinkKind = "split"   // one goes on in several
)

// Crosswalk is a checked list of links.
type Crosswalk struct {
	links []Link
	years []int                       // ascending
	from  map[int]map[string][]int    // year -> from -> links
	into  map[int]map[string][]string // year -> to -> froms
}

// ErrLink is returned for a crosswalk that contradicts itself.
var ErrLink = errors.New("track: crosswalk")

// LinkError says what is wrong with a link.
type LinkError struct {
	Row   int // of the link
	Field string
	Value string
	What  LinkProblem
	Other int // the row that it contradicts, 0 = none
}

// LinkProblem is what is wrong with a link.
type LinkProblem string

// What may be wrong with a link.
const (
	LinkEmpty    LinkProblem = "empty"     // a code is missing
	LinkYear     LinkProblem = "year"      // no year
	LinkSelf     LinkProblem = "self"      // a region that goes on in itself alone
	LinkTwice    LinkProblem = "twice"     // the same pair is there before
	LinkShare    LinkProblem = "share"     // not from 0 to 1, or 0
	LinkSum      LinkProblem = "sum"       // the shares of a region do not add up to 1
	LinkSomeTold LinkProblem = "some_told" // some parts of a region have a share and some have none
)

// Error returns the problem in one line.
func (e *LinkError) Error() string {
	return fmt.Sprintf("track: crosswalk row %d: %s %q: %s", e.Row, e.Field, e.Value, e.What)
}

// Unwrap returns ErrLink.
func (e *LinkError) Unwrap() error { return ErrLink }

// NewCrosswalk checks links. The error joins a *LinkError for each problem. A single link of a region has the share 1 whether told or not.
func NewCrosswalk(links []Link) (*Crosswalk, error) {
	c := &Crosswalk{links: slices.Clone(links), from: map[int]map[string][]int{}, into: map[int]map[string][]string{}}
	var errs []error
	for i, l := range c.links {
		bad := func(field, value string, what LinkProblem, other int) {
			errs = append(errs, &LinkError{Row: l.Row, Field: field, Value: value, What: what, Other: other})
		}
		switch {
		case l.From == "" || l.To == "":
			bad("from, to", l.From+", "+l.To, LinkEmpty, 0)
			continue
		case l.Year < 1900 || l.Year > 9999:
			bad("year", fmt.Sprint(l.Year), LinkYear, 0)
			continue
		case l.Share == 0 || l.Share > Whole:
			bad("share", fmt.Sprint(float64(l.Share)/float64(Whole)), LinkShare, 0)
			continue
		}
		if c.from[l.Year] == nil {
			c.from[l.Year], c.into[l.Year] = map[string][]int{}, map[string][]string{}
			c.years = append(c.years, l.Year)
		}
		twice := false
		for _, j := range c.from[l.Year][l.From] {
			if c.links[j].To == l.To {
				bad("to", l.To, LinkTwice, c.links[j].Row)
				twice = true
			}
		}
		if !twice {
			c.from[l.Year][l.From] = append(c.from[l.Year][l.From], i)
			c.into[l.Year][l.To] = append(c.into[l.Year][l.To], l.From)
		}
	}
	slices.Sort(c.years)
	errs = append(errs, c.checkShares()...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Crosswalk) checkShares() (errs []error) {
	for _, year := range c.years {
		for _, from := range sortedKeys(c.from[year]) {
			list := c.from[year][from]
			first := &c.links[list[0]]
			if len(list) == 1 {
				if first.Share >= 0 && first.Share != Whole {
					errs = append(errs, &LinkError{Row: first.Row, Field: "share", Value: fmt.Sprint(float64(first.Share) / float64(Whole)), What: LinkSum})
				}
				if first.Share = Whole; first.From == first.To {
					errs = append(errs, &LinkError{Row: first.Row, Field: "to", Value: first.To, What: LinkSelf})
				}
				continue
			}
			sum, told := int64(0), 0
			for _, i := range list {
				if c.links[i].Share > 0 {
					told++
					sum += c.links[i].Share
				}
			}
			switch {
			case told > 0 && told < len(list):
				errs = append(errs, &LinkError{Row: first.Row, Field: "share", Value: from, What: LinkSomeTold})
			case told > 0 && sum != Whole:
				errs = append(errs, &LinkError{Row: first.Row, Field: "share", Value: fmt.Sprint(float64(sum) / float64(Whole)), What: LinkSum})
			}
		}
	}
	return errs
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Links returns the links by year and then as given. A region's only link has the share 1.
func (c *Crosswalk) Links() []Link {
	out := slices.Clone(c.links)
	slices.SortStableFunc(out, func(a, b Link) int { return cmp.Compare(a.Year, b.Year) })
	return out
}

// Kind returns what a link does to its region.
func (c *Crosswalk) Kind(l Link) LinkKind {
	switch {
	case len(c.from[l.Year][l.From]) > 1:
		return Split
	case len(c.into[l.Year][l.To]) > 1:
		return Merged
	}
	return Renamed
}

// heir is a region of a later year and the share of an earlier one that it takes up; negative = not told.
type heir struct {
	id    string
	share int64
}

// heirs follows a region of a year to a later year. The shares of one region add up to Whole, or one of them is negative.
func (c *Crosswalk) heirs(id string, year, later int) []heir {
	list := []heir{{id, Whole}}
	if c == nil {
		return list
	}
	for _, y := range c.years {
		if y <= year || y > later {
			continue
		}
		var next []heir
		for _, h := range list {
			links := c.from[y][h.id]
			if links == nil {
				next = append(next, h)
			}
			for _, i := range links {
				l := c.links[i]
				share := int64(-1)
				if h.share >= 0 && l.Share >= 0 {
					share = h.share * l.Share / Whole
				}
				next = append(next, heir{l.To, share})
			}
		}
		list = together(next)
	}
	return list
}

// together adds up the shares of heirs that are the same region.
func together(list []heir) []heir {
	var out []heir
	for _, h := range list {
		i := slices.IndexFunc(out, func(x heir) bool { return x.id == h.id })
		switch {
		case i < 0:
			out = append(out, h)
		case out[i].share >= 0 && h.share >= 0:
			out[i].share += h.share
		default:
			out[i].share = -1
		}
	}
	return out
}

// Touches reports whether a region took part in a change after one year and by a later one, on either side.
func (c *Crosswalk) Touches(id string, year, later int) bool {
	if c == nil {
		return false
	}
	for _, l := range c.links {
		if l.Year > year && l.Year <= later && (l.From == id || l.To == id) {
			return true
		}
	}
	return false
}
