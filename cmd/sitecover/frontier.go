package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/siting"
)

// frontierFlags say which curve is asked for.
type frontierFlags struct {
	tier       string
	steps      int
	to         string
	sites      int64
	priceRules bool
	csv        string
}

func (a *app) frontierCmd() *cobra.Command {
	var f frontierFlags
	cmd := &cobra.Command{
		Use:   "frontier [study.yaml]",
		Short: a.t("投入与覆盖曲线，各项规则的代价", "coverage versus budget, and the price of each rule"),
		Long: a.t(`投入每增加一档，一级设施最多能覆盖多少人，每万元新增多少人；每一档都有上限与差距。
--price-rules：同样的投入，若不要求最小间距、最少人口、只用现有场所等，各能多覆盖多少人。`,
			`What one tier covers at most with more and more money, and how many people each further 万元 brings; every point has a bound and a gap.
--price-rules: how many more people the same money would cover without the spacing, the least number of people, hosts only and so on.`),
		Example: "  sitecover frontier study.yaml --tier station --to \"1000 万元\" --steps 10\n  sitecover frontier study.yaml --tier point --sites 50 --csv curve.csv\n" +
			"  sitecover frontier study.yaml --tier station --price-rules",
		Args: a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			if err := a.readSearch(); err != nil {
				return err
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			p, err := f.problem(s)
			if err != nil {
				return err
			}
			if f.priceRules {
				return a.priceRules(cmd, s, p, f)
			}
			return a.frontier(cmd, s, p, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.tier, "tier", "", a.t("哪一级设施（study.yaml 中的 id；只有一级时可省）", "which tier (its id in study.yaml; may be left out when there is only one)"))
	flags.IntVar(&f.steps, "steps", 10, a.t("分多少档", "how many points"))
	flags.StringVar(&f.to, "to", "", a.t("最多多少钱，例如 \"300 万元\"；默认为研究的全部预算", "up to how much money, for example \"300 万元\"; the study's whole budget by default"))
	flags.Int64Var(&f.sites, "sites", 0, a.t("不按钱而按处数：最多多少处", "by the number of sites instead of money: up to how many"))
	flags.BoolVar(&f.priceRules, "price-rules", false, a.t("各项规则的代价", "the price of each rule"))
	flags.StringVar(&f.csv, "csv", "", a.t("另存为这个 CSV 文件", "also write this CSV file"))
	a.searchFlags(cmd)
	return cmd
}

func (f *frontierFlags) check(cmd *cobra.Command) error {
	switch {
	case f.to != "" && cmd.Flags().Changed("sites"):
		return usage("--to 与 --sites 只能给一个", "--to and --sites exclude each other")
	case cmd.Flags().Changed("sites") && f.sites < 1:
		return usage("--sites 至少为 1，不能是 %d", "--sites must be at least 1, not %d", f.sites)
	case f.steps < 1 || f.steps > 1000:
		return usage("--steps 应在 1 到 1000 之间，不能是 %d", "--steps must be from 1 to 1000, not %d", f.steps)
	case f.priceRules && cmd.Flags().Changed("steps"):
		return usage("--price-rules 不分档，不能与 --steps 同用", "--price-rules has no steps, it excludes --steps")
	}
	return nil
}

func (f *frontierFlags) problem(s *run.Session) (siting.OneProblem, error) {
	p := siting.OneProblem{Model: siting.MCLP, Unit: siting.ByMoney}
	var err error
	if p.Tier, err = tierNamed(s, f.tier); err != nil {
		return p, err
	}
	switch {
	case f.sites > 0:
		p.Unit, p.Limit = siting.BySites, f.sites
	case f.to != "":
		money, err := data.ParseMoney(f.to)
		if err != nil || money <= 0 {
			return p, usage("--to %q 不是金额，例如 \"300 万元\"", "--to %q is not an amount of money, for example \"300 万元\"", f.to)
		}
		p.Limit = int64(money)
	default:
		for _, b := range s.Study.Budgets {
			p.Limit += int64(b.Money)
		}
		if p.Limit == 0 {
			return p, usage("研究没有预算，要用 --to 或 --sites 给出上限", "the study has no budget: give --to or --sites")
		}
	}
	return p, nil
}

// tierNamed finds a tier by its id; a study of one tier needs no name.
func tierNamed(s *run.Session, id string) (int, error) {
	var ids []string
	for i, t := range s.Tiers() {
		if t.ID == id || id == "" && len(s.Tiers()) == 1 {
			return i, nil
		}
		ids = append(ids, t.ID)
	}
	return -1, usage("--tier %q 不在研究中，可用：%s", "--tier %q is not in the study; it has %s", id, strings.Join(ids, ", "))
}

func (a *app) frontier(cmd *cobra.Command, s *run.Session, p siting.OneProblem, f frontierFlags) error {
	v, err := s.Frontier(cmd.Context(), p, f.steps)
	if err != nil {
		return err
	}
	if err := f.save(a, cmd, s, v.CSV()); err != nil {
		return err
	}
	if a.json {
		return a.emit(v)
	}
	limit, each := a.t(">投入（万元）", ">万元"), a.t(">每万元新增", ">people per 万元")
	if p.Unit == siting.BySites {
		limit, each = a.t(">至多（处）", ">at most"), a.t(">每处新增", ">people per site")
	}
	w := a.table(limit, a.t(">建（处）", ">sites"), a.t(">花费（万元）", ">万元 spent"), a.t(">覆盖人口", ">covered"), a.t(">有效覆盖", ">effective"), a.t(">上限（人）", ">bound"),
		a.t(">差距", ">gap"), each, a.t("搜索", "search"))
	for _, q := range v.Points {
		at := count(q.Limit)
		if p.Unit == siting.ByMoney {
			at = wan(q.Limit)
		}
		w.AppendRow(row(at, q.Sites, wan(q.Cost), people(q.Covered), percent(q.Effective), people(q.Bound), percent(&q.Gap), people(q.Marginal), a.searched(q)))
	}
	w.Render()
	a.printf("%s：今天覆盖 %s 人，共 %s 人；差距按新增覆盖计", "%s: %s people covered today of %s; gaps are of what is newly covered", v.Tier, people(v.Today), people(v.People))
	a.printStopped(v.Stopped)
	return nil
}

// searched says how the search of a point ended.
func (a *app) searched(q run.FrontierPointView) string {
	switch {
	case q.Stopped != "":
		return a.t("提前停止", "stopped early")
	case q.Status == string(siting.Optimal):
		return a.t("已证明最优", "proved optimal")
	}
	return a.t("已完成", "complete")
}

func (a *app) priceRules(cmd *cobra.Command, s *run.Session, p siting.OneProblem, f frontierFlags) error {
	v, err := s.PriceRules(cmd.Context(), p)
	if err != nil {
		return err
	}
	if err := f.save(a, cmd, s, v.CSV()); err != nil {
		return err
	}
	if a.json {
		return a.emit(v)
	}
	w := a.table(a.t("规则", "rule"), a.t(">去掉后的候选", ">candidates without it"), a.t(">代价（人）", ">price in people"), a.t(">占人口", ">share"), a.t(">至少", ">at least"), a.t(">至多", ">at most"))
	for _, r := range v.Rules {
		w.AppendRow(row(a.rule(r.Rule), r.Candidates, people(r.People), percent(r.Share), people(r.Least), people(r.Most)))
	}
	w.Render()
	limit := wan(v.Limit) + " 万元"
	if p.Unit == siting.BySites {
		limit = count(v.Limit) + a.t(" 处", " sites")
	}
	a.printf("%s，%s：按现有规则覆盖 %s 人，候选 %d 处，差距 %.2f %%；至少、至多为已证明的范围", "%s, %s: %s people covered under the rules as they are, %d candidates, gap %.2f %%; the true price is proved to be between at least and at most",
		v.Tier, limit, people(v.Covered), v.Sites, v.Gap*100)
	return nil
}

// rules are the words for siting's names of rules.
var rules = map[string]data.Text{
	"spacing":                {ZH: "最小间距", EN: "spacing"},
	"min_people":             {ZH: "服务半径内最少人口", EN: "least people within the limit"},
	"banned":                 {ZH: "禁用的候选点", EN: "bans"},
	"cells":                  {ZH: "不用空地", EN: "no bare cells"},
	"hosts":                  {ZH: "限定场所种类", EN: "kinds of hosts"},
	"exclusions":             {ZH: "禁建区", EN: "exclusions"},
	"must.near_road":         {ZH: "临近道路", EN: "near a road"},
	"must.near_place":        {ZH: "临近地点", EN: "near a place"},
	"must.min_people_within": {ZH: "周边最少人口", EN: "least people around"},
	"quotas":                 {ZH: "区划配额的上限", EN: "the upper limits of quotas"},
	"must.region":            {ZH: "限定区域", EN: "only in regions"},
}

func (a *app) rule(name string) string {
	if t, ok := rules[name]; ok {
		return t.In(a.lang)
	}
	return name
}

// save writes the table and its manifest, when it is asked for.
func (f *frontierFlags) save(a *app, cmd *cobra.Command, s *run.Session, text []byte) error {
	if f.csv == "" {
		return nil
	}
	if err := run.WriteFile(f.csv, text); err != nil {
		return err
	}
	return a.seal(cmd, s, run.MadeByFrontier, f.csv, a.lang)
}
