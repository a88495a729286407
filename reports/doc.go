// Package reports turns results into things people look at: one offline HTML file, Excel and map layers. It computes
// nothing new.
package reports
