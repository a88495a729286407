package siting

import (
	"errors"
	"fmt"
	"math"
)

// Capacity is how many people a site of a tier can serve.
type Capacity struct {
	Site    float64 // people a site whose floor area is not known, or at all where PerArea is 0; 0 = not known
	PerArea float64 // people per m² of floor area; 0 = area says nothing
}

// Validate names every field that is out of range.
func (c *Capacity) Validate() error {
	var errs []error
	for _, f := range []struct {
		name  string
		value float64
	}{{"Site", c.Site}, {"PerArea", c.PerArea}} {
		if !(f.value >= 0) || math.IsInf(f.value, 0) {
			errs = append(errs, fmt.Errorf("Capacity.%s %v: want people >= 0", f.name, f.value))
		}
	}
	return errors.Join(errs...)
}

// Of returns the people whom a site of the area in m² can serve; negative area = not known. ok is false where nothing says.
func (c *Capacity) Of(area float64) (people float64, ok bool) {
	if c.PerArea > 0 && area >= 0 {
		return c.PerArea * area, true
	}
	return c.Site, c.Site > 0
}
