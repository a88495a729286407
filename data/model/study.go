package model

import (
	"fmt"
	"io"
	"math"
	"strings"
)

var levelNames = map[string]string{"province": "省", "city": "市", "county": "区县", "town": "镇（街道）", "community": "村（社区）"}

// writeReadme writes what the folder is.
func (w *world) writeReadme(out io.Writer) error {
	_, err := fmt.Fprintf(out, `%s：合成数据说明

本文件夹里的县不存在。边界、河湖、道路、人口、地点、阵地台账全部由程序根据随机种子 %d 生成，
地名由常用字拼合而成，区划代码以 99 开头（没有任何省份使用），与任何真实地点、单位无关。
坐标落在一处真实的经纬度上，只是为了让距离和面积合理；请不要与真实地图对照。

人口 %d，村（社区） %d 个，镇（街道） %d 个，统计年份 %d。
同样的种子和参数总是生成同样的文件。

  study.yaml           研究说明（从这里读起）
  boundaries.geojson   各级区划边界
  population.csv       人口（H3 第 %d 级格网）
  totals.csv           各村（社区）的常住人口总数，与格网略有出入，以此为准
  roads.osm.pbf        道路（OpenStreetMap PBF 格式）
  places.geojson       地点：市场、公园、学校、公交站、村委会、闲置用房等
  sites.xlsx           党群服务阵地台账
  exclusions.geojson   不可建设区：水域、行洪区、生态保护红线、隐患点
  entities.csv         单独统计的单位：产业园、写字楼、市场、商场，附从业人数
  zones.geojson        特殊区域：新建小区、城乡结合部

This county does not exist. Everything here was made by a program from seed %d.
`, w.title(), w.opt.Seed, w.opt.People, len(w.communities), len(w.towns), w.opt.Year, w.opt.Resolution, w.opt.Seed)
	return err
}

// writeStudy writes the study file that reads the others.
func (w *world) writeStudy(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# %s党群服务阵地布局研究
# 合成数据：本县不存在，由种子 %d 生成，见 README.txt。各项含义见 docs/study.md。

name: %s党群服务阵地布局规划
date: %d-12-31        # 统计日期：这一天开放的阵地才算数
synthetic: true         # 合成数据，报告的每一页都会注明
notice: 模型县，合成数据，不是真实地图
seed: 1                 # 求解用的随机种子：同样的种子得到同样的结果

levels:                 # 区划级别，从大到小
`, w.title(), w.opt.Seed, w.title(), w.opt.Year)
	for _, id := range w.levels() {
		fmt.Fprintf(&b, "  - {id: %s, name: %s}\n", id, levelNames[id])
	}
	b.WriteString(studySources)
	fmt.Fprintf(&b, "\ngrid:\n  resolution: %d         # H3 级别，7 到 11；9 级格子约 0.1 km²\n", w.opt.Resolution)
	b.WriteString(studyTiers)
	w.writeTargets(&b)
	b.WriteString(studyStations)
	_, err := io.WriteString(out, b.String())
	return err
}

const studySources = `
areas:
  - file: boundaries.geojson
    fields: {id: code, name: name, parent: parent, level: level}

population:
  - file: population.csv                    # 格网人口，决定人在哪里
    kind: h3
    groups: {60岁以上: 60岁以上, 15岁以下: 15岁以下}   # 各列人数，另行统计
  - file: totals.csv                        # 官方总数，决定有多少人
    kind: totals
    fields: {region: 区划代码, people: 常住人口}

roads:
  - roads.osm.pbf

sites:
  - file: sites.xlsx
    sheet: 阵地台账
    tiers: {党群服务中心: centre, 党群服务站: station, 党群服务点: point}

places:
  - file: places.geojson
    kinds: {闲置用房: idle_room}            # 文件里的叫法 -> 本研究的叫法

exclusions:
  - exclusions.geojson

entities:
  - entities.csv                            # 园区、楼宇、市场：按单位统计，不并入常住人口

zones:
  - zones.geojson                           # 特殊区域：空白区涉及时点名
`

const studyTiers = `
tiers:                  # 从高到低。半径按步行路网计算；成本为同类项目的量级，请换成本地数字
  - id: centre
    name: 党群服务中心
    mode: walk
    radius: 1000 m      # 类比 GB 50180-2018 的十五分钟生活圈
    min_area: 1000 m²
    one_per: town       # 每个镇（街道）都要有一个
    cost: 100 万元      # 新建
    host_cost: 70 万元  # 利用已有场所改建
    hosts: [government, culture, idle_room, community_centre]
  - id: station
    name: 党群服务站
    parent: centre
    mode: walk
    radius: 500 m       # 十分钟生活圈
    min_area: 300 m²
    one_per: community  # 每个村（社区）都要有一个
    cost: 15 万元
    host_cost: 10 万元
    hosts: [community_centre, culture, idle_room, clinic, library]
  - id: point
    name: 党群服务点
    parent: station
    mode: walk
    radius: 300 m       # 五分钟生活圈
    min_area: 100 m²
    cost: 3 万元
    host_cost: 1 万元
`

// writeTargets asks for steady growth over five years of money. What a year pays for is open from the next, so the targets
// begin a year after the money. They are chosen so that the money just allows them.
func (w *world) writeTargets(b *strings.Builder) {
	b.WriteString("\nbudget:                 # 每年的钱；当年投资的站点次年起开放\n")
	size := float64(w.opt.People) / DefaultPeople
	for i, wan := range []float64{680, 680, 640, 600, 560} {
		fmt.Fprintf(b, "  %d: %d 万元\n", w.opt.Year+1+i, int(math.Ceil(wan*size/10))*10)
	}
	b.WriteString("\ntargets:                # 每年年底的目标：effective 有效覆盖（人口），presence 有形覆盖（区划）\n")
	for i, t := range []struct{ centre, owning, station, presence, point int }{
		{22, 70, 48, 42, 8},
		{27, 90, 54, 55, 12},
		{32, 100, 58, 68, 16},
		{40, 100, 62, 80, 20},
	} {
		fmt.Fprintf(b, "  %d:\n    centre: {effective: %d%%, presence: %d%%}\n    station: {effective: %d%%, presence: %d%%}\n    point: {effective: %d%%}\n",
			w.opt.Year+2+i, t.centre, t.owning, t.station, t.presence, t.point)
	}
}

const studyStations = `
candidates:
  min_people: 30        # 新建点所在格子周围至少要有这么多人
  spacing: 150 m        # 同级阵地之间的最小间距

stations:               # 红色驿站：按人流选址，不看居住人口的覆盖
  count: 12
  catchment: 300 m
  spacing: 1000 m
  weights: {market: 6, mall: 8, hospital: 6, bus_station: 8, bus_stop: 2, square: 4, park: 3, scenic: 4, residents: 1, road: 1}
`
