// Package siting answers what to open and in which year: candidates, models, rollout plan, and 红色驿站 (roadside
// service stations) by footfall.
//
// A World is what stands today: the input and the result of package coverage, the places, and the land where nothing may be
// built. FindCandidates looks for places that may get a site, and says of every other one why not. Rollout chooses sites and
// years for all tiers together, under the money of every year. SolveOne answers a single model for a single tier (one file a
// model: mclp.go, lscp.go). FindStations proposes roadside stations.
//
//	set, err := siting.FindCandidates(ctx, world, rules)
//	plan, err := siting.Rollout(ctx, siting.Problem{World: world, Rules: rules, Found: set, Budgets: budgets, Options: siting.DefaultOptions()})
//
// Coordinates are WGS84 degrees, longitude first; distances are metres; money is in 元; people are exact
// (coverage.People). The package reads no files and no clock and draws random numbers only from seeds passed in: the same
// input and seed give the same answer on any number of processors, and the order of places, sites, exclusions and budgets
// does not matter. Package solve does the searching and knows nothing of geography.
//
// What it does not do yet: existing sites count as they stand on the reporting date, also in later years; tiers have no
// capacity, and a lower tier needs no site of a higher one.
package siting
