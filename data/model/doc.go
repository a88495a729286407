// Package model makes a synthetic model county from a seed and writes it as the input files of a study: the demo, and the
// big tests. What it writes is read back through package data like anyone's files.
//
// The county does not exist. Its codes begin with 99, which no province of China has, its names are put together from
// syllables, and every file that can hold a sentence says so. Only the habits are real: an old town with a ring road beside
// a river, a new town with a grid, market towns on the county roads, villages in the plain, empty hills, few bridges, a
// service network that has grown unevenly for eight years.
//
// Everything follows from Options: the same options write the same bytes, whatever the number of cores. Time and memory
// grow linearly with the number of people; above 900,000 there are several counties under a city, and above about seven
// million several cities under a province.
package model
