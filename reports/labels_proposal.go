package reports

// proposalLabels are the sheet names, column heads and words of proposals.
var proposalLabels = map[string]text{
	"sheet.proposals":     {"选址方案", "Proposed sites"},
	"sheet.facts":         {"指标", "How good"},
	"sheet.gain":          {"各区域变化", "Change by region"},
	"sheet.passed":        {"未选地点", "Places not chosen"},
	"x.within":            {"半径内人口", "People within reach"},
	"x.perperson":         {"人均费用（元）", "Yuan per person newly served"},
	"x.instead":           {"次选地点", "Next best place"},
	"x.insteadgain":       {"次选新增人口", "People it would newly serve"},
	"x.insteadcost":       {"次选费用（万元）", "Its cost (10,000 yuan)"},
	"x.wouldadd":          {"还能增加得分", "Score it would add"},
	"x.wouldadd.people":   {"还能增加（人次/日）", "Would add (people a day)"},
	"x.runs":              {"入选的试算", "Runs that choose it"},
	"unit.wan":            {"万元", "× 10,000 yuan"},
	"passed.outside":      {"在研究区外", "outside the study area"},
	"passed.exclusion":    {"在禁建区内", "inside an exclusion"},
	"passed.existing":     {"离已有驿站太近", "too near to a station that stands already"},
	"passed.near_station": {"离已选驿站太近", "too near to a proposed station"},
	"passed.no_footfall":  {"不再增加人流", "adds no footfall"},
	"passed.count":        {"名额已用于更好的地点", "all stations asked for stand at better places"},
}
