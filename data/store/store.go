package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"sitecover/data/standard"
)

// Options of Create and Open.
type Options struct {
	Process *standard.Process // rules that new events are held to; nil = only that a site opens before it closes
	Wait    time.Duration     // for another process to end its writing; 0 = ten seconds
	Holder  string            // what others that wait are told of this process; "" = nothing
}

// DefaultName is the name of a workspace in its folder.
const DefaultName = "ledger.db"

const defaultWait = 10 * time.Second

// Validate names what is wrong with the options.
func (o Options) Validate() error {
	if o.Wait < 0 {
		return fmt.Errorf("store: Options.Wait must not be negative: %s", o.Wait)
	}
	return nil
}

// About is what a workspace says of itself.
type About struct {
	Study   string    // path of the study file, relative to the workspace's folder, with slashes; "" = none
	Created time.Time // UTC
	Who     string
}

// Store is an open workspace. Its methods may be called from several goroutines; several processes may have the same file open, of which one
// at a time writes.
type Store struct {
	path    string
	db      *sql.DB
	options Options
	rules   *rules
	about   About
}

// Create makes a new workspace. It appears under its name only when it is complete. ErrExists if there is a file of that name.
func Create(ctx context.Context, path string, about About, options Options) (_ *Store, err error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%w: %s", ErrExists, path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	made, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+newSuffix+"*")
	if err != nil {
		return nil, err
	}
	name := made.Name()
	defer func() {
		if removed := os.Remove(name); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	if err := errors.Join(made.Chmod(0o644), made.Close()); err != nil {
		return nil, err
	}
	if err := initialise(ctx, name, about, options); err != nil {
		if _, there := os.Lstat(path); there == nil { // another process was first, and has cleared ours away
			err = fmt.Errorf("%w: %s", ErrExists, path)
		}
		return nil, err
	}
	if err := place(name, path); err != nil {
		return nil, err
	}
	return Open(ctx, path, options)
}

// newSuffix marks files that Create is about to name.
const newSuffix = ".new-"

// clear removes what a Create that was killed left beside the workspace. Once there is a workspace nobody needs such a file: who is still
// making one comes too late. What cannot be removed, in a folder that is read only, does no harm.
func (s *Store) clear() {
	dir, prefix := filepath.Dir(s.path), filepath.Base(s.path)+newSuffix
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the workspace itself opened
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && e.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, e.Name())) // see above
		}
	}
}

// place gives a finished file its name, unless there is one of that name by now.
func place(made, path string) error {
	if err := os.Link(made, path); err == nil {
		return nil
	} else if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, path)
	} else if _, there := os.Lstat(path); there == nil {
		return fmt.Errorf("%w: %s", ErrExists, path)
	}
	return os.Rename(made, path) // the file system has no links
}

func initialise(ctx context.Context, path string, about About, options Options) error {
	s := &Store{path: path, options: options}
	if err := s.connect(ctx); err != nil {
		return err
	}
	err := s.write(ctx, func(tx *sql.Conn) error {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return err
		}
		if err := migrate(ctx, tx); err != nil {
			return err
		}
		for _, x := range [][2]string{{"study", about.Study}, {"created", stamp(about.Created)}, {"who", about.Who}} {
			if _, err := tx.ExecContext(ctx, "INSERT INTO workspace VALUES (?, ?)", x[0], x[1]); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, s.db.Close())
}

// migrate brings the file from its version to the newest, inside a transaction.
func migrate(ctx context.Context, tx *sql.Conn) error {
	version := 0
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	for ; version < len(migrations); version++ {
		if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
	return err
}

// Open opens a workspace and brings it up to date. ErrNone if there is no file, ErrForeign if it is none of ours, ErrNewer if this program is
// too old for it, a *DamagedError if it cannot be read, a *BusyError if another process writes for longer than Options.Wait.
func Open(ctx context.Context, path string, options Options) (*Store, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	s := &Store{path: path, options: options, rules: newRules(options.Process)}
	if err := s.look(); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	s.clear()
	return s, nil
}

// look refuses what is no database before SQLite sees it.
func (s *Store) look() error {
	file, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNone, s.path)
	}
	if err != nil {
		return err
	}
	defer file.Close() // read only
	head := make([]byte, 16)
	n, err := file.Read(head)
	if err != nil && n == 0 {
		return &DamagedError{Path: s.path, What: text("文件是空的", "the file is empty")}
	}
	if string(head[:n]) != "SQLite format 3\x00" {
		return fmt.Errorf("%w: %s", ErrForeign, s.path)
	}
	return nil
}

