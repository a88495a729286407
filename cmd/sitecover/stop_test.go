package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sitecover/cmd/internal/run"
	"sitecover/data/model"
)

// program is the test binary under the name that makes it act as sitecover.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sitecover")
	if err := os.Symlink(self, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return path
}

// endless is a study whose plan takes far longer than any test: only a signal ends it.
func endless(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a Windows process cannot be sent an interrupt")
	}
	dir := t.TempDir()
	if err := model.Generate(t.Context(), dir, model.Options{Seed: 1, People: 40_000}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "study.yaml")
}

// running is a started program whose stderr is read line by line.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  strings.Builder
	errs *bufio.Scanner
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{t: t, cmd: exec.CommandContext(t.Context(), program(t), args...)}
	r.cmd.Env = append(os.Environ(), "SITECOVER_LANG=en")
	r.cmd.Stdout = &r.out
	pipe, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.errs = bufio.NewScanner(pipe)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// interruptAt presses Ctrl-C as soon as stderr tells of something.
func (r *running) interruptAt(word string) {
	r.t.Helper()
	for r.errs.Scan() {
		if strings.Contains(r.errs.Text(), word) {
			if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
				r.t.Fatal(err)
			}
			return
		}
	}
	r.t.Fatalf("it ended without saying %q", word)
}

// end reads the rest and returns it with the exit code.
func (r *running) end() (rest string, code int) {
	r.t.Helper()
	var b strings.Builder
	for r.errs.Scan() {
		b.WriteString(r.errs.Text() + "\n")
	}
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, io.EOF) {
		r.t.Fatal(err)
	}
	return b.String(), r.cmd.ProcessState.ExitCode()
}

// One Ctrl-C: the plan found so far is written whole, with a bound that it does not exceed, and says that it was stopped.
func TestInterruptGivesTheBestPlan(t *testing.T) {
	study := endless(t)
	r := start(t, "plan", study, "--json", "--gap", "0%", "--iterations", "1000000")
	r.interruptAt("optimising the plan")
	if rest, code := r.end(); code != exitEarly || !strings.Contains(rest, "stopped early") {
		t.Fatalf("exit code %d, stderr %s", code, rest)
	}
	var v run.PlanReport
	if err := json.Unmarshal([]byte(r.out.String()), &v); err != nil {
		t.Fatalf("stdout is no JSON: %v", err)
	}
	if v.Stopped != run.StoppedByUser || v.Status != "feasible" || len(v.Sites) == 0 || !(v.Bound > v.Objective && v.Objective > 0) {
		t.Errorf("stopped %q, %s with %d sites: objective %v, bound %v", v.Stopped, v.Status, len(v.Sites), v.Objective, v.Bound)
	}
}

// One Ctrl-C during a report: every file is there, and the page says so.
func TestInterruptWritesTheReportWhole(t *testing.T) {
	study := endless(t)
	out := filepath.Join(t.TempDir(), "out")
	r := start(t, "report", study, "-o", out, "--gap", "0%", "--iterations", "1000000")
	r.interruptAt("optimising the plan")
	if rest, code := r.end(); code != exitEarly {
		t.Fatalf("exit code %d, stderr %s", code, rest)
	}
	for _, name := range []string{"report.html", "plan.xlsx", filepath.Join("layers", "stations.geojson")} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !strings.Contains(string(page), "求解被提前停止") {
		t.Errorf("the page does not say that the search was stopped (%v)", err)
	}
}

// A second Ctrl-C gives up: nothing is written. So does the first while no search runs.
func TestInterruptTwiceWritesNothing(t *testing.T) {
	study := endless(t)
	out := filepath.Join(t.TempDir(), "out")
	r := start(t, "report", study, "-o", out, "--gap", "0%", "--iterations", "1000000")
	r.interruptAt("optimising the plan")
	r.interruptAt("again gives up")
	rest, code := r.end()
	if _, err := os.Stat(out); code != exitFailed || !strings.Contains(rest, "nothing was written") || !os.IsNotExist(err) {
		t.Errorf("exit code %d, stderr %s, folder: %v", code, rest, err)
	}
	r = start(t, "report", study, "-o", out)
	r.interruptAt("reading")
	rest, code = r.end()
	if _, err := os.Stat(out); code != exitFailed || !strings.Contains(rest, "nothing was written") || !os.IsNotExist(err) {
		t.Errorf("while reading: exit code %d, stderr %s, folder: %v", code, rest, err)
	}
}
