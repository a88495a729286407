// Package store keeps the ledger of sites over time: dated events that are only ever added, and snapshots of what was computed from them.
//
// A workspace is one SQLite file. An event says what happened to which site on which day, and when and by whom that was entered; the state of
// the network on any day is the fold of the events dated by then, as far as they were recorded by a second time. So late and corrected entries
// change what is known, and never what was known. Nothing is overwritten: a wrong event is taken back by another event. Each event carries a
// hash over the one before, so that a change from outside shows.
//
// The package has no clock: times of recording are passed in.
package store
