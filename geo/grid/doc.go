// Package grid puts a study area on the H3 grid: its cells, and the share of every cell in every region.
package grid
