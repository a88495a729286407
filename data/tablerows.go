package data

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Rows of a ledger that are no records: sums, headings between groups of rows, and what is written below a table.
var (
	totalRow   = regexp.MustCompile(`(?i)^(?:本页|本表|全[省市县区镇乡街村]?道?)?(?:合计|总计|小计|共计|累计|总和|total|subtotal|grandtotal|sum)$`)
	sectionRow = regexp.MustCompile(`^(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、)`)
	remarkRow  = regexp.MustCompile(`^(?:附?注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|复核人?|负责人|单位负责人|填报单位|填表单位|填报日期|填表日期|制表日期|联系人|联系电话|数据来源)\s*\d*[:：]`)
)

// recordRoles are those whose tables hold one record a row, among which such rows are told apart.
var recordRoles = []string{"sites", "population", "places", "entities", "buildings"}

// aside counts the rows of a table that are no records.
type aside struct {
	totals, sections, remarks int
	first                     [3]int // row
}

// noRecord reports whether a row is no record, and counts it. A row with numbers where a record has its position or its people is one.
func (t *table) noRecord(row int, cells []string) bool {
	if t.columns == nil || !slices.Contains(recordRoles, t.in.role) {
		return false
	}
	at := func(field string) string {
		if i, ok := t.columns[field]; ok && i >= 0 && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	filled, first := 0, ""
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			if filled++; filled == 1 {
				first = c
			}
		}
	}
	if _, bad := parseNumber(at("lon")); bad == nil {
		return false
	}
	kind := -1
	for _, c := range []string{first, at("id"), at("name"), at("region")} {
		if totalRow.MatchString(strings.Trim(strings.Join(strings.Fields(c), ""), ":：")) {
			kind = 0
		}
	}
	_, bad := parseNumber(at("people"))
	switch {
	case kind == 0:
		t.set.totals++
	case filled == 1 && len(t.header) > 2 && sectionRow.MatchString(first):
		kind = 1
		t.set.sections++
	case bad != nil && remarkRow.MatchString(strings.Join(strings.Fields(first), "")):
		kind = 2
		t.set.remarks++
	default:
		return false
	}
	if t.set.first[kind] == 0 {
		t.set.first[kind] = row
	}
	return true
}

// tellAside says at the end of a table which of its rows were taken for no records.
func (t *table) tellAside() {
	for i, x := range []struct {
		n    int
		what Text
	}{
		{t.set.totals, T("合计行", "rows of totals")},
		{t.set.sections, T("分组标题行", "headings between rows")},
		{t.set.remarks, T("表下的说明行", "remarks below the table")},
	} {
		if x.n > 0 {
			t.in.c.find("info", t.in.name, t.set.first[i], Text{fmt.Sprintf("%d 行是%s，不是记录，未使用", x.n, x.what.ZH), fmt.Sprintf("%s, which are no records, left out: %d", x.what.EN, x.n)})
		}
	}
	t.set = aside{}
}
