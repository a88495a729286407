package data

import (
	"strings"
	"unicode"
)

// synonyms are the column names under which our fields are found, by role and field, in normalised form (see normalise). Of
// several the first in the list wins, whatever the order of the columns.
var synonyms = map[string]map[string][]string{
	"codes": {
		"code":   {"code", "adcode", "区划代码", "行政区划代码", "统计用区划代码", "代码", "编码"},
		"name":   {"name", "名称", "单位名称", "行政区划名称", "区划名称"},
		"former": {"former", "replaces", "原代码", "旧代码", "曾用代码", "变更前代码"},
	},
	"population": {
		"id":     {"h3", "cell", "h3index", "h3cell", "hex", "hexid", "h3id", "格网", "网格", "格网编号", "网格编号", "id", "编号"},
		"lon":    lonWords,
		"lat":    latWords,
		"people": {"population", "people", "pop", "persons", "人口", "人口数", "总人口", "常住人口", "人数", "居住人口", "count", "value"},
		"region": {"region", "regionid", "code", "regionname", "区划代码", "行政区划代码", "代码", "区划", "名称", "地区", "街道", "乡镇", "社区", "name", "id", "编号"},
	},
	"sites": {
		"id":     {"id", "siteid", "code", "编号", "编码", "阵地编号", "站点编号", "代码"},
		"name":   {"name", "sitename", "title", "名称", "单位名称", "阵地名称", "站点名称", "点位名称", "机构名称"},
		"tier":   {"tier", "level", "type", "层级", "级别", "类型", "类别", "阵地类型", "等级"},
		"lon":    lonWords,
		"lat":    latWords,
		"area":   {"area", "floorarea", "建筑面积", "面积", "使用面积", "阵地面积", "建筑面积㎡", "面积㎡"},
		"staff":  {"staff", "employees", "人员", "人员数", "人员数量", "编制", "编制数", "编制人数", "工作人员", "工作人员数", "专职人员", "专职人员数", "在岗人数"},
		"region": {"region", "regionid", "所属社区", "所在社区", "所属村社区", "所属村", "所属区划", "区划代码", "行政区划代码", "社区", "村社区", "所属街道", "所在街道", "所属乡镇", "街道", "乡镇"},
		"opened": {"opened", "open", "openingdate", "开放日期", "启用日期", "启用时间", "建成日期", "建成时间", "投用日期"},
		"hours":  {"hours", "openinghours", "开放时间", "开放时段", "营业时间", "服务时间", "工作时间", "开门时间"},
		"closed": {"closed", "close", "closingdate", "关闭日期", "关闭时间", "停用日期", "停用时间", "撤销日期"},
	},
	"events": {
		"site":    {"site", "siteid", "id", "阵地编号", "站点编号", "点位编号", "编号", "编码", "代码"},
		"name":    {"name", "sitename", "名称", "阵地名称", "站点名称", "点位名称", "点位", "阵地", "站点", "村", "村名"},
		"event":   {"event", "kind", "事件", "事项", "事件类型", "环节", "进展"},
		"date":    {"date", "day", "日期", "事件日期", "发生日期", "办理日期", "时间"},
		"project": {"project", "projectid", "项目", "项目编号", "项目名称"},
		"money":   {"money", "amount", "金额", "付款金额", "拨付金额", "资金"},
		"budget":  {"budget", "预算", "预算金额", "批准预算", "造价", "概算"},
		"tier":    {"tier", "level", "层级", "级别", "阵地类型", "等级"},
		"lon":     lonWords,
		"lat":     latWords,
		"area":    {"area", "floorarea", "建筑面积", "面积", "使用面积", "阵地面积"},
		"region":  {"region", "regionid", "区划代码", "区划", "所属区划"},
		"hours":   {"hours", "openinghours", "开放时间", "开放时段", "营业时间", "服务时间"},
		"way":     {"way", "建设方式", "方式"},
		"class":   {"class", "类别", "档次"},
		"due":     {"due", "dueyear", "计划年份", "计划建成年份", "计划建成", "预计建成"},
		"note":    {"note", "remark", "remarks", "备注", "说明"},
	},
	"projects": {
		"site":         {"site", "siteid", "id", "阵地编号", "站点编号", "点位编号", "编号", "编码", "代码"},
		"name":         {"name", "sitename", "名称", "阵地名称", "站点名称", "点位名称", "点位", "阵地", "站点", "村", "村名", "建设单位"},
		"project":      {"project", "projectid", "项目", "项目编号", "项目名称"},
		"money":        {"money", "paid", "拨付金额", "已拨付", "付款金额", "拨款金额", "实际拨付"},
		"budget":       {"budget", "预算", "预算金额", "批准预算", "造价", "概算", "计划投资", "总投资", "投资"},
		"tier":         {"tier", "level", "层级", "级别", "阵地类型", "等级"},
		"lon":          lonWords,
		"lat":          latWords,
		"area":         {"area", "floorarea", "建筑面积", "面积", "使用面积", "阵地面积"},
		"region":       {"region", "regionid", "区划代码", "区划", "所属区划"},
		"hours":        {"hours", "openinghours", "开放时间", "开放时段", "营业时间", "服务时间"},
		"way":          {"way", "建设方式", "方式"},
		"class":        {"class", "类别", "档次"},
		"due":          {"due", "dueyear", "计划年份", "计划建成年份", "计划建成", "预计建成"},
		"note":         {"note", "remark", "remarks", "备注", "说明"},
		"planned_on":   {"planned", "plannedon", "计划日期", "列入计划日期", "列入计划时间"},
		"declared_on":  {"declared", "declaredon", "申报日期", "申报时间", "申请日期", "申请时间", "上报日期"},
		"reviewed_on":  {"reviewed", "reviewedon", "审核日期", "审核时间", "初审日期"},
		"approved_on":  {"approved", "approvedon", "审批日期", "审批时间", "批复日期", "批复时间", "批准日期", "立项日期", "立项时间"},
		"tendered_on":  {"tendered", "tenderedon", "招标日期", "招标时间", "中标日期"},
		"building_on":  {"building", "buildingon", "started", "startedon", "开工日期", "开工时间", "动工日期"},
		"accepted_on":  {"accepted", "acceptedon", "验收日期", "验收时间", "竣工验收日期"},
		"paid_on":      {"paidon", "拨付日期", "拨付时间", "付款日期", "拨款日期"},
		"opened_on":    {"opened", "openedon", "启用日期", "启用时间", "投用日期", "开放日期"},
		"upgraded_on":  {"upgraded", "upgradedon", "提升日期", "提升完成日期"},
		"withdrawn_on": {"withdrawn", "withdrawnon", "撤回日期", "取消日期"},
		"closed_on":    {"closed", "closedon", "关闭日期", "停用日期"},
	},
	"buildings": {
		"lon":    lonWords,
		"lat":    latWords,
		"weight": {"weight", "households", "户数", "建筑面积", "floorarea", "住户数"},
		"floors": {"floors", "层数", "楼层", "levels"},
	},
	"entities": {
		"id":        {"id", "code", "entityid", "编号", "编码", "代码", "统一社会信用代码"},
		"name":      {"name", "title", "名称", "单位名称", "园区名称", "楼宇名称", "企业名称", "市场名称"},
		"kind":      {"kind", "type", "category", "类型", "类别", "种类", "单位类型"},
		"lon":       lonWords,
		"lat":       latWords,
		"headcount": {"headcount", "employees", "workers", "人数", "职工人数", "从业人数", "从业人员", "员工数", "职工数", "就业人数"},
	},
	"crosswalk": {
		"year":  {"year", "年份", "年", "生效年份"},
		"from":  {"from", "fromcode", "old", "oldcode", "原代码", "原区划代码", "旧代码", "变更前代码"},
		"to":    {"to", "tocode", "new", "newcode", "新代码", "新区划代码", "现代码", "变更后代码"},
		"share": {"share", "weight", "比例", "占比", "人口比例"},
	},
	"places": {
		"id":       {"id", "stopid", "placeid", "osmid", "编号", "编码", "代码"},
		"name":     {"name", "stopname", "title", "名称", "地点名称", "站名", "场所名称"},
		"kind":     {"kind", "type", "category", "class", "类型", "类别", "种类", "大类"},
		"lon":      append([]string{"stoplon"}, lonWords...),
		"lat":      append([]string{"stoplat"}, latWords...),
		"cell":     {"h3", "cell", "h3index", "h3cell", "hex", "hexid", "h3id", "格网", "网格", "格网编号", "网格编号"},
		"footfall": {"footfall", "visitors", "客流", "日客流", "人流量", "日均人流", "客流量", "日均客流"},
	},
}

