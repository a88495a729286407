package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/paulmach/orb"

	"sitecover/siting"
)

// The compact form of events: integers as varints, texts with their length in front, fields by a mask of those that are told. It is what the
// chain of hashes covers and what a site's history holds, so it may never change: a new form needs a migration.

// epoch is the zero of days and times, so that they take few bytes.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func days(t time.Time) int64   { return int64(t.Sub(epoch) / (24 * time.Hour)) }
func dayOf(n int64) time.Time  { return epoch.AddDate(0, 0, int(n)) }
func micros(t time.Time) int64 { return t.UnixMicro() - epoch.UnixMicro() }
func timeOf(n int64) time.Time { return time.UnixMicro(n + epoch.UnixMicro()).UTC() }

func putText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func putFloat(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}

// Bits of the fields that are told.
const (
	hasName = 1 << iota
	hasTier
	hasPoint
	hasArea
	hasRegion
	hasWay
	hasBudget
	hasClass
	hasDue
	hasHours // since version 2 of the file
)

func putFields(b []byte, f *Fields) []byte {
	var mask uint64
	mark := func(told bool, bit uint64) {
		if told {
			mask |= bit
		}
	}
	mark(f.Name != "", hasName)
	mark(f.Tier != "", hasTier)
	mark(f.Point != orb.Point{}, hasPoint)
	mark(f.Area != 0, hasArea)
	mark(f.Region != "", hasRegion)
	mark(f.Way != "", hasWay)
	mark(f.Budget != 0, hasBudget)
	mark(f.Class != "", hasClass)
	mark(f.Due != 0, hasDue)
	mark(f.Hours != "", hasHours)
	b = binary.AppendUvarint(b, mask)
	for _, x := range []struct {
		bit  uint64
		text string
	}{{hasName, f.Name}, {hasTier, f.Tier}, {hasRegion, f.Region}, {hasWay, f.Way}, {hasClass, f.Class}} {
		if mask&x.bit != 0 {
			b = putText(b, x.text)
		}
	}
	if mask&hasPoint != 0 {
		b = putFloat(putFloat(b, f.Point[0]), f.Point[1])
	}
	if mask&hasArea != 0 {
		b = putFloat(b, f.Area)
	}
	if mask&hasBudget != 0 {
		b = binary.AppendVarint(b, int64(f.Budget))
	}
	if mask&hasDue != 0 {
		b = binary.AppendVarint(b, int64(f.Due))
	}
	if mask&hasHours != 0 {
		b = putText(b, f.Hours)
	}
	return b
}

// putCore writes what the state of a site depends on.
func putCore(b []byte, e *Event) []byte {
	b = binary.AppendUvarint(b, uint64(e.ID))
	b = putText(b, string(e.Kind))
	b = binary.AppendVarint(b, days(e.Date))
	b = binary.AppendVarint(b, micros(e.Recorded))
	b = putText(b, e.Project)
	b = binary.AppendVarint(b, int64(e.Money))
	b = binary.AppendUvarint(b, uint64(e.Undoes))
	return putFields(b, &e.Fields)
}

// seal returns the hash of an event, given that of the event before (nil for the first).
func seal(before []byte, e *Event) []byte {
	b := putText(nil, string(before))
	b = putText(b, e.Site)
	b = putCore(b, e)
	for _, s := range []string{e.Note, e.Who, e.Source.File, e.Source.SHA256} {
		b = putText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(e.Source.Row))
	sum := sha256.Sum256(b)
	return sum[:]
}

var errHistory = errors.New("store: damaged history of a site")

// decoder reads the compact form; after an error it yields zeros.
type decoder struct {
	b      []byte
	failed bool
	kinds  map[string]EventKind // one copy of every word
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.failed, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.failed, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.failed, d.b = true, nil
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) text() string { return string(d.bytes(d.uvarint())) }

// word is text of which there are few, kept once.
func (d *decoder) word() EventKind {
	raw := d.bytes(d.uvarint())
	if k, known := d.kinds[string(raw)]; known {
		return k
	}
	k := EventKind(raw)
	d.kinds[string(k)] = k
	return k
}

func (d *decoder) float() float64 {
	raw := d.bytes(8)
	if raw == nil {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(raw))
}

// core reads what putCore wrote.
func (d *decoder) core(e *Event) {
	e.ID = int64(d.uvarint())
	e.Kind = d.word()
	e.Date = dayOf(d.varint())
	e.Recorded = timeOf(d.varint())
	e.Project = d.text()
	e.Money = siting.Yuan(d.varint())
	e.Undoes = int64(d.uvarint())
	mask := d.uvarint()
	if mask == 0 {
		return
	}
	f := &e.Fields
	if mask&hasName != 0 {
		f.Name = d.text()
	}
	if mask&hasTier != 0 {
		f.Tier = string(d.word())
	}
	if mask&hasRegion != 0 {
		f.Region = string(d.word())
	}
	if mask&hasWay != 0 {
		f.Way = string(d.word())
	}
	if mask&hasClass != 0 {
		f.Class = string(d.word())
	}
	if mask&hasPoint != 0 {
		f.Point[0] = d.float()
		f.Point[1] = d.float()
	}
	if mask&hasArea != 0 {
		f.Area = d.float()
	}
	if mask&hasBudget != 0 {
		f.Budget = siting.Yuan(d.varint())
	}
	if mask&hasDue != 0 {
		f.Due = int(d.varint())
	}
	if mask&hasHours != 0 {
		f.Hours = string(d.word())
	}
}

// history reads all events of a site, appending to out.
func (d *decoder) history(site string, blob []byte, out []Event) ([]Event, error) {
	d.b, d.failed = blob, false
	for len(d.b) > 0 {
		out = append(out, Event{Site: site})
		d.core(&out[len(out)-1])
	}
	if d.failed {
		return out, errHistory
	}
	return out, nil
}

func newDecoder() *decoder { return &decoder{kinds: map[string]EventKind{}} }
