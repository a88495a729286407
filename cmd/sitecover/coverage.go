package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

// filter narrows what a table shows; --json always has everything.
type filter struct {
	tier, level string
	top         int
	detail      bool
}

func (a *app) coverageCmd() *cobra.Command {
	var f filter
	cmd := &cobra.Command{
		Use:   "coverage [study.yaml]",
		Short: a.t("计算每级设施对每个区域的覆盖", "compute the coverage of every tier for every region"),
		Long: a.t(`有形覆盖：应设点的区域中，拥有达标设施的比例；没有的就是空白点。
有效覆盖：服务半径内的人口比例，不论设施归哪个区域。
圆形高估：按直线画圆会多算、而沿路其实到不了的人口。未连通：离可用道路超过 max_access 的人口。`,
			`Presence: share of the regions that must own a site which own a qualifying one; the others are the blank list.
Effective: share of people within the service radius, whichever region owns the site.
Over-claim: people that a circle would count but the road network does not. Unconnected: farther than max_access from a road.`),
		Example: "  sitecover coverage study.yaml --level town\n  sitecover coverage study.yaml --tier station --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if err := f.check(s); err != nil {
				return err
			}
			if err := s.Coverage(cmd.Context()); err != nil {
				return err
			}
			view := run.CoverageView(s)
			if err := s.AddOthers(cmd.Context(), &view); err != nil {
				return err
			}
			if f.detail {
				if err := s.AddDetail(&view); err != nil {
					return err
				}
			}
			if a.json {
				return a.emit(view)
			}
			a.printCoverage(view, f, topLevel(s, f))
			a.printOverloaded(view.Overloaded)
			return nil
		},
	}
	f.flags(a, cmd)
	cmd.Flags().BoolVar(&f.detail, "detail", false, a.t("另列距离分布、双重覆盖、本区设施、万人设施数、百户面积", "also distances, backup coverage, own region, sites per 10,000 people, floor area per 100 households"))
	return cmd
}

func (f *filter) flags(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.tier, "tier", "", a.t("只看这一级设施（study.yaml 中的 id）", "only this tier (its id in study.yaml)"))
	cmd.Flags().StringVar(&f.level, "level", "", a.t("表中列出的区域级别（默认第二级）", "level of the regions listed in the table (default: the second)"))
}

