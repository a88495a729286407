package standard

import (
	"slices"
	"strings"
	"testing"
)

// assess runs one row of a ledger whose header and cells are written with commas.
func assess(t *testing.T, profile, tier, header, cells string) *Assessment {
	t.Helper()
	a, err := assessErr(t, profile, tier, header, cells)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func assessErr(t *testing.T, profile, tier, header, cells string) (*Assessment, error) {
	t.Helper()
	c, err := builtin(t, profile).Columns(strings.Split(header, ","), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Assess(Record{File: "sites.csv", Row: 2, Tier: tier, Cells: strings.Split(cells, ",")})
}

func verdicts(a *Assessment) map[string]Verdict {
	out := map[string]Verdict{}
	for _, f := range a.Items {
		out[f.No] = f.Result
	}
	return out
}

// A Kunshan point of 100 m² with all 18 items meets the standard: the boundary passes. One item fewer, and it needs an upgrade of 1 万元;
// 99 m², and it needs a conversion of 2 万元.
func TestAssessKunshanPoint(t *testing.T) {
	const header = "名称,建筑面积(㎡),已有项目"
	a := assess(t, "kunshan-2018", "point", header, "甲,100,1-18")
	if a.Grade == nil || a.Next != nil || a.Must != (Tally{Pass: 19}) {
		t.Errorf("complete: %+v", a)
	}
	a = assess(t, "kunshan-2018", "point", header, "甲,100,1-16、18")
	if a.Grade != nil || !slices.Equal(a.Next.Missing, []string{"17"}) || a.Next.Way != "upgrade" || *a.Next.Cost != 10_000 || !a.Next.Default {
		t.Errorf("item 17 missing: %+v", a.Next)
	}
	a = assess(t, "kunshan-2018", "point", header, "甲,99,1-18")
	if !slices.Equal(a.Next.Missing, []string{"area"}) || a.Next.Way != "convert" || *a.Next.Cost != 20_000 {
		t.Errorf("too small: %+v", a.Next)
	}
	a = assess(t, "kunshan-2018", "point", header, "甲,,")
	if a.Must != (Tally{Unknown: 19}) || len(a.Next.Unknown) != 19 || *a.Next.Cost != 0 {
		t.Errorf("what the ledger does not tell is unknown: %+v", a)
	}
}

// A Wenzhou community centre has 5 ★ and 7 ☆ in its zones, 9 ★ and 1 ☆ among the fittings and its area: 15 ★ and 8 ☆. 60 % of 15 = 9,
// 80 % = 12; half of 8 = 4.
func TestAssessWenzhouStars(t *testing.T) {
	must := []string{"2.1", "3.1", "5.1", "5.4", "6.3", "7.1.3", "7.1.5a", "7.1.5b", "7.1.5c", "7.1.6a", "7.1.6b", "7.1.6c", "7.1.6d", "7.1.7"} // and the area
	should := []string{"1.1", "2.2", "4.1", "4.2", "4.3", "5.7", "6.1", "7.1.5b-night"}
	for _, c := range []struct {
		must, should int // items present
		grade        string
		next         string
		more         int
	}{
		{7, 0, "", "star1", 0}, {8, 0, "star1", "star2", 0}, {11, 0, "star2", "star3", 0}, {13, 8, "star2", "star3", 0},
		{14, 0, "star3", "star4", 4}, {14, 3, "star3", "star4", 1}, {14, 4, "star4", "star5", 4}, {14, 8, "star5", "", 0},
	} {
		items := strings.Join(append(slices.Clone(must[:c.must]), should[:c.should]...), "、")
		a := assess(t, "wenzhou-db3303", "community", "建筑面积,已有项目", "250,"+items)
		grade, next, more := "", "", 0
		if a.Grade != nil {
			grade = a.Grade.ID
		}
		if a.Next != nil {
			next, more = a.Next.Grade.ID, a.Next.More
		}
		if a.Must.Of() != 15 || a.Should.Of() != 8 || grade != c.grade || next != c.next || more != c.more {
			t.Errorf("%d ★ and %d ☆: %q, next %q needs %d more ☆, want %+v", c.must+1, c.should, grade, next, more, c)
		}
	}
	if a := assess(t, "wenzhou-db3303", "city", "建筑面积", "3000"); a.Must.Of() != 1+18+9 {
		t.Errorf("a city centre has %d ★", a.Must.Of())
	}
}

const xuzhouHeader = "面积,活动场所,便民设施,挂牌规范率,夜视,服务大厅,功能室,一室多用,个人办公室,远教终端,五防,管理员数,月学习次数,年学习小时,参学率,公开栏更新,公开满意率,视频会议,开放时长,服务事项公示,知晓率,预约服务," +
	"先锋岗,值班制度,佩戴率,培训小时,三会一课,主题党日次数,政治生活认可率,宣讲参与率,活动次数,志愿服务队数,排名比例,远教经费,满意度,班子齐全,达到建设标准,运行年数,重大事故,工作滑坡,群众举报,上级批评"
const xuzhouBest = "400,有,有,100%,有,有,10,是,0,有,是,2,1,36,80%,是,90%,有,8小时,是,90%,有,有,有,100%,30,是,12次,90%,0.9,12,1,30%,2000,90,是,是,1,无,无,无,无"

// Every threshold of Xuzhou at its boundary gives the title; one step below any of them takes exactly that clause away.
func TestAssessXuzhou(t *testing.T) {
	header, best := strings.Split(xuzhouHeader, ","), strings.Split(xuzhouBest, ",")
	if a := assess(t, "xuzhou-landmark", "community", xuzhouHeader, xuzhouBest); a.Grade == nil || a.Must != (Tally{Pass: 15}) || a.Entry != Pass || len(a.Withdrawn) != 0 {
		t.Fatalf("the best: %+v %v", a, verdicts(a))
	}
	for column, c := range map[string][2]string{
		"面积": {"399.9", "5.1"}, "活动场所": {"无", "5.1"}, "挂牌规范率": {"99%", "5.2"}, "功能室": {"9", "5.3"}, "个人办公室": {"1", "5.3"}, "年学习小时": {"35", "5.4"}, "参学率": {"79.9%", "5.4"},
		"公开满意率": {"89%", "5.5"}, "视频会议": {"无", "5.6"}, "开放时长": {"7.5", "5.7"}, "佩戴率": {"0.99", "5.8"}, "主题党日次数": {"11", "5.9"}, "宣讲参与率": {"89", "5.10"}, "活动次数": {"11", "5.11"},
		"志愿服务队数": {"0", "5.12"}, "排名比例": {"31%", "5.13"}, "远教经费": {"1999", "5.14"}, "满意度": {"89.9", "5.15"}, "运行年数": {"0.5", "4.2b-2"},
	} {
		cells := slices.Clone(best)
		cells[slices.Index(header, column)] = c[0]
		a := assess(t, "xuzhou-landmark", "community", xuzhouHeader, strings.Join(cells, ","))
		if a.Grade != nil || !slices.Equal(a.Next.Missing, []string{c[1]}) {
			t.Errorf("%s = %s: missing %v, want %s", column, c[0], a.Next, c[1])
		}
	}
	cells := slices.Clone(best)
	cells[slices.Index(header, "群众举报")] = "有"
	if a := assess(t, "xuzhou-landmark", "community", xuzhouHeader, strings.Join(cells, ",")); a.Grade != nil || !slices.Equal(a.Withdrawn, []string{"4.3-2"}) {
		t.Errorf("withdrawal: %+v", a)
	}
}

// The class decides the list: a demonstration village needs 600 m², a demonstration community 1000 m² of usable area, the others 400 m².
func TestAssessHubeiClasses(t *testing.T) {
	const header = "类别,建筑面积,使用面积,属性,建设类别"
	for cells, want := range map[string]Verdict{
		",500,,,": Pass, ",500,,,新建示范村": Unknown, ",500,,村,新建示范村": Below, ",600,,村,新建示范村": Pass, ",600,900,社区,demonstration": Below, ",600,1000,社区,demonstration": Pass, ",399,,,改扩建和提档升级村": Below,
	} {
		if got := verdicts(assess(t, "hubei-village", "village", header, cells))["1"]; got != want {
			t.Errorf("%s: %s, want %s", cells, got, want)
		}
	}
}

func TestAssessFaults(t *testing.T) {
	for cells, want := range map[string]string{
		"很大,,": `sites.csv:2: 面积 "很大": is not an area`, "-1,,": "must not be negative", "400,150%,": "is too large", "400,,可能": "must be yes or no",
	} {
		if _, err := assessErr(t, "xuzhou-landmark", "community", "面积,满意度,夜视", cells); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", cells, err)
		}
	}
	if _, err := assessErr(t, "xuzhou-landmark", "centre", "面积", "400"); err == nil || !strings.Contains(err.Error(), "is no tier of the standard") {
		t.Errorf("tier: %v", err)
	}
	if _, err := builtin(t, "kunshan-2018").Columns([]string{"名称"}, map[string]string{"area": "大小"}); err == nil {
		t.Error("a named column that is absent is accepted")
	}
}

func TestNeeded(t *testing.T) {
	for _, c := range []struct {
		s    Share
		n    int
		want int
	}{{0.6, 5, 3}, {0.6, 15, 9}, {0.8, 15, 12}, {0.5, 7, 4}, {1, 7, 7}, {0, 7, 0}, {1, 0, 0}, {0.07, 100, 7}} {
		if got := needed(c.s, c.n); got != c.want {
			t.Errorf("%v of %d = %d, want %d", c.s, c.n, got, c.want)
		}
	}
}
