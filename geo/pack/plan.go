package pack

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"unsafe"
)

// plan says how values of one type are written and read.
type plan struct {
	write func(*encoder, reflect.Value) error
	read  func(*decoder, reflect.Value) error // into a settable zero value
	least int                                 // bytes that a value takes at least, more than 0
	plain bool                                // written as it stands in memory
}

// planner makes plans, each type's once.
type planner map[reflect.Type]*plan

func (p planner) of(t reflect.Type) (*plan, error) {
	if made, known := p[t]; known {
		if made == nil {
			return nil, fmt.Errorf("%w %v: it holds itself", ErrType, t)
		}
		return made, nil
	}
	p[t] = nil
	made, err := p.make(t)
	if err != nil {
		return nil, err
	}
	p[t] = made
	return made, nil
}

var (
	marshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	unmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

func (p planner) make(t reflect.Type) (*plan, error) {
	if pt := reflect.PointerTo(t); t.Kind() != reflect.Pointer && pt.Implements(marshaler) && pt.Implements(unmarshaler) {
		return marshalled(), nil
	}
	if isPlain(t) {
		return plainPlan(t), nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return boolPlan(), nil
	case reflect.String:
		return textPlan(), nil
	case reflect.Slice:
		return p.slice(t)
	case reflect.Array:
		return p.array(t)
	case reflect.Struct:
		return p.structure(t)
	case reflect.Pointer:
		return p.pointer(t)
	case reflect.Map:
		return p.mapping(t)
	}
	return nil, fmt.Errorf("%w %v", ErrType, t)
}

// isPlain reports whether values of a type are numbers side by side, without gaps, for which any bytes do.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return true
	case reflect.Array:
		return t.Len() > 0 && isPlain(t.Elem())
	case reflect.Struct:
		end := uintptr(0)
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Offset != end || !isPlain(f.Type) {
				return false
			}
			end += f.Type.Size()
		}
		return end > 0 && end == t.Size()
	}
	return false
}

// memory is the bytes of n plain values that begin where v is.
func memory(v unsafe.Pointer, bytes uintptr) []byte { return unsafe.Slice((*byte)(v), bytes) }

func plainPlan(t reflect.Type) *plan {
	size := t.Size()
	return &plan{
		write: func(e *encoder, v reflect.Value) error { return e.bytes(memory(v.Addr().UnsafePointer(), size)) },
		read:  func(d *decoder, v reflect.Value) error { return d.bytes(memory(v.Addr().UnsafePointer(), size)) },
		least: int(size), plain: true,
	}
}

func boolPlan() *plan {
	return &plan{
		write: func(e *encoder, v reflect.Value) error {
			if v.Bool() {
				return e.bytes([]byte{1})
			}
			return e.bytes([]byte{0})
		},
		read: func(d *decoder, v reflect.Value) error {
			b, err := d.ReadByte()
			if err == nil && b > 1 {
				err = fmt.Errorf("%w: neither true nor false", ErrBytes)
			}
			v.SetBool(b == 1)
			return err
		},
		least: 1,
	}
}

func textPlan() *plan {
	return &plan{
		write: func(e *encoder, v reflect.Value) error {
			s := v.String()
			if err := e.count(len(s)); err != nil {
				return err
			}
			return e.bytes(unsafe.Slice(unsafe.StringData(s), len(s)))
		},
		read: func(d *decoder, v reflect.Value) error {
			b, err := d.blob()
			v.SetString(unsafe.String(unsafe.SliceData(b), len(b))) // nobody else holds b
			return err
		},
		least: 1,
	}
}

// blob reads bytes after their number.
func (d *decoder) blob() ([]byte, error) {
	n, err := d.count(1)
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, fmt.Errorf("%w: text that is nil", ErrBytes)
	}
	if n == 0 {
		return nil, nil
	}
	b := make([]byte, n)
	return b, d.bytes(b)
}

func marshalled() *plan {
	return &plan{
		write: func(e *encoder, v reflect.Value) error {
			b, err := v.Addr().Interface().(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				return fmt.Errorf("%w %v: %w", ErrType, v.Type(), err)
			}
			if err := e.count(len(b)); err != nil {
				return err
			}
			return e.bytes(b)
		},
		read: func(d *decoder, v reflect.Value) error {
			b, err := d.blob()
			if err != nil {
				return err
			}
			if err := v.Addr().Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b); err != nil {
				return fmt.Errorf("%w: %w", ErrBytes, err)
			}
			return nil
		},
		least: 1,
	}
}

