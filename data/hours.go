package data

import (
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"sitecover/coverage"
)

// This file reads opening hours as ledgers write them: "08:30-17:30", "周一至周五 9:00-17:00；周六日 10:00-16:00", "24小时", and in the style
// of OpenStreetMap "Mo-Fr 09:00-17:00". A text is a list of clauses, each of days and of times or "closed":
//
//   - A first clause without days is for every day. A later one adds times to the days of the clause before it or, after a
//     "closed" one, is for all other days.
//   - Times of a clause for fewer days than an earlier one had take the place of its times on these days (每天 8:00-20:00；周日
//     10:00-16:00); otherwise they are added. "Closed" closes its days.
//   - A time that ends at or before its beginning goes past midnight when it begins after noon and ends by noon.
//   - What is said of public holidays is left aside: coverage is told for ordinary weeks.

// dayBits is a set of weekdays, bit 0 = Monday.
type dayBits uint8

const (
	everyDay dayBits = 1<<7 - 1
	workdays dayBits = 1<<5 - 1
	weekend  dayBits = 3 << 5
)

// hoursUnknown are the words of somebody who does not know.
var hoursUnknown = map[string]bool{"": true, "-": true, "—": true, "/": true, "无": true, "未知": true, "不详": true, "不明": true, "待定": true, "待核实": true, "unknown": true, "n/a": true, "?": true, "？": true}

// hourToken is a word of an opening-hours text.
type hourToken int

const (
	tokenSkip    hourToken = iota
	tokenDays              // a set of days; value = dayBits
	tokenBareDay           // 五 in 周一至五; value = day
	tokenHoliday
	tokenAllDay
	tokenClosed
	tokenMorning
	tokenAfternoon
	tokenNextDay
	tokenTime // value = minutes
	tokenRange
	tokenComma
	tokenSemicolon
	tokenEnd
)

// hourPatterns are tried in this order.
var hourPatterns = []struct {
	token   hourToken
	pattern *regexp.Regexp
}{
	{tokenSkip, regexp.MustCompile(`^(?:\s|开放时间|开放|营业时间|营业|服务时间|对外|时间|为|[:.。"'()])`)},
	{tokenSemicolon, regexp.MustCompile(`^;`)},
	{tokenComma, regexp.MustCompile(`^(?:,|和|及|与|&|\+)`)},
	{tokenAllDay, regexp.MustCompile(`^(?:24/7|7\s*[x×*]\s*24(?:\s*小时|\s*h)?|24\s*小时|24\s*h(?:ours|rs)?|全天候|全天|全日|全时段)`)},
	{tokenHoliday, regexp.MustCompile(`^(?:国家)?(?:法定)?(?:节假日|节日|假日|假期)|^(?:ph|sh)\b`)},
	{tokenDays, regexp.MustCompile(`^(?:周末|双休日?|工作日|平日|每天|每日|天天|全周|全年无休|全年|daily|weekdays|weekends)`)},
	{tokenDays, regexp.MustCompile(`^周(?:[一二三四五六日天]+|[1-7]\b)`)},
	{tokenDays, regexp.MustCompile(`^(?:mo|tu|we|th|fr|sa|su)(?:n|e|es|d|u|r|i|t|rs|urs)?(?:nesday|sday|rsday|urday|day)?\b`)},
	{tokenClosed, regexp.MustCompile(`^(?:休息|休馆|闭馆|关闭|不开放|不营业|除外|off\b|closed\b)`)},
	{tokenMorning, regexp.MustCompile(`^(?:上午|早上|早晨|凌晨|早)`)},
	{tokenAfternoon, regexp.MustCompile(`^(?:下午|晚上|晚间|夜间|傍晚|晚)`)},
	{tokenNextDay, regexp.MustCompile(`^(?:次日|翌日|第二天)`)},
	{tokenTime, regexp.MustCompile(`^(\d{1,2})(?:\s*:\s*|点|时|\.)(\d{2})分?`)},
	{tokenTime, regexp.MustCompile(`^(\d{1,2})(?:点|时)(半)`)},
	{tokenTime, regexp.MustCompile(`^(\d{1,2})(?:点钟?|时|h\b)`)},
	{tokenTime, regexp.MustCompile(`^(\d{2})(\d{2})\b`)},
	{tokenTime, regexp.MustCompile(`^(\d{1,2})\b`)},
	{tokenRange, regexp.MustCompile(`^(?:-+|to\b)`)},
	{tokenBareDay, regexp.MustCompile(`^[一二三四五六日天]`)},
}

