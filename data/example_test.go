package data_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sitecover/data"
)

// A study with two faults: both are reported at once, each with its line.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "study")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "study.yaml")
	study := "name: Example\ndate: 2026-12-31\npopulation:\n  - {file: cells.csv, kind: h3}\ntiers:\n  - {id: centre, radius: 1000, mode: straight}\n"
	if err := os.WriteFile(path, []byte(study), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	_, err = data.Load(path)
	var problems data.InputErrors
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Println(p.In("en"))
		}
	}
	// Output:
	// study.yaml:4: population[0].file "cells.csv": no such file (hint: paths are relative to the study file's folder)
	// study.yaml:6: tiers.centre.radius "1000": has no unit (hint: for example 800 m; units: m, km)
}

// Reading a study whose people are in H3 cells, which are then the study area.
func ExampleRead() {
	dir, err := os.MkdirTemp("", "study")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"study.yaml": "name: Example\ndate: 2026-12-31\npopulation:\n  - {file: cells.csv, kind: h3}\ntiers:\n  - {id: centre, radius: 1 km, mode: straight}\n",
		"cells.csv":  "格网,人口\n89419679833ffff,1024\n89419679867ffff,2048\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			fmt.Println(err)
			return
		}
	}
	study, err := data.Load(filepath.Join(dir, "study.yaml"))
	if err != nil {
		fmt.Println(err)
		return
	}
	dataset, err := data.Read(context.Background(), study, data.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, cell := range dataset.Population.Cells {
		fmt.Println(cell.Cell, cell.People)
	}
	// Output:
	// 89419679833ffff 1024
	// 89419679867ffff 2048
}
