package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data/standard"
)

// assessFlags narrow what `assess` shows.
type assessFlags struct {
	standard, site string
	filter
}

func (a *app) assessCmd() *cobra.Command {
	var f assessFlags
	cmd := &cobra.Command{
		Use:   "assess [study.yaml]",
		Short: a.t("按标准逐项考核台账里的阵地", "check every site of the ledger against the standard, item by item"),
		Long: a.t(`按 study.yaml 的 standard（或 --standard）逐项核对台账：达到、未达到、台账没有记录；给出等级、离下一等级还缺什么、要多少钱。
台账的列由标准的 fields 对应：面积、专职人数、功能室、开放时长、满意度、活动次数等；清单项可以各占一列（有/无），
也可以合写一列“已有项目”（1-12, 15）。没有记录的项目记为未知，不算未达到。--site 显示一处的全部条目。`,
			`Checks the ledger against the study's standard (or --standard), item by item: pass, below, or not told by the ledger; with the grade, what is
missing for the next one and what that costs. Columns are found by the standard's fields. Items of lists may have a column each (yes/no) or
one column of numbers (1-12, 15). What the ledger does not tell is unknown, never below. --site shows one site's card.`),
		Example: "  sitecover assess study.yaml --level town\n  sitecover assess study.yaml --site S1\n  sitecover assess study.yaml --standard xuzhou-landmark --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if err := f.check(s); err != nil {
				return err
			}
			v, err := s.Assess(cmd.Context(), f.standard)
			if errors.Is(err, run.ErrNoStandard) {
				return usage("研究没有写 standard，用 --standard 指定；可用：%s", "the study names no standard, give --standard; there are %s", strings.Join(standard.IDs(), ", "))
			}
			if err != nil {
				return err
			}
			return a.printAssess(s, v, f)
		},
	}
	cmd.Flags().StringVar(&f.standard, "standard", "", a.t("标准编号或文件（默认用研究里的）", "a standard's id or file (default: the study's)"))
	cmd.Flags().StringVar(&f.site, "site", "", a.t("只看这一处，逐项列出（台账编号）", "only this site, item by item (its id in the ledger)"))
	cmd.Flags().StringVar(&f.level, "level", "", a.t("表中列出的区域级别（默认第二级）", "level of the regions listed in the table (default: the second)"))
	return cmd
}

func (a *app) printAssess(s *run.Session, v *run.AssessReport, f assessFlags) error {
	if f.site != "" {
		for _, x := range v.Sites {
			if x.ID == f.site {
				if a.json {
					return a.emit(x)
				}
				a.printCard(v, x)
				return nil
			}
		}
		return usage("没有考核到编号 %q 的阵地", "no site %q was assessed", f.site)
	}
	if a.json {
		return a.emit(v)
	}
	w := a.table(a.t("编号", "id"), a.t("名称", "name"), a.t("层级", "tier"), a.t("等级", "grade"), a.t(">★达到", ">★ pass"), a.t(">★未达到", ">★ below"), a.t(">★未知", ">★ unknown"),
		a.t(">☆达到", ">☆ pass"), a.t("下一等级", "next"), a.t(">还缺", ">missing"), a.t(">万元", ">万元"))
	for _, x := range v.Sites {
		grade, next, missing, cost := a.outcome(x.Result)
		w.AppendRow(row(x.ID, x.Name, x.Result.Tier, grade, x.Result.Must.Pass, x.Result.Must.Below, x.Result.Must.Unknown, x.Result.Should.Pass, next, missing, cost))
	}
	w.Render()
	a.printAssessRegions(v, topLevel(s, f.filter))
	for _, x := range v.Skipped {
		a.printf("未考核 %s：标准 %s 没有层级 %s", "not assessed, %s: %s has no tier %s", x.ID, v.Standard, x.Tier)
	}
	for _, g := range v.Grades {
		if g.Default {
			a.printf("等级条件是默认值，文件没有规定（standards show %s）", "the conditions of the grades are defaults, not the document's (standards show %s)", v.Standard)
			break
		}
	}
	return nil
}

// outcome words the grade and what the next one needs.
func (a *app) outcome(x *standard.Assessment) (grade, next string, missing int, cost string) {
	grade = "-"
	if x.Grade != nil {
		grade = x.Grade.Name.In(a.lang)
	}
	if len(x.Withdrawn) > 0 {
		grade = a.t("取消（%s）", "withdrawn (%s)", strings.Join(x.Withdrawn, ", "))
	}
	if x.Next == nil {
		return grade, "", 0, ""
	}
	cost = "n/a"
	if x.Next.Cost != nil {
		cost = wan(int64(*x.Next.Cost))
	}
	return grade, x.Next.Grade.Name.In(a.lang), len(x.Next.Missing) + x.Next.More, cost
}

func (a *app) printAssessRegions(v *run.AssessReport, level string) {
	head := []string{a.t("区域", "region"), a.t(">阵地", ">sites")}
	for _, g := range v.Grades {
		head = append(head, ">"+g.Name.In(a.lang))
	}
	head = append(head, a.t(">无等级", ">no grade"), a.t(">取消", ">withdrawn"), a.t(">★未达到", ">★ below"), a.t(">★未知", ">★ unknown"), a.t(">万元", ">万元"))
	w := a.table(head...)
	for i, r := range v.Regions {
		if i > 0 && r.Level != level {
			continue
		}
		cells := row(r.Name, r.Sites)
		for _, g := range v.Grades {
			cells = append(cells, r.Grades[g.ID])
		}
		cells = append(cells, r.None, r.Withdrawn, r.Must.Below, r.Must.Unknown, wan(r.Cost))
		w.AppendRow(cells)
	}
	w.Render()
}

// printCard shows one site item by item.
func (a *app) printCard(v *run.AssessReport, x run.SiteAssessment) {
	verdict := map[standard.Verdict]string{standard.Pass: a.t("达到", "pass"), standard.Below: a.t("未达到", "below"), standard.Unknown: a.t("未知", "unknown")}
	a.printf("%s %s（%s，标准 %s，截至 %s）", "%s %s (%s, standard %s, on %s)", x.ID, x.Name, x.Result.Tier, v.Standard, v.Date)
	w := a.table(a.t("条款", "clause"), a.t("项目", "item"), "", a.t("结果", "result"), a.t("台账", "ledger"), a.t("要求", "asked"))
	for _, i := range x.Result.Items {
		w.AppendRow(row(i.Clause, i.Name.In(a.lang), star(i.Mark), verdict[i.Result], i.Got, i.Want))
	}
	w.Render()
	grade, next, _, cost := a.outcome(x.Result)
	a.printf("等级：%s", "grade: %s", grade)
	if n := x.Result.Next; n != nil {
		a.printf("下一等级 %s：还缺 %s；台账未记录 %s；推荐项再有 %d 项；费用 %s 万元（%s）", "next, %s: missing %s; not told %s; %d more recommended items; cost %s 万元 (%s)",
			next, first(strings.Join(n.Missing, ", "), "-"), first(strings.Join(n.Unknown, ", "), "-"), n.More, cost, first(n.Way, "-"))
	}
}
