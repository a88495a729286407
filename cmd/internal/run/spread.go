package run

import (
	"fmt"

	"sitecover/coverage"
	"sitecover/data"
)

// sourceKinds are the kinds of records that people come in.
var sourceKinds = map[string]data.Text{"cells": from("格网", "cells"), "points": from("点位", "points")}

// spreadFindings tells what happened to people on their way onto the grid, wherever a reader would want to know.
func (s *Session) spreadFindings() []data.Finding {
	var out []data.Finding
	note := func(severity, zh, en string, args ...any) {
		out = append(out, data.NewFinding(severity, s.Study.Population[0].File, data.T(zh, en, args...)))
	}
	d := s.Spread
	for _, src := range d.Sources {
		if src.Outside > 0 {
			severity := data.SeverityInfo // cells at the border always reach out a little
			if share := src.Outside.Float() / src.Input.Float(); share > 0.05 || share > 0.01 && src.OutsideRecords > 0 {
				severity = data.SeverityWarning
			}
			kind := sourceKinds[src.Kind]
			what := data.Text{
				ZH: fmt.Sprintf("人口（%s）：边界上的记录有一部分伸出研究区，其中 %.0f 人未计入", kind.ZH, src.Outside.Float()),
				EN: fmt.Sprintf("people (%s): records at the border reach out of the study area; their %.0f people outside are not counted", kind.EN, src.Outside.Float())}
			if src.OutsideRecords > 0 {
				what = data.Text{
					ZH: fmt.Sprintf("人口（%s）：%d 条中有 %d 条全部在研究区外；研究区外共 %.0f 人，未计入", kind.ZH, src.Records, src.OutsideRecords, src.Outside.Float()),
					EN: fmt.Sprintf("people (%s): of %d records %d lie wholly outside the study area; %.0f people outside are not counted", kind.EN, src.Records, src.OutsideRecords, src.Outside.Float())}
			}
			f := data.NewFinding(severity, s.Study.Population[0].File, what)
			f.Hint = data.T("边界上的格网总会伸出一点；若研究区应当包括他们，核对边界和人口的坐标系", "cells at the border always reach out a little; if the area should hold these people, check the boundaries and the coordinates of both")
			out = append(out, f)
		}
	}
	for _, e := range d.Even {
		if e.Weighted {
			note(data.SeverityInfo, "%s 有总人口 %.0f，但没有任何格网或点位人口：按建筑或居住用地摊到 %d 块", "%s has a total of %.0f people but no cell or point with people: spread by buildings or residential land over %d parts",
				s.regionName(e.Region), e.People.Float(), e.Parts)
			continue
		}
		note("warning", "%s 有总人口 %.0f，但没有任何格网或点位人口：按面积均匀摊到 %d 块", "%s has a total of %.0f people but no cell or point with people: spread evenly by area over %d parts",
			s.regionName(e.Region), e.People.Float(), e.Parts)
	}
	for _, c := range d.Conflicts {
		note("warning", "%s 的总人口 %.0f 与下级之和 %.0f 不符：以下级为准", "the total of %s, %.0f, differs from the sum of its finer totals, %.0f: the finer ones hold",
			s.regionName(c.Region), c.Total.Float(), c.Held.Float())
	}
	if n := len(d.Scaled); n > 0 {
		low, high := factors(d.Scaled)
		note("info", "%d 个区域的人口按官方总数缩放，系数 %.3f 至 %.3f", "the people of %d regions are scaled to their official totals, factors %.3f to %.3f", n, low, high)
	}
	if d.Uncontrolled > 0 && n(d) > 0 {
		note("info", "%.0f 人所在区域没有官方总数，未缩放", "%.0f people live in regions without an official total and are not scaled", d.Uncontrolled.Float())
	}
	for _, g := range d.Groups {
		if what, any := groupSpread(g); any {
			out = append(out, data.NewFinding(data.SeverityInfo, s.Study.Population[0].File, what))
		}
	}
	if p := s.Placed; p != nil && p.Lost > 0 {
		note("info", "%d 块网格内没有街道，其中 %.0f 人留在网格中心", "%d parts of cells have no street inside: their %.0f people stay at the middle", p.Kept, p.Lost.Float())
	}
	return out
}

// groupSpread tells what became of a group of people; false when there is nothing to tell.
func groupSpread(g coverage.GroupSum) (what data.Text, any bool) {
	var parts []data.Text
	if g.Capped > 0 {
		parts = append(parts, data.T("%.0f 人为不超过当地人口移到区内别处", "%.0f members moved within their region so that no place has more of them than people", g.Capped.Float()))
	}
	if g.Silent > 0 {
		parts = append(parts, data.T("有 %.0f 人只知总数、未计入该群体", "%.0f people live in regions that do not tell the group", g.Silent.Float()))
	}
	if len(g.Conflicts) > 0 {
		parts = append(parts, data.T("%d 个区域的群体总数无法满足", "totals of %d regions could not be met", len(g.Conflicts)))
	}
	what = data.T("群体 %s：", "group %s: ", g.ID)
	for i, p := range parts {
		if i > 0 {
			what.ZH, what.EN = what.ZH+"，", what.EN+", "
		}
		what.ZH, what.EN = what.ZH+p.ZH, what.EN+p.EN
	}
	return what, len(parts) > 0
}

// n is the number of control totals that were applied.
func n(d *coverage.Distribution) int { return len(d.Scaled) + len(d.Even) }

func factors(scaled []coverage.Scaled) (low, high float64) {
	low, high = scaled[0].Factor(), scaled[0].Factor()
	for _, s := range scaled[1:] {
		low, high = min(low, s.Factor()), max(high, s.Factor())
	}
	return low, high
}

func (s *Session) regionName(r int32) string { return s.Data.Regions.All[r].Name }
