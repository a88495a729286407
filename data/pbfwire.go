package data

import (
	"errors"
	"fmt"
)

// errWire is returned for bytes that are no protocol buffer message.
var errWire = errors.New("malformed protocol buffer")

// wire walks a protocol buffer message. After an error every call returns zero values; err tells.
type wire struct {
	b     []byte
	field int
	kind  int
	err   error
}

// next moves to the next field.
func (w *wire) next() bool {
	if w.err != nil || len(w.b) == 0 {
		return false
	}
	tag := w.varint()
	w.field, w.kind = int(tag>>3), int(tag&7)
	if w.field == 0 {
		w.err = errWire
	}
	return w.err == nil
}

// varint reads a varint.
func (w *wire) varint() uint64 {
	v, n := uvarint(w.b)
	if n <= 0 {
		w.err = errWire
		w.b = nil
		return 0
	}
	w.b = w.b[n:]
	return v
}

// uvarint is binary.Uvarint with its first byte inlined, which is nearly always the only one.
func uvarint(b []byte) (uint64, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	var v uint64
	for i, shift := 0, uint(0); i < len(b) && i < 10; i, shift = i+1, shift+7 {
		v |= uint64(b[i]&0x7f) << shift
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// bytes reads a length-delimited field.
func (w *wire) bytes() []byte {
	if w.kind != 2 {
		w.err = errWire
		return nil
	}
	n := w.varint()
	if n > uint64(len(w.b)) {
		w.err = errWire
		w.b = nil
		return nil
	}
	out := w.b[:n]
	w.b = w.b[n:]
	return out
}

// number reads a varint field.
func (w *wire) number() uint64 {
	if w.kind != 0 {
		w.err = errWire
		return 0
	}
	return w.varint()
}

// skip passes over a field of any kind.
func (w *wire) skip() {
	switch w.kind {
	case 0:
		w.varint()
	case 1:
		w.drop(8)
	case 2:
		w.bytes()
	case 5:
		w.drop(4)
	default:
		w.err = fmt.Errorf("%w: wire type %d", errWire, w.kind)
	}
}

func (w *wire) drop(n int) {
	if len(w.b) < n {
		w.err = errWire
		w.b = nil
		return
	}
	w.b = w.b[n:]
}

// zigzag decodes a signed varint.
func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// packed walks a packed list of varints.
type packed struct {
	b   []byte
	err error
}

func (p *packed) more() bool { return len(p.b) > 0 && p.err == nil }

// count returns how many numbers are left: each ends with a byte below 0x80.
func (p *packed) count() int {
	n := 0
	for _, c := range p.b {
		n += int(^c >> 7)
	}
	return n
}

func (p *packed) next() uint64 {
	v, n := uvarint(p.b)
	if n <= 0 {
		p.err = errWire
		p.b = nil
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *packed) signed() int64 { return zigzag(p.next()) }
