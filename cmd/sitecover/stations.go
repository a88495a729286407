package main

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// stations proposes places of 红色驿站.
func (a *app) stations(cmd *cobra.Command, s *run.Session, f siteFlags) error {
	if s.Study.Stations == nil {
		return &failure{text: data.T("%s 里没有 stations，不选红色驿站；加上例如 stations: {count: 10}",
			"%s has no stations, so none are asked for; add for example stations: {count: 10}", s.Study.Path)}
	}
	if err := s.FindStations(cmd.Context()); err != nil {
		return err
	}
	v := run.StationsView(s, f.rejected)
	if f.out != "" {
		if err := s.WriteStations(cmd.Context(), f.out, a.writeOptions(s, f)); err != nil {
			return err
		}
	}
	if a.json {
		return a.emit(v)
	}
	score := a.t(">人流得分", ">score")
	if v.Counted {
		score = a.t(">人次/日", ">people a day")
	}
	w := a.table(">#", a.t("候选点", "candidate"), a.t("依托场所", "host"), a.t("区域", "region"), a.t("经度,纬度", "lon,lat"), score,
		a.t("依据", "rests on"), a.t(">稳健度", ">kept"))
	for _, st := range v.Stations {
		basis := a.t("指数", "index")
		if st.Observed {
			basis = a.t("实测", "counts")
		}
		w.AppendRow(row(st.Rank, st.Candidate, st.Host, st.Region.Name, lonlat(st.Lon, st.Lat), people(st.Score), basis, optional(st.Kept)))
	}
	w.Render()
	a.printf("稳健度：人流权重与半径在 ±20 %% 内变动时仍被选中的比例", "kept: share of runs that still choose it when weights and catchment move by ±20 %%")
	a.printStationHours(v.Hours)
	a.printStationProof(v)
	a.printOut(f.out)
	return nil
}

// printOut says where the answer was written, if it was.
func (a *app) printOut(dir string) {
	if dir != "" {
		a.printf("已写入 %s：sites.xlsx 和 layers/", "written to %s: sites.xlsx and layers/", dir)
	}
}

// printStationHours tells what became of footfall that was counted by the hour.
func (a *app) printStationHours(h run.StationHoursView) {
	switch {
	case h.Open == "":
	case h.Share == nil:
		a.printf("驿站开放 %s；没有分时段的人流，按全天人流计", "stations are open %s; nobody was counted by the hour: the footfall of the whole day counts", h.Open)
	default:
		a.printf("驿站开放 %s，只计这一时段的人流：分时段计数的地点 %d 处，其人流的 %s 在开放时段内；其余人流按同类地点折算（只有全天人流的 %d 处）",
			"stations are open %s, and what passes then counts: %d places are counted by the hour, %s of their people pass while open; other footfall is taken to be as at places of its kind (%d places are counted by the day alone)",
			h.Open, h.ByHour, percent(h.Share), h.ByDay)
	}
}

// printStationProof tells how good the stations are together, and what became of the other places.
func (a *app) printStationProof(v run.StationReport) {
	unit := a.t("指数分", "index points")
	if v.Counted {
		unit = a.t("人次/日", "people a day")
	}
	a.printf("合计 %s %s，上限 %s，差距 %s；已有驿站 %d 处", "together %s %s, bound %s, gap %s; %d stations stand already", people(v.Score), unit, people(v.Bound), percent(&v.Gap), v.Standing)
	for _, reason := range slices.Sorted(maps.Keys(v.Rejected)) {
		a.printf("未选 %d 处：%s", "%d places not chosen: %s", v.Rejected[reason], a.rejected(reason))
	}
	if len(v.Passed) == 0 {
		return
	}
	w := a.table(a.t("未选地点", "place not chosen"), a.t("名称", "name"), a.t("经度,纬度", "lon,lat"), a.t(">还能增加", ">would add"), a.t(">入选试算", ">runs"), a.t("原因", "reason"), a.t("说明", "detail"))
	for _, p := range v.Passed {
		w.AppendRow(row(p.Candidate, p.Name, lonlat(p.Lon, p.Lat), people(p.Score), optional(p.Kept), a.rejected(p.Reason), p.Detail))
	}
	w.Render()
}
