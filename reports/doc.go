// Package reports turns results into things people look at: one offline HTML file, an Excel workbook and GeoJSON layers. It
// computes nothing new: it arranges, counts and draws what a Study holds.
//
// The way through it: buildPage makes the words and figures of the page (view*.go), buildMap packs geometry and figures for
// the map's scripts (mapdata.go, basemap.go, hexagons.go, pack.go), writeHTML puts both into the template under assets/. The
// workbook (book*.go) and the layers (layers.go) read the same builder. Every word comes from one catalogue in two languages
// (labels*.go). All coordinates are WGS84 longitude, latitude until projection.forward puts them on the map.
package reports