func (p planner) slice(t reflect.Type) (*plan, error) {
	each, err := p.of(t.Elem())
	if err != nil {
		return nil, err
	}
	size := t.Elem().Size()
	out := &plan{least: 1}
	out.write = func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			return e.count(-1)
		}
		n := v.Len()
		if err := e.count(n); err != nil || n == 0 {
			return err
		}
		if each.plain {
			return e.bytes(memory(v.UnsafePointer(), uintptr(n)*size))
		}
		for i := range n {
			if err := each.write(e, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	out.read = func(d *decoder, v reflect.Value) error {
		n, err := d.count(each.least)
		if err != nil || n < 0 {
			return err
		}
		v.Set(reflect.MakeSlice(t, n, n))
		if n == 0 {
			return nil
		}
		if each.plain {
			return d.bytes(memory(v.UnsafePointer(), uintptr(n)*size))
		}
		for i := range n {
			if err := each.read(d, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return out, nil
}

func (p planner) array(t reflect.Type) (*plan, error) {
	each, err := p.of(t.Elem())
	if err != nil {
		return nil, err
	}
	if t.Len() == 0 {
		return nil, fmt.Errorf("%w %v: it holds nothing", ErrType, t)
	}
	run := func(one func(reflect.Value) error, v reflect.Value) error {
		for i := range t.Len() {
			if err := one(v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return &plan{
		write: func(e *encoder, v reflect.Value) error {
			return run(func(v reflect.Value) error { return each.write(e, v) }, v)
		},
		read: func(d *decoder, v reflect.Value) error {
			return run(func(v reflect.Value) error { return each.read(d, v) }, v)
		},
		least: each.least * t.Len(),
	}, nil
}

func (p planner) structure(t reflect.Type) (*plan, error) {
	fields := make([]*plan, t.NumField())
	out := &plan{}
	for i := range fields {
		f := t.Field(i)
		if !f.IsExported() {
			return nil, fmt.Errorf("%w %v: its field %s is not exported", ErrType, t, f.Name)
		}
		var err error
		if fields[i], err = p.of(f.Type); err != nil {
			return nil, fmt.Errorf("%v.%s: %w", t, f.Name, err)
		}
		out.least += fields[i].least
	}
	if out.least == 0 {
		return nil, fmt.Errorf("%w %v: it holds nothing", ErrType, t)
	}
	out.write = func(e *encoder, v reflect.Value) error {
		for i, f := range fields {
			if err := f.write(e, v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	}
	out.read = func(d *decoder, v reflect.Value) error {
		for i, f := range fields {
			if err := f.read(d, v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return out, nil
}

func (p planner) pointer(t reflect.Type) (*plan, error) {
	to, err := p.of(t.Elem())
	if err != nil {
		return nil, err
	}
	return &plan{
		write: func(e *encoder, v reflect.Value) error {
			if v.IsNil() {
				return e.count(-1)
			}
			if err := e.count(1); err != nil {
				return err
			}
			return to.write(e, v.Elem())
		},
		read: func(d *decoder, v reflect.Value) error {
			n, err := d.count(to.least)
			if err != nil || n < 0 {
				return err
			}
			if n != 1 {
				return fmt.Errorf("%w: a pointer to %d values", ErrBytes, n)
			}
			v.Set(reflect.New(t.Elem()))
			return to.read(d, v.Elem())
		},
		least: 1,
	}, nil
}

func (p planner) mapping(t reflect.Type) (*plan, error) {
	if t.Key().Kind() != reflect.String {
		return nil, fmt.Errorf("%w %v: its keys are no text", ErrType, t)
	}
	value, err := p.of(t.Elem())
	if err != nil {
		return nil, err
	}
	key := textPlan()
	out := &plan{least: 1}
	out.write = func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			return e.count(-1)
		}
		byKey := map[string]reflect.Value{}
		for it := v.MapRange(); it.Next(); {
			byKey[it.Key().String()] = it.Value()
		}
		if err := e.count(len(byKey)); err != nil {
			return err
		}
		one := reflect.New(t.Elem()).Elem() // values of maps have no address
		for _, k := range slices.Sorted(maps.Keys(byKey)) {
			if err := key.write(e, reflect.ValueOf(k)); err != nil {
				return err
			}
			one.Set(byKey[k])
			if err := value.write(e, one); err != nil {
				return err
			}
		}
		return nil
	}
	out.read = func(d *decoder, v reflect.Value) error {
		n, err := d.count(key.least + value.least)
		if err != nil || n < 0 {
			return err
		}
		v.Set(reflect.MakeMapWithSize(t, n))
		for range n {
			k, one := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			if err := key.read(d, k); err != nil {
				return err
			}
			if err := value.read(d, one); err != nil {
				return err
			}
			v.SetMapIndex(k, one)
		}
		if v.Len() != n {
			return fmt.Errorf("%w: a key stands twice", ErrBytes)
		}
		return nil
	}
	return out, nil
}
