package reports

import (
	"strconv"

	"github.com/xuri/excelize/v2"
)

// towns is the yearly table: one row a town.
func (b *scoreBook) towns() (string, error) {
	name := b.t("通报表", "towns")
	columns := []scoreColumn{
		{b.t("名次", "rank"), fmtRank, 6}, {b.t("比上年", "change"), fmtMove, 8}, {b.t("区划代码", "code"), fmtText, 14}, {b.t("名称", "name"), fmtText, 18},
		{b.t("状态", "light"), fmtText, 9}, {b.t("得分", "score"), fmtShare, 8},
	}
	for _, t := range b.v.Tiers {
		n := t.Name + " "
		columns = append(columns, scoreColumn{n + b.t("应有", "required"), fmtWhole, 9}, scoreColumn{n + b.t("已有", "owning"), fmtWhole, 9}, scoreColumn{n + b.t("有形覆盖", "presence"), fmtShare, 11},
			scoreColumn{n + b.t("人口", "people"), fmtWhole, 11}, scoreColumn{n + b.t("覆盖人口", "covered"), fmtWhole, 11}, scoreColumn{n + b.t("有效覆盖", "effective"), fmtShare, 11},
			scoreColumn{n + b.t("比上年（百分点）", "change, points"), fmtPoint, 12}, scoreColumn{n + b.t("开放", "open"), fmtWhole, 8}, scoreColumn{n + b.t("面积达标", "large enough"), fmtWhole, 9},
			scoreColumn{n + b.t("面积不足", "too small"), fmtWhole, 9}, scoreColumn{n + b.t("可挂牌", "pass"), fmtWhole, 8}, scoreColumn{n + b.t("当年提升", "upgraded"), fmtWhole, 9},
			scoreColumn{n + b.t("累计拨付（万元）", "paid, 万元"), fmtMoney, 12})
	}
	var rows [][]any
	for _, t := range b.v.Towns {
		row := []any{nil, nil, t.ID, t.Name, b.light(t.Light), t.Score}
		if t.Rank > 0 {
			row[0] = t.Rank
			if t.Before > 0 {
				row[1] = t.Before - t.Rank
			}
		}
		for _, x := range t.Cells {
			row = append(row, x.Required, x.Owning, x.Presence, x.People, x.Covered, x.Effective, x.Change*100, x.Open, x.Qualifying, x.Below, told(x.Passing), told(x.Upgraded), yuanWan(x.Paid))
		}
		rows = append(rows, row)
	}
	if err := b.sheet(name, b.s.Name+" · "+b.t("各区划完成情况，截至 ", "how the regions stand, on ")+b.v.Date, columns, rows); err != nil {
		return name, err
	}
	titles := &excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$A:$F,'" + name + "'!$1:$2", Scope: name} // on every page of a wide table
	if err := b.f.SetDefinedName(titles); err != nil {
		return name, err
	}
	return name, b.paint(name, "E", len(rows))
}

// targets lists every target and how it stands.
func (b *scoreBook) targets() (string, error) {
	name := b.t("年度目标", "targets")
	columns := []scoreColumn{
		{b.t("年底", "end of"), fmtRank, 7}, {b.t("层级", "tier"), fmtText, 14}, {b.t("区划", "region"), fmtText, 16}, {b.t("指标", "indicator"), fmtText, 12}, {b.t("目标", "asked"), fmtText, 14},
		{b.t("现状", "now"), fmtText, 26}, {b.t("状态", "status"), fmtText, 11}, {b.t("还差", "short"), fmtWhole, 13}, {b.t("单位", "unit"), fmtText, 8}, {b.t("每年需", "needed a year"), fmtTenth, 13},
		{b.t("已批准和在建建成后", "with committed"), fmtText, 12}, {b.t("按计划", "by the plan"), fmtText, 10}, {b.t("依据", "from"), fmtText, 34},
	}
	units := map[string]string{"people": b.t("人", "people"), "regions": b.t("个区划", "regions"), "sites": b.t("个阵地", "sites"), "units": b.t("个单位", "units"), "projects": b.t("个项目", "projects"), "yuan": b.t("元", "元")}
	outlook := map[string]string{"met": b.t("达到", "reached"), "short": b.t("不足", "short")}
	tiers := map[string]string{"": b.t("合计", "all")}
	for _, t := range b.v.Tiers {
		tiers[t.ID] = t.Name
	}
	var rows [][]any
	for _, t := range b.v.Targets {
		short, pace := any(nil), any(nil)
		if t.Short > 0 {
			short, pace = t.Short, t.Pace
		}
		region := t.Name
		if t.Region == "" {
			region = b.t("全域", "whole area")
		}
		rows = append(rows, []any{t.Year, tiers[t.Tier], region, b.t(t.IndicatorName.ZH, t.IndicatorName.EN), b.t(t.Asked.ZH, t.Asked.EN), b.t(t.Value.ZH, t.Value.EN), b.status(t.Status), short, units[t.Unit], pace,
			outlook[t.Committed], outlook[t.Planned], t.Source})
	}
	if err := b.sheet(name, b.s.Name+" · "+b.t("年度目标，截至 ", "targets, on ")+b.v.Date, columns, rows); err != nil {
		return name, err
	}
	return name, b.paint(name, "G", len(rows))
}

