package main

import (
	"github.com/spf13/cobra"
)

// root builds the command tree. Every command has a file of its own.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sitecover",
		Short: a.t("公共服务设施覆盖与选址分析", "coverage and siting analysis of public service networks"),
		Long: a.t(`sitecover 回答三个问题：服务点设在哪里、为谁服务、哪一年建什么。

读入边界、人口、道路和现有设施台账，在 H3 网格上计算服务半径覆盖、缺口与空白点，
提出新建选址与分年度建设计划，生成可离线打开的地图报告。全部在本机运行，不需要网络。

退出码：0 正常；1 执行失败；2 用法错误；3 输入数据有问题；4 按 Ctrl-C 提前停止，结果完整。`,
			`sitecover answers three questions: where service sites go, whom they serve, what to build in which year.

It reads boundaries, population, roads and the ledger of existing sites, computes service-radius coverage,
gaps and regions without a site on an H3 grid, proposes new sites and a yearly rollout, and writes a map
report that opens offline. Everything runs on this machine; no network is needed.

Exit codes: 0 fine; 1 failed; 2 usage; 3 problems in the inputs; 4 stopped early by Ctrl-C, results whole.`),
		Example: a.t(`  sitecover demo                     # 生成示范县（合成数据）并跑完整个研究
  sitecover init 资料文件夹          # 为文件夹里的数据写一份 study.yaml
  sitecover check study.yaml         # 检查全部输入
  sitecover report study.yaml -o 报告 # 写出 report.html、plan.xlsx 和图层`,
			`  sitecover demo                      # make the model county (synthetic) and run the whole study
  sitecover init folder               # write a study.yaml for the data in a folder
  sitecover check study.yaml          # check every input
  sitecover report study.yaml -o out  # write report.html, plan.xlsx and map layers`),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if a.langFlag != "" && a.langFlag != "zh" && a.langFlag != "en" {
				return usage("--lang 只能是 zh 或 en，不能是 %q", "--lang must be zh or en, not %q", a.langFlag)
			}
			if a.workers < 0 {
				return usage("--workers 不能为负：%d", "--workers must not be negative: %d", a.workers)
			}
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.langFlag, "lang", "", a.t("消息与报告的语言：zh 或 en（默认 zh，可用环境变量 SITECOVER_LANG）", "language of messages and reports: zh or en (default zh, or SITECOVER_LANG)"))
	flags.BoolVar(&a.json, "json", false, a.t("结果以 JSON 写到标准输出", "write the result as JSON to stdout"))
	flags.BoolVarP(&a.quiet, "quiet", "q", false, a.t("不显示进度", "show no progress"))
	flags.IntVar(&a.workers, "workers", 0, a.t("并行线程数，0 为全部核心；不影响结果", "parallel workers, 0 = all cores; never changes results"))
	flags.StringVar(&a.cache, "cache", "", a.t("读好的输入和算好的网格、路网、人口分布存放的文件夹（默认在用户缓存目录）；不影响结果", "folder for inputs once read, and the grid, roads and people once computed (default: in the user's cache folder); never changes results"))
	flags.BoolVar(&a.noCache, "no-cache", false, a.t("不读也不写缓存", "neither read nor write the cache"))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageOf(err) })
	root.AddCommand(a.initCmd(), a.checkCmd(), a.coverageCmd(), a.gapsCmd(), a.siteCmd(), a.planCmd(), a.frontierCmd(), a.reportCmd(), a.mapCmd(),
		a.accessCmd(), a.entitiesCmd(), a.isochronesCmd(), a.catchmentsCmd(), a.explainCmd(), a.whatifCmd(), a.compareCmd(), a.standardsCmd(), a.assessCmd(), a.trackCmd(), a.verifyCmd(), a.demoCmd(), a.versionCmd())
	a.localise(root)
	return root
}

// localise puts the words that cobra writes itself into the user's language.
func (a *app) localise(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	if a.lang == "en" {
		return
	}
	root.SetUsageTemplate(usageTemplate)
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short = "显示某个命令的帮助"
		case "completion":
			c.Short = "生成命令行自动补全脚本（bash、zsh、fish、powershell）"
		}
		c.InitDefaultHelpFlag()
		if f := c.Flags().Lookup("help"); f != nil {
			f.Usage = "显示帮助"
		}
	}
	root.InitDefaultHelpFlag()
	root.Flags().Lookup("help").Usage = "显示帮助"
}

// usageTemplate is cobra's own layout with Chinese headings.
const usageTemplate = `用法：{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} 命令{{end}}{{if .HasExample}}

示例：
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

命令：{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

选项：
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

通用选项：
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

用 "{{.CommandPath}} 命令 --help" 查看某个命令的说明。{{end}}
`
