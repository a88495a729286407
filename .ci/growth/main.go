// Command growth measures how time and memory of `sitecover coverage` grow: it makes the model county in several sizes, runs
// the program on each as anyone would, input reading included, and prints a table (docs/speed-growth.md).
//
//	go run ./.ci/growth -binary bin/sitecover -people 600000,6000000,60000000
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sitecover/data"
	"sitecover/data/model"
	"sitecover/geo"
	"sitecover/geo/network"
)

func main() {
	binary := flag.String("binary", "bin/sitecover", "the program")
	people := flag.String("people", "600000,6000000,60000000", "sizes")
	dir := flag.String("dir", "", "folder for the inputs, kept afterwards; default: a temporary one")
	scattered := flag.Bool("scattered", false, "people on farms and lanes to the doors too: about twice the inhabited cells and the junctions")
	makeIn := flag.String("make", "", "only make the inputs of one size in this folder, and count them")
	flag.Parse()
	err := errors.New("growth: give -people as whole numbers with commas between")
	if sizes, ok := parse(*people); ok {
		if *makeIn != "" {
			err = makeInputs(*makeIn, model.Options{Seed: 1, People: sizes[0], Scattered: *scattered})
		} else {
			err = measure(*binary, *dir, sizes, *scattered)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(list string) (sizes []int, ok bool) {
	for _, text := range strings.Split(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, false
		}
		sizes = append(sizes, n)
	}
	return sizes, true
}

// counts say how large an input is.
type counts struct {
	Regions, Sites  int
	Cells           int // inhabited
	Segments, Edges int // of roads: from point to point; of the graph on foot, from junction to junction
	Bytes           int64
}

// makeInputs writes the model county and prints its counts. It runs in a process of its own: a process counts the memory of
// the one that started it as its own, so the one that measures has to stay small.
func makeInputs(dir string, opt model.Options) error {
	ctx := context.Background()
	study := filepath.Join(dir, "study.yaml")
	if _, err := os.Stat(study); err != nil {
		if err := model.Generate(ctx, dir, opt); err != nil {
			return err
		}
	}
	s, err := data.Load(study)
	if err != nil {
		return err
	}
	d, err := data.Read(ctx, s, data.Options{})
	if err != nil {
		return err
	}
	walk := slices.IndexFunc(s.Modes, func(m network.Mode) bool { return m.ID == "walk" })
	g, err := network.Build(ctx, d.Roads, s.Modes[walk], geo.Metres)
	if err != nil {
		return err
	}
	c := counts{Regions: len(d.Regions.All), Cells: len(d.Population.Cells), Segments: len(d.Roads.Refs) - len(d.Roads.Ways), Edges: g.Edges(), Sites: len(d.Sites)}
	for _, in := range d.Inputs {
		c.Bytes += in.Bytes
	}
	return json.NewEncoder(os.Stdout).Encode(c)
}

// usage is what a process took.
type usage struct {
	wall, cpu float64 // seconds
	peak      float64 // MB, resident
	output    []byte
}

func run(env []string, name string, args ...string) (usage, error) {
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), &out, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	u := usage{wall: time.Since(start).Seconds(), cpu: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), output: out.Bytes()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = float64(r.Maxrss) / 1024 // kilobytes on Linux
	}
	return u, nil
}

func measure(binary, dir string, sizes []int, scattered bool) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "growth-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Printf("%s %s/%s, %d processors, %s, load %s\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format("2006-01-02 15:04"), load())
	fmt.Println("| million people | regions | inhabited cells | road segments | road edges | sites | input MB | processors | wall s | CPU s | peak MB | CPU s / million | MB / million |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, n := range sizes {
		folder := filepath.Join(dir, strconv.Itoa(n))
		made, err := run(nil, self, "-make", folder, "-people", strconv.Itoa(n), fmt.Sprintf("-scattered=%t", scattered))
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "made and counted the inputs of %d people: %.0f CPU s, peak %.0f MB\n", n, made.cpu, made.peak)
		var c counts
		if err := json.Unmarshal(made.output, &c); err != nil {
			return err
		}
		if err := rows(binary, filepath.Join(folder, "study.yaml"), float64(n)/1e6, c); err != nil {
			return err
		}
	}
	return nil
}

// rows runs the program on one processor and on all, and insists on the same bytes.
func rows(binary, study string, million float64, c counts) error {
	var sums [2][sha256.Size]byte
	for i, processors := range []int{1, runtime.NumCPU()} {
		u, err := run([]string{"GOMAXPROCS=" + strconv.Itoa(processors)}, binary, "coverage", study, "--json", "-q", "--workers", strconv.Itoa(processors))
		if err != nil {
			return err
		}
		sums[i] = sha256.Sum256(u.output)
		fmt.Printf("| %g | %d | %d | %d | %d | %d | %.0f | %d | %.2f | %.2f | %.0f | %.2f | %.0f |\n", million, c.Regions, c.Cells, c.Segments, c.Edges, c.Sites,
			float64(c.Bytes)/1e6, processors, u.wall, u.cpu, u.peak, u.cpu/million, u.peak/million)
	}
	if sums[0] != sums[1] {
		return fmt.Errorf("growth: %s: the answer depends on the number of processors", study)
	}
	return nil
}

// load is the machine's load average of the last minute: figures taken beside other work are not those of a quiet machine.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
