package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// checkFlags say what `check` writes besides its list.
type checkFlags struct {
	html string
	fix  bool
	out  string
}

// checkFailed ends `check` of a study whose inputs have problems: they have been told already.
type checkFailed struct{ errors int }

func (e *checkFailed) Error() string { return "the inputs have problems" }

func (a *app) checkCmd() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [study.yaml]",
		Short: a.t("检查研究文件和全部输入数据，不做分析", "check the study file and every input, without any analysis"),
		Long: a.t(`读入并核对全部输入：格式、坐标、编码、层级、台账、人口守恒，再做四项体检：坐标、区划代码、人口、道路。
每条结果写明级别、代码、文件、行、字段、值、位置和改法。不改动任何文件；--fix 把能自动改的改在副本里，并记下每一处改动。`,
			`Reads and verifies every input: format, coordinates, codes, levels, ledger, conservation of people; then examines coordinates, division
codes, people and roads. Every finding has a severity, a code, file, row, field, value, position and what to do. Changes no file: --fix
corrects copies, and logs every change.`),
		Example: "  sitecover check study.yaml\n  sitecover check study.yaml --html check.html\n  sitecover check study.yaml --fix --out fixed",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.fix != (f.out != "") {
				return usage("--fix 和 --out 要一起写：--fix --out 文件夹", "--fix and --out go together: --fix --out FOLDER")
			}
			return a.check(cmd, studyPath(args), f)
		},
	}
	cmd.Flags().StringVar(&f.html, "html", "", a.t("把体检结果写成一个离线网页", "write the findings as one offline page"))
	cmd.Flags().BoolVar(&f.fix, "fix", false, a.t("在副本里改正能自动改的问题（不动原文件）", "correct what can be corrected, in copies (never the originals)"))
	cmd.Flags().StringVar(&f.out, "out", "", a.t("--fix 的输出文件夹", "the folder for --fix"))
	return cmd
}

func (a *app) check(cmd *cobra.Command, path string, f checkFlags) error {
	c, err := run.Examine(cmd.Context(), path, a.options())
	if err != nil {
		return err
	}
	view := c.View(a.lang)
	if f.html != "" {
		if err := a.checkPage(c, path, f.html); err != nil {
			return err
		}
	}
	if f.fix {
		return a.fixInputs(cmd, c, f.out)
	}
	switch {
	case a.json:
		err = a.emit(view)
	case view.Sound:
		a.printCheck(view)
	default:
		a.printFindings(view, data.SeverityWarning, data.SeverityInfo)
		return c.Errors
	}
	if err != nil {
		return err
	}
	if !view.Sound {
		return &checkFailed{view.Errors}
	}
	return nil
}

func (a *app) printCheck(v run.Check) {
	files := a.table(a.t("输入", "input"), a.t("文件", "file"), a.t(">条数", ">rows"), a.t("坐标", "CRS"), "sha256")
	for _, in := range v.Inputs {
		files.AppendRow(row(in.Role, in.File, count(in.Rows), in.CRS, in.SHA256[:min(12, len(in.SHA256))]))
	}
	files.Render()
	for _, in := range v.Inputs {
		if len(in.Columns) > 0 {
			a.printf("%s 的列：%s", "columns of %s: %s", in.File, strings.Join(in.Columns, ", "))
		}
	}
	a.printf("研究区：%d 级、%d 个区域、%d 个网格（H3 %d 级）、人口 %s、现有设施 %d 处、地点 %d 处",
		"Study area: %d level(s), %d regions, %d cells (H3 resolution %d), %s people, %d existing sites, %d places",
		v.Levels, v.Regions, v.Cells, v.Resolution, people(v.People), v.Sites, v.Places)
	a.printf("人口：来源 %s，研究区内 %s，区外 %s", "People: %s in the sources, %s inside the area, %s outside",
		people(v.PeopleSource), people(v.PeopleInside), people(v.PeopleOutside))
	a.printFindings(v, data.SeverityWarning, data.SeverityInfo)
	a.printf("检查通过：%d 条提醒", "Checked: %d finding(s)", len(v.Findings))
}

// printFindings lists the findings of some severities, gravest first.
func (a *app) printFindings(v run.Check, severities ...string) {
	for _, f := range v.Findings {
		if !strings.Contains(strings.Join(severities, " "), f.Severity) {
			continue
		}
		line := a.t("%s %s %s：%s", "%s %s %s: %s", severity(a, f.Severity), f.Code, f.Where, f.Text)
		if f.Hint != "" {
			line += a.t("（提示：%s）", " (hint: %s)", f.Hint)
		}
		if f.Map != "" {
			line += " " + f.Map
		}
		a.printf("%s", "%s", line)
	}
}

func severity(a *app, s string) string {
	switch s {
	case data.SeverityError:
		return a.t("[错误]", "[error]")
	case data.SeverityWarning:
		return a.t("[注意]", "[warning]")
	}
	return a.t("[说明]", "[info]")
}
