package siting

import (
	"fmt"
	"math"

	"sitecover/coverage"
)

// minutesADay is the length of a day.
const minutesADay = 24 * 60

// Band is a stretch of an ordinary day in which people were counted. People pass evenly within it.
type Band struct {
	From, To int     // minutes of the day; 0 <= From < 1,440 and From < To <= From + 1,440: it may pass midnight
	Count    float64 // people a day; >= 0
}

// validateBands checks the bands of a place: minutes of a day, none counted twice, not more people than the day has.
func validateBands(p *Place) error {
	counted, sum := [minutesADay]bool{}, 0.0
	for k, b := range p.Bands {
		if b.From < 0 || b.From >= minutesADay || b.To <= b.From || b.To > b.From+minutesADay {
			return fmt.Errorf("siting: World.Places[%q].Bands[%d]: minutes %d to %d are no stretch of a day", p.ID, k, b.From, b.To)
		}
		if !(b.Count >= 0) || math.IsInf(b.Count, 0) {
			return fmt.Errorf("siting: World.Places[%q].Bands[%d].Count %v: want a number >= 0", p.ID, k, b.Count)
		}
		for m := b.From; m < b.To; m++ {
			if counted[m%minutesADay] {
				return fmt.Errorf("siting: World.Places[%q].Bands[%d]: minute %d is counted twice", p.ID, k, m%minutesADay)
			}
			counted[m%minutesADay] = true
		}
		sum += b.Count
	}
	if len(p.Bands) > 0 && p.Footfall < sum*(1-1e-9) {
		return fmt.Errorf("siting: World.Places[%q].Footfall %v is less than its bands together, %v", p.ID, p.Footfall, sum)
	}
	return nil
}

// piece is a band within one day, or a part of the day that no band counts.
type piece struct {
	from, to int // minutes of the day, from < to
	count    float64
}

// pieces splits the footfall of a place whose passers-by were counted by the hour over the day. What its day has beyond its bands
// passes evenly in the rest of the day.
func (p *Place) pieces() (out []piece) {
	counted, sum := [minutesADay]bool{}, 0.0
	for _, b := range p.Bands {
		sum += b.Count
		for m := b.From; m < b.To; m++ {
			counted[m%minutesADay] = true
		}
		if b.To <= minutesADay {
			out = append(out, piece{b.From, b.To, b.Count})
			continue
		}
		before := float64(minutesADay-b.From) / float64(b.To-b.From)
		out = append(out, piece{b.From, minutesADay, b.Count * before}, piece{0, b.To - minutesADay, b.Count * (1 - before)})
	}
	var rest []piece
	minutes := 0
	for m := 0; m < minutesADay; m++ {
		if counted[m] {
			continue
		}
		minutes++
		if last := len(rest) - 1; last >= 0 && rest[last].to == m {
			rest[last].to++
		} else {
			rest = append(rest, piece{m, m + 1, 0})
		}
	}
	if over := p.Footfall - sum; over > 0 {
		for _, r := range rest {
			r.count = over * float64(r.to-r.from) / float64(minutes)
			out = append(out, r)
		}
	}
	return out
}

// openness tells, for every minute of the day, how many minutes of an average day something was open before it.
type openness [minutesADay + 1]float64

// opennessOf adds up the times at which every one of some weeks is open; a nil week always is.
func opennessOf(weeks ...*coverage.Week) *openness {
	o := &openness{}
	for m := range minutesADay {
		days := 0
		for d := range 7 {
			open := true
			for _, w := range weeks {
				open = open && (w == nil || w.OpenAt(coverage.Moment(d*minutesADay+m)))
			}
			if open {
				days++
			}
		}
		o[m+1] = o[m] + float64(days)/7
	}
	return o
}

// open returns how many people of the pieces pass while it is open, and how many pass at all.
func (o *openness) open(pieces []piece) (open, all float64) {
	for _, p := range pieces {
		open += p.count * (o[p.to] - o[p.from]) / float64(p.to-p.from)
		all += p.count
	}
	return open, all
}

// daytimes tell when the footfall of a study passes. Only places that were counted by the hour tell it: of every other source it
// is when people pass at the counted places of its kind, or, where there are none, at all counted places together. Where no place
// was counted by the hour nobody knows, and all footfall of the day counts.
type daytimes struct {
	kinds map[string][]piece // of counted places
	all   []piece            // of all of them
}

// newDaytimes pools the places that were counted by the hour, by ID.
func newDaytimes(places []Place) *daytimes {
	t := &daytimes{kinds: map[string][]piece{}}
	for _, i := range placesByID(places) {
		if p := &places[i]; len(p.Bands) > 0 && p.Footfall > 0 {
			pieces := p.pieces()
			t.kinds[p.Kind] = append(t.kinds[p.Kind], pieces...)
			t.all = append(t.all, pieces...)
		}
	}
	return t
}

// of returns when people of a kind pass; place is nil for what is no place. Nothing = not known.
func (t *daytimes) of(kind string, place *Place) []piece {
	if place != nil && len(place.Bands) > 0 {
		return place.pieces()
	}
	if own := t.kinds[kind]; len(own) > 0 {
		return own
	}
	return t.all
}

// shares answers the same question for many sources: which part of a source's footfall passes while something is open.
type shares struct {
	times  *daytimes
	o      *openness
	pooled map[string]float64 // by kind, as asked
}

func (t *daytimes) shares(weeks ...*coverage.Week) *shares {
	return &shares{t, opennessOf(weeks...), map[string]float64{}}
}

// of returns the share of the day's footfall; 1 where it is not known.
func (s *shares) of(kind string, place *Place) float64 {
	own := place != nil && len(place.Bands) > 0
	if v, ok := s.pooled[kind]; ok && !own {
		return v
	}
	share := 1.0
	if open, all := s.o.open(s.times.of(kind, place)); all > 0 {
		share = open / all
	}
	if !own {
		s.pooled[kind] = share
	}
	return share
}

// hourly returns how many people of the pieces pass in each hour of the day.
func hourly(pieces []piece) (hours [24]float64) {
	for _, p := range pieces {
		for h := p.from / 60; h*60 < p.to; h++ {
			within := min(p.to, h*60+60) - max(p.from, h*60)
			hours[h] += p.count * float64(within) / float64(p.to-p.from)
		}
	}
	return hours
}

// StationHours tell what is known of the hours of a footfall.
type StationHours struct {
	Asked  bool    // the new stations have hours
	ByHour int     // places that were counted by the hour
	ByDay  int     // places that were counted by the day alone: they are taken to be as those that were counted by the hour
	Share  float64 // of the people counted by the hour: the part that passes while the new stations are open; negative = nobody was counted so
}

// tell sums up the counted places.
func (t *daytimes) tell(places []Place, asked bool, s *shares) StationHours {
	h := StationHours{Asked: asked, Share: -1}
	for i := range places {
		switch p := &places[i]; {
		case len(p.Bands) > 0:
			h.ByHour++
		case p.Footfall >= 0:
			h.ByDay++
		}
	}
	if open, all := s.o.open(t.all); all > 0 {
		h.Share = open / all
	}
	return h
}