var (
	lonWords = []string{"lon", "lng", "long", "longitude", "经度", "x", "pointx", "wgs84经度", "东经"}
	latWords = []string{"lat", "latitude", "纬度", "y", "pointy", "wgs84纬度", "北纬"}
)

// normalise brings a column name to the form in which names are compared: lower case, without spaces and punctuation, without
// a unit or remark in brackets.
func normalise(name string) string {
	if i := strings.IndexAny(name, "(（[【"); i > 0 {
		name = name[:i]
	}
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '㎡' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// findColumns returns the index of each field's column, -1 where it is absent. Columns that the study names are taken
// literally; the others are found by their synonyms. missing lists the named columns that are not there.
func findColumns(role string, named map[string]string, header []string) (columns map[string]int, missing []string) {
	columns = map[string]int{}
	byName := map[string]int{}
	for i := len(header) - 1; i >= 0; i-- {
		byName[normalise(header[i])] = i
	}
	delete(byName, "")
	for _, field := range fields[role] {
		columns[field] = -1
		if want := named[field]; want != "" {
			columns[field] = exactColumn(header, want)
			if columns[field] < 0 {
				missing = append(missing, field)
			}
			continue
		}
		for _, word := range synonyms[role][field] {
			if i, ok := byName[word]; ok {
				columns[field] = i
				break
			}
		}
	}
	return columns, missing
}

func exactColumn(header []string, want string) int {
	for i, h := range header {
		if strings.TrimSpace(h) == strings.TrimSpace(want) {
			return i
		}
	}
	for i, h := range header {
		if normalise(h) == normalise(want) {
			return i
		}
	}
	return -1
}
