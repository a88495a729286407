// Package coverage answers who is served, by what, how well and where not: demand on the grid, the service of every
// tier, the two coverages of every region, and the gaps.
package coverage
