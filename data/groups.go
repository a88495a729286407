package data

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"sitecover/coverage"
)

// GroupColumn is a column of a population file that counts the members of one group, such as those of 60 and older.
type GroupColumn struct {
	ID     string // the group, as the results name it
	Column string // the file's own name of the column or property
	Line   int    // in the YAML
}

// groupColumns reads `groups: {elderly: 60岁以上}` in the order in which it is written.
func (l *loader) groupColumns(sec *section) []GroupColumn {
	sub := sec.sub("groups")
	if sub == nil || sub.broken() {
		return nil
	}
	var out []GroupColumn
	used := map[string]string{}
	for _, key := range sub.keys {
		column := sub.text(key.Value, "")
		if column == "" {
			l.y.failAt(key.Line, sub.key(key.Value), "", T("没有列名", "names no column"), T("写这一人群所在的列名", "the name of the column that counts this group"))
			continue
		}
		if other, twice := used[column]; twice {
			l.y.fail(sub.get(key.Value), sub.key(key.Value), T("这一列已用于 %s", "is the column of %s already", other), T("每个人群写自己的列", "give every group a column of its own"))
			continue
		}
		used[column] = key.Value
		out = append(out, GroupColumn{ID: key.Value, Column: column, Line: key.Line})
	}
	return out
}

// groupSet collects the groups of all population files.
type groupSet struct {
	counts []coverage.GroupCount
	told   [][numRecordKinds]bool // by group: some file of the kind has a column for it
}

// recordKind is a kind of record of people.
type recordKind int

const (
	cellRecords recordKind = iota
	pointRecords
	totalRecords
	numRecordKinds
)

// newGroupSet lists the groups in the order in which the study first names them.
func newGroupSet(sources []PopulationSource) *groupSet {
	s := &groupSet{}
	for _, p := range sources {
		for _, g := range p.Groups {
			if s.index(g.ID) < 0 {
				s.counts = append(s.counts, coverage.GroupCount{ID: g.ID})
			}
		}
	}
	s.told = make([][numRecordKinds]bool, len(s.counts))
	return s
}

func (s *groupSet) index(id string) int {
	return slices.IndexFunc(s.counts, func(g coverage.GroupCount) bool { return g.ID == id })
}

func (s *groupSet) column(k int, kind recordKind) *[]float64 {
	switch kind {
	case cellRecords:
		return &s.counts[k].Cells
	case pointRecords:
		return &s.counts[k].Points
	}
	return &s.counts[k].Totals
}

// groupReader reads the groups of one file, row by row.
type groupReader struct {
	set   *groupSet
	in    *input
	kind  recordKind
	names []string  // per group: the file's column, "" = it has none
	row   []float64 // per group, of the current record
}

// groupsOf prepares to read the groups of a file, and says which groups it does not tell.
func (r *reader) groupsOf(in *input, p PopulationSource, kind recordKind) *groupReader {
	g := &groupReader{set: r.groups, in: in, kind: kind, names: make([]string, len(r.groups.counts)), row: make([]float64, len(r.groups.counts))}
	for _, c := range p.Groups {
		k := r.groups.index(c.ID)
		g.names[k] = c.Column
		r.groups.told[k][kind] = true
	}
	var silent []string
	for k, name := range g.names {
		if name == "" {
			silent = append(silent, r.groups.counts[k].ID)
		}
	}
	if len(silent) > 0 && kind != totalRecords {
		r.c.find("warning", in.name, 0, T("没有这些人群的列：%s；这个文件里的人不计入这些人群", "has no column for the groups %s: its people count as none of them", strings.Join(silent, ", ")))
	}
	return g
}

// columns finds the groups' columns in a table; ok is false after noting the absent ones.
func (g *groupReader) columns(t *table) (at []int, ok bool) {
	at, ok = make([]int, len(g.names)), true
	for k, name := range g.names {
		if name == "" {
			continue
		}
		if at[k] = exactColumn(t.header, name); at[k] < 0 {
			_ = g.in.fail(t.row, "groups."+g.set.counts[k].ID, name, T("没有这一列", "is not a column of the file"), columnHint(name, t.header))
			ok = false
		}
	}
	return at, ok
}

// read takes the members of a record of so many people from get, which returns the text of a group's column. It notes what is
// wrong; ok tells whether nothing was.
func (g *groupReader) read(row int, people float64, get func(k int) string) (ok bool) {
	ok = true
	for k, name := range g.names {
		g.row[k] = 0
		if g.kind == totalRecords {
			g.row[k] = math.NaN()
		}
		if name == "" {
			continue
		}
		text := strings.TrimSpace(get(k))
		if text == "" && g.kind == totalRecords {
			continue // this total does not tell
		}
		n, problem := parseNumber(text)
		switch {
		case problem != nil && text == "":
			problem.hint = T("没有就写 0", "write 0 where there is none")
		case problem == nil && n < 0:
			problem = &quantityError{T("不能为负", "must not be negative"), T("写零或正数", "write zero or more")}
		case problem == nil && n > people:
			problem = &quantityError{T("多于这一行的人口 %v", "is more than the %v people of the row", people), T("人群是人口的一部分：检查是不是写成了比例，或列写反了", "a group is a part of the people: is it a share, or are columns swapped?")}
		}
		if problem != nil {
			_ = g.in.fail(row, name, text, problem.what, problem.hint)
			ok = false
			continue
		}
		g.row[k] = n
	}
	return ok
}

// readRow is read for the current row of a table.
func (g *groupReader) readRow(t *table, at []int, people float64) bool {
	return g.read(t.row, people, func(k int) string {
		if at[k] < len(t.cells) {
			return t.cells[at[k]]
		}
		return ""
	})
}

// keep stores what read took. It is called once for every record that is kept.
func (g *groupReader) keep() {
	for k, n := range g.row {
		column := g.set.column(k, g.kind)
		*column = append(*column, n)
	}
}

// arrange orders the records of people, whatever the order of the rows was, and their groups with them.
func (s *groupSet) arrange(pop *coverage.Population) {
	arrangeRecords(s, cellRecords, pop.Cells, func(a, b coverage.CellCount) int { return cmp.Compare(a.Cell, b.Cell) })
	arrangeRecords(s, pointRecords, pop.Points, func(a, b coverage.PointCount) int {
		return cmp.Or(cmp.Compare(a.Point[0], b.Point[0]), cmp.Compare(a.Point[1], b.Point[1]), cmp.Compare(a.People, b.People))
	})
	arrangeRecords(s, totalRecords, pop.Totals, func(a, b coverage.RegionTotal) int { return cmp.Compare(a.Region, b.Region) })
	for k := range s.counts {
		for kind := range numRecordKinds {
			if !s.told[k][kind] {
				*s.column(k, kind) = nil
			}
		}
	}
	pop.Groups = s.counts
}

func arrangeRecords[T any](s *groupSet, kind recordKind, records []T, compare func(a, b T) int) {
	if len(s.counts) == 0 {
		slices.SortFunc(records, compare)
		return
	}
	order := make([]int32, len(records))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		c := compare(records[a], records[b])
		for k := 0; c == 0 && k < len(s.counts); k++ {
			column := *s.column(k, kind)
			c = cmp.Compare(column[a], column[b])
		}
		return c
	})
	permute(records, order)
	for k := range s.counts {
		permute(*s.column(k, kind), order)
	}
}

// permute puts list[order[i]] at i.
func permute[T any](list []T, order []int32) {
	old := slices.Clone(list)
	for to, from := range order {
		list[to] = old[from]
	}
}
