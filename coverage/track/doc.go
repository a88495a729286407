// Package track keeps score from year to year: the figures of a day, what was asked of them, and why they changed.
//
//	snap, err := track.Build(in, result, ledger)       // the figures of one day
//	series, notes := track.Align(snaps, crosswalk)     // all on the regions of the last one
//	standings := track.Assess(series, targets)         // met, on track, behind, missed; how many short
//	board := track.Score(series, targets, level)       // green, amber, red; rank and its change
//
// People are coverage.People (millionths of a person) and money is whole 元, so every sum and every comparison with a target is exact:
// a share that equals what is asked meets it. A snapshot's JSON is canonical: the same figures are the same bytes. Nothing here reads
// files or the clock; days come in as time.Time at midnight UTC.
package track