// hourForms brings the many ways of writing the same sign to one.
var hourForms = strings.NewReplacer("星期", "周", "礼拜", "周", "：", ":", "～", "-", "~", "-", "–", "-", "—", "-", "－", "-", "−", "-", "至", "-", "到", "-",
	"，", ",", "、", ",", "；", ";", "\n", ";", "\r", "", "|", ";", "（", "(", "）", ")", "　", " ",
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

const maxHoursText = 300

// parseHours reads opening hours; nil without a problem = the text says that they are not known.
func parseHours(text string) (*coverage.Week, *quantityError) {
	text = strings.ToLower(strings.TrimSpace(text))
	if hoursUnknown[text] {
		return nil, nil
	}
	if len(text) > maxHoursText {
		return nil, hoursError("太长", "is too long")
	}
	if _, isDate := parseDate(text); isDate && len(text) >= 6 && strings.ContainsAny(text, "-/.年") {
		return nil, &quantityError{T("是日期，不是开放时段", "is a date, no opening hours"), T("若是启用日期，写 fields: {opened: 列名}", "if it is the opening day, write fields: {opened: column}")}
	}
	p := &hoursParser{rest: hourForms.Replace(text)}
	for i := range p.set {
		p.set[i] = everyDay
	}
	p.advance()
	for p.token != tokenEnd && p.err == nil {
		p.clause()
	}
	if p.err == nil && p.said == 0 {
		p.fail("没有写开放时段", "tells no hours")
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.week()
}

// hoursParser reads one text.
type hoursParser struct {
	rest  string
	token hourToken
	value int
	word  string
	err   *quantityError

	spans  [7][]coverage.Span // by day, in minutes of the day
	set    [7]dayBits         // by day: the days of the clause that its spans came with
	said   dayBits            // days that some clause spoke of
	last   dayBits            // days of the clause before
	closed bool               // that clause closed them
}

func hoursError(zh, en string) *quantityError {
	return &quantityError{Text{zh, en}, T("例如 08:30-17:30，或 周一至周五 9:00-17:00；周六日 10:00-16:00，或 24小时；不知道就留空",
		"for example 08:30-17:30, or Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00, or 24/7; leave it empty where it is not known")}
}

func (p *hoursParser) fail(zh, en string) {
	if p.err == nil {
		p.err = hoursError(zh, en)
	}
}

// advance moves to the next word that means something.
func (p *hoursParser) advance() {
	for p.token = tokenSkip; p.token == tokenSkip; {
		if p.rest == "" || p.err != nil {
			p.token, p.word = tokenEnd, ""
			return
		}
		p.match()
	}
}

func (p *hoursParser) match() {
	for _, x := range hourPatterns {
		m := x.pattern.FindStringSubmatch(p.rest)
		if m == nil {
			continue
		}
		p.token, p.word = x.token, m[0]
		p.rest = p.rest[len(m[0]):]
		switch x.token {
		case tokenTime:
			p.time(m)
		case tokenDays:
			p.value = int(daysOf(m[0]))
		}
		return
	}
	word := clip(p.rest)
	p.err = hoursError("看不懂“"+word+"”", fmt.Sprintf("cannot be read from %q on", word))
}

// time takes the hour and the minute of a match.
func (p *hoursParser) time(m []string) {
	hour, _ := strconv.Atoi(m[1]) // digits by the pattern
	minute := 0
	if len(m) > 2 {
		minute = 30 // 半
		if m[2] != "半" {
			minute, _ = strconv.Atoi(m[2])
		}
	}
	if hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		p.err = hoursError("没有 "+m[0]+" 这个时刻", m[0]+" is no time of day")
	}
	p.value = hour*60 + minute
}

const dayRunes = "一二三四五六日" // and 天 for 日

var latinDays = []string{"mo", "tu", "we", "th", "fr", "sa", "su"}

// daysOf returns the days that a word means.
func daysOf(word string) (days dayBits) {
	switch word {
	case "周末", "双休日", "双休", "weekends":
		return weekend
	case "工作日", "平日", "weekdays":
		return workdays
	}
	for i, name := range latinDays {
		if strings.HasPrefix(word, name) {
			return 1 << i
		}
	}
	if rest, ok := strings.CutPrefix(word, "周"); ok {
		for _, r := range rest {
			days |= 1 << dayOf(r)
		}
		return days &^ 0x80
	}
	return everyDay
}

// dayOf returns the number of a day that Chinese writes with one sign, 0 = Monday; 7 = none.
func dayOf(r rune) int {
	switch r {
	case '天':
		return 6
	case '1', '2', '3', '4', '5', '6', '7':
		return int(r - '1')
	}
	if i := strings.IndexRune(dayRunes, r); i >= 0 {
		return i / len("一")
	}
	return 7
}

// clause reads days, and times or a word for open or closed.
func (p *hoursParser) clause() {
	for p.token == tokenSemicolon || p.token == tokenComma {
		p.advance()
	}
	days, holiday := p.days()
	named := days != 0 || holiday
	switch {
	case named:
	case p.said == 0:
		days = everyDay
	case p.closed:
		days = everyDay &^ p.said
	default:
		days = p.last
	}
	switch p.token {
	case tokenClosed:
		p.advance()
		p.apply(days, nil, true)
	case tokenAllDay:
		for p.token == tokenAllDay {
			p.advance()
		}
		if p.token != tokenTime { // 全天 8:00-20:00 means every day
			p.apply(days, []coverage.Span{{From: 0, To: 24 * 60}}, false)
			return
		}
		p.apply(days, p.times(), false)
	case tokenTime, tokenMorning, tokenAfternoon:
		p.apply(days, p.times(), false)
	case tokenEnd:
		if named {
			p.fail("有日子而没有时段", "names days without hours")
		}
	default:
		p.fail("“"+p.word+"”的位置不对", fmt.Sprintf("%q is out of place", p.word))
	}
}

// days reads a list of days and ranges of days, and whether public holidays are among them.
func (p *hoursParser) days() (days dayBits, holiday bool) {
	for {
		switch p.token {
		case tokenHoliday:
			holiday = true
			p.advance()
		case tokenDays:
			set := dayBits(p.value)
			p.advance()
			if p.token == tokenRange {
				set |= p.dayRange(set)
			}
			days |= set
			for p.token == tokenBareDay { // 周一、三、五
				days |= 1 << p.bareDay()
				p.advance()
			}
		case tokenComma:
			if days == 0 && !holiday {
				return days, holiday
			}
			p.advance()
			for p.token == tokenBareDay {
				days |= 1 << p.bareDay()
				p.advance()
			}
		default:
			return days, holiday
		}
	}
}

func (p *hoursParser) bareDay() int { return dayOf([]rune(p.word)[0]) }

// dayRange reads the end of a range that begins on the last day of a set.
func (p *hoursParser) dayRange(begin dayBits) (days dayBits) {
	p.advance()
	var end int
	switch {
	case p.token == tokenBareDay:
		end = p.bareDay()
	case p.token == tokenDays && bits.OnesCount8(uint8(p.value)) == 1:
		end = bits.TrailingZeros8(uint8(p.value))
	default:
		p.fail("“至”后面应是星期几", "a range of days has no end")
		return 0
	}
	p.advance()
	for d := bits.Len8(uint8(begin)) - 1; ; d = (d + 1) % 7 {
		days |= 1 << d
		if d == end {
			return days
		}
	}
}

// times reads a list of ranges of times.
func (p *hoursParser) times() (spans []coverage.Span) {
	for {
		shift := p.half(0)
		if p.token != tokenTime {
			if len(spans) == 0 {
				p.fail("缺少时刻", "lacks a time")
			}
			return spans
		}
		from := p.shifted(shift)
		p.advance()
		if p.token != tokenRange {
			p.fail("只有一个时刻，没有起止", "names one time instead of two")
			return nil
		}
		p.advance()
		shift = p.half(shift)
		next := p.token == tokenNextDay
		if next {
			p.advance()
			shift = p.half(0)
		}
		if p.token != tokenTime {
			p.fail("没有结束的时刻", "has no closing time")
			return nil
		}
		to := p.shifted(shift)
		p.advance()
		if next || to <= from && from >= 12*60 && to <= 12*60 {
			to += 24 * 60
		}
		if to <= from || to-from > 24*60 {
			p.fail("结束早于开始", "closes before it opens")
			return nil
		}
		spans = append(spans, coverage.Span{From: coverage.Moment(from), To: coverage.Moment(to)})
		if p.token == tokenComma {
			p.advance()
		}
	}
}

// half reads words for a half of the day; without one the shift stays.
func (p *hoursParser) half(shift int) int {
	for {
		switch p.token {
		case tokenMorning:
			shift = 0
		case tokenAfternoon:
			shift = 12 * 60
		default:
			return shift
		}
		p.advance()
	}
}

// shifted returns the time in minutes, in the afternoon if the shift says so and the time does not itself.
func (p *hoursParser) shifted(shift int) int {
	if p.value < 12*60 {
		return p.value + shift
	}
	return p.value
}

// apply sets the times of some days.
func (p *hoursParser) apply(days dayBits, spans []coverage.Span, closed bool) {
	if days == 0 {
		return // public holidays
	}
	for d := range 7 {
		bit := dayBits(1) << d
		if days&bit == 0 {
			continue
		}
		if closed || p.said&bit == 0 || days != p.set[d] && days&^p.set[d] == 0 {
			p.spans[d] = nil
		}
		p.spans[d] = append(p.spans[d], spans...)
		p.set[d] = days
	}
	p.said |= days
	p.last, p.closed = days, closed
}

// week puts the days together.
func (p *hoursParser) week() (*coverage.Week, *quantityError) {
	var all []coverage.Span
	for d, spans := range p.spans {
		for _, s := range spans {
			all = append(all, coverage.Span{From: coverage.Moment(d*24*60) + s.From, To: coverage.Moment(d*24*60) + s.To})
		}
	}
	if len(all) == 0 && p.said != everyDay {
		return nil, hoursError("只写了哪天关闭，没有写开放时段", "tells when it is closed, not when it is open")
	}
	w, err := coverage.NewWeek(all)
	if err != nil {
		return nil, hoursError("不是一周里的时段", "is no time of a week")
	}
	return w, nil
}

// ParseHours reads opening hours as ledgers write them; nil = the text says that they are not known. The error says what is wrong in both
// languages.
func ParseHours(text string) (*coverage.Week, error) {
	w, problem := parseHours(text)
	if problem != nil {
		return nil, errors.New(problem.what.ZH + " / " + problem.what.EN)
	}
	return w, nil
}

// hours reads the opening hours of the row; nil = not known.
func (t *table) hours() *coverage.Week {
	w, problem := parseHours(t.get("hours"))
	if problem != nil {
		_ = t.fail("hours", problem.what, problem.hint)
	}
	return w
}

// hoursFinding says of how many sites a ledger with opening hours does not tell them.
func (r *reader) hoursFinding(in *input, t *table, sites []rawSite) {
	unknown := 0
	for i := range sites {
		if sites[i].Hours == nil {
			unknown++
		}
	}
	if t.has("hours") && unknown > 0 {
		r.c.find("info", in.name, 0, T("%d 个阵地的开放时段不详：分时段覆盖中不算开放，另列", "the opening hours of %d sites are not known: they do not count as open at any moment, and are listed apart", unknown))
	}
}
