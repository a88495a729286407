package coverage

import "fmt"

// FieldError says which part of an input cannot be used, and why.
type FieldError struct {
	Field string // e.g. `Tiers[2].Mode`
	What  string
	Err   error // the cause, where there is one
}

// Error returns "coverage: field: what".
func (e *FieldError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("coverage: %s: %s: %v", e.Field, e.What, e.Err)
	}
	return fmt.Sprintf("coverage: %s: %s", e.Field, e.What)
}

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }
