package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

func (a *app) initCmd() *cobra.Command {
	var output string
	var force bool
	cmd := &cobra.Command{
		Use:   "init [folder]",
		Short: a.t("为文件夹里的数据写一份 study.yaml，并说明猜测了什么", "write a study.yaml for the files in a folder, and say what was guessed"),
		Long: a.t("查看文件夹中的文件，判断哪个是边界、人口、道路、台账、地点，写出带注释的 study.yaml。每一处猜测都会说明；不改动数据文件。",
			"Looks at the files of a folder, guesses which are boundaries, people, roads, ledger and places, and writes a commented study.yaml. Says every guess; changes no data file."),
		Example: "  sitecover init ./data\n  sitecover init ./data -o my-study.yaml",
		Args:    a.oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if output == "" {
				output = filepath.Join(dir, "study.yaml")
			}
			if _, err := os.Stat(output); err == nil && !force {
				return &failure{text: data.T("%s 已存在；要覆盖请加 --force", "%s exists; add --force to overwrite it", output)}
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			text, notes, err := data.Init(dir)
			if err != nil {
				return err
			}
			if err := run.WriteFile(output, text); err != nil {
				return err
			}
			return a.printInit(output, notes)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", a.t("写到哪里（默认 文件夹/study.yaml）", "where to write (default folder/study.yaml)"))
	cmd.Flags().BoolVar(&force, "force", false, a.t("覆盖已有文件", "overwrite an existing file"))
	return cmd
}

func (a *app) printInit(output string, notes []data.Text) error {
	if a.json {
		lines := []string{}
		for _, n := range notes {
			lines = append(lines, n.In(a.lang))
		}
		return a.emit(map[string]any{"output": output, "notes": lines})
	}
	for _, n := range notes {
		a.printf("猜测：%s", "guessed: %s", n.In(a.lang))
	}
	a.printf("已写出 %s。请核对其中的猜测，然后运行：sitecover check %s", "Wrote %s. Check the guesses in it, then run: sitecover check %s", output, output)
	return nil
}
