package model

import (
	"fmt"
	"strings"
)

// All names are put together from syllables; none is meant to be of a real place.
var (
	riverNames  = []string{"云水河", "青澜河", "白沙江", "长汀河", "柳溪河", "石泉江"}
	streamNames = []string{"青溪", "梅溪", "双溪", "枫溪", "竹溪", "兰溪"}
	lakeNames   = []string{"月牙湖", "镜心湖", "鹭鸣湖", "荷风湖", "星子湖", "栖霞湖"}

	countyFirst = []string{"云", "青", "临", "安", "永", "长", "清", "丰", "宁", "和", "景", "嘉"}
	countyLast  = []string{"岭", "川", "澜", "泽", "汀", "宁", "远", "平", "源", "阳", "山", "溪"}

	townFirst = []string{"临", "柳", "石", "双", "龙", "白", "杏", "松", "枫", "梅", "竹", "桃", "荷", "南", "北", "东", "西", "古", "上", "金", "银", "青", "红", "大", "清", "福"}
	townLast  = []string{"河", "泉", "桥", "沟", "潭", "鹭", "林", "岗", "渡", "湾", "口", "塘", "坪", "集", "冲", "埠", "溪", "店", "洲", "坡"}

	families    = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕"}
	villageLast = []string{"庄", "湾", "圩", "楼", "集", "桥", "岗", "洼", "堡", "塘", "沟", "营", "坝", "坪", "场", "滩"}
	streetFirst = []string{"青柳", "文昌", "和平", "永安", "新华", "兴盛", "锦绣", "阳光", "春晖", "育才", "向阳", "福源", "康宁", "望江", "听涛", "香樟", "梧桐", "银杏", "玉兰", "海棠", "紫薇", "丹桂", "翠竹", "金桂", "滨河", "柳岸", "石桥", "鼓楼", "南门", "北门", "东关", "西关", "书院", "学府", "明德", "崇文", "尚义", "怀仁", "同心", "惠民", "安居", "乐业", "祥和", "瑞景", "碧波", "云水", "景明", "清晏", "长乐", "嘉禾", "丰泽", "金穗", "晨曦", "星河", "广场", "车站", "古槐", "牌坊", "镜湖", "月牙"}
	sides       = []string{"大", "小", "东", "西", "南", "北", "上", "下", "前", "后", "老", "新"}

	streetNames = [2][]string{
		{"人民路", "解放路", "文昌路", "书院路", "鼓楼路", "望江路", "学府路", "同心路", "云岭路", "青年路", "丰泽路", "怀仁路", "海棠路", "银杏路", "明德路"},
		{"建设路", "滨河路", "和平路", "新华路", "永安路", "向阳路", "育才路", "康宁路", "嘉禾路", "崇文路", "长乐路", "玉兰路", "锦绣路", "金桂路", "春晖路"},
	}
)

// pick returns element i of a list that repeats.
func pick(list []string, i int) string { return list[i%len(list)] }

// pad writes a whole number with at least width digits.
func pad(n, width int) string { return fmt.Sprintf("%0*d", width, n) }

// perCity and perProvince are how many counties make a city, and up to how many there is no province above.
const perCity = 12

// nameCounties gives counties, and the cities and the province above them, codes and names. Codes begin with 99.
func (w *world) nameCounties() {
	n := w.land.counties
	cities := (n + perCity - 1) / perCity
	if n > 1 {
		for c := range cities {
			w.cities = append(w.cities, unit{code: "99" + pad(c+1, 2) + "00", name: pick(countyLast, c) + pick(countyFirst, c+5+c/12) + "市（模型）"})
		}
	}
	for i := range n {
		name := pick(countyFirst, i) + pick(countyLast, i+i/12) + "县（模型）"
		w.countyUnits = append(w.countyUnits, unit{code: "99" + pad(i/perCity+1, 2) + pad(i%perCity+1, 2), name: name, parent: i / perCity})
	}
}

// nameTowns names the towns from the given one on, which are those of one county.
func (w *world) nameTowns(from int) {
	streets := []string{"城关街道", "新城街道", "城南街道"}
	rng := w.seed.field(60).rand(uint64(from))
	taken := map[string]bool{}
	for i := from; i < len(w.towns); i++ {
		t := &w.towns[i]
		t.parent = t.county
		t.code = w.countyUnits[t.county].code + pad(i-from+1, 3)
		if t.street {
			t.name = streets[i-from]
			continue
		}
		for t.name == "" || taken[t.name] {
			a, b := townFirst[rng.IntN(len(townFirst))], townLast[rng.IntN(len(townLast))]
			t.name = a + b + "镇"
			if i%4 == 3 {
				t.name = a + b + "乡"
			}
		}
		taken[t.name] = true
	}
}

// nameCommunities gives every community a code under its town and a name that is its own there.
func (w *world) nameCommunities() {
	rng := w.seed.field(61).rand(0)
	count := make([]int, len(w.towns))
	taken := make([]map[string]bool, len(w.towns))
	for i := range w.communities {
		c := &w.communities[i]
		t := c.town
		if taken[t] == nil {
			taken[t] = map[string]bool{}
		}
		count[t]++
		c.parent = int(t)
		c.code = w.towns[t].code + pad(count[t], 3)
		first := true
		for c.name == "" || taken[t][c.name] {
			switch {
			case c.urban && !w.towns[t].street && first:
				c.name = strings.TrimSuffix(strings.TrimSuffix(w.towns[t].name, "镇"), "乡") + "社区"
			case c.urban:
				c.name = streetFirst[rng.IntN(len(streetFirst))] + "社区"
			case rng.IntN(3) == 0:
				c.name = sides[rng.IntN(len(sides))] + families[rng.IntN(len(families))] + villageLast[rng.IntN(len(villageLast))] + "村"
			default:
				c.name = families[rng.IntN(len(families))] + villageLast[rng.IntN(len(villageLast))] + "村"
			}
			first = false
		}
		taken[t][c.name] = true
	}
	for i := range w.settlements {
		x := &w.settlements[i]
		if l := w.communityOf.label[w.mesh.nearest(x.centre)]; x.name == "" && l >= 0 {
			x.name = strings.TrimSuffix(strings.TrimSuffix(w.communities[l].name, "村"), "社区")
		}
	}
}
