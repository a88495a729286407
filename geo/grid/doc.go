// Package grid puts a study area on the H3 grid: its cells, and the share of every cell in every region.
//
// Build cuts the regions of a study by the cells; FromCells takes cells as the study area; CellOf and Finder tell the cell
// of a point; Dissolve outlines a set of cells. Points are WGS84 longitude, latitude in degrees, areas m² on the sphere of
// package geo. The cells are those of the H3 library, which is asked only where a cell lies across an edge of its
// icosahedron and to take indexes apart: everything else is computed here, without a call through cgo for every point.
package grid
