package geotiff

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// Tags.
const (
	tagWidth        = 256
	tagHeight       = 257
	tagBits         = 258
	tagCompression  = 259
	tagFillOrder    = 266
	tagStripOffsets = 273
	tagSamples      = 277
	tagRowsPerStrip = 278
	tagStripCounts  = 279
	tagPredictor    = 317
	tagTileWidth    = 322
	tagTileHeight   = 323
	tagTileOffsets  = 324
	tagTileCounts   = 325
	tagFormat       = 339
	tagScale        = 33550
	tagTiePoint     = 33922
	tagMatrix       = 34264
	tagKeys         = 34735
	tagKeyTexts     = 34737
	tagMetadata     = 42112
	tagNoData       = 42113
	tagSubfile      = 254
)

// Keys of the coordinate system.
const (
	keyModelType          = 1024
	keyRasterType         = 1025
	keyCitation           = 1026
	keyGeographic         = 2048
	keyGeographicCitation = 2049
	keyProjected          = 3072
	keyProjectedCitation  = 3073
)

// array is a tag's values where they stand in the file.
type array struct {
	r      io.ReaderAt
	order  binary.ByteOrder
	kind   uint16
	count  int64
	offset int64
}

// widths are the bytes of a value by its type; 0 = not known.
var widths = [19]int64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

func (a array) bytes(from, n int64) ([]byte, error) {
	w := widths[a.kind]
	b := make([]byte, n*w)
	if _, err := a.r.ReadAt(b, a.offset+from*w); err != nil {
		return nil, ErrTruncated
	}
	return b, nil
}

// whole returns value i, which must be a whole number.
func (a array) whole(i int64) (int64, error) {
	b, err := a.bytes(i, 1)
	if err != nil {
		return 0, err
	}
	switch a.kind {
	case 1:
		return int64(b[0]), nil
	case 3:
		return int64(a.order.Uint16(b)), nil
	case 4, 13:
		return int64(a.order.Uint32(b)), nil
	case 16, 18:
		if v := a.order.Uint64(b); v <= math.MaxInt64 {
			return int64(v), nil
		}
	}
	return 0, fmt.Errorf("%w: a number of type %d", ErrCorrupt, a.kind)
}

// directory is the list of tags of an image.
type directory struct {
	order binary.ByteOrder
	tags  map[uint16]array
	big   bool  // of BigTIFF
	next  int64 // where the directory of the next image stands, 0 = none
}

const maxTags = 4096

func readDirectory(r io.ReaderAt, size int64) (*directory, error) {
	head := make([]byte, 16)
	if n, _ := r.ReadAt(head, 0); n < 8 {
		return nil, ErrFormat
	}
	d := &directory{tags: map[uint16]array{}}
	switch string(head[:2]) {
	case "II":
		d.order = binary.LittleEndian
	case "MM":
		d.order = binary.BigEndian
	default:
		return nil, ErrFormat
	}
	switch d.order.Uint16(head[2:]) {
	case 42:
		return d, d.read(r, size, int64(d.order.Uint32(head[4:])), false)
	case 43:
		if d.order.Uint16(head[4:]) == 8 {
			return d, d.read(r, size, int64(d.order.Uint64(head[8:])&math.MaxInt64), true)
		}
	}
	return nil, ErrFormat
}

