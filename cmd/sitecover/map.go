package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/reports"
)

func (a *app) mapCmd() *cobra.Command {
	var o reports.MapOptions
	var output, size string
	cmd := &cobra.Command{
		Use:   "map [study.yaml]",
		Short: a.t("画一张可印刷的地图（PNG 或 SVG），不需要浏览器", "draw a map for print (PNG or SVG), without a browser"),
		Long: a.t("按印刷分辨率画一张图（覆盖、空白、方案、人口、距离、人流、区域分级、可达范围、责任区），带图例、比例尺、指北针、日期、资料来源和说明行。",
			"Draws one map at print resolution (coverage, gaps, plan, people, distance, footfall, regions by class, reach, catchments), with legend, scale bar, north arrow, date, sources and notice."),
		Example: "  sitecover map study.yaml --map gaps --tier station -o 空白图.png\n  sitecover map study.yaml --map plan --size 420x297 -o plan.svg\n  sitecover map study.yaml --map regions --classes jenks -o 分级.png",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := mapFlags(&o, output, size); err != nil {
				return err
			}
			if err := a.readSearch(); err != nil {
				return err
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if o.Tier != "" {
				if _, err := tierIndex(s, o.Tier); err != nil {
					return err
				}
			}
			if o.Map == reports.MapPlan && !s.HasPlan() {
				return &failure{text: data.T("%s 里没有 budget，画不出建设方案图", "%s has no budget, so there is no plan to draw", s.Study.Path)}
			}
			if o.Lang = a.langFlag; o.Lang == "" {
				o.Lang = s.Study.Language
			}
			return a.drawMap(cmd, s, o, output)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Map, "map", reports.MapCoverage, a.t("哪一张：%s", "which: %s", strings.Join(reports.AllMaps, ", ")))
	flags.StringVar(&o.Tier, "tier", "", a.t("哪一级设施（默认报告首先显示的一级）", "which tier (default: the one the report shows first)"))
	flags.StringVar(&size, "size", "297x210", a.t("幅面，毫米，宽x高", "sheet in millimetres, width x height"))
	flags.Float64Var(&o.DPI, "dpi", 300, a.t("PNG 的分辨率", "resolution of a PNG"))
	flags.StringVar(&o.Font, "font", "", a.t("中文字体文件（默认在系统里找）", "font file with Chinese characters (default: looked up in the system)"))
	flags.StringVar(&o.Measure, "measure", "", a.t("--map regions 比什么：effective、unserved、people（默认 effective）", "what --map regions compares: effective, unserved, people (default effective)"))
	flags.StringVar(&o.Classes, "classes", "", a.t("--map regions 怎么分级：%s（默认 %s）", "how --map regions cuts classes: %s (default %s)", strings.Join(reports.ClassMethods, ", "), reports.ClassMethods[0]))
	flags.StringVar(&o.Level, "level", "", a.t("--map regions 比哪一级区划（默认能分辨的最低一级）", "level that --map regions compares (default: the deepest that can be told apart)"))
	flags.StringVarP(&output, "output", "o", "map.png", a.t("写到这个文件，按扩展名定格式：.png 或 .svg", "file to write; its ending tells the format: .png or .svg"))
	a.searchFlags(cmd)
	return cmd
}

// mapFlags reads what cobra cannot, and checks the whole.
func mapFlags(o *reports.MapOptions, output, size string) error {
	o.Format = strings.TrimPrefix(strings.ToLower(filepath.Ext(output)), ".")
	if o.Format != "png" && o.Format != "svg" {
		return usage("--output %q 要以 .png 或 .svg 结尾", "--output %q must end in .png or .svg", output)
	}
	width, height, ok := strings.Cut(strings.ToLower(size), "x")
	var err1, err2 error
	o.Width, err1 = strconv.ParseFloat(width, 64)
	o.Height, err2 = strconv.ParseFloat(height, 64)
	if !ok || err1 != nil || err2 != nil {
		return usage("--size %q 不是 宽x高（毫米），例如 420x297", "--size %q is not width x height in millimetres, for example 420x297", size)
	}
	if err := o.Validate(); err != nil {
		return usage("%v", "%v", err)
	}
	return nil
}

func (a *app) drawMap(cmd *cobra.Command, s *run.Session, o reports.MapOptions, output string) error {
	steps := s.All
	if o.Map != reports.MapPlan {
		steps = s.FindGaps
	}
	if err := steps(cmd.Context()); err != nil {
		return err
	}
	if o.Map == reports.MapFootfall || o.Map == reports.MapReach || o.Map == reports.MapCatchments {
		if err := s.MeasureLand(cmd.Context()); err != nil {
			return err
		}
	}
	var picture bytes.Buffer
	err := reports.DrawMap(&picture, s.Arranged(a.version), o)
	if errors.Is(err, reports.ErrNoFont) {
		return &failure{data.T("找不到中文字体：安装思源黑体（Debian：apt-get install fonts-noto-cjk），或用 --font 指定字体文件",
			"no font with Chinese characters: install Noto Sans CJK (Debian: apt-get install fonts-noto-cjk), or name a font file with --font"), err}
	}
	if errors.Is(err, reports.ErrNoLayer) {
		return &failure{data.T("这个研究没有 %s 图可画的内容：没有下级区划、驿站或沿路的层级", "this study has nothing to show on the map %s: no regions below, no stations, or no tier along roads", o.Map), err}
	}
	if err != nil {
		return err
	}
	if err := run.WriteFile(output, picture.Bytes()); err != nil {
		return err
	}
	if err := a.seal(cmd, s, run.MadeByMap, output, o.Lang); err != nil {
		return err
	}
	if a.json {
		return a.emit(map[string]any{"output": output, "bytes": picture.Len()})
	}
	a.printf("已写出 %s（%s 字节）", "wrote %s (%s bytes)", output, count(picture.Len()))
	return nil
}
