package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/geo"
)

func (a *app) isochronesCmd() *cobra.Command {
	var tier, site, bands, output string
	cmd := &cobra.Command{
		Use:   "isochrones [study.yaml]",
		Short: a.t("把一级设施沿路的服务区画成多边形图层", "draw the service areas of a tier along the roads as polygons"),
		Long: a.t("沿路网画出服务区（等时圈、等距圈），可给多个圈层；全部开放设施合成一个面，或用 --site 只画一处。写成 GeoJSON（WGS84）。",
			"Draws service areas along the road network, in bands if asked; all open sites together, or one with --site. Writes GeoJSON (WGS84)."),
		Example: "  sitecover isochrones study.yaml --tier station -o 服务区.geojson\n  sitecover isochrones study.yaml --tier centre --bands \"300 m,500 m,1000 m\" -o bands.geojson",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			limits, err := parseBands(bands)
			if err != nil {
				return err
			}
			s, t, err := a.openTier(cmd, args, tier)
			if err != nil {
				return err
			}
			fc, err := s.Isochrones(cmd.Context(), t, site, limits)
			if err != nil {
				return asUsage(err)
			}
			if err := a.writeLayer(output, fc); err != nil || output == "" {
				return err
			}
			if err := a.seal(cmd, s, run.MadeByIsochrones, output, a.lang); err != nil {
				return err
			}
			if a.json {
				return a.emit(map[string]any{"output": output, "bands": len(fc.Features)})
			}
			for _, f := range fc.Features {
				a.printf("%s：%.2f 平方公里", "%s: %.2f km²", f.Properties["limit"], f.Properties["area_km2"])
			}
			a.printf("已写出 %s", "wrote %s", output)
			return nil
		},
	}
	cmd.Flags().StringVar(&tier, "tier", "", a.t("哪一级设施（只有一级时可省）", "which tier (may be left out when there is only one)"))
	cmd.Flags().StringVar(&site, "site", "", a.t("只画这一处设施", "only this site"))
	cmd.Flags().StringVar(&bands, "bands", "", a.t("圈层，逗号分隔，例如 \"5 min,10 min,15 min\"（默认由服务半径三等分或 5/10/15 分钟）", "bands, comma-separated, for example \"5 min,10 min,15 min\" (default: thirds of the radius, or 5/10/15 minutes)"))
	cmd.Flags().StringVarP(&output, "output", "o", "", a.t("写到这个文件（默认标准输出）", "write to this file (default: stdout)"))
	return cmd
}

func (a *app) catchmentsCmd() *cobra.Command {
	var tier, output string
	var balance float64
	cmd := &cobra.Command{
		Use:   "catchments [study.yaml]",
		Short: a.t("把全部土地划给各设施作管理网格（网格化）", "divide all land among the sites of a tier as management areas"),
		Long: a.t("把研究区的每一个网格划给最近的开放设施，互不重叠、没有遗漏，尽量连片；--balance 使各片人口更均衡。",
			"Gives every cell of the study area to its nearest open site, without overlap or gap, connected where the land is; --balance evens out the people."),
		Example: "  sitecover catchments study.yaml --tier station -o 网格.geojson\n  sitecover catchments study.yaml --tier station --balance 1.5 --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("balance") && balance < 1 {
				return usage("--balance 至少为 1，不能是 %g", "--balance must be at least 1, not %g", balance)
			}
			s, t, err := a.openTier(cmd, args, tier)
			if err != nil {
				return err
			}
			report, fc, err := s.Catchments(cmd.Context(), t, balance)
			if err != nil {
				return err
			}
			if output != "" {
				if err := a.writeLayer(output, fc); err != nil {
					return err
				}
				if err := a.seal(cmd, s, run.MadeByCatchments, output, a.lang); err != nil {
					return err
				}
			}
			if a.json {
				return a.emit(report)
			}
			w := a.table(a.t("编号", "id"), a.t("名称", "name"), a.t(">人口", ">people"), a.t(">离别处更近", ">nearer to another"), a.t(">网格", ">cells"), a.t(">块数", ">pieces"), ">km²")
			for _, c := range report.Areas {
				km2 := c.Km2
				w.AppendRow(row(c.Site, c.Name, people(c.People), people(c.Moved), count(c.Cells), count(c.Pieces), decimal(&km2)))
			}
			w.Render()
			return nil
		},
	}
	cmd.Flags().StringVar(&tier, "tier", "", a.t("哪一级设施（只有一级时可省）", "which tier (may be left out when there is only one)"))
	cmd.Flags().Float64Var(&balance, "balance", 0, a.t("每片人口不超过平均值的多少倍，例如 1.2（默认不平衡）", "people an area may have as a multiple of the mean, for example 1.2 (default: no balancing)"))
	cmd.Flags().StringVarP(&output, "output", "o", "", a.t("把多边形写到这个 GeoJSON 文件", "write the polygons to this GeoJSON file"))
	return cmd
}

// openTier opens the study and finds a tier by its id.
func (a *app) openTier(cmd *cobra.Command, args []string, id string) (*run.Session, int, error) {
	s, err := a.open(cmd, args)
	if err != nil {
		return nil, 0, err
	}
	tier, err := tierIndex(s, id)
	return s, tier, err
}

// tierIndex finds a tier by its id; a study with one tier needs none.
func tierIndex(s *run.Session, id string) (int, error) {
	var ids []string
	for i, t := range s.Tiers() {
		ids = append(ids, t.ID)
		if t.ID == id || id == "" && len(s.Tiers()) == 1 {
			return i, nil
		}
	}
	return -1, usage("--tier %q 不在研究中，可用：%s", "--tier %q is not in the study; it has %s", id, strings.Join(ids, ", "))
}

func parseBands(text string) ([]geo.Limit, error) {
	if text == "" {
		return nil, nil
	}
	var out []geo.Limit
	for _, part := range strings.Split(strings.ReplaceAll(text, "，", ","), ",") {
		limit, err := data.ParseLimit(part)
		if err != nil {
			return nil, usage("--bands %q 里的 %q 不是距离或时间，例如 500 m 或 10 min", "--bands %q: %q is no distance or time, for example 500 m or 10 min", text, part)
		}
		out = append(out, limit)
	}
	return out, nil
}

// asUsage turns what cannot be drawn as asked into a usage error.
func asUsage(err error) error {
	var bad *run.AreasError
	if errors.As(err, &bad) {
		return &usageError{bad.Text}
	}
	return err
}

// layerDecimals keeps seven decimals of a degree, about a centimetre.
const layerDecimals = 10_000_000

// writeLayer writes GeoJSON to a file, or to stdout without one.
func (a *app) writeLayer(path string, fc *geojson.FeatureCollection) error {
	for _, f := range fc.Features {
		f.Geometry = orb.Round(f.Geometry, layerDecimals)
	}
	text, err := json.Marshal(fc)
	if err != nil {
		return err
	}
	if path == "" {
		_, err := a.out.Write(append(text, '\n'))
		return err
	}
	return run.WriteFile(path, text)
}
