package data

import (
	"fmt"
	"strings"
	"testing"

	"sitecover/coverage"
)

// weekText writes a week as "Mo 510-1050; ...", with minutes of the day and days of the same hours together.
func weekText(w *coverage.Week) string {
	if w == nil {
		return "not known"
	}
	const day = 24 * 60
	var days [7]string
	for _, s := range w.Spans() {
		for from := s.From; from < s.To; {
			d := from / day
			to := min(s.To, (d+1)*day)
			days[d] += fmt.Sprintf(" %d:%02d-%d:%02d", from%day/60, from%60, (to-d*day)/60, to%60)
			from = to
		}
	}
	var parts []string
	for d := 0; d < 7; {
		e := d
		for e+1 < 7 && days[e+1] == days[d] {
			e++
		}
		name := latinDays[d]
		if e > d {
			name += "-" + latinDays[e]
		}
		if days[d] != "" {
			parts = append(parts, name+days[d])
		}
		d = e + 1
	}
	return strings.Join(parts, "; ")
}

func TestParseHours(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"08:30-17:30", "mo-su 8:30-17:30"},
		{"8：30～17：30", "mo-su 8:30-17:30"},
		{"8点至17点半", "mo-su 8:00-17:30"},
		{"0830-1730", "mo-su 8:30-17:30"},
		{"8-17", "mo-su 8:00-17:00"},
		{"周一至周五 9:00-17:00；周六日 10:00-16:00", "mo-fr 9:00-17:00; sa-su 10:00-16:00"},
		{"周一至周五9:00-17:00，周六、周日10:00-16:00", "mo-fr 9:00-17:00; sa-su 10:00-16:00"},
		{"星期一到星期五：上午8:30-12:00，下午2:00-5:30", "mo-fr 8:30-12:00 14:00-17:30"},
		{"周一至五 9:00-12:00 14:00-17:00", "mo-fr 9:00-12:00 14:00-17:00"},
		{"周一至周五 8:30-12:00；14:00-17:30", "mo-fr 8:30-12:00 14:00-17:30"},
		{"周一、三、五 9:00-11:00", "mo 9:00-11:00; we 9:00-11:00; fr 9:00-11:00"},
		{"工作日 8:30-17:30（法定节假日除外）", "mo-fr 8:30-17:30"},
		{"每天 8:00-20:00；周日 10:00-16:00", "mo-sa 8:00-20:00; su 10:00-16:00"},
		{"8:00-20:00，周一闭馆", "tu-su 8:00-20:00"},
		{"周一闭馆，9:00-17:00", "tu-su 9:00-17:00"},
		{"24小时", "mo-su 0:00-24:00"},
		{"全天24小时开放", "mo-su 0:00-24:00"},
		{"7×24小时", "mo-su 0:00-24:00"},
		{"全天", "mo-su 0:00-24:00"},
		{"工作日全天；周末休息", "mo-fr 0:00-24:00"},
		{"全年无休 6:00-22:00", "mo-su 6:00-22:00"},
		{"18:00-次日2:00", "mo-su 0:00-2:00 18:00-24:00"},
		{"Su 22:00-02:00", "mo 0:00-2:00; su 22:00-24:00"},
		{"Mo-Fr 09:00-17:00", "mo-fr 9:00-17:00"},
		{"Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; PH off", "mo-fr 9:00-12:00 13:00-17:00; sa 10:00-14:00"},
		{"Sa-Mo,We 10:00-12:00", "mo 10:00-12:00; we 10:00-12:00; sa-su 10:00-12:00"},
		{"Monday to Friday 9:00-17:00", "mo-fr 9:00-17:00"},
		{"24/7", "mo-su 0:00-24:00"},
		{"闭馆", ""},
		{"", "not known"}, {"不详", "not known"}, {"未知", "not known"},
	} {
		got, problem := parseHours(c.text)
		if problem != nil {
			t.Errorf("%q: %v", c.text, problem)
		} else if weekText(got) != c.want {
			t.Errorf("%q: %s, want %s", c.text, weekText(got), c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"预约开放后通知", `cannot be read from "预约开放后通知" on`},
		{"夏季8:00-18:00", `cannot be read from "夏季8:00-18:00" on`},
		{"9:00", "names one time instead of two"},
		{"8:30-5:30", "closes before it opens"},
		{"9:00-9:00", "closes before it opens"},
		{"25:00-26:00", "25:00 is no time of day"},
		{"8:70-9:00", "8:70 is no time of day"},
		{"周一至周五", "names days without hours"},
		{"周一闭馆", "tells when it is closed, not when it is open"},
		{"9:00-", "has no closing time"},
		{"周一至 9:00-17:00", "a range of days has no end"},
		{"2019-05-01", "is a date, no opening hours"},
		{"；", "tells no hours"},
		{"-17:00", `"-" is out of place`},
		{"上午", "lacks a time"},
		{strings.Repeat("1", 400), "is too long"},
	} {
		got, problem := parseHours(c.text)
		if problem == nil {
			t.Errorf("%q is read as %s", c.text, weekText(got))
		} else if problem.what.EN != c.want || problem.what.ZH == "" || problem.hint.EN == "" || problem.hint.ZH == "" {
			t.Errorf("%q: %q, want %q", c.text, problem.what.EN, c.want)
		}
	}
}

func TestHoursOfALedger(t *testing.T) {
	files := toyFiles()
	files["sites.csv"] = "编号,名称,级别,经度,纬度,开放时间\nS1,West,中心,120.005,30.005,Mo-Fr 09:00-17:00\nS2,East,站,120.025,30.005,\n"
	d := mustReadToy(t, files)
	if got := weekText(d.Sites[0].Hours); got != "mo-fr 9:00-17:00" || d.Sites[1].Hours != nil {
		t.Errorf("hours %s, %s", got, weekText(d.Sites[1].Hours))
	}
	told := false
	for _, f := range d.Findings {
		told = told || strings.Contains(f.What.EN, "opening hours of 1 sites are not known")
	}
	if !told {
		t.Errorf("findings %+v", d.Findings)
	}
	files["sites.csv"] = "编号,名称,级别,经度,纬度,开放时间\nS1,West,中心,120.005,30.005,2019-05-01\nS2,East,站,120.025,30.005,8:30-5:30\n"
	_, err := readToy(t, files)
	wantErrors(t, err,
		`sites.csv:2: 开放时间 "2019-05-01": is a date, no opening hours (hint: if it is the opening day, write fields: {opened: column})`,
		`sites.csv:3: 开放时间 "8:30-5:30": closes before it opens (hint: for example 08:30-17:30, or Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00, or 24/7; leave it empty where it is not known)`)
	for _, x := range mustReadToy(t, toyFiles()).Findings {
		if strings.Contains(x.What.EN, "hours") {
			t.Errorf("a ledger without hours: %v", x)
		}
	}
}

func FuzzHours(f *testing.F) {
	for _, s := range []string{"08:30-17:30", "周一至周五 9:00-17:00；周六日 10:00-16:00", "24小时", "Mo-Fr 09:00-12:00,13:00-17:00; PH off", "周一、三、五 上午8点至11点半", "18:00-次日2:00", "周一闭馆，9-17"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, problem := parseHours(s)
		if problem != nil {
			if w != nil || problem.what.EN == "" || problem.what.ZH == "" {
				t.Fatalf("%v beside %q", w, problem)
			}
			return
		}
		if w == nil {
			return
		}
		for _, x := range w.Spans() {
			if x.From < 0 || x.To <= x.From || x.To > 7*24*60 {
				t.Fatalf("span %v", x)
			}
		}
	})
}
