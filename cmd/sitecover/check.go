package main

import (
	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

func (a *app) checkCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check [study.yaml]",
		Short: a.t("检查研究文件和全部输入数据，不做分析", "check the study file and every input, without any analysis"),
		Long: a.t("读入并核对全部输入：格式、坐标、编码、层级、台账、人口守恒。一次列出全部问题，写明文件、行、字段、值和改法。不改动任何文件。",
			"Reads and verifies every input: format, coordinates, codes, levels, ledger, conservation of people. Lists all problems at once with file, row, field, value and a hint. Changes no file."),
		Example: "  sitecover check study.yaml\n  sitecover check study.yaml --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			view := run.CheckView(s, a.lang)
			if a.json {
				return a.emit(view)
			}
			a.printCheck(view)
			return nil
		},
	}
}

func (a *app) printCheck(v run.Check) {
	files := a.table(a.t("输入", "input"), a.t("文件", "file"), a.t(">条数", ">rows"), a.t("坐标", "CRS"), "sha256")
	for _, in := range v.Inputs {
		files.AppendRow(row(in.Role, in.File, count(in.Rows), in.CRS, in.SHA256[:min(12, len(in.SHA256))]))
	}
	files.Render()
	a.printf("研究区：%d 级、%d 个区域、%d 个网格（H3 %d 级）、人口 %s、现有设施 %d 处、地点 %d 处",
		"Study area: %d level(s), %d regions, %d cells (H3 resolution %d), %s people, %d existing sites, %d places",
		v.Levels, v.Regions, v.Cells, v.Resolution, people(v.People), v.Sites, v.Places)
	a.printf("人口：来源 %s，研究区内 %s，区外 %s", "People: %s in the sources, %s inside the area, %s outside",
		people(v.PeopleSource), people(v.PeopleInside), people(v.PeopleOutside))
	for _, f := range v.Findings {
		a.printf("%s %s：%s", "%s %s: %s", severity(a, f.Severity), f.Where, f.Text)
	}
	a.printf("检查通过：%d 条提醒", "Checked: %d finding(s)", len(v.Findings))
}

func severity(a *app, s string) string {
	if s == "warning" {
		return a.t("[注意]", "[warning]")
	}
	return a.t("[说明]", "[info]")
}
