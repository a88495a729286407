package data

// What `check --fix` does about a finding.
const (
	DoCRS      = "crs"       // the study declares another system for the source
	DoAxes     = "axes"      // the study declares the other order of axes for the source
	DoSwap     = "swap"      // the two coordinates of one row are exchanged
	DoSetAside = "set-aside" // the row goes into a file of its own
	DoShapes   = "shapes"    // invalid polygons of the file are repaired
	DoRecode   = "recode"    // the file is written anew in UTF-8
)

// Repair is one correction that `check --fix` makes in a copy.
type Repair struct {
	Do  string // one of the Do constants
	CRS string // for DoCRS
}
