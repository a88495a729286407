package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"sitecover/data/store"
)

// killing is a workspace whose commands are killed.
type killing struct {
	t       *testing.T
	dir     string
	program string
}

// command is sitecover in the workspace.
func (k *killing) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	var out bytes.Buffer
	cmd := exec.Command(k.program, append([]string{"-q", "track"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = k.dir, append(os.Environ(), "SITECOVER_LANG=en", "SITECOVER_WHO=w"), &out, &out
	return cmd, &out
}

// run lets a command end, and returns how long it took.
func (k *killing) run(args ...string) time.Duration {
	k.t.Helper()
	begin := time.Now()
	cmd, out := k.command(args...)
	if err := cmd.Run(); err != nil {
		k.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return time.Since(begin)
}

// kill ends a command after a while with the signal that no program can catch, and returns what it had said.
func (k *killing) kill(after time.Duration, args ...string) string {
	k.t.Helper()
	cmd, out := k.command(args...)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
	defer timer.Stop()
	_ = cmd.Wait() // killed or done: what it said tells
	return out.String()
}

// list writes a list of so many openings and returns its name.
func (k *killing) list(round, n int) string {
	k.t.Helper()
	var b strings.Builder
	b.WriteString("site,event,date,tier,lon,lat,area\n")
	for i := range n {
		fmt.Fprintf(&b, "R%d-%d,opened,2024-05-01,station,120.%03d,30.0,120\n", round, i, i)
	}
	name := fmt.Sprintf("round%d.csv", round)
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(b.String()), 0o644); err != nil {
		k.t.Fatal(err)
	}
	return name
}

// counts opens the ledger, which must be sound, and returns its events and snapshots.
func (k *killing) counts() (events int64, snapshots int) {
	k.t.Helper()
	s, err := store.Open(k.t.Context(), filepath.Join(k.dir, "ledger.db"), store.Options{})
	if err != nil {
		k.t.Fatalf("the ledger does not open: %v", err)
	}
	defer s.Close()
	report, err := s.Verify(k.t.Context())
	if err != nil || len(report.Problems) > 0 {
		k.t.Fatalf("%+v, %v", report, err)
	}
	list, err := s.Snapshots(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	if events, _, err = s.Head(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
	return events, len(list)
}

// The program itself is killed 48 times, in turn while it imports and while it keeps a snapshot, at moments drawn from a seed over the time
// that such a run takes, but for its beginning, and a little beyond: a file is in the ledger whole or not at all, and what was said to be there is.
func TestTrackKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	rounds, events := 48, 400
	if testing.Short() {
		rounds = 8
	}
	script, err := txtar.ParseFile("testdata/script/track_score.txtar")
	if err != nil {
		t.Fatal(err)
	}
	k := &killing{t: t, dir: t.TempDir(), program: program(t)}
	for _, f := range script.Files {
		path := filepath.Join(k.dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	k.run("init", "--study", "study.yaml")
	took := [2]time.Duration{k.run("import", k.list(-1, events)), k.run("snapshot", "--date", "2024-12-31")}
	random := rand.New(rand.NewPCG(5, 48))
	had, kept := k.counts()
	entered, lost := 0, 0
	for round := range rounds {
		wait := time.Duration((0.4 + 1.2*random.Float64()) * float64(took[round%2]))
		var said string
		if round%2 == 0 {
			said = k.kill(wait, "import", k.list(round, events))
		} else {
			said = k.kill(wait, "snapshot", "--date", "2024-12-31")
		}
		now, snapshots := k.counts()
		acknowledged := strings.Contains(said, "entered 400 events") || strings.Contains(said, "kept as revision")
		whole := now == had+int64(events) || snapshots == kept+1
		if now != had && now != had+int64(events) || snapshots < kept || snapshots > kept+1 || acknowledged && !whole {
			t.Fatalf("round %d: %d events and %d snapshots became %d and %d; it said %q", round, had, kept, now, snapshots, said)
		}
		if whole {
			entered++
		} else {
			lost++
		}
		had, kept = now, snapshots
	}
	t.Logf("%d kills: %d too late to stop what was entered, %d in time", rounds, entered, lost)
	k.run("import", k.list(rounds, events)) // ends as it should, and clears what the last one killed left
	left, err := filepath.Glob(filepath.Join(k.dir, "ledger.db*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
}
