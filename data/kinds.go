package data

import (
	"maps"
	"slices"
	"strings"
)

// kind is a kind of place: a possible host of a site, a generator of footfall, or just a name on the map.
type kind struct {
	id     string
	weight float64  // default footfall index points for 红色驿站; 0 = none
	words  []string // what ledgers call it, lower case
	tags   []string // OSM tags "key=value" that mean it
}

// kinds is the vocabulary of places. The first kind with a matching tag wins, so the more specific come first.
// The weights are orders of magnitude and an index of our own, not counted people: they are printed with every result.
var kinds = []kind{
	{"metro", 10, []string{"地铁站", "地铁", "轨道站"}, []string{"station=subway", "railway=subway_entrance", "railway=subway"}},
	{"railway_station", 10, []string{"火车站", "高铁站"}, []string{"railway=station", "railway=halt", "railway=tram_stop"}},
	{"bus_station", 8, []string{"汽车站", "客运站", "公交枢纽"}, []string{"amenity=bus_station", "public_transport=station"}},
	{"bus_stop", 2, []string{"公交站", "公交站点", "公交车站", "bus", "stop"}, []string{"highway=bus_stop", "public_transport=platform", "public_transport=stop_position"}},
	{"mall", 8, []string{"商场", "购物中心", "商圈", "商业中心"}, []string{"shop=mall", "shop=department_store"}},
	{"market", 6, []string{"市场", "农贸市场", "菜市场", "集市"}, []string{"amenity=marketplace"}},
	{"supermarket", 3, []string{"超市"}, []string{"shop=supermarket"}},
	{"convenience", 1, []string{"便利店"}, []string{"shop=convenience", "shop=kiosk"}},
	{"shop", 0.5, []string{"商店", "店铺"}, []string{"shop=*"}},
	{"hospital", 6, []string{"医院"}, []string{"amenity=hospital"}},
	{"clinic", 2, []string{"诊所", "卫生院", "卫生室", "社区卫生服务中心", "社区卫生服务站"}, []string{"amenity=clinic", "amenity=doctors", "amenity=dentist"}},
	{"pharmacy", 1, []string{"药店"}, []string{"amenity=pharmacy"}},
	{"school", 3, []string{"学校", "小学", "中学"}, []string{"amenity=school"}},
	{"kindergarten", 2, []string{"幼儿园"}, []string{"amenity=kindergarten", "amenity=childcare", "amenity=preschool"}},
	{"university", 5, []string{"大学", "高校", "学院"}, []string{"amenity=university", "amenity=college"}},
	{"park", 3, []string{"公园"}, []string{"leisure=park", "leisure=garden"}},
	{"square", 4, []string{"广场"}, []string{"place=square"}},
	{"sports", 2, []string{"体育馆", "体育场", "健身"}, []string{"leisure=sports_centre", "leisure=stadium", "leisure=pitch", "leisure=swimming_pool", "amenity=gym", "amenity=swimming_pool"}},
	{"scenic", 4, []string{"景点", "景区", "旅游景点"}, []string{"tourism=attraction", "tourism=museum", "tourism=viewpoint", "tourism=zoo", "tourism=theme_park"}},
	{"hotel", 1, []string{"酒店", "宾馆"}, []string{"tourism=hotel", "tourism=guest_house", "tourism=hostel", "tourism=motel"}},
	{"culture", 2, []string{"文化馆", "文化站", "剧院", "影院"}, []string{"amenity=arts_centre", "amenity=theatre", "amenity=cinema"}},
	{"library", 2, []string{"图书馆"}, []string{"amenity=library"}},
	{"government", 2, []string{"政府", "机关", "政务服务中心", "便民服务中心"}, []string{"amenity=townhall", "amenity=public_building", "office=government", "amenity=courthouse"}},
	{"community_centre", 2, []string{"社区中心", "村委会", "居委会", "活动中心"}, []string{"amenity=community_centre", "amenity=social_centre"}},
	{"safety", 0, []string{"派出所", "消防站"}, []string{"amenity=police", "amenity=fire_station"}},
	{"post", 1, []string{"邮局"}, []string{"amenity=post_office"}},
	{"bank", 1, []string{"银行"}, []string{"amenity=bank"}},
	{"restaurant", 1, []string{"餐厅", "饭店", "餐饮"}, []string{"amenity=restaurant", "amenity=fast_food", "amenity=cafe", "amenity=food_court", "amenity=pub", "amenity=bar"}},
	{"fuel", 1, []string{"加油站", "充电站"}, []string{"amenity=fuel", "amenity=charging_station"}},
	{"parking", 0.5, []string{"停车场"}, []string{"amenity=parking"}},
	{"worship", 0, []string{"寺庙", "教堂", "宗教场所"}, []string{"amenity=place_of_worship"}},
	{"office", 2, []string{"写字楼", "办公楼", "园区", "产业园"}, []string{"office=*"}},
	{"village", 0, []string{"村", "村庄", "自然村", "地名"}, []string{"place=city", "place=town", "place=village", "place=hamlet", "place=suburb", "place=neighbourhood", "place=quarter"}},
	{"other", 0, []string{"其他", "其它"}, nil},
}

// tagKeys are the OSM keys that may tell the kind.
var tagKeys = []string{"station", "railway", "amenity", "public_transport", "highway", "shop", "leisure", "tourism", "office", "place"}

// index of the vocabulary, built once: read only afterwards.
var kindByWord, kindByTag = indexKinds()

func indexKinds() (words, tags map[string]int) {
	words, tags = map[string]int{}, map[string]int{}
	for i, k := range kinds {
		words[k.id] = i
		for _, w := range k.words {
			words[w] = i
		}
		for _, t := range k.tags {
			tags[t] = i
		}
	}
	return words, tags
}

// kindOfWord returns our kind for what a ledger calls it.
func kindOfWord(word string) (string, bool) {
	i, ok := kindByWord[strings.ToLower(strings.TrimSpace(word))]
	if !ok {
		return "", false
	}
	return kinds[i].id, true
}

// kindOfTags returns our kind for OSM tags. Of several matching tags the kind listed first in the vocabulary wins; a bare
// "any value" tag such as shop=* counts only when nothing more specific does.
func kindOfTags(get func(key string) string) (string, bool) {
	best := len(kinds)
	wild := len(kinds)
	for _, key := range tagKeys {
		value := get(key)
		if value == "" || value == "no" {
			continue
		}
		if i, ok := kindByTag[key+"="+value]; ok {
			best = min(best, i)
		} else if i, ok := kindByTag[key+"=*"]; ok {
			wild = min(wild, i)
		}
	}
	if best == len(kinds) {
		best = wild
	}
	if best == len(kinds) {
		return "", false
	}
	return kinds[best].id, true
}

// knownKinds lists the kinds a study may speak of: the vocabulary and the study's own words, sorted.
func knownKinds(places []PlaceSource) []string {
	set := map[string]bool{}
	for _, k := range kinds {
		set[k.id] = true
	}
	for _, p := range places {
		if p.Kind != "" {
			set[p.Kind] = true
		}
		for _, own := range p.Kinds {
			set[own] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// defaultWeights are the footfall weights of the vocabulary, with the two generators that are no places: "residents" per 100
// people, "road" per class step.
func defaultWeights() map[string]float64 {
	weights := map[string]float64{"residents": 1, "road": 1}
	for _, k := range kinds {
		if k.weight > 0 {
			weights[k.id] = k.weight
		}
	}
	return weights
}
