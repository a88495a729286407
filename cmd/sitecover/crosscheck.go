package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/mip"
	"sitecover/cmd/internal/run"
)

// crossFlags ask another solver, or write what it would be asked.
type crossFlags struct {
	solver string
	lp     string
}

func (a *app) crossFlags(cmd *cobra.Command, f *crossFlags) {
	names := strings.Join(mip.Programs(), "|")
	cmd.Flags().StringVar(&f.solver, "solver", "", a.t("另请这个求解器（要已安装）核对：%s；两个答案并排给出，时限用 --time，默认 1 分钟", "have this solver, if installed, check the answer: %s; both stand side by side. It has the time of --time, by default one minute", names))
	cmd.Flags().StringVar(&f.lp, "write-lp", "", a.t("把模型写成 LP 文件，供其他求解器使用", "write the model as an LP file for other solvers"))
}

func (f *crossFlags) check() error {
	if f.solver != "" && !slices.Contains(mip.Programs(), f.solver) {
		return usage("没有 --solver %q，可用：%s", "there is no --solver %q; known are %s", f.solver, strings.Join(mip.Programs(), ", "))
	}
	return nil
}

// checkError puts why nobody was asked into the user's language.
func (a *app) checkError(err error) error {
	var e *run.CheckError
	if errors.As(err, &e) {
		return &failure{text: e.Text, err: err}
	}
	return err
}

// printCheck puts both answers side by side.
func (a *app) printCross(v *run.CrossView) {
	if v == nil {
		return
	}
	theirs := "-"
	if v.Objective != nil {
		theirs = people(*v.Objective)
	}
	w := a.table(a.t("求解器", "solver"), a.t(">目标值", ">objective"), a.t(">上限", ">bound"), a.t(">秒", ">seconds"), a.t("状态", "status"))
	w.AppendRow(row("sitecover", people(v.Ours), people(v.Bound), "", ""))
	w.AppendRow(row(v.Solver, theirs, "", fmt.Sprintf("%.1f", v.Seconds), v.Status))
	w.Render()
	switch v.Verdict {
	case run.CheckSame:
		a.printf("两个求解器的目标值相同", "both solvers have the same objective")
	case run.CheckOurs:
		a.printf("本程序的答案更好", "our answer is better")
	case run.CheckTheirs:
		a.printf("%s 的答案更好，没有超出本程序的上限", "the answer of %s is better, and within our bound", v.Solver)
	case run.CheckBeyond:
		a.printf("矛盾：%s 的答案超出本程序的上限，两者必有一错，请报告此问题", "contradiction: the answer of %s is beyond our bound; one of the two is wrong, please report it", v.Solver)
	case run.CheckBroken:
		a.printf("%s 的答案违反模型的规则：%s", "the answer of %s breaks a rule of the model: %s", v.Solver, v.Detail)
	case run.CheckNone:
		a.printf("%s 在时限内没有给出答案", "%s has no answer within the time", v.Solver)
	}
}
