package store

import "fmt"

// applicationID marks our files: "SCLG" as a big-endian number.
const applicationID = 0x53434c47

// migrations bring a file from one version to the next; PRAGMA user_version counts those done. A migration that was released is never
// changed. Events, entries and snapshots can only be added: the triggers refuse everything else, from whatever program it comes. Histories
// are the events once more, by site and in compact form, so that the state of a large network is one scan of few rows; they are derived,
// written in the same transaction, and held against the events by Verify.
var migrations = []string{`
CREATE TABLE workspace (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE entries (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  recorded TEXT NOT NULL,
  who      TEXT NOT NULL,
  file     TEXT NOT NULL,
  sha256   TEXT NOT NULL
);
CREATE INDEX entries_by_file ON entries(sha256) WHERE sha256 <> '';
CREATE TABLE events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  entry   INTEGER NOT NULL REFERENCES entries(id),
  row     INTEGER NOT NULL,
  site    TEXT NOT NULL,
  project TEXT NOT NULL,
  kind    TEXT NOT NULL,
  day     TEXT NOT NULL,
  money   INTEGER NOT NULL,
  fields  TEXT NOT NULL,
  note    TEXT NOT NULL,
  undoes  INTEGER REFERENCES events(id),
  hash    BLOB NOT NULL
);
CREATE INDEX events_by_entry ON events(entry);
CREATE TABLE histories (
  site   TEXT PRIMARY KEY,
  events BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE snapshots (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  day      TEXT NOT NULL,
  revision INTEGER NOT NULL,
  recorded TEXT NOT NULL,
  who      TEXT NOT NULL,
  known    TEXT NOT NULL,
  manifest BLOB NOT NULL,
  body     BLOB NOT NULL,
  sha256   TEXT NOT NULL,
  hash     BLOB NOT NULL,
  UNIQUE (day, revision)
);
` + appendOnly("entries") + appendOnly("events") + appendOnly("snapshots"),
	// Events may tell opening hours from here on. The tables stay; a program that does not know them must not read on.
	"UPDATE workspace SET value = value WHERE key = 'study'"}

// appendOnly is the triggers that refuse to change or remove rows of a table.
func appendOnly(table string) string {
	return fmt.Sprintf(`
CREATE TRIGGER %[1]s_keep_update BEFORE UPDATE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s are never changed'); END;
CREATE TRIGGER %[1]s_keep_delete BEFORE DELETE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s are never removed'); END;
CREATE TRIGGER %[1]s_keep_replace BEFORE INSERT ON %[1]s WHEN EXISTS (SELECT 1 FROM %[1]s WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '%[1]s are never replaced'); END;
`, table)
}
