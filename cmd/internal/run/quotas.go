package run

import (
	"strconv"

	"sitecover/data"
	"sitecover/siting"
)

// regional puts quotas, pilots and weights of groups into a problem, whose budgets must be final. checkRules has refused unknown
// names.
func (s *Session) regional(p *siting.Problem, spec data.PlanSpec) {
	var all siting.Yuan
	for _, b := range p.Budgets {
		all += b.Money
	}
	p.Fair, p.Quotas, p.Pilots, p.Groups = spec.Fair, nil, nil, s.groupWeights(spec)
	for _, q := range spec.Quotas {
		one := q.Quota
		one.Regions = s.regionsNamed(q.Names)
		if q.Share >= 0 {
			one.Money = siting.Yuan(float64(q.Share) * float64(all))
		}
		p.Quotas = append(p.Quotas, one)
	}
	if spec.Pilots != nil {
		p.Pilots = &siting.Pilots{Regions: s.regionsNamed(spec.Pilots.Regions), Candidates: spec.Pilots.Candidates}
	}
}

// groupWeights finds the groups that count more.
func (s *Session) groupWeights(spec data.PlanSpec) (out []siting.GroupWeight) {
	for _, g := range spec.Groups {
		for i := range s.Demand.Groups {
			if s.Demand.Groups[i].ID == g.Group {
				out = append(out, siting.GroupWeight{Group: i, Weight: g.Weight})
			}
		}
	}
	return out
}

func (s *Session) regionsNamed(ids []string) (out []int32) {
	for _, id := range ids {
		if r, ok := s.Data.Regions.Index(id); ok {
			out = append(out, r)
		}
	}
	return out
}

// ruleFault notes something wrong with a rule of the study.
type ruleFault func(key, value string, what, hint data.Text)

// checkRegional refuses quotas, pilots and weights that speak of what the inputs do not hold.
func (s *Session) checkRegional(path string, spec data.PlanSpec, fail ruleFault) {
	region := func(key, id string, level int) {
		r, ok := s.Data.Regions.Index(id)
		switch {
		case !ok:
			fail(key, id, data.T("没有这个区划", "is not a region of the study"), data.T("写边界文件里的编号", "give an id of the boundaries"))
		case level >= 0 && s.Data.Regions.All[r].Level != level:
			fail(key, id, data.T("不是这一级的区划", "is not a region of this level"), data.T("级别应为 %s", "the level is %s", s.Data.Regions.Levels[level].ID))
		}
	}
	for i, q := range spec.Quotas {
		for _, id := range q.Names {
			region(path+".quotas["+strconv.Itoa(i)+"].regions", id, q.Level)
		}
	}
	if spec.Pilots != nil {
		for _, id := range spec.Pilots.Regions {
			region(path+".pilots.regions", id, -1)
		}
		for _, id := range spec.Pilots.Candidates {
			if !s.knows(id) {
				fail(path+".pilots.candidates", id, data.T("没有这个地点、网格或设施", "is no place, cell or site of the study"),
					data.T("写 plan 列出的候选点编号，或地点编号", "give a candidate's id as plan lists it, or a place's id"))
			}
		}
	}
	for _, g := range spec.Groups {
		known := false
		var names []string
		for i := range s.Demand.Groups {
			known = known || s.Demand.Groups[i].ID == g.Group
			names = append(names, s.Demand.Groups[i].ID)
		}
		if !known {
			fail(path+".group_weights."+g.Group, g.Group, data.T("人口数据里没有这个人群", "is no group of the population files"), data.T("现有：%v", "there are: %v", names))
		}
	}
}
