package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/data"
	"sitecover/data/standard"
)

func (a *app) standardsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "standards",
		Short: a.t("内置与自定义的建设标准：列出、查看、比较、检查", "the standards that planners work to: list, show, compare, check"),
		Long: a.t(`每个标准是一份 YAML：层级、面积、人员、服务半径、清单、考核条款、年度目标、造价与补助、选址规则、项目流程，逐项注明条款号。
文件没有的数字取默认值并注明依据。自己的标准可以 extends 一个内置标准，只写不同之处。`,
			`A standard is one YAML file: tiers, floor areas, staff, radii, lists, assessment clauses, targets, costs and grants, siting rules, process,
each with its clause number. Numbers that the document lacks are defaults, marked as such. Your own may extend a built-in one.`),
		Example: "  sitecover standards list\n  sitecover standards show kunshan-2018\n  sitecover standards diff kunshan-2018 my.yaml\n" +
			"  sitecover standards validate my.yaml\n  sitecover standards schema > standard.schema.json",
		Args: a.subcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.standardsList(), a.standardsShow(), a.standardsDiff(), a.standardsValidate(), a.standardsSchema())
	return cmd
}

// subcommand refuses words that are no subcommand.
func (a *app) subcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	return usage("%s 没有子命令 %q，可用：%s", "%s has no command %q; it has %s", cmd.Name(), args[0], strings.Join(known, ", "))
}

// exactly asks for n arguments.
func (a *app) exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s 要 %d 个参数：%s；给了 %d 个", "%[1]s takes %[2]d argument(s): %[3]s; got %[4]d", cmd.Name(), n, what, len(args))
		}
		return nil
	}
}

func loadStandard(name string) (*standard.Profile, error) {
	p, err := standard.Load(name)
	return p, data.StandardErrors(err)
}

// standardView is a line of the list.
type standardView struct {
	ID     string          `json:"id"`
	Name   standard.Name   `json:"name"`
	Source standard.Source `json:"source"`
	Tiers  []string        `json:"tiers"`
	Items  int             `json:"items"`
}

func (a *app) standardsList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: a.t("列出内置标准", "list the built-in standards"),
		Args:  a.noArgs,
		RunE: func(*cobra.Command, []string) error {
			views := []standardView{}
			for _, id := range standard.IDs() {
				p, err := loadStandard(id)
				if err != nil {
					return err
				}
				v := standardView{ID: p.ID, Name: p.Name, Source: p.Source, Tiers: p.TierIDs()}
				for _, l := range p.Lists {
					v.Items += len(l.Items)
				}
				views = append(views, v)
			}
			if a.json {
				return a.emit(views)
			}
			w := a.table(a.t("编号", "id"), a.t("名称", "name"), a.t("文号或日期", "number or date"), a.t("层级", "tiers"), a.t(">清单项", ">items"))
			for _, v := range views {
				w.AppendRow(row(v.ID, v.Name.In(a.lang), first(v.Source.Number, v.Source.Date, v.Source.Status), strings.Join(v.Tiers, ", "), v.Items))
			}
			w.Render()
			return nil
		},
	}
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func (a *app) standardsShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show ID|FILE.yaml",
		Short:   a.t("显示一个标准的全部内容", "show everything that a standard says"),
		Example: "  sitecover standards show hubei-village\n  sitecover standards show my.yaml --json",
		Args:    a.exactly(1, a.t("标准编号或文件", "a standard's id or file")),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := loadStandard(args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.emit(p)
			}
			a.showStandard(p)
			return nil
		},
	}
}

func (a *app) showStandard(p *standard.Profile) {
	fmt.Fprintf(a.out, "%s  %s\n", p.ID, p.Name.In(a.lang))
	a.printf("来源：%s", "source: %s", strings.Join(strings.Fields(p.Source.Title+" "+p.Source.Number+" "+p.Source.Issuer+" "+p.Source.Date), " "))
	for _, n := range p.Notes {
		a.printf("说明：%s", "note: %s", n.In(a.lang))
	}
	a.showTiers(p)
	a.showLists(p)
	a.showMoney(p)
	a.showRules(p)
}

