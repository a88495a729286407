package main

import (
	"errors"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// fixInputs writes corrected copies and tells what changed and what is left.
func (a *app) fixInputs(cmd *cobra.Command, c *run.Checkup, dir string) error {
	f, again, err := c.Fix(cmd.Context(), dir, a.version, a.options())
	switch {
	case errors.Is(err, data.ErrFolder):
		return &failure{text: data.T("%s 已存在且不是空的，请换一个文件夹", "%s is there and not empty: name another folder", dir), err: err}
	case errors.Is(err, data.ErrNothingToFix):
		if len(c.Errors) > 0 {
			return c.Errors
		}
		if a.json {
			return a.emit(c.View(a.lang))
		}
		a.printf("没有可以自动改正的问题，没有写出任何文件", "there is nothing to correct: no file was written")
		return nil
	case err != nil:
		return err
	}
	for i := range f.Changes {
		f.Changes[i].Text = f.Changes[i].What.In(a.lang)
	}
	if a.json {
		if err := a.emit(f); err != nil {
			return err
		}
	} else {
		a.printFix(f, again)
	}
	if len(again.Errors) > 0 {
		return &checkFailed{len(again.Errors)}
	}
	return nil
}

func (a *app) printFix(f *run.Fixed, again *run.Checkup) {
	w := a.table(a.t("文件", "file"), a.t(">行", ">row"), a.t("字段", "field"), a.t("原值", "before"), a.t("新值", "after"), a.t("改动", "change"))
	for _, c := range f.Changes {
		at := ""
		if c.Row > 0 {
			at = count(c.Row)
		}
		w.AppendRow(row(c.File, at, c.Field, short(c.Before), short(c.After), c.Text))
	}
	w.Render()
	a.printf("改正前：%d 处错误、%d 处注意；改正后：%d 处错误、%d 处注意", "before: %d error(s), %d warning(s); after: %d error(s), %d warning(s)",
		f.Before.Errors, f.Before.Warnings, f.After.Errors, f.After.Warnings)
	a.printFindings(again.View(a.lang), data.SeverityError, data.SeverityWarning)
	a.printf("副本在 %s（%d 处改动，清单见 changes.csv；原文件未动）", "copies are in %s (%d change(s), listed in changes.csv; the originals are as they were)", f.Folder, len(f.Changes))
}

// short cuts a value for a table.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
