package data

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"sitecover/geo/pack"
)

// An entry of the cache is a file of
//
//	the magic, which changes with this layout
//	the mark of the kind of machine that wrote it
//	its id, which its name tells too: an entry under another's name is none
//	blocks of a length (4 bytes), a check (8 bytes) and the content; the last one has the length 0
//
// The check of a block covers the id, the number of the block, its length and its content, by two sums of 32 bits that processors
// compute as fast as they read. A block is handed on only when its check holds.
const (
	entryMagic = "sitecover parsed 2\n"
	entryBlock = 1 << 20
	blockHead  = 4 + 8
)

var errEntry = errors.New("data: a damaged entry of the cache")

// blockCheck is the check of a block.
type blockCheck struct{ seed [sha256.Size + 8 + 4]byte }

func newBlockCheck(id [sha256.Size]byte) *blockCheck {
	c := &blockCheck{}
	copy(c.seed[:], id[:])
	return c
}

func (c *blockCheck) of(number uint64, content []byte) uint64 {
	binary.LittleEndian.PutUint64(c.seed[sha256.Size:], number)
	binary.LittleEndian.PutUint32(c.seed[sha256.Size+8:], uint32(len(content)))
	a := crc32.Update(crc32.Checksum(c.seed[:], castagnoli), castagnoli, content)
	b := crc32.Update(crc32.ChecksumIEEE(c.seed[:]), crc32.IEEETable, content)
	return uint64(a)<<32 | uint64(b)
}

// entryWriter writes the blocks of an entry.
type entryWriter struct {
	open   func() (io.Writer, error) // called when the first block is full, or at the end
	w      io.Writer
	id     [sha256.Size]byte
	check  *blockCheck
	stop   func() bool
	block  []byte // head and content so far
	number uint64
	size   int64 // of all content
}

func newEntryWriter(id [sha256.Size]byte, open func() (io.Writer, error)) *entryWriter {
	return &entryWriter{open: open, id: id, check: newBlockCheck(id), stop: func() bool { return false }, block: make([]byte, blockHead, blockHead+entryBlock)}
}

// Write gathers content.
func (e *entryWriter) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		n := min(len(p), cap(e.block)-len(e.block))
		e.block, p = append(e.block, p[:n]...), p[n:]
		if len(e.block) == cap(e.block) {
			if err := e.flush(); err != nil {
				return all - len(p), err
			}
		}
	}
	e.size += int64(all)
	return all, nil
}

func (e *entryWriter) flush() error {
	if e.stop() {
		return errStopped
	}
	if e.number == 0 {
		var err error
		if e.w, err = e.open(); err != nil {
			return err
		}
		mark := pack.Mark()
		if _, err := e.w.Write(append(append([]byte(entryMagic), mark[:]...), e.id[:]...)); err != nil {
			return err
		}
	}
	content := e.block[blockHead:]
	binary.LittleEndian.PutUint32(e.block, uint32(len(content)))
	binary.LittleEndian.PutUint64(e.block[4:], e.check.of(e.number, content))
	_, err := e.w.Write(e.block)
	e.number++
	e.block = e.block[:blockHead]
	return err
}

// finish writes what is left and the last block.
func (e *entryWriter) finish() error {
	if len(e.block) > blockHead {
		if err := e.flush(); err != nil {
			return err
		}
	}
	return e.flush()
}

// entryReader reads the content of an entry, block by block, ahead of who takes it.
type entryReader struct {
	blocks chan checked
	spare  chan []byte
	done   chan struct{}
	now    checked // being taken
	rest   []byte  // of now
}

// checked is a block whose check holds, or why there is none: io.EOF at the end of a whole entry.
type checked struct {
	content []byte
	err     error
}

// entryAhead is how many blocks are read ahead.
const entryAhead = 3

func openEntry(r io.Reader, id [sha256.Size]byte) *entryReader {
	e := &entryReader{blocks: make(chan checked, entryAhead), spare: make(chan []byte, entryAhead+2), done: make(chan struct{})}
	for range cap(e.spare) {
		e.spare <- nil
	}
	go e.readAhead(r, id)
	return e
}

func (e *entryReader) readAhead(r io.Reader, id [sha256.Size]byte) {
	defer close(e.blocks)
	err := entryHead(r, id)
	check := newBlockCheck(id)
	for number := uint64(0); ; number++ {
		var b checked
		if b.err = err; err == nil {
			b.content, b.err = e.block(r, check, number)
		}
		select {
		case e.blocks <- b:
		case <-e.done:
			return
		}
		if b.err != nil {
			return
		}
	}
}

func entryHead(r io.Reader, id [sha256.Size]byte) error {
	mark := pack.Mark()
	want := entryMagic + string(mark[:]) + string(id[:])
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil {
		return fmt.Errorf("%w: %w", errEntry, err)
	}
	if string(got) != want {
		return fmt.Errorf("%w: another one", errEntry)
	}
	return nil
}

// block reads the next block; io.EOF after the last.
func (e *entryReader) block(r io.Reader, check *blockCheck, number uint64) ([]byte, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: block %d: %w", errEntry, number, err)
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	if n > entryBlock {
		return nil, fmt.Errorf("%w: block %d of %d bytes", errEntry, number, n)
	}
	var content []byte
	select {
	case content = <-e.spare:
	case <-e.done:
		return nil, errStopped
	}
	if cap(content) < n {
		content = make([]byte, n)
	}
	content = content[:n]
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, fmt.Errorf("%w: block %d: %w", errEntry, number, err)
	}
	if check.of(number, content) != binary.LittleEndian.Uint64(head[4:]) {
		return nil, fmt.Errorf("%w: block %d", errEntry, number)
	}
	if n > 0 {
		return content, nil
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: goes on after its end", errEntry)
	}
	return nil, io.EOF
}

// Read hands on content that was checked.
func (e *entryReader) Read(p []byte) (int, error) {
	for len(e.rest) == 0 {
		if e.now.err != nil {
			return 0, e.now.err
		}
		if e.now.content != nil {
			e.spare <- e.now.content[:0]
		}
		var open bool
		if e.now, open = <-e.blocks; !open {
			return 0, errStopped
		}
		e.rest = e.now.content
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// close ends the reading ahead.
func (e *entryReader) close() {
	close(e.done)
	for range e.blocks { // until the other side has ended: the file is closed next
	}
}
