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
		Use:   "verify [folder or file]",
		Short: a.t("核验写出的结果：重读输入、重算，列出不同之处", "verify what was written: read its inputs and make it again, and list what differs"),
		Long: a.t(`report、compare --output、check --fix、site --out 和 track export 写出的文件夹里，manifest.json 记着每个输入和输出的 sha256、程序版本、种子、选项和参数；
map、isochrones、catchments、frontier --csv 和 track status --xlsx 写出的文件旁有同名的 .manifest.json。
本命令据此逐个核对输入和输出文件，再按同样的选项重做一遍，说出哪里不同：输入的哪几行改了、程序换了、输出的哪个数被改过、哪个结果变了。不改动任何文件。
导出的台账只核对文件，不重做：台账还会增加；清单里记着最后一个事件的校验值，可用 sitecover track verify --head 核对。
退出码：0 完全一致；1 有不同。`,
			`The manifest.json of a folder that report, compare --output, check --fix, site --out or track export wrote holds the sha256 of every input and
output, the version, the seed, the options and the flags; map, isochrones, catchments, frontier --csv and track status --xlsx write one
beside their file, FILE.manifest.json. This command compares inputs and outputs file by file, makes the output again with the same options,
and says what differs: which rows of an input, another program, which figure of an output was edited, which result is another. It changes
no file. Of an exported ledger only the files are compared, for the ledger goes on: its manifest holds the hash of the last event, which
sitecover track verify --head proves.
Exit codes: 0 all the same; 1 something differs.`),
		Example: "  sitecover verify report\n  sitecover verify report --hashes\n  sitecover verify 对比\n  sitecover verify 空白图.png\n  sitecover verify report --study other/study.yaml --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "report"
			if len(args) > 0 {
				dir = args[0]
			}
			o.Options, o.Again = a.options(), a.again
			v, err := run.Verify(cmd.Context(), dir, o)
			if errors.Is(err, run.ErrManifest) {
				return &failure{text: data.T("%s 里没有可用的 manifest.json：不是本程序写出的结果，或由旧版本写出", "%s has no manifest.json that can be read: this program did not write it, or an old version did", dir), err: err}
			}
			if v == nil {
				return err
			}
			return a.printVerification(v, err)
		},
	}
	cmd.Flags().StringVar(&o.Study, "study", "", a.t("研究文件（默认用 manifest.json 里记的）", "the study file (default: the one that manifest.json names)"))
	cmd.Flags().BoolVar(&o.HashOnly, "hashes", false, a.t("只核对文件，不重做", "compare the files only, do not make them again"))
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
			for _, f := range d.Figures {
				a.printf("    %s：原为 %s，现为 %s", "    %s: was %s, is %s", f.Where, orNothing(f.Was), orNothing(f.Now))
			}
		}
	}
	switch {
	case failed != nil:
		return failed
	case !v.Same:
		return &failure{text: data.T("%s 有 %d 处与 manifest.json 不符", "%s differs from its manifest.json in %d place(s)", v.Folder, len(v.Differences))}
	case !a.json && v.Rerun:
		a.printf("一致：%d 个输入、%d 个输出，重做结果逐字节相同", "the same: %d inputs, %d outputs, and running it again gives the same bytes", v.Inputs, v.Outputs)
	case !a.json && v.Command == run.MadeByExport && !v.Rerun:
		a.printf("一致：%d 个输出（导出的台账不重做）", "the same: %d outputs (what was exported of a ledger is not made again)", v.Outputs)
		if v.LedgerHash != "" {
			a.printf("台账本身用 sitecover track verify --head %s 核对", "the ledger itself is proved by sitecover track verify --head %s", v.LedgerHash)
		}
	case !a.json:
		a.printf("一致：%d 个输入、%d 个输出（没有重算）", "the same: %d inputs, %d outputs (not run again)", v.Inputs, v.Outputs)
	}
	return nil
}

// orNothing marks an empty value.
func orNothing(s string) string {
	if s == "" {
		return "∅"
	}
	return s
}
