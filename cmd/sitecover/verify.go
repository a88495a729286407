package main

import (
	"errors"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

func (a *app) verifyCmd() *cobra.Command {
	o := run.VerifyOptions{Version: version}
	cmd := &cobra.Command{
		Use:   "verify [folder]",
		Short: a.t("核验一份报告：重读输入、重算，列出不同之处", "verify a report: read its inputs and run it again, and list what differs"),
		Long: a.t(`报告文件夹里的 manifest.json 记着每个输入和输出的 sha256、程序版本、种子和选项。本命令据此逐个核对输入和输出文件，
再按同样的选项重算一遍，说出哪里不同：输入改了、程序换了、输出被改过、结果变了。不改动报告。
退出码：0 完全一致；1 有不同。`,
			`The manifest.json of a report folder holds the sha256 of every input and output, the version, the seed and the options. This command
compares them file by file, runs the study again with the same options, and says what differs: an input that changed, another
program, an output that was edited, another result. It does not touch the report. Exit codes: 0 all the same; 1 something differs.`),
		Example: "  sitecover verify report\n  sitecover verify report --hashes\n  sitecover verify report --study other/study.yaml --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "report"
			if len(args) > 0 {
				dir = args[0]
			}
			o.Options = a.options()
			v, err := run.Verify(cmd.Context(), dir, o)
			if errors.Is(err, run.ErrManifest) {
				return &failure{text: data.T("%s 里没有可用的 manifest.json：不是报告文件夹，或由旧版本写出", "%s holds no manifest.json that can be read: it is no report folder, or an old one", dir), err: err}
			}
			if v == nil {
				return err
			}
			return a.printVerification(v, err)
		},
	}
	cmd.Flags().StringVar(&o.Study, "study", "", a.t("研究文件（默认用 manifest.json 里记的）", "the study file (default: the one that manifest.json names)"))
	cmd.Flags().BoolVar(&o.HashOnly, "hashes", false, a.t("只核对文件，不重算", "compare the files only, do not run the study again"))
	return cmd
}

// printVerification tells what differs. failed is why the study could not be run again.
func (a *app) printVerification(v *run.Verification, failed error) error {
	if a.json {
		if err := a.emit(v); err != nil {
			return err
		}
	} else {
		for _, d := range v.Differences {
			a.printf("%s", "%s", d.Text().In(a.lang))
		}
	}
	switch {
	case failed != nil:
		return failed
	case !v.Same:
		return &failure{text: data.T("%s 有 %d 处与 manifest.json 不符", "%s differs from its manifest.json in %d place(s)", v.Folder, len(v.Differences))}
	case !a.json && v.Rerun:
		a.printf("一致：%d 个输入、%d 个输出，重算结果逐字节相同", "the same: %d inputs, %d outputs, and running it again gives the same bytes", v.Inputs, v.Outputs)
	case !a.json:
		a.printf("一致：%d 个输入、%d 个输出（没有重算）", "the same: %d inputs, %d outputs (not run again)", v.Inputs, v.Outputs)
	}
	return nil
}
