package store

import (
	"errors"
	"fmt"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"sitecover/data"
)

// Errors of a workspace. Open, Append and the rest wrap them.
var (
	ErrExists     = errors.New("store: the workspace exists already")
	ErrNone       = errors.New("store: no such workspace")
	ErrForeign    = errors.New("store: the file is no workspace")
	ErrNewer      = errors.New("store: the workspace was written by a newer version")
	ErrClock      = errors.New("store: the clock is behind the last entry")
	ErrChanged    = errors.New("store: the ledger has changed since it was read")
	ErrNoEvent    = errors.New("store: no such event")
	ErrNoSnapshot = errors.New("store: no such snapshot")
)

// BusyError says that another process is writing to the workspace.
type BusyError struct {
	Path   string
	Holder string // what the writer says of itself; "" = it left no word
	Err    error
}

// Error returns the English form.
func (e *BusyError) Error() string { return e.Text().EN }

// Unwrap returns the cause.
func (e *BusyError) Unwrap() error { return e.Err }

// Text words the error.
func (e *BusyError) Text() data.Text {
	name := filepath.Base(e.Path)
	if e.Holder == "" {
		return text("%s 正被另一个程序写入；等它结束后再试", "%s is being written to by another program; try again when it has ended", name)
	}
	return text("%s 正被占用（%s）；等它结束后再试", "%s is in use (%s); try again when it has ended", name, e.Holder)
}

// DamagedError says that the file cannot be read as it should.
type DamagedError struct {
	Path string
	What data.Text // what is wrong
	Err  error     // the cause, where there is one
}

// Error returns the English form.
func (e *DamagedError) Error() string { return e.Text().EN }

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// Text words the error, and what to do.
func (e *DamagedError) Text() data.Text {
	name := filepath.Base(e.Path)
	return data.Text{
		ZH: fmt.Sprintf("%s 已损坏：%s。先复制一份，再用 sitecover track export 把还能读的导出为 CSV", name, e.What.ZH),
		EN: fmt.Sprintf("%s is damaged: %s. Make a copy of it, then save what can still be read with sitecover track export", name, e.What.EN),
	}
}

// wrap turns an error of SQLite into one of this package, and leaves others as they are.
func (s *Store) wrap(doing string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return &BusyError{Path: s.path, Holder: s.holder(), Err: err}
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return &DamagedError{Path: s.path, What: text("数据库结构读不下去", "its structure cannot be read on"), Err: err}
	}
	return fmt.Errorf("store: %s: %w", doing, err)
}
