// Package mip lets mixed-integer solvers that are installed on this machine check what siting/solve finds: it writes an LP
// file, runs the program and reads the answer back. Nothing in sitecover depends on one being there.
package mip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sitecover/siting/solve"
)

// Programs lists the solvers that Solve knows, by the name of their program, best first.
func Programs() []string { return []string{"highs", "cbc", "glpsol"} }

// ErrNotFound says that a solver's program is not on PATH.
var ErrNotFound = errors.New("mip: not found on PATH")

// Answer is what a solver found.
type Answer struct {
	Status  string  // as the program words it
	Optimal bool    // the program says that nothing is better
	Open    []int32 // columns, ascending
	Year    []int32 // per entry of Open: the year, 0 in single-period models
}

// Solve has a problem solved by one of Programs. When ctx ends the program is stopped and the error is that of ctx. An error
// wraps ErrNotFound when the program is not there. The objective is for the caller to work out from Open: programs round it.
func Solve(ctx context.Context, program string, p solve.LPModel) (*Answer, error) {
	if !slices.Contains(Programs(), program) {
		return nil, fmt.Errorf("mip: %q is none of %s", program, strings.Join(Programs(), ", "))
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, program)
	}
	dir, err := os.MkdirTemp("", "sitecover-mip-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	model, answer := filepath.Join(dir, "model.lp"), filepath.Join(dir, "answer.txt")
	if err := writeModel(model, p); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, arguments(program, model, answer)...)
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("mip: %s: %w: %s", program, err, tail(said.String()))
	}
	text, err := os.ReadFile(answer)
	if errors.Is(err, os.ErrNotExist) { // some write no file when there is no solution
		return &Answer{Status: tail(said.String())}, nil
	}
	if err != nil {
		return nil, err
	}
	return read(program, string(text))
}

func writeModel(path string, p solve.LPModel) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(solve.WriteLP(f, p), f.Close())
}

func arguments(program, model, answer string) []string {
	switch program {
	case "highs":
		return []string{"--solution_file", answer, model}
	case "cbc":
		return []string{model, "ratioGap", "0", "allowableGap", "0", "solve", "solution", answer}
	}
	return []string{"--lp", model, "-o", answer}
}

// tail returns the last words of a program.
func tail(s string) string {
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-300):]
}

func read(program, text string) (*Answer, error) {
	switch program {
	case "highs":
		return readHighs(text)
	case "cbc":
		return readCBC(text)
	}
	return readGLPK(text)
}

// add takes down a variable that is a column and open.
func (a *Answer) add(name, value string) error {
	j, year, ok := solve.ColumnOf(name)
	if !ok {
		return nil
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return fmt.Errorf("mip: value of %s: %w", name, err)
	}
	if v > 0.5 {
		at, _ := slices.BinarySearch(a.Open, j)
		a.Open, a.Year = slices.Insert(a.Open, at, j), slices.Insert(a.Year, at, year)
	}
	return nil
}

// readHighs reads "Model status", a line, and after "# Columns n" lines of name and value.
func readHighs(text string) (*Answer, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 2 || strings.TrimSpace(lines[0]) != "Model status" {
		return nil, errors.New("mip: this is no solution file of highs")
	}
	a := &Answer{Status: strings.TrimSpace(lines[1])}
	a.Optimal = a.Status == "Optimal"
	columns := false
	for _, l := range lines[2:] {
		f := strings.Fields(l)
		switch {
		case strings.HasPrefix(l, "# Columns"):
			columns = true
		case strings.HasPrefix(l, "#"):
			if columns {
				return a, nil // the rows and the dual follow
			}
		case columns && len(f) == 2:
			if err := a.add(f[0], f[1]); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// readCBC reads a status line and lines of index, name, value and cost of what is not 0.
func readCBC(text string) (*Answer, error) {
	first, rest, _ := strings.Cut(text, "\n")
	a := &Answer{Status: strings.TrimSpace(first), Optimal: strings.HasPrefix(first, "Optimal")}
	if !a.Optimal && strings.Contains(strings.ToLower(first), "infeasible") {
		return a, nil // the values that follow keep no rule
	}
	for l := range strings.Lines(rest) {
		f := strings.Fields(strings.ReplaceAll(l, "**", ""))
		if len(f) < 3 {
			continue
		}
		if err := a.add(f[1], f[2]); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// readGLPK reads a line "Status:" and, after "Column name", lines of number, name, "*" where whole, and value; after a long
// name the value stands on the next line.
func readGLPK(text string) (*Answer, error) {
	a := &Answer{}
	columns, name := false, ""
	for l := range strings.Lines(text) {
		f := strings.Fields(l)
		switch {
		case strings.HasPrefix(l, "Status:"):
			a.Status = strings.TrimSpace(strings.TrimPrefix(l, "Status:"))
			a.Optimal = strings.Contains(a.Status, "OPTIMAL")
		case strings.Contains(l, "Column name"):
			columns = true
		case strings.HasPrefix(l, "Integer feasibility"):
			columns = false
		case columns && len(f) == 2 && f[0] != "*" && strings.TrimLeft(f[0], "0123456789") == "":
			if _, _, ok := solve.ColumnOf(f[1]); ok {
				name = f[1]
			}
		case columns && name != "" && len(f) > 1 && f[0] == "*":
			if err := a.add(name, f[1]); err != nil {
				return nil, err
			}
			name = ""
		case columns && len(f) > 3 && f[2] == "*":
			if err := a.add(f[1], f[3]); err != nil {
				return nil, err
			}
		}
	}
	if a.Status == "" {
		return nil, errors.New("mip: this is no solution file of glpsol")
	}
	if strings.Contains(a.Status, "EMPTY") || strings.Contains(a.Status, "UNDEFINED") {
		a.Open, a.Year = nil, nil
	}
	return a, nil
}
