// Package solve holds the solvers behind the siting models: greedy, local search, Lagrangian bound, branch and bound.
// It knows nothing of geography: columns are what may be opened, rows are what wants to be covered, weights and costs
// are integers of any unit.
//
// Every solver has the form
//
//	func Model(ctx context.Context, p ModelProblem, o Options) (*Solution, error)
//
// and keeps the same promises:
//
//   - It answers at any time: when ctx ends, the best answer so far comes back with a bound that holds, and no error.
//   - Bound is never crossed: no solution of the problem is better than it. Status is Optimal only when that is proved.
//   - Same problem, seed and iteration budget give the same answer on any number of cores, unless ctx ends first.
//   - An unsolvable problem is the status Infeasible with a Reason, not an error. Errors are for malformed problems and
//     options (*ProblemError) only.
//   - Ties go to the lowest index.
//
// The solvers read no clock: a time limit is the deadline of ctx.
package solve
