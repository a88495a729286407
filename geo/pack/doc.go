// Package pack writes values as flat bytes and reads them back, as fast as memory allows: for caches, which keep what took computing between
// two runs of one build of the program on one kind of machine. It is no format for exchange: numbers stand as the machine holds them, and a
// change of a type changes its bytes. Keep Mark and the build beside them.
//
// Numbers, text, slices, arrays, structs, pointers, maps with text as keys, and whatever has MarshalBinary and UnmarshalBinary can be
// written. Nil and empty slices, maps and pointers are told apart, and floats come back bit for bit. A struct with fields that are not exported is
// refused, unless it holds numbers only: nothing is left out in silence.
package pack
