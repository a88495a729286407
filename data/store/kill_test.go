package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary runs itself again as a writer that is then killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("STORE_TEST_WRITER"); path != "" {
		if err := writer(path); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writer makes or opens a workspace and adds to it for ever, saying what was acknowledged as soon as it was.
func writer(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{Holder: "writer"})
	if errors.Is(err, ErrNone) {
		s, err = Create(ctx, path, About{Created: at("2020-01-01")}, Options{})
	}
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		head, _, last, err := headOf(ctx, s.db)
		if err != nil {
			return err
		}
		now := maxTime(last, at("2020-01-01")).Add(time.Minute)
		events := bunch(head, now)
		ids, err := s.Append(ctx, events)
		if err != nil {
			return err
		}
		_, hash, err := s.Head(ctx)
		if err != nil {
			return err
		}
		fmt.Println("events", ids[len(ids)-1], hash)
		if head%3 == 0 {
			body := fmt.Sprintf("body of %d %s", head, strings.Repeat("x", 20_000))
			kept, _, err := s.SaveSnapshot(ctx, Snapshot{Date: on("2020-12-31"), Recorded: now.Add(time.Second), Who: "w", Manifest: []byte("{}"), Body: []byte(body)})
			if err != nil {
				return err
			}
			fmt.Println("snapshot", kept.Revision, kept.SHA256)
		}
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// bunch makes the events of one call: every one tells in its note how many there are, so that half a bunch would show.
func bunch(head int64, recorded time.Time) []Event {
	n := 1 + int(head*7919%97)
	out := make([]Event, n)
	for i := range out {
		out[i] = opened(fmt.Sprintf("S%d", head+int64(i)), "2020-05-01")
		out[i].Recorded, out[i].Who, out[i].Note = recorded, "w", fmt.Sprint(n)
	}
	return out
}

// A writer is killed 200 times, at moments drawn from a seed: what it had acknowledged is there, nothing is there by half, and the file opens.
func TestKilledAtAnyMoment(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	for lane := range 4 {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(5, uint64(lane)))
			dir := t.TempDir()
			acknowledged, midway := 0, 0
			for round := range rounds {
				path := filepath.Join(dir, fmt.Sprintf("%d.db", round/10)) // ten kills each, then a fresh one, so that creating is hit too
				got, journal := killOnce(t, path, random)
				acknowledged += got
				if journal {
					midway++
				}
			}
			t.Logf("%d kills, %d of them in the middle of a transaction; %d transactions acknowledged", rounds, midway, acknowledged)
			if acknowledged == 0 {
				t.Error("nothing was ever acknowledged: the writer is killed too early to test anything")
			}
		})
	}
}

// killOnce starts a writer, kills it and holds the file to what it said. It returns how often something was acknowledged, and whether the kill
// fell into a transaction, which leaves its journal.
func killOnce(t *testing.T, path string, random *rand.Rand) (acknowledged int, journal bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_WRITER="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Half of the kills fall anywhere, half some time after the workspace is open, where the writing is.
	wait := time.Duration(random.IntN(80_000)) * time.Microsecond
	afterOpen := random.IntN(2) == 0
	var said bytes.Buffer
	lines := bufio.NewReader(out)
	if afterOpen {
		line, err := lines.ReadString('\n')
		if err != nil || line != "open\n" {
			t.Fatalf("writer said %q, %v", line, err)
		}
		said.WriteString(line)
	}
	killed := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() }) // it is not gone before: it runs for ever
	defer killed.Stop()
	if _, err := said.ReadFrom(lines); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if strings.Contains(said.String(), "failed") {
		t.Fatalf("the writer failed by itself: %s", said.String())
	}
	_, err = os.Stat(path + "-journal")
	return checkKilled(t, path, said.String()), err == nil
}

// checkKilled opens the file that a killed writer left and holds it to what the writer said.
func checkKilled(t *testing.T, path, said string) (acknowledged int) {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if errors.Is(err, ErrNone) && !strings.Contains(said, "open") {
		return 0 // killed before it was made
	}
	if err != nil {
		t.Fatalf("does not open: %v", err)
	}
	defer s.Close()
	for line := range strings.Lines(said) {
		if !strings.HasSuffix(line, "\n") {
			continue // cut off by the kill: not acknowledged
		}
		switch f := strings.Fields(line); f[0] {
		case "events":
			acknowledged++
			var id, got int64
			if _, err := fmt.Sscan(f[1], &id); err != nil {
				t.Fatal(err)
			}
			if got, err = s.Sealed(ctx, f[2]); err != nil || got != id {
				t.Errorf("acknowledged event %d is lost: %v", id, err)
			}
		case "snapshot":
			var revision int
			if _, err := fmt.Sscan(f[1], &revision); err != nil {
				t.Fatal(err)
			}
			snap, err := s.Snapshot(ctx, on("2020-12-31"), revision)
			if err != nil {
				t.Errorf("acknowledged snapshot %d is lost: %v", revision, err)
			}
			if sum := sha256.Sum256(snap.Body); hex.EncodeToString(sum[:]) != f[2] {
				t.Errorf("snapshot %d is another", revision)
			}
		}
	}
	report, err := s.Verify(ctx)
	if err != nil || len(report.Problems) > 0 {
		t.Fatalf("verify: %+v, %v", report, err)
	}
	entries, err := s.Entries(ctx)
	if err != nil {
		t.Fatal(err)
	}
	head := int64(0)
	for _, e := range entries {
		if want := len(bunch(head, time.Time{})); e.Events != want {
			t.Fatalf("entry %d has %d of %d events", e.ID, e.Events, want)
		}
		head += int64(e.Events)
	}
	return acknowledged
}

// While one process writes, another waits and then says who holds it up; when the first is done in time, the second goes on.
func TestTwoProcesses(t *testing.T) {
	ctx := context.Background()
	first := newStore(t, Options{Holder: "track import, 王五, pid 1"})
	second, err := Open(ctx, first.Path(), Options{Wait: 50 * time.Millisecond, Holder: "track add, 李四, pid 2"})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	inside, release, done := make(chan bool), make(chan bool), make(chan error)
	go func() {
		done <- first.write(ctx, func(conn *sql.Conn) error {
			inside <- true
			<-release
			_, err := conn.ExecContext(ctx, "INSERT INTO workspace VALUES ('x', 'y')")
			return err
		})
	}()
	<-inside
	_, err = second.Append(ctx, entry("2024-01-01", opened("A", "2020-01-01")))
	var busy *BusyError
	if !errors.As(err, &busy) || !strings.Contains(busy.Text().ZH, "王五, pid 1") || !strings.Contains(busy.Text().EN, "try again") {
		t.Errorf("err = %v", err)
	}
	patient, err := Open(ctx, first.Path(), Options{Wait: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer patient.Close()
	waited := make(chan error)
	go func() {
		_, err := patient.Append(ctx, entry("2024-01-01", opened("A", "2020-01-01")))
		waited <- err
	}()
	release <- true
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := <-waited; err != nil {
		t.Errorf("the one that waits: %v", err)
	}
	if _, err := os.Stat(first.holderPath()); err == nil {
		t.Error("the writer's word is left behind")
	}
}

// An import that is interrupted leaves nothing.
func TestCancelled(t *testing.T) {
	s := newStore(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Append(ctx, entry("2024-01-01", opened("A", "2020-01-01"))); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if head, _, err := s.Head(context.Background()); err != nil || head != 0 {
		t.Errorf("head %d, %v", head, err)
	}
}
