// Package solve holds the solvers behind the siting models: greedy, local search, Lagrangian bound, branch and bound.
// It knows nothing of geography.
package solve
