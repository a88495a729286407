// Package standard holds the standards that planners work to as data: what tiers a network has, what each of them must offer, where it
// goes, by when, what it costs, and how a site is assessed. One YAML file is one profile; eight are built in, and a user's own file may
// stand alone or extend one of them (extends: kunshan-2018) and override single values.
//
// A profile states facts of its document in short words, each with the number of its clause. Where the document has no number that the
// analysis needs, the profile gives a default, marked as one, with what it rests on.
//
//	p, err := standard.Load("kunshan-2018") // or a path that ends in .yaml; problems of the file are Problems, with lines
//	a, err := p.Assess(record)              // item by item: pass, below, unknown
//
// Units inside: m², metres, seconds, yuan, shares of 1. The package reads files only in Load; it has no clock and no state beyond the
// parsed built-in profiles.
package standard
