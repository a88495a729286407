package geo

import "github.com/paulmach/orb"

// Level is one level of administrative division, such as town or community.
type Level struct {
	ID   string // as the study names it, e.g. "town"
	Name string // as people read it, e.g. 街道
}

// Region is one administrative unit.
type Region struct {
	ID     string // the user's own code, unique within the study
	Name   string
	Level  int              // index into Regions.Levels; 0 is the coarsest
	Parent int32            // index into Regions.All, -1 at the top; always of a coarser level
	Shape  orb.MultiPolygon // WGS84; may be empty only for a study defined by cells alone
}

// Regions is the immutable tree of a study's administrative units, ordered by level (coarsest first), then ID.
type Regions struct {
	Levels []Level
	All    []Region

	children [][]int32
}
