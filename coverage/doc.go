// Package coverage answers who is served, by what, how well and where not: demand on the grid, the service of every
// tier, the two coverages of every region, and the gaps.
//
//	demand, account, err := coverage.Distribute(grid, regions, population)
//	input := coverage.Input{Date: date, Regions: regions, Grid: grid, Demand: demand, Tiers: tiers, Sites: sites, Graphs: graphs}
//	result, err := coverage.Compute(ctx, input)
//	gaps := coverage.FindGaps(input, result, places)
//
// Explain says why one place is covered or not. On top of a result stand Details (how far, how often twice, by whose
// site), TwoStep, Gravity, EquityOf and HotSpots (how much service each person has, and how evenly), NewScenario (what
// if) and Compare (what changed). ByHours tells what is left of it at a moment of the week, Result.Groups what it is for
// groups of people, Entities and CoverLand what it is for parks, towers and markets and for residential land, MarkZones
// which special areas the gaps touch.
//
// # Rules
//
//   - Covered means impedance <= limit, to the thousandth of a metre or second (geo.Limit.Covers).
//   - Of sites at the same impedance the one with the lowest ID serves. People go to any site, whichever region owns it.
//   - Demand without a usable road within the mode's reach is unconnected: counted, and not covered.
//   - A cell is counted by the region with its largest part. It is a covered cell when at least half of its people are
//     covered, otherwise a gap cell: inhabited cells = covered cells + gap cells.
//   - A gap is a group of gap cells that touch. The uncovered people of covered cells are scattered: for every tier,
//     people = covered + in gaps + scattered.
//   - A circle has the radius of the limit; for a limit in time, the way one makes in that time on residential streets.
//   - A group of people is a part of the people: no point has more members than people.
//   - A site whose opening hours are not known is open at no moment for certain; it is counted apart.
//   - People are counted in millionths, so all sums of people are exact and agree over regions, levels and totals.
//
// The result does not depend on the order of the input or the number of workers; only floating-point scores (TwoStep, Gravity)
// add up in the order of the sites. Nothing here reads files, the clock or any global state.
package coverage
