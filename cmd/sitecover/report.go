package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/reports"
)

func (a *app) reportCmd() *cobra.Command {
	var output string
	var o run.ReportOptions
	cmd := &cobra.Command{
		Use:   "report [study.yaml]",
		Short: a.t("写出完整报告：地图网页、Excel、Word 简报和图层", "write the whole report: map page, Excel, Word brief and layers"),
		Long: a.t("跑完整个研究，写出一个文件夹：report.html（单个文件，断网可打开）、plan.xlsx、brief.docx（6—10 页的简报，公文版式）、layers/（图层，默认 GeoJSON、GeoPackage、KML；QGIS、ArcGIS、奥维可直接打开）。",
			"Runs the whole study and writes a folder: report.html (one file, opens without a network), plan.xlsx, brief.docx (6 to 10 pages, laid out like an official document), layers/ (by default GeoJSON, GeoPackage and KML, for QGIS, ArcGIS and map programs)."),
		Example: "  sitecover report study.yaml -o 报告\n  sitecover report study.yaml -o out --lang en",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.readSearch(); err != nil {
				return err
			}
			if err := (reports.Options{Layers: o.Layers, CRS: o.CRS}).Validate(); err != nil {
				return usage("%v", "%v", err)
			}
			if o.PDF { // rather known before the study has run
				if _, err := reports.FindBrowser(o.Browser); err != nil {
					return &failure{data.T("没有找到可打印 PDF 的浏览器：安装 Chromium、Chrome 或 Edge（Debian：apt-get install chromium），或用 --browser 指定程序；不要 PDF 就去掉 --pdf",
						"no browser found to print the PDF: install Chromium, Chrome or Edge (Debian: apt-get install chromium), name its program with --browser, or leave --pdf out"), err}
				}
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if output == "" {
				output = filepath.Join(s.Study.Dir, "report")
			}
			return a.writeReport(cmd, s, output, o)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", a.t("报告文件夹（默认在 study.yaml 旁的 report）", "folder of the report (default: report, beside study.yaml)"))
	cmd.Flags().StringSliceVar(&o.Layers, "layers", nil, a.t("图层格式：%s（默认 %s）", "layer formats: %s (default %s)", strings.Join(reports.AllLayers, ","), strings.Join(reports.DefaultLayers, ",")))
	cmd.Flags().StringVar(&o.CRS, "crs", "", a.t("图层坐标：wgs84、cgcs2000、gcj02（默认 wgs84）", "coordinates of the layers: wgs84, cgcs2000, gcj02 (default wgs84)"))
	cmd.Flags().BoolVar(&o.Brief, "docx", true, a.t("写出 Word 简报 brief.docx", "write the Word brief, brief.docx"))
	cmd.Flags().BoolVar(&o.Frontier, "frontier", false, a.t("算出投入与覆盖曲线（小的研究总会算）", "work out coverage against money (small studies always do)"))
	cmd.Flags().BoolVar(&o.PDF, "pdf", false, a.t("另写 report.pdf（用本机的 Chromium、Chrome 或 Edge 打印；地图 A3 横向，文字 A4）", "also write report.pdf, printed by the Chromium, Chrome or Edge of this machine; maps on A3, text on A4"))
	cmd.Flags().StringVar(&o.Browser, "browser", "", a.t("打印 PDF 用的浏览器程序（默认在系统里找）", "program of the browser that prints the PDF (default: looked up in the system)"))
	cmd.Flags().StringVar(&o.Ledger, "ledger", "", a.t("历年台账 ledger.db：报告加上年度目标、各镇通报、项目和资金", "the ledger over time, ledger.db: adds targets by year, the scoreboard of towns, projects and money"))
	a.searchFlags(cmd)
	return cmd
}

// writeReport runs what is left of the study and says where the files lie.
func (a *app) writeReport(cmd *cobra.Command, s *run.Session, output string, o run.ReportOptions) error {
	lang := a.langFlag
	if lang == "" {
		lang = s.Study.Language
	}
	o.Lang, o.Version = lang, a.version
	if o.Ledger != "" {
		o.Ledger = workspacePath(o.Ledger)
	}
	if err := s.Report(cmd.Context(), output, o); err != nil {
		return trackError(err, s.Study, o.Ledger, os.Getenv("SITECOVER_WHO"))
	}
	files, err := run.Written(output)
	if err != nil {
		return err
	}
	if a.json {
		return a.emit(map[string]any{"study": s.Study.Name, "folder": output, "files": files})
	}
	page, err := filepath.Abs(filepath.Join(output, "report.html"))
	if err != nil {
		return err
	}
	for _, f := range files {
		a.printf("%10s 字节  %s", "%10s bytes  %s", count(f.Bytes), filepath.Join(output, filepath.FromSlash(f.Path)))
	}
	a.printf("报告：用浏览器打开 %s", "Report: open %s in a browser", page)
	return nil
}

// exists reports whether a path is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
