// Package model makes a synthetic model county from a seed and writes it as the input files of a study. It never
// pretends to be a real place.
package model