// check refuses names that the study does not have.
func (f *filter) check(s *run.Session) error {
	var tiers, levels []string
	for _, t := range s.Tiers() {
		tiers = append(tiers, t.ID)
	}
	for _, l := range s.Data.Regions.Levels {
		levels = append(levels, l.ID)
	}
	if f.tier != "" && !contains(tiers, f.tier) {
		return usage("--tier %q 不在研究中，可用：%s", "--tier %q is not in the study; it has %s", f.tier, strings.Join(tiers, ", "))
	}
	if f.level != "" && !contains(levels, f.level) {
		return usage("--level %q 不在研究中，可用：%s", "--level %q is not in the study; it has %s", f.level, strings.Join(levels, ", "))
	}
	if f.top < 0 {
		return usage("--top 不能为负：%d", "--top must not be negative: %d", f.top)
	}
	return nil
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// topLevel is the level that the table lists: the one asked for, else the second, else the only one.
func topLevel(s *run.Session, f filter) string {
	levels := s.Data.Regions.Levels
	switch {
	case f.level != "":
		return f.level
	case len(levels) > 1:
		return levels[1].ID
	}
	return levels[0].ID
}

func (a *app) printCoverage(v run.CoverageReport, f filter, level string) {
	for _, t := range v.Tiers {
		if f.tier != "" && t.ID != f.tier {
			continue
		}
		a.printf("\n%s（%s，%s %s，截至 %s）", "\n%s (%s, %s %s, on %s)", t.Name, t.ID, t.Mode, t.Limit, v.Date)
		w := a.table(a.t("区域", "region"), a.t(">人口", ">people"), a.t(">有效覆盖", ">effective"), a.t(">未覆盖人口", ">unserved"),
			a.t(">未连通", ">unconnected"), a.t(">圆形高估", ">over-claim"), a.t(">开放", ">open"), a.t(">达标", ">qualifying"),
			a.t(">应有", ">required"), a.t(">已有", ">owning"), a.t(">有形覆盖", ">presence"))
		for _, r := range t.Regions {
			if r.Level == level {
				w.AppendRow(indicatorRow(r.Name, r.IndicatorView))
			}
		}
		w.AppendFooter(indicatorRow(a.t("合计", "total"), t.Total))
		w.Render()
		if t.Nested {
			a.printf("上级设施可代替本级（nested）：覆盖和有形覆盖另计上级设施 %d 处，不列入“开放”",
				"sites of higher tiers stand in for its own (nested): coverage and presence also count %d of them, which are not among the open", t.Total.StandIns)
		}
		if f.detail {
			a.printDetail(t, level)
		}
		a.printOthers(t)
		if t.Total.Required > 0 {
			a.printf("空白点 %d 个（应有 %d 个，缺 %s）%s", "%d of %d required regions have no qualifying site (%s)%s", len(t.Blank), t.Total.Required,
				percent(complement(t.Total.Presence)), names(t.Blank, 12))
		}
	}
}

func indicatorRow(name string, x run.IndicatorView) []any {
	return row(name, people(x.People), percent(x.Effective), people(x.People-x.Covered), people(x.Unconnected), people(x.OverClaim),
		count(x.Open), count(x.Qualifying), count(x.Required), count(x.Owning), percent(x.Presence))
}

func complement(share *float64) *float64 {
	if share == nil {
		return nil
	}
	c := 1 - *share
	return &c
}

func names(refs []run.RegionRef, most int) string {
	if len(refs) == 0 {
		return ""
	}
	var out []string
	for _, r := range refs[:min(most, len(refs))] {
		out = append(out, r.Name)
	}
	s := ": " + strings.Join(out, ", ")
	if len(refs) > most {
		s += " …"
	}
	return s
}

// printDetail is the second table of a tier.
func (a *app) printDetail(t run.TierCoverage, level string) {
	head := []string{a.t("区域", "region")}
	for _, b := range t.TotalDetail.Within {
		band := quantity(t.Limit, b.UpTo)
		if b.Minutes > 0 {
			band = a.t("%g 分钟（%s）", "%g min (%s)", b.Minutes, band)
		}
		head = append(head, a.t(">%s 内", ">within %s", band))
	}
	head = append(head, a.t(">中位", ">median"), a.t(">P90", ">P90"), a.t(">两处以上", ">two or more"), a.t(">本区设施覆盖", ">by own region"),
		a.t(">万人设施数", ">sites/10,000"), a.t(">百户面积 m²", ">m²/100 households"))
	w := a.table(head...)
	line := func(name string, people float64, d *run.DetailView) []any {
		cells := row(name)
		of := func(v float64) string {
			if people == 0 {
				return "n/a"
			}
			share := v / people
			return percent(&share)
		}
		for _, b := range d.Within {
			cells = append(cells, of(b.People))
		}
		return append(cells, orBeyond(t.Limit, d.Median), orBeyond(t.Limit, d.P90), of(d.Backup), of(d.Own), decimal(d.Per10000), decimal(d.AreaPer100HH))
	}
	for _, r := range t.Regions {
		if r.Level == level {
			w.AppendRow(line(r.Name, r.People, r.Detail))
		}
	}
	w.AppendFooter(line(a.t("合计", "total"), t.Total.People, t.TotalDetail))
	w.Render()
	a.printf("每户按 %g 人折算（默认：2020 年人口普查全国平均）", "households are counted at %g people each (default: national mean of the 2020 census)", run.PeoplePerHousehold)
}

// orBeyond writes an impedance, or that it is beyond the limit.
func orBeyond(limit string, v *float64) string {
	if v == nil {
		return "> " + limit
	}
	return quantity(limit, *v)
}

// decimal writes a figure with two decimals.
func decimal(v *float64) string {
	if v == nil {
		return "n/a"
	}
	return fmt.Sprintf("%.2f", *v)
}

// printOthers tells the totals by other measures, where the study has them.
func (a *app) printOthers(t run.TierCoverage) {
	for _, g := range t.TotalGroups {
		a.printf("群体 %s：%s 人，有效覆盖 %s", "group %s: %s people, effective %s", g.Group, people(g.People), percent(g.Effective))
	}
	for _, h := range t.TotalHours {
		a.printf("%s 时开放 %d 处（时间不详 %d 处）：有效覆盖 %s", "at %s: %d sites are open (%d of unknown hours): effective %s", h.Words.In(a.lang), h.Open, h.Unknown, percent(h.Effective))
	}
	if l := t.TotalLand; l != nil {
		a.printf("居住用地 %.1f 公顷，有效覆盖 %s", "residential land %.1f ha, effective %s", l.Hectares, percent(l.Effective))
	}
}
