package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/reports"
	"sitecover/siting"
)

// siteFlags say what `site` is asked for: exactly one of sites, money, share, stations and why.
type siteFlags struct {
	tier     string
	sites    int64
	budget   string
	share    string
	stations bool
	rejected bool
	out      string
	files    run.ReportOptions
	asked    []string // the flags, for the manifest
	why      string
	model    string
	second   string
	cross    crossFlags
}

func (a *app) siteCmd() *cobra.Command {
	var f siteFlags
	cmd := &cobra.Command{
		Use:   "site [study.yaml]",
		Short: a.t("为一级设施求最佳选址，或选红色驿站", "the best sites of one tier, or places for red stations"),
		Long: a.t(`--sites N：建 N 处，覆盖人口最多（MCLP）；--budget：花这些钱，覆盖人口最多；
--share：覆盖到这个人口比例，建得最少（LSCP）；--stations：按人流选红色驿站。
结果附上限与差距：还能好多少，一目了然。`,
			`--sites N: the N sites that cover most people (MCLP); --budget: the same for an amount of money;
--share: the fewest sites that cover this share of people (LSCP); --stations: 红色驿站 by footfall.
Every answer comes with a bound and the gap to it.`),
		Example: "  sitecover site study.yaml --tier station --sites 5\n  sitecover site study.yaml --tier centre --budget \"300 万元\"\n" +
			"  sitecover site study.yaml --tier point --share 90%\n  sitecover site study.yaml --stations\n  sitecover site study.yaml --tier station --sites 5 --out 选址",
		Args: a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			if err := a.readSearch(); err != nil {
				return err
			}
			f.asked = a.given(cmd)
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if f.why != "" {
				return a.candidateWhy(cmd, s, f.why)
			}
			if f.stations {
				return a.stations(cmd, s, f)
			}
			return a.oneTier(cmd, s, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.tier, "tier", "", a.t("哪一级设施（study.yaml 中的 id；只有一级时可省）", "which tier (its id in study.yaml; may be left out when there is only one)"))
	flags.Int64Var(&f.sites, "sites", 0, a.t("建多少处", "how many sites"))
	flags.StringVar(&f.budget, "budget", "", a.t("多少钱，例如 \"300 万元\"", "how much money, for example \"300 万元\""))
	flags.StringVar(&f.share, "share", "", a.t("覆盖到多少人口，例如 90%%", "which share of people, for example 90%%"))
	flags.BoolVar(&f.stations, "stations", false, a.t("按人流选红色驿站", "choose red stations by footfall"))
	flags.BoolVar(&f.rejected, "rejected", false, a.t("逐一列出不能作候选的地点、网格及原因；与 --stations 同用时列出没有选中的地点", "list every place and cell that is no candidate, and why; with --stations every place that was not chosen"))
	flags.StringVar(&f.model, "model", "", a.t("模型：mclp 覆盖最多、lscp 建得最少、pmedian 平均路程最短、pcenter 最远路程最短、backup 兼顾第二处可达、capacitated 按容量服务最多、region 每个区划各有一处；默认按所问取 mclp 或 lscp",
		"model: mclp (most covered), lscp (fewest sites), pmedian (least mean way), pcenter (shortest longest way), backup (a second site within reach as well), capacitated (most served within capacities), region (every region its own); by default mclp or lscp as the question asks"))
	flags.StringVar(&f.second, "backup-weight", "", a.t("与 --model backup 同用：第二处可达占多少分量，其余归第一处（默认 50%%）", "with --model backup: how much a second site within reach counts, the rest is for the first (default 50%%)"))
	flags.StringVar(&f.why, "why", "", a.t("说明这个地点或网格为什么是或不是候选", "say why this place or cell is a candidate or not"))
	flags.StringVar(&f.out, "out", "", a.t("把结果写进这个文件夹：sites.xlsx 和图层", "write the answer into this folder: sites.xlsx and map layers"))
	flags.StringSliceVar(&f.files.Layers, "layers", nil, a.t("与 --out 同用，图层格式：%s（默认 %s）", "with --out, layer formats: %s (default %s)", proposalLayers(), strings.Join(reports.DefaultLayers, ",")))
	flags.StringVar(&f.files.CRS, "crs", "", a.t("与 --out 同用，图层坐标：wgs84、cgcs2000、gcj02（默认 wgs84）", "with --out, coordinates of the layers: wgs84, cgcs2000, gcj02 (default wgs84)"))
	a.crossFlags(cmd, &f.cross)
	a.searchFlags(cmd)
	return cmd
}

// proposalLayers are the formats that the answers of site come in.
func proposalLayers() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(reports.AllLayers), func(l string) bool { return l == reports.CSV }), ",")
}

// checkFiles refuses flags of --out without it, and formats that an answer does not come in.
func (f *siteFlags) checkFiles(cmd *cobra.Command) error {
	switch {
	case f.out == "" && (cmd.Flags().Changed("layers") || cmd.Flags().Changed("crs")):
		return usage("--layers、--crs 要与 --out 同用", "--layers and --crs go with --out")
	case f.out != "" && f.why != "":
		return usage("--out 不能与 --why 同用", "--out excludes --why")
	case slices.Contains(f.files.Layers, reports.CSV):
		return usage("--layers 没有 csv，可用：%s", "--layers has no csv; known are %s", proposalLayers())
	}
	if err := (reports.Options{Layers: f.files.Layers, CRS: f.files.CRS}).Validate(); err != nil {
		return usage("%v", "%v", err)
	}
	return nil
}