func (a *app) showTiers(p *standard.Profile) {
	w := a.table(a.t("层级", "tier"), a.t("名称", "name"), a.t(">面积", ">area"), a.t(">专职", ">staff"), a.t("上级", "parent"), a.t("每个", "one per"),
		a.t("服务半径", "radius"), a.t("半径依据", "radius from"), a.t("条款", "clause"), a.t("设置场所", "hosts"))
	for _, t := range p.Tiers {
		var hosts []string
		for _, h := range t.Hosts {
			hosts = append(hosts, h.In(a.lang))
		}
		limit, from := "", ""
		if s := t.Service; s != nil {
			limit, from = s.Radius.String(), a.stated(s.Stated)
			if s.Minutes > 0 {
				limit = s.Minutes.String()
			}
			limit += " " + s.Mode
		}
		w.AppendRow(row(t.ID, t.In(a.lang), t.MinArea, t.Staff, t.Parent, t.Owner, limit, from, t.ClauseOf("min_area"), strings.Join(hosts, ", ")))
	}
	w.Render()
}

// stated words where a number comes from.
func (a *app) stated(s standard.Stated) string {
	if s.Default {
		return a.t("默认：", "default: ") + data.Text{ZH: cmp.Or(s.BasisZH, s.Basis), EN: s.Basis}.In(a.lang)
	}
	return s.Clause
}

func (a *app) showLists(p *standard.Profile) {
	kinds := map[string]string{"build": a.t("建设", "build"), "assess": a.t("考核", "assessment"), "entry": a.t("申报条件", "entry"), "withdrawal": a.t("取消", "withdrawal")}
	for _, l := range p.Lists {
		a.printf("\n%s（%s，%s，%d 项）", "\n%s (%s, %s, %d items)", l.In(a.lang), kinds[l.Kind], l.Clause, len(l.Items))
		w := a.table(">#", a.t("功能", "group"), a.t("项目", "item"), a.t("要求", "asked"))
		groups := map[string]string{}
		for _, g := range l.Groups {
			groups[g.ID] = g.In(a.lang)
			if g.Mark != "" {
				groups[g.ID] += " " + star(g.Mark)
			}
		}
		for _, item := range l.Items {
			w.AppendRow(row(item.No, groups[item.Group], item.In(a.lang), a.asked(p, &l, &item)))
		}
		w.Render()
	}
}

func star(mark string) string {
	if mark == standard.Should {
		return "☆"
	}
	return "★"
}

// asked words the marks and thresholds of an item.
func (a *app) asked(p *standard.Profile, l *standard.List, item *standard.Item) string {
	var out []string
	if item.Marks == nil {
		out = append(out, star(l.Mark))
	}
	for _, tier := range p.TierIDs() {
		if m := item.Marks[tier]; m != "" {
			out = append(out, tier+" "+star(m))
		}
	}
	for _, k := range item.Checks {
		out = append(out, k.Text(p, a.lang))
	}
	return strings.Join(out, "  ")
}

func (a *app) showMoney(p *standard.Profile) {
	if len(p.Prices) > 0 {
		a.printf("\n方式与资金", "\nways and money")
		w := a.table(a.t("方式", "way"), a.t("对象", "of"), a.t(">造价", ">cost"), a.t(">补助", ">grant"), a.t("依据", "from"))
		for _, price := range p.Prices {
			w.AppendRow(row(price.Way, first(price.Class, price.Tier, "*"), price.Cost, price.Grant, a.stated(price.Stated)))
		}
		w.Render()
	}
	if p.Programme != nil {
		for _, b := range p.Programme.Batches {
			a.printf("%s：%d 个", "%s: %d", b.In(a.lang), b.Count)
		}
		a.printf("合计 %d 个，补助 %s", "%d in all, grants %s", p.Programme.Total, p.Grants())
	}
	for _, t := range p.Targets {
		when := a.t("每年", "every year")
		if t.Year > 0 {
			when = fmt.Sprint(t.Year)
		} else if t.Undated {
			when = a.t("年份不明", "year not known")
		}
		a.printf("目标：%s（%s，%s，%s）", "target: %s (%s, %s, %s)", t.In(a.lang), when, t.Indicator, t.Clause)
	}
	for _, g := range p.Grades {
		a.printf("等级：%s（★ %s，☆ %s；%s）", "grade: %s (★ %s, ☆ %s; %s)", g.In(a.lang), g.Must, g.Should, a.stated(g.Stated))
	}
}

