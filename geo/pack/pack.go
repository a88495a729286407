package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
)

var (
	// ErrType says that a type cannot be written: see the package comment.
	ErrType = errors.New("pack: cannot write")
	// ErrBytes says that bytes are not what was written of the types asked for.
	ErrBytes = errors.New("pack: not what was written")
)

// Mark is a word as this machine holds it: bytes that another kind of machine wrote do not begin with it.
func Mark() [8]byte {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], 0x0102030405060700|uint64(reflect.TypeFor[int]().Size()))
	return b
}

// Write writes what the pointers point to, one after the other. Errors: ErrType, or those of w.
func Write(w io.Writer, pointers ...any) error {
	e := &encoder{w: w, buf: make([]byte, 0, bufferBytes)}
	plans := planner{}
	for _, p := range pointers {
		v := reflect.ValueOf(p)
		if v.Kind() != reflect.Pointer || v.IsNil() {
			return fmt.Errorf("%w %T: not a pointer to a value", ErrType, p)
		}
		plan, err := plans.of(v.Type().Elem())
		if err != nil {
			return err
		}
		if err := plan.write(e, v.Elem()); err != nil {
			return err
		}
	}
	return e.flush()
}

// Read reads into what the pointers point to, which have the types that were written, from a source of at most so many bytes. What was
// there before is replaced. No more memory is taken than a small multiple of the bytes. Errors: ErrType, ErrBytes, or those of r; the values
// are then partly filled and of no use. The source must end where the values do.
func Read(r io.Reader, most int64, pointers ...any) error {
	d := &decoder{r: r, left: most, store: make([]byte, bufferBytes)}
	plans := planner{}
	for _, p := range pointers {
		v := reflect.ValueOf(p)
		if v.Kind() != reflect.Pointer || v.IsNil() {
			return fmt.Errorf("%w %T: not a pointer to a value", ErrType, p)
		}
		plan, err := plans.of(v.Type().Elem())
		if err != nil {
			return err
		}
		v.Elem().SetZero()
		if err := plan.read(d, v.Elem()); err != nil {
			return err
		}
	}
	return d.end()
}

// Sum returns a hash of what the pointers point to: of equal values of equal types the same.
func Sum(pointers ...any) ([sha256.Size]byte, error) {
	h := sha256.New()
	if err := Write(h, pointers...); err != nil {
		return [sha256.Size]byte{}, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// bufferBytes is what is gathered of small values before it is written; larger ones pass by.
const bufferBytes = 1 << 16

// encoder gathers small writes.
type encoder struct {
	w   io.Writer
	buf []byte
}

func (e *encoder) flush() error {
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

func (e *encoder) bytes(b []byte) error {
	if len(e.buf)+len(b) > cap(e.buf) {
		if err := e.flush(); err != nil {
			return err
		}
		if len(b) > cap(e.buf) {
			_, err := e.w.Write(b)
			return err
		}
	}
	e.buf = append(e.buf, b...)
	return nil
}

// count writes a number of things; -1 stands for nil.
func (e *encoder) count(n int) error {
	var b [binary.MaxVarintLen64]byte
	return e.bytes(b[:binary.PutUvarint(b[:], uint64(n+1))])
}

// decoder reads small values through a buffer and large ones straight to their place.
type decoder struct {
	r     io.Reader
	left  int64 // bytes that may still come, those of the buffer included
	store []byte
	buf   []byte // of store, not yet taken
}

// fill reads more into the buffer, which is empty.
func (d *decoder) fill() error {
	n, err := io.ReadAtLeast(d.r, d.store, 1)
	d.buf = d.store[:n]
	if err == io.EOF {
		return fmt.Errorf("%w: ends too early", ErrBytes)
	}
	return err
}

func (d *decoder) bytes(b []byte) error {
	if d.left -= int64(len(b)); d.left < 0 {
		return fmt.Errorf("%w: longer than it can be", ErrBytes)
	}
	n := copy(b, d.buf)
	b, d.buf = b[n:], d.buf[n:]
	if len(b) >= len(d.store) {
		_, err := io.ReadFull(d.r, b)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = fmt.Errorf("%w: ends too early", ErrBytes)
		}
		return err
	}
	for len(b) > 0 {
		if err := d.fill(); err != nil {
			return err
		}
		n := copy(b, d.buf)
		b, d.buf = b[n:], d.buf[n:]
	}
	return nil
}

// ReadByte is for ReadUvarint.
func (d *decoder) ReadByte() (byte, error) {
	if len(d.buf) == 0 {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	if d.left--; d.left < 0 {
		return 0, fmt.Errorf("%w: longer than it can be", ErrBytes)
	}
	c := d.buf[0]
	d.buf = d.buf[1:]
	return c, nil
}

// count reads a number of things that take at least so many bytes each; -1 stands for nil.
func (d *decoder) count(each int) (int, error) {
	n, err := binary.ReadUvarint(d)
	if err != nil {
		return 0, fmt.Errorf("%w: a count: %w", ErrBytes, err)
	}
	if n > 0 && n-1 > uint64(max(d.left, 0))/uint64(each) {
		return 0, fmt.Errorf("%w: %d things in %d bytes", ErrBytes, n-1, d.left)
	}
	return int(n) - 1, nil
}

// end tells whether the bytes end where the values do.
func (d *decoder) end() error {
	if len(d.buf) > 0 {
		return fmt.Errorf("%w: goes on after its end", ErrBytes)
	}
	var one [1]byte
	switch n, err := io.ReadFull(d.r, one[:]); {
	case n > 0:
		return fmt.Errorf("%w: goes on after its end", ErrBytes)
	case err != io.EOF:
		return err
	}
	return nil
}