// connect opens the file with one connection. The journal is rolled back or kept as a whole, and synced with its folder before a commit is
// acknowledged; a write-ahead log would be faster, and would not work on the network drives that offices share, nor leave one file to copy.
func (s *Store) connect(ctx context.Context) error {
	abs, err := filepath.Abs(s.path)
	if err != nil {
		return err
	}
	wait := s.options.Wait
	if wait == 0 {
		wait = defaultWait
	}
	p := filepath.ToSlash(abs)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/…
	}
	name := "file://" + (&url.URL{Path: p}).EscapedPath() + fmt.Sprintf("?mode=rw&_pragma=busy_timeout(%d)&_pragma=journal_mode(DELETE)&_pragma=synchronous(EXTRA)"+
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)&_pragma=trusted_schema(0)", wait.Milliseconds())
	if s.db, err = sql.Open("sqlite", name); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	if err := s.db.PingContext(ctx); err != nil {
		return errors.Join(s.wrap("open", err), s.db.Close())
	}
	return nil
}

// begin checks that the file is ours and reads what it says of itself.
func (s *Store) begin(ctx context.Context) error {
	var id, version int
	if err := s.db.QueryRowContext(ctx, "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").Scan(&id, &version); err != nil {
		return s.wrap("open", err)
	}
	switch {
	case id != applicationID:
		return fmt.Errorf("%w: %s", ErrForeign, s.path)
	case version > len(migrations):
		return fmt.Errorf("%w: %s", ErrNewer, s.path)
	case version < len(migrations):
		err := s.write(ctx, func(tx *sql.Conn) error { return migrate(ctx, tx) })
		if err != nil {
			return err
		}
	}
	created := ""
	for key, to := range map[string]*string{"study": &s.about.Study, "created": &created, "who": &s.about.Who} {
		if err := s.db.QueryRowContext(ctx, "SELECT value FROM workspace WHERE key = ?", key).Scan(to); err != nil {
			return s.wrap("open", err)
		}
	}
	at, err := time.Parse(time.RFC3339Nano, created)
	if err != nil {
		return &DamagedError{Path: s.path, What: text("建立时间读不出", "its day of creation cannot be read"), Err: err}
	}
	s.about.Created = at.UTC()
	return nil
}

// Close closes the workspace.
func (s *Store) Close() error { return s.wrap("close", s.db.Close()) }

// HoldTo makes the process of a standard the rules that new events are held to, as Options.Process does. Call it before the first use.
func (s *Store) HoldTo(process *standard.Process) {
	s.options.Process, s.rules = process, newRules(process)
}

// Path returns the path that the workspace was opened by.
func (s *Store) Path() string { return s.path }

// About returns what the workspace says of itself.
func (s *Store) About() About { return s.about }

// stamp writes a time of recording.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// write runs a change as one transaction: all of it happens, or nothing. Other processes wait from its beginning on, and are told who holds
// them up.
func (s *Store) write(ctx context.Context, change func(*sql.Conn) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return s.wrap("write", err)
	}
	defer conn.Close() // back to the pool
	// The statements run without the context, whose watching costs more than they do; change looks at it between them.
	plain := context.WithoutCancel(ctx)
	if _, err := conn.ExecContext(plain, "BEGIN IMMEDIATE"); err != nil {
		return s.wrap("write", err)
	}
	unsign := s.sign()
	err = change(conn)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		_, err = conn.ExecContext(plain, "COMMIT")
	}
	if err != nil {
		if _, back := conn.ExecContext(plain, "ROLLBACK"); back != nil && !strings.Contains(back.Error(), "no transaction") {
			err = errors.Join(err, back)
		}
	}
	return s.wrap("write", errors.Join(err, unsign()))
}

func (s *Store) holderPath() string { return s.path + ".writer" }

// sign leaves word of who is writing, for those who wait; the returned function takes it away. The word is a courtesy, the lock is SQLite's:
// where it cannot be written, those who wait are told less.
func (s *Store) sign() func() error {
	if s.options.Holder == "" {
		return func() error { return nil }
	}
	if err := os.WriteFile(s.holderPath(), []byte(s.options.Holder), 0o644); err != nil {
		return func() error { return nil }
	}
	return func() error {
		if now, err := os.ReadFile(s.holderPath()); err != nil || string(now) != s.options.Holder {
			return nil // the next writer's word by now
		}
		if err := os.Remove(s.holderPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
}

// holder reads what the writer left.
func (s *Store) holder() string {
	raw, err := os.ReadFile(s.holderPath())
	if err != nil {
		return "" // it left no word
	}
	return clip(string(raw))
}