// years lists coverage by year.
func (b *scoreBook) years() (string, error) {
	name := b.t("历年覆盖", "years")
	columns := []scoreColumn{{b.t("日期", "day"), fmtText, 12}, {b.t("层级", "tier"), fmtText, 16}, {b.t("指标", "indicator"), fmtText, 12}, {b.t("值", "value"), fmtShare, 10},
		{b.t("达到", "part"), fmtWhole, 12}, {b.t("总数", "whole"), fmtWhole, 12}, {b.t("目标", "asked"), fmtShare, 10}, {b.t("按对照表折算", "converted"), fmtText, 14}}
	tiers := map[string]string{}
	for _, t := range b.v.Tiers {
		tiers[t.ID] = t.Name
	}
	words := map[string]string{"effective": b.t("有效覆盖", "effective"), "presence": b.t("有形覆盖", "presence")}
	var rows [][]any
	for _, s := range b.v.Series {
		for _, p := range s.Points {
			if p.Whole == 0 {
				continue
			}
			aim, converted := any(nil), ""
			for _, a := range s.Targets {
				if len(p.Date) >= 4 && p.Date[:4] == yearText(a.Year) {
					aim = a.Share
				}
			}
			if p.Converted {
				converted = b.t("是", "yes")
			}
			rows = append(rows, []any{p.Date, tiers[s.Tier], words[s.Indicator], p.Share, p.Part, p.Whole, aim, converted})
		}
	}
	return name, b.sheet(name, b.s.Name+" · "+b.t("历年覆盖", "coverage by year"), columns, rows)
}

// stages lists the projects by state.
func (b *scoreBook) stages() (string, error) {
	name := b.t("项目进度", "projects")
	columns := []scoreColumn{{b.t("状态", "state"), fmtText, 16}, {b.t("项目", "projects"), fmtWhole, 10}, {b.t("预算（万元）", "budget, 万元"), fmtMoney, 14}}
	for _, t := range b.v.Tiers {
		columns = append(columns, scoreColumn{t.Name, fmtWhole, 14})
	}
	var rows [][]any
	for _, s := range b.v.Stages {
		row := []any{b.t(s.Name.ZH, s.Name.EN), s.Projects, yuanWan(s.Yuan)}
		for _, n := range s.Tiers {
			row = append(row, n)
		}
		rows = append(rows, row)
	}
	return name, b.sheet(name, b.s.Name+" · "+b.t("项目进度，截至 ", "projects, on ")+b.v.Date, columns, rows)
}

// money lists the money by year.
func (b *scoreBook) money() (string, error) {
	name := b.t("资金", "money")
	columns := []scoreColumn{{b.t("年份", "year"), fmtRank, 8}, {b.t("预算（万元）", "budget, 万元"), fmtMoney, 14}, {b.t("待付：已批准和在建（万元）", "committed, 万元"), fmtMoney, 16}, {b.t("已拨付（万元）", "paid, 万元"), fmtMoney, 14}}
	var rows [][]any
	for _, m := range b.v.Money {
		rows = append(rows, []any{m.Year, yuanWan(m.Budget), yuanWan(m.Committed), yuanWan(m.Paid)})
	}
	return name, b.sheet(name, b.s.Name+" · "+b.t("历年资金", "money by year"), columns, rows)
}

func yearText(year int) string { return strconv.Itoa(year) }

// told leaves the cell of a count that is not known empty.
func told(n int) any {
	if n < 0 {
		return nil
	}
	return n
}