func (a *app) showRules(p *standard.Profile) {
	w := a.table(a.t("类别", "about"), a.t("内容", "rule"), a.t("条款", "clause"))
	for _, r := range p.Siting {
		w.AppendRow(row(a.t("选址", "siting")+" "+r.Rule, r.In(a.lang), r.Clause))
	}
	for _, d := range p.Duties {
		w.AppendRow(row(d.About, d.In(a.lang), d.Clause))
	}
	if p.Process != nil {
		for _, s := range p.Process.States {
			w.AppendRow(row(a.t("流程", "process")+" "+s.ID, strings.TrimSpace(s.In(a.lang)+"  "+strings.Join(s.Needs, ", ")), s.Clause))
		}
		for _, r := range p.Process.Rules {
			w.AppendRow(row(a.t("审批", "gate")+" "+r.When, r.In(a.lang), r.Clause))
		}
		for _, r := range p.Process.Reports {
			w.AppendRow(row(a.t("报告", "report")+" "+r.Every, r.In(a.lang), r.Clause))
		}
	}
	for _, i := range p.Inspections {
		w.AppendRow(row(a.t("考核", "inspection")+" "+i.Every, i.In(a.lang), i.Clause))
	}
	fmt.Fprintln(a.out)
	w.Render()
}

func (a *app) standardsDiff() *cobra.Command {
	return &cobra.Command{
		Use:     "diff A B",
		Short:   a.t("比较两个标准，逐项列出不同", "list where two standards differ"),
		Example: "  sitecover standards diff kunshan-2018 my.yaml",
		Args:    a.exactly(2, a.t("两个标准的编号或文件", "two standards, by id or file")),
		RunE: func(_ *cobra.Command, args []string) error {
			var p [2]*standard.Profile
			for i, name := range args {
				var err error
				if p[i], err = loadStandard(name); err != nil {
					return err
				}
			}
			changes, err := standard.Diff(p[0], p[1])
			if err != nil {
				return err
			}
			if a.json {
				return a.emit(changes)
			}
			w := a.table(a.t("键", "key"), p[0].ID, p[1].ID)
			for _, c := range changes {
				w.AppendRow(row(c.Key, c.A, c.B))
			}
			w.Render()
			a.printf("%d 处不同", "%d difference(s)", len(changes))
			return nil
		},
	}
}

func (a *app) standardsValidate() *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE.yaml",
		Short:   a.t("检查自己的标准文件，一次列出全部问题", "check a standard of your own; lists all problems at once"),
		Example: "  sitecover standards validate my.yaml",
		Args:    a.exactly(1, a.t("标准文件", "a standard's file")),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := loadStandard(args[0])
			if err != nil {
				return err
			}
			v := standardView{ID: p.ID, Name: p.Name, Source: p.Source, Tiers: p.TierIDs()}
			for _, l := range p.Lists {
				v.Items += len(l.Items)
			}
			if a.json {
				return a.emit(v)
			}
			a.printf("%s：没有问题；%d 个层级，%d 个清单项，扩展自 %s", "%s: no problems; %d tiers, %d items, extends %s", p.ID, len(v.Tiers), v.Items, first(p.Extends, "-"))
			return nil
		},
	}
}

func (a *app) standardsSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: a.t("输出标准文件的 JSON Schema，供编辑器使用", "write the JSON Schema of standards, for editors"),
		Args:  a.noArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := standard.Schema()
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, string(text))
			return nil
		},
	}
}