// read reads the entries at an offset; big is BigTIFF, whose numbers are wider.
func (d *directory) read(r io.ReaderAt, size, at int64, big bool) error {
	countWidth, entryWidth, valueAt := int64(2), int64(12), int64(8)
	if big {
		countWidth, entryWidth, valueAt = 8, 20, 12
	}
	b := make([]byte, countWidth)
	if at < 8 || at > size-countWidth {
		return ErrTruncated
	}
	if _, err := r.ReadAt(b, at); err != nil {
		return ErrTruncated
	}
	n := int64(d.order.Uint16(b))
	if big {
		n = int64(min(d.order.Uint64(b), maxTags+1))
	}
	if n < 1 || n > maxTags {
		return fmt.Errorf("%w: %d tags", ErrCorrupt, n)
	}
	entries := make([]byte, n*entryWidth)
	if _, err := r.ReadAt(entries, at+countWidth); err != nil {
		return ErrTruncated
	}
	d.big, d.next = big, 0
	if tail := make([]byte, 8); at+countWidth+n*entryWidth+8 <= size || !big && at+countWidth+n*entryWidth+4 <= size {
		_, _ = r.ReadAt(tail, at+countWidth+n*entryWidth) // at the end of the file only half of it may be there, which is enough
		if d.next = int64(d.order.Uint32(tail)); big {
			d.next = int64(d.order.Uint64(tail) & math.MaxInt64)
		}
	}
	for i := range n {
		e := entries[i*entryWidth : (i+1)*entryWidth]
		a := array{r: r, order: d.order, kind: d.order.Uint16(e[2:]), count: int64(d.order.Uint32(e[4:]))}
		if big {
			a.count = int64(d.order.Uint64(e[4:]) & math.MaxInt64)
		}
		if int(a.kind) >= len(widths) || widths[a.kind] == 0 {
			continue // readers pass over types that they do not know
		}
		if a.count > size {
			return fmt.Errorf("%w: a tag of %d values", ErrCorrupt, a.count)
		}
		if inline := a.count*widths[a.kind] <= entryWidth-valueAt; inline {
			a.offset = at + countWidth + i*entryWidth + valueAt
		} else if big {
			a.offset = int64(d.order.Uint64(e[valueAt:]) & math.MaxInt64)
		} else {
			a.offset = int64(d.order.Uint32(e[valueAt:]))
		}
		if a.offset > size-a.count*widths[a.kind] {
			return ErrTruncated
		}
		d.tags[d.order.Uint16(e)] = a
	}
	return nil
}

func (d *directory) has(tag uint16) bool { return d.tags[tag].count > 0 }

// number returns the first value of a tag, or the default.
func (d *directory) number(tag uint16, def int64) int64 {
	a, ok := d.tags[tag]
	if !ok || a.count < 1 {
		return def
	}
	v, err := a.whole(0)
	if err != nil {
		return -1 // no value that any tag may have
	}
	return v
}

func (d *directory) array(tag uint16) (array, error) {
	a, ok := d.tags[tag]
	if !ok {
		return a, fmt.Errorf("%w: tag %d is missing", ErrCorrupt, tag)
	}
	return a, nil
}

const maxText = 1 << 16

func (d *directory) text(tag uint16) string {
	a := d.tags[tag]
	if a.kind != 2 || a.count > maxText {
		return ""
	}
	b, err := a.bytes(0, a.count)
	if err != nil {
		return "" // its place was checked
	}
	return strings.TrimRight(string(b), "\x00")
}

func (d *directory) floats(tag uint16) []float64 {
	a := d.tags[tag]
	if a.kind != 12 || a.count > maxText {
		return nil
	}
	b, err := a.bytes(0, a.count)
	if err != nil {
		return nil // its place was checked
	}
	out := make([]float64, a.count)
	for i := range out {
		out[i] = math.Float64frombits(d.order.Uint64(b[8*i:]))
	}
	return out
}

// geoKeys are the keys that we ask for.
type geoKeys struct {
	shorts map[uint16]uint16
	texts  map[uint16]string
}

func (d *directory) keys() geoKeys {
	k := geoKeys{map[uint16]uint16{}, map[uint16]string{}}
	a := d.tags[tagKeys]
	if a.kind != 3 || a.count > maxText {
		return k
	}
	b, err := a.bytes(0, a.count)
	if err != nil {
		return k // its place was checked
	}
	texts := d.text(tagKeyTexts)
	for i := 8; i+8 <= len(b); i += 8 {
		key, where, count, value := d.order.Uint16(b[i:]), d.order.Uint16(b[i+2:]), int(d.order.Uint16(b[i+4:])), d.order.Uint16(b[i+6:])
		switch from := int(value); {
		case where == 0:
			k.shorts[key] = value
		case where == tagKeyTexts && from+count <= len(texts)+1:
			k.texts[key] = strings.TrimRight(texts[min(from, len(texts)):min(from+count, len(texts))], "|\x00")
		}
	}
	return k
}

// maxImages is how many further images of a file are looked at.
const maxImages = 64

// masked reports whether a further image of the file is a mask that says which pixels of the first hold data.
func (d *directory) masked(r io.ReaderAt, size int64) bool {
	next := *d
	for range maxImages {
		if next.next == 0 {
			return false
		}
		next.tags = map[uint16]array{}
		if err := next.read(r, size, next.next, next.big); err != nil {
			return false // what follows is none of our business
		}
		if kind := next.number(tagSubfile, 0); kind > 0 && kind&4 != 0 && kind&1 == 0 {
			return true
		}
	}
	return false
}
