package reports

import (
	"fmt"
	"math"
	"strings"

	"sitecover/siting"
	"sitecover/siting/solve"
)

// Infeasible tells why a plan or an answer is infeasible, in Chinese and in English; "" for no reason.
func Infeasible(r siting.Reason) (zh, en string) {
	if r.Code == "" {
		return "", ""
	}
	zh, en = cause(r)
	if len(r.Blocked) == 0 {
		return zh, en
	}
	pins := make([]string, len(r.Blocked))
	for i, p := range r.Blocked {
		pins[i] = p.String()
	}
	return "指定的 " + strings.Join(pins, "、") + "：" + zh, "pinned " + strings.Join(pins, ", ") + ": " + en
}

// cause puts the code of a reason and its numbers into words; columns and rows of the solver's own have no meaning to a reader.
func cause(r siting.Reason) (zh, en string) {
	n := func(i int) string { return group(int64(math.Round(r.Of[i]))) }
	switch r.Code {
	case siting.Unheld:
		return "没有找到经费和间距都容得下的方案", "no plan was found that has the money and the distance for it"
	case siting.ShareTooLarge:
		return fmt.Sprintf("要达到 %s，还须新覆盖 %s 人；候选地点只够得到其中 %s 人，最多只能达到 %s", percent(r.Of[2]), n(0), n(1), percent(r.Of[3])),
			fmt.Sprintf("a share of %s asks for %s more people; candidates reach %s of them: at most %s is possible", percent(r.Of[2]), n(0), n(1), percent(r.Of[3]))
	}
	switch solve.ReasonCode(r.Code) {
	case solve.FixedBanned:
		return "同一地点既指定要建，又禁止建", "the same place is banned"
	case solve.FixedConflict:
		return "彼此太近，或用了同一处地点", "too near to each other, or one place twice"
	case solve.FixedBudget, solve.FixedMoney:
		return "花费超过经费", "more than the money"
	case solve.FixedCap:
		return fmt.Sprintf("超过一项配额或数量上限（%s，上限 %s）", n(0), n(2)), fmt.Sprintf("over a quota or a limit of numbers (%s, at most %s)", n(0), n(2))
	case solve.FixedEarly:
		return "早于该地点最早能开放的年份", "before the year in which the place can open"
	case solve.TooFew:
		return fmt.Sprintf("候选地点共 %s 处，开 %s 处不能服务所有人", n(1), n(0)), fmt.Sprintf("%s of %s candidates cannot serve everybody", n(0), n(1))
	case solve.Uncoverable:
		return "有人任何候选地点都够不到", "no candidate reaches some of the people"
	case solve.ShortOfDemand:
		return "所有候选地点加在一起也达不到要求", "all candidates together fall short of what is asked"
	default:
		return r.String(), r.String()
	}
}