// writeOptions completes the options of --out.
func (a *app) writeOptions(s *run.Session, f siteFlags) run.ReportOptions {
	o := f.files
	if o.Lang = a.langFlag; o.Lang == "" {
		o.Lang = s.Study.Language
	}
	o.Version, o.Asked = a.version, f.asked
	return o
}

// check refuses none or several questions at once.
func (f *siteFlags) check(cmd *cobra.Command) error {
	var asked []string
	for _, name := range []string{"sites", "budget", "share", "stations", "why"} {
		if cmd.Flags().Changed(name) {
			asked = append(asked, "--"+name)
		}
	}
	switch {
	case len(asked) != 1:
		return usage("--sites、--budget、--share、--stations、--why 要给一个且只给一个，现有 %d 个：%s",
			"give exactly one of --sites, --budget, --share, --stations and --why, got %d: %s", len(asked), strings.Join(asked, " "))
	case f.rejected && f.why != "":
		return usage("--rejected 不能与 --why 同用", "--rejected excludes --why")
	case f.stations && f.tier != "":
		return usage("--stations 不分级，不能与 --tier 同用", "--stations has no tiers, it excludes --tier")
	case cmd.Flags().Changed("sites") && f.sites < 1:
		return usage("--sites 至少为 1，不能是 %d", "--sites must be at least 1, not %d", f.sites)
	}
	if f.cross != (crossFlags{}) && (f.stations || f.why != "") {
		return usage("--solver、--write-lp 不能与 --stations、--why 同用", "--solver and --write-lp exclude --stations and --why")
	}
	if err := f.cross.check(); err != nil {
		return err
	}
	if err := f.checkFiles(cmd); err != nil {
		return err
	}
	if f.second != "" && siting.Model(f.model) != siting.Backup {
		return usage("--backup-weight 要与 --model backup 同用", "--backup-weight goes with --model backup")
	}
	return f.checkModel()
}

// checkModel refuses a model that does not answer the question.
func (f *siteFlags) checkModel() error {
	switch siting.Model(f.model) {
	case "":
		return nil
	case siting.LSCP:
		if f.share != "" {
			return nil
		}
		return usage("--model lscp 要配 --share", "--model lscp goes with --share")
	case siting.MCLP, siting.Backup, siting.Capacitated, siting.Region:
		if f.sites > 0 || f.budget != "" {
			return nil
		}
		return usage("--model %s 要配 --sites 或 --budget", "--model %s goes with --sites or --budget", f.model)
	case siting.PMedian, siting.PCenter:
		if f.sites > 0 {
			return nil
		}
		return usage("--model %s 要配 --sites", "--model %s goes with --sites", f.model)
	}
	return usage("没有 --model %q，可用：mclp、lscp、pmedian、pcenter、backup、capacitated、region", "there is no --model %q; known are mclp, lscp, pmedian, pcenter, backup, capacitated, region", f.model)
}

// problem turns the flags into a model.
func (f *siteFlags) problem(s *run.Session) (siting.OneProblem, error) {
	p := siting.OneProblem{Model: siting.MCLP}
	var err error
	if p.Tier, err = tierNamed(s, f.tier); err != nil {
		return p, err
	}
	switch {
	case f.budget != "":
		money, err := data.ParseMoney(f.budget)
		if err != nil || money < 0 {
			return p, usage("--budget %q 不是金额，例如 \"300 万元\"", "--budget %q is not an amount of money, for example \"300 万元\"", f.budget)
		}
		p.Unit, p.Limit = siting.ByMoney, int64(money)
	case f.share != "":
		share, err := data.ParseShare(f.share)
		if err != nil || !(share > 0 && share <= 1) {
			return p, usage("--share %q 不是 0 到 100 之间的百分数，例如 90%%", "--share %q is not a percentage from 0 to 100, for example 90%%", f.share)
		}
		p.Model, p.Share = siting.LSCP, share
	default:
		p.Limit = f.sites
	}
	if f.model != "" {
		p.Model = siting.Model(f.model)
	}
	if f.second != "" {
		share, err := data.ParseShare(f.second)
		if err != nil || !(share > 0 && share <= 1) || math.Abs(share*100-math.Round(share*100)) > 1e-9 {
			return p, usage("--backup-weight %q 不是 1%% 到 100%% 之间的整百分数，例如 30%%", "--backup-weight %q is not a whole percentage from 1%% to 100%%, for example 30%%", f.second)
		}
		p.Second = math.Round(share*100) / 100
	}
	tier := &s.Study.Tiers[p.Tier]
	switch {
	case p.Model == siting.Capacitated && tier.Capacity == nil:
		return p, usage("--model capacitated 要知道容量：在 study.yaml 的 %s 里写 capacity", "--model capacitated needs capacities: give %s a capacity in study.yaml", tier.ID)
	case p.Model == siting.Region && tier.OwnerLevel < 0:
		return p, usage("--model region 要知道哪一级区划各有一处：在 study.yaml 的 %s 里写 one_per", "--model region needs to know which regions own one: give %s one_per in study.yaml", tier.ID)
	}
	return p, nil
}

