package data

import (
	"regexp"
	"strconv"
	"strings"
)

// unitsOf are units in the heading of a column that its field is not in: a column 人口（万人） read as people would be wrong by far.
var unitsOf = map[string][]string{
	"people":    {"万人", "千人", "百人", "万", "户", "%", "％"},
	"area":      {"亩", "公顷", "万㎡", "万平方米", "万平米", "平方公里", "km2", "km²"},
	"headcount": {"万人", "千人", "万"},
	"footfall":  {"万人", "万人次", "千人", "万"},
	"money":     {"亿元", "美元"},
}

// headings notes columns whose heading says another unit than is meant, and warns of columns that bear the name of one that is used.
func (t *table) headings(named map[string]string) {
	for _, field := range fields[t.in.role] {
		at := t.columns[field]
		if at < 0 || at >= len(t.header) {
			continue
		}
		heading := t.header[at]
		for _, unit := range unitsOf[field] {
			if inBrackets(heading) == unit {
				_ = t.in.fail(t.row, field, heading, T("这一列的单位“%s”不能直接读取", "is in a unit that is not read: %s", unit), T("换算后再导出：人数按人，面积按平方米", "convert it: people one by one, areas in square metres"))
			}
		}
		if named[field] != "" {
			continue
		}
		same := 0
		for _, h := range t.header {
			if normalise(h) == normalise(heading) {
				same++
			}
		}
		if same > 1 {
			t.in.c.find("warning", t.in.name, t.row, T("有 %d 列叫“%s”，读的是第一列；要读别的列，把列名改成不同的", "%d columns are called %q, the first is read: give them different names to read another", same, heading))
		}
	}
}

// inBrackets returns the remark in brackets behind the name of a column, "" = none.
func inBrackets(heading string) string {
	from := strings.IndexAny(heading, "(（[【")
	if from < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(strings.Trim(heading[from:], "()（）[]【】")))
}

// losses counts texts of which letters are gone: question marks in a row, or the sign for what could not be decoded, where a program between
// the office and here wrote letters that its encoding does not have.
type losses struct {
	n     int
	row   int
	first string
}

func (l *losses) see(row int, text string) {
	if !strings.Contains(text, "??") && !strings.Contains(text, "\uFFFD") || strings.Contains(text, "://") {
		return
	}
	if l.n++; l.n == 1 {
		l.row, l.first = row, clip(strings.TrimSpace(text))
	}
}

func (l *losses) tell(in *input) {
	if l.n > 0 {
		in.c.find("warning", in.name, l.row, T("%d 处文字在导出或转换编码时已丢失（?? 或 �），例如“%s”；从原始数据重新导出为 UTF-8", "letters were lost in %d texts (?? or \uFFFD), such as %q: export the file anew from the original, in UTF-8", l.n, l.first))
		*l = losses{}
	}
}

// degreesWords are degrees as surveyors and map programs write them: 118°37′12.5″, 118度37分12.5秒, E118.62°.
var degreesWords = regexp.MustCompile(`^(?:东经|北纬|[ENen])?\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*(?:[°º度]\s*(?:([0-9]{1,2}(?:\.[0-9]+)?)\s*[′'’分]\s*(?:([0-9]{1,2}(?:\.[0-9]+)?)\s*(?:[″"”秒]|'')?)?)?)?(?:[ENen])?$`)

// sexagesimal reads such degrees, for a hint: a column of numbers holds none.
func sexagesimal(text string) (degrees float64, ok bool) {
	parts := degreesWords.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return 0, false
	}
	for i, unit := range []float64{1, 60, 3600} {
		if parts[i+1] == "" {
			continue
		}
		v, err := strconv.ParseFloat(parts[i+1], 64)
		if err != nil || i > 0 && v >= 60 {
			return 0, false
		}
		degrees += v / unit
	}
	return degrees, true
}
