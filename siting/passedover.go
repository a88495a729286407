package siting

import (
	"cmp"
	"fmt"
	"slices"
)

// StationSet is the answer of FindStations.
type StationSet struct {
	Stations []Station // by rank
	Score    float64   // footfall that they capture together, beside existing stations
	Bound    float64   // no set of stations under the same rules captures more
	Gap      float64   // (Bound - Score) / Bound; 0 where nothing can be captured
	Passed   []Passed  // every host place and road-side point that gets no station: hosts by ID, then road-side points by cell
	Standing int       // stations that stand already
	Counted  bool      // scores are people a day; else index points
	Hours    StationHours
}

// Reasons of a Passed, beside those of a Rejection.
const (
	PassedExisting = "existing"     // nearer than the spacing to a station that stands already; Detail is its ID
	PassedSpacing  = "near_station" // nearer than the spacing to a proposed station; Detail is its rank, such as "#3"
	PassedNothing  = "no_footfall"  // adds nothing beside the proposed stations
	PassedCount    = "count"        // all stations that were asked for stand at better places
)

// Passed is a place that gets no station, and why.
type Passed struct {
	Rejection
	Host bool
	// Score is what a station would add beside the proposed ones, whose spacing it may break: 0 where no station may stand.
	Score float64
	// Kept is the share of sensitivity runs that put a station right here; negative = not run, or none may stand here.
	Kept float64
}

// pass notes a place that may not have a station.
func (f *footfall) pass(s spot, reason, detail string) {
	f.passed = append(f.passed, Passed{Rejection: Rejection{ID: s.ID, Name: s.Name, Point: s.Point, Tier: AllTiers, Reason: reason, Detail: detail}, Host: s.Host >= 0, Kept: -1})
}

// passOver tells why each spot that is left gets no station.
func (f *footfall) passOver(ranked []int32) []Passed {
	s := f.base()
	c := f.nothing(s)
	rank := map[int32]int{}
	chosen := newNearIndex(nil)
	for k, j := range ranked {
		c.open(j)
		rank[j] = k + 1
		chosen.add(f.spots[j].Point)
	}
	for j := range f.spots {
		if rank[int32(j)] > 0 {
			continue
		}
		gain := c.gain(int32(j))
		switch i, _ := chosen.nearest(f.spots[j].Point, f.r.Spacing); {
		case i >= 0:
			f.pass(f.spots[j], PassedSpacing, fmt.Sprintf("#%d", i+1))
		case gain <= 0:
			f.pass(f.spots[j], PassedNothing, "")
		default:
			f.pass(f.spots[j], PassedCount, "")
		}
		last := &f.passed[len(f.passed)-1]
		last.Score = gain
		if f.often != nil {
			last.Kept = float64(f.often[j]) / float64(f.r.Runs)
		}
	}
	slices.SortFunc(f.passed, func(a, b Passed) int { return cmp.Compare(a.ID, b.ID) }) // "host:" is before "road:"
	return f.passed
}