func (a *app) oneTier(cmd *cobra.Command, s *run.Session, f siteFlags) error {
	p, err := f.problem(s)
	if err != nil {
		return err
	}
	one, err := s.SolveOne(cmd.Context(), p)
	if err != nil {
		return err
	}
	v := run.OneView(s, p, one)
	if f.rejected {
		v.ListRejected(one)
	}
	if f.cross.lp != "" {
		if err := s.WriteOneLP(cmd.Context(), f.cross.lp, p); err != nil {
			return a.checkError(err)
		}
	}
	if f.cross.solver != "" {
		if v.Check, err = s.CheckOne(cmd.Context(), f.cross.solver, p, one); err != nil {
			return a.checkError(err)
		}
	}
	if f.out != "" {
		if err := s.WriteSites(cmd.Context(), f.out, p, one, a.writeOptions(s, f)); err != nil {
			return err
		}
	}
	if a.json {
		return a.emit(v)
	}
	a.printOne(p, v)
	a.printRejected(v)
	a.printOut(f.out)
	return nil
}

// printOne tells the answer of a single-tier model.
func (a *app) printOne(p siting.OneProblem, v run.OneReport) {
	head := []string{">#", a.t("候选点", "candidate"), a.t("依托场所", "host"), a.t("区域", "region"), a.t("经度,纬度", "lon,lat"), a.t(">万元", ">万元"),
		a.t(">新增覆盖", ">people gained"), a.t(">半径内人口", ">people within")}
	if p.Model == siting.Backup {
		head = append(head, a.t(">新增第二处", ">given a second"))
	}
	w := a.table(head...)
	for _, q := range v.Sites {
		line := row(q.Number, q.Candidate, q.Host, q.Region.Name, lonlat(q.Lon, q.Lat), wan(q.Cost), people(q.Gained), people(q.Within))
		if p.Model == siting.Backup {
			line = append(line, people(q.Second))
		}
		w.AppendRow(line)
	}
	w.Render()
	if v.Reason != "" {
		a.printf("无解：%s", "infeasible: %s", v.Text().In(a.lang))
	}
	a.printf("%s（%s）：%d 处，%s 万元；覆盖 %s 人（%s），%s 人任何候选点都够不到", "%s (%s): %d sites, %s 万元; %s people covered (%s), %s beyond every candidate",
		v.Tier, strings.ToUpper(v.Model), len(v.Sites), wan(v.Cost), people(v.Covered), percent(v.Effective), people(v.OutOfReach))
	gap := a.t("不适用", "n/a")
	if v.Gap != nil {
		gap = fmt.Sprintf("%.2f %%", *v.Gap*100)
	}
	side := a.t("上限", "bound")
	if p.Model == siting.LSCP || p.Model == siting.PMedian || p.Model == siting.PCenter {
		side = a.t("下限", "bound")
	}
	a.printf("状态 %s，目标值 %s，%s %s，差距 %s", "status %s, objective %s, %s %s, gap %s", v.Status, people(v.Objective), side, people(v.Bound), gap)
	a.printStopped(v.Stopped)
	for _, name := range slices.Sorted(maps.Keys(v.Groups)) {
		a.printf("目标值与上限中，%s 一人折合 %g 人；其余各项人数均未加权", "in objective and bound a member of %s counts as %g people; all other numbers of people are unweighted", name, v.Groups[name])
	}
	switch p.Model {
	case siting.PMedian, siting.PCenter:
		a.printf("目标值为到最近设施的路程（米或秒）：今天 %s，建成后 %s；更远于 %d 倍服务半径的按该距离计", "the objective is the way to the nearest site (metres or seconds): today %s, then %s; whoever is beyond %d times the limit counts at that distance",
			people(v.Before), people(v.Objective), siting.Farthest)
	case siting.Capacitated:
		a.printf("目标值为容量之内能服务的人口：今天 %s，建成后 %s", "the objective is the people served within capacities: today %s, then %s", people(v.Before), people(v.Objective))
	case siting.Region:
		a.printf("建成后仍没有设施的区域：%d 个；目标值为新增覆盖人口", "regions that still own no site: %d; the objective is people newly covered", v.Without)
	case siting.Backup:
		a.printf("今天有两处以上可达的 %s 人，建成后 %s 人；目标值为加权人数：新得到第一处的每人计 %g，新得到第二处的每人计 %g", "%s people have two sites within reach today, %s then; the objective is people so weighted: whoever gets a first site counts %g, whoever gets a second one %g",
			people(v.Before), people(v.After), 1-v.Second, v.Second)
	}
	for _, pair := range v.TooNear {
		a.printf("注意：%d 号与 %d 号近于最小间距", "note: no. %d and no. %d are nearer than the spacing", pair[0], pair[1])
	}
	a.printCross(v.Check)
}
