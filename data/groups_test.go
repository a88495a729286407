package data

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"sitecover/coverage"
)

// groupFiles is the toy county with two groups: the old are told by the cells and by the total of town A, party members by the
// total of town B alone. The rows are not in the order of the cells.
func groupFiles() map[string]string {
	files := toyFiles()
	files["study.yaml"] = strings.Replace(toyStudy, "- {file: cells.csv, kind: h3}\n  - {file: totals.csv, kind: totals}",
		"- {file: cells.csv, kind: h3, groups: {elderly: 60岁以上}}\n  - {file: totals.csv, kind: totals, groups: {elderly: 老年人口, party: 党员}}", 1)
	files["cells.csv"] = "h3,people,60岁以上\n89419679eafffff,4096,4\n89419679833ffff,1024,1\n89419679867ffff,2048,2\n89419679e67ffff,8192,0\n"
	files["totals.csv"] = "区划代码,常住人口,老年人口,党员\nB,12000,,300\nA,3000,700,\n"
	return files
}

func TestGroupsAreRead(t *testing.T) {
	d := mustReadToy(t, groupFiles())
	pop := d.Population
	if len(pop.Groups) != 2 || pop.Groups[0].ID != "elderly" || pop.Groups[1].ID != "party" {
		t.Fatalf("groups %+v", pop.Groups)
	}
	old, party := pop.Groups[0], pop.Groups[1]
	members := map[float64]float64{}
	for i, c := range pop.Cells {
		members[c.People] = old.Cells[i]
	}
	if want := map[float64]float64{1024: 1, 2048: 2, 4096: 4, 8192: 0}; !reflect.DeepEqual(members, want) {
		t.Errorf("old people by people of the cell: %v", members)
	}
	if old.Points != nil || party.Cells != nil || party.Points != nil {
		t.Errorf("columns that nobody told: %+v", pop.Groups)
	}
	if old.Totals[0] != 700 || !math.IsNaN(old.Totals[1]) || !math.IsNaN(party.Totals[0]) || party.Totals[1] != 300 {
		t.Errorf("totals %v, %v", old.Totals, party.Totals)
	}
	warned := false
	for _, f := range d.Findings {
		warned = warned || f.File == "cells.csv" && strings.Contains(f.What.EN, "no column for the groups party")
	}
	if !warned {
		t.Errorf("no finding that the cells do not tell the party members: %+v", d.Findings)
	}
	if plain := mustReadToy(t, toyFiles()); plain.Population.Groups != nil {
		t.Errorf("groups out of nothing: %+v", plain.Population.Groups)
	}
}

// The order of rows does not show, even where two points differ in nothing but their groups.
func TestOrderOfGroupRowsDoesNotShow(t *testing.T) {
	read := func(rows string) coverage.Population {
		files := toyFiles()
		files["study.yaml"] = strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", "{file: cells.csv, kind: points, groups: {old: o, young: y}}", 1)
		files["cells.csv"] = "lon,lat,people,o,y\n" + rows
		return mustReadToy(t, files).Population
	}
	a := read("120.01,30.01,8,1,2\n120.01,30.01,8,1,1\n120.01,30.01,8,0,3\n")
	b := read("120.01,30.01,8,0,3\n120.01,30.01,8,1,1\n120.01,30.01,8,1,2\n")
	if a.Groups[0].Points == nil || !reflect.DeepEqual(a.Groups, b.Groups) {
		t.Errorf("%+v\n%+v", a.Groups, b.Groups)
	}
}

func TestGroupsOfGeoJSONPoints(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", "{file: people.geojson, kind: points, groups: {old: 老人}}", 1)
	files["people.geojson"] = collection(pointFeature(`"population":8,"老人":3`, "120.01,30.01"), pointFeature(`"population":8,"老人":9`, "120.03,30.01"), pointFeature(`"population":8`, "120.03,30.015"))
	_, err := readToy(t, files)
	wantErrors(t, err,
		`people.geojson:2: 老人 "9": is more than the 8 people of the row (hint: a group is a part of the people: is it a share, or are columns swapped?)`,
		`people.geojson:3: 老人: is empty (hint: write 0 where there is none)`)
}

func TestBadGroups(t *testing.T) {
	files := groupFiles()
	files["cells.csv"] = "h3,people,60岁以上\n89419679eafffff,4096,5000\n89419679833ffff,1024,\n89419679867ffff,2048,-2\n89419679e67ffff,8192,x\n"
	files["totals.csv"] = "区划代码,常住人口,老年人\nA,3000,\n"
	_, err := readToy(t, files)
	wantErrors(t, err,
		`cells.csv:2: 60岁以上 "5000": is more than the 4096 people of the row (hint: a group is a part of the people: is it a share, or are columns swapped?)`,
		`cells.csv:3: 60岁以上: is empty (hint: write 0 where there is none)`,
		`cells.csv:4: 60岁以上 "-2": must not be negative (hint: write zero or more)`,
		`cells.csv:5: 60岁以上 "x": is not a number (hint: write digits only)`,
		`totals.csv:1: groups.elderly "老年人口": is not a column of the file (hint: did you mean 老年人?)`,
		`totals.csv:1: groups.party "党员": is not a column of the file (hint: columns of the file: 区划代码, 常住人口, 老年人)`)
	files["study.yaml"] = strings.Replace(files["study.yaml"], "{elderly: 60岁以上}", "{elderly: 60岁以上, old: 60岁以上, young: }", 1)
	_, err = readToy(t, files)
	wantErrors(t, err,
		`study.yaml:11: population[0].groups.old "60岁以上": is the column of elderly already (hint: give every group a column of its own)`,
		`study.yaml:11: population[0].groups.young: names no column (hint: the name of the column that counts this group)`)
}

// wantErrors holds the English messages of all problems against the wanted ones, in order.
func wantErrors(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	es := inputErrors(t, err)
	for i, e := range es {
		if e.File == "" || e.What.ZH == "" || e.What.EN == "" || e.Hint.ZH == "" || e.Hint.EN == "" {
			t.Errorf("incomplete error %+v", e)
		}
		if i >= len(want) || e.Error() != want[i] {
			t.Errorf("problem %d:\n got %s\nwant %s", i, e.Error(), at(want, i))
		}
	}
	if len(es) < len(want) {
		t.Errorf("missing: %s", strings.Join(want[len(es):], "\n"))
	}
}
