// Package geo answers "where is it, how far, how large, in which region": places on the WGS84 sphere, with orb's types as
// the geometry.
//
// Coordinates are WGS84 degrees in the order longitude, latitude everywhere. Distances are metres on the mean sphere,
// areas square metres. The package reads no files, keeps no state and does not know what a service site is.
package geo
