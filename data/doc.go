// Package data reads a study: study.yaml and the files it names, checked, with every problem named by file, row, field
// and value, converted to WGS84.
package data
