package store

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
)

// What SQLite cannot read any more is read page by page, without its help: every leaf page of a table holds whole rows, and the rows of our
// tables are told by their shape. The layout is that of the SQLite file format, https://www.sqlite.org/fileformat2.html, sections 1.3 to 2.1.

// cell is a row as it stands on a page: its id and its values, which are nil, int64, float64, string or []byte.
type cell struct {
	id     int64
	values []any
}

// pages is a database file being read without SQLite.
type pages struct {
	raw    []byte
	size   int // of a page
	usable int // of it, for content
}

const leafTable = 0x0d // type of a page of rows

func openPages(path string) (*pages, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &pages{raw: raw, size: 4096}
	if len(raw) >= 100 && bytes.HasPrefix(raw, []byte("SQLite format 3\x00")) {
		size := int(binary.BigEndian.Uint16(raw[16:]))
		if size == 1 {
			size = 65536
		}
		if size >= 512 && size&(size-1) == 0 {
			p.size = size
			p.usable = size - int(raw[20])
		}
	}
	if p.usable < 480 { // the least that SQLite allows; ours reserve nothing
		p.usable = p.size
	}
	return p, nil
}

// rows visits every row that can be read, in the order of the pages.
func (p *pages) rows(visit func(cell)) {
	for at := 0; at < len(p.raw); at += p.size {
		page := p.raw[at:min(at+p.size, len(p.raw))]
		head := 0
		if at == 0 {
			head = 100
		}
		if len(page) < head+8 || page[head] != leafTable {
			continue
		}
		n := int(binary.BigEndian.Uint16(page[head+3:]))
		for i := range n {
			pointer := head + 8 + 2*i
			if pointer+2 > len(page) {
				break
			}
			if c, ok := p.cell(page, int(binary.BigEndian.Uint16(page[pointer:]))); ok {
				visit(c)
			}
		}
	}
}

// varint reads a big-endian integer of SQLite; n is 0 at the end of the bytes.
func varint(b []byte) (v int64, n int) {
	var u uint64
	for i := range min(len(b), 9) {
		if i == 8 {
			return int64(u<<8 | uint64(b[i])), 9
		}
		u = u<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return int64(u), i + 1
		}
	}
	return 0, 0
}

// cell reads the row at an offset of its page.
func (p *pages) cell(page []byte, at int) (cell, bool) {
	if at >= len(page) {
		return cell{}, false
	}
	b := page[at:]
	size, n := varint(b)
	if n == 0 || size < 1 || size > int64(len(p.raw)) {
		return cell{}, false
	}
	b = b[n:]
	id, n := varint(b)
	if n == 0 {
		return cell{}, false
	}
	record, ok := p.payload(b[n:], int(size))
	if !ok {
		return cell{}, false
	}
	values, ok := record.values()
	return cell{id, values}, ok
}

type record []byte

// payload gathers a record of some size from its page and the pages that it overflows to.
func (p *pages) payload(b []byte, size int) (record, bool) {
	local := size
	if most := p.usable - 35; size > most {
		least := (p.usable-12)*32/255 - 23
		if local = least + (size-least)%(p.usable-4); local > most {
			local = least
		}
	}
	if local > len(b) {
		return nil, false
	}
	if local == size {
		return b[:size], true
	}
	if local+4 > len(b) {
		return nil, false
	}
	out := append(make(record, 0, size), b[:local]...)
	next := binary.BigEndian.Uint32(b[local:])
	for len(out) < size {
		at := (int64(next) - 1) * int64(p.size)
		if next == 0 || at+int64(p.usable) > int64(len(p.raw)) {
			return nil, false
		}
		page := p.raw[at : at+int64(p.usable)]
		next = binary.BigEndian.Uint32(page)
		take := min(size-len(out), p.usable-4)
		out = append(out, page[4:4+take]...)
	}
	return out, true
}

// values reads the columns of a record; ok is false unless header and content fit each other exactly.
func (r record) values() (out []any, ok bool) {
	head, n := varint(r)
	if n == 0 || head < int64(n) || head > int64(len(r)) {
		return nil, false
	}
	types, body := r[n:head], r[head:]
	for len(types) > 0 {
		kind, n := varint(types)
		if n == 0 || kind < 0 {
			return nil, false
		}
		types = types[n:]
		size := serialSize(kind)
		if size < 0 || size > len(body) {
			return nil, false
		}
		out = append(out, serialValue(kind, body[:size]))
		body = body[size:]
	}
	return out, len(body) == 0
}

// serialSize is the length of a value of a type of SQLite's records; -1 for types that do not occur.
func serialSize(kind int64) int {
	switch {
	case kind <= 4:
		return int(kind)
	case kind == 5:
		return 6
	case kind <= 7:
		return 8
	case kind <= 9:
		return 0
	case kind <= 11 || kind > math.MaxInt32:
		return -1
	}
	return int(kind-12) / 2
}

func serialValue(kind int64, b []byte) any {
	switch {
	case kind == 0:
		return nil
	case kind == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case kind == 8, kind == 9:
		return kind - 8
	case kind >= 12 && kind%2 == 0:
		return bytes.Clone(b)
	case kind >= 13:
		return string(b)
	}
	v := int64(int8(b[0])) // integers are big-endian with a sign
	for _, x := range b[1:] {
		v = v<<8 | int64(x)
	}
	return v
}
