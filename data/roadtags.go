package data

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"sitecover/geo/network"
)

// roadClasses maps the values of OSM's highway tag, and the Chinese classes of planning data, to road classes.
var roadClasses = map[string]network.Class{
	"motorway": network.Motorway, "motorway_link": network.Motorway, "高速": network.Motorway, "高速公路": network.Motorway,
	"trunk": network.Trunk, "trunk_link": network.Trunk, "国道": network.Trunk, "快速路": network.Trunk, "城市快速路": network.Trunk,
	"primary": network.Primary, "primary_link": network.Primary, "省道": network.Primary, "主干路": network.Primary, "主干道": network.Primary,
	"secondary": network.Secondary, "secondary_link": network.Secondary, "县道": network.Secondary, "次干路": network.Secondary, "次干道": network.Secondary,
	"tertiary": network.Tertiary, "tertiary_link": network.Tertiary, "乡道": network.Tertiary, "支路": network.Tertiary,
	"unclassified": network.Unclassified, "road": network.Unclassified, "村道": network.Unclassified,
	"residential": network.Residential, "街巷": network.Residential, "小区路": network.Residential,
	"living_street": network.LivingStreet, "service": network.Service, "内部路": network.Service,
	"track": network.Track, "机耕路": network.Track,
	"cycleway": network.Cycleway, "自行车道": network.Cycleway,
	"pedestrian": network.Pedestrian, "步行街": network.Pedestrian,
	"footway": network.Footway, "人行道": network.Footway, "corridor": network.Footway, "sidewalk": network.Footway, "crossing": network.Footway,
	"path": network.Path, "bridleway": network.Path, "步道": network.Path,
	"一级公路": network.Trunk, "二级公路": network.Primary, "三级公路": network.Secondary, "四级公路": network.Tertiary, "等外公路": network.Unclassified,
	"国家高速": network.Motorway, "省级高速": network.Motorway, "匝道": network.Trunk, "农村道路": network.Unclassified, "农村公路": network.Unclassified,
	"专用公路": network.Unclassified, "城市道路": network.Unclassified, "组团路": network.Residential, "巷": network.Residential, "胡同": network.Residential, "绿道": network.Path, "步行道": network.Footway, "人行天桥": network.Footway, "地下通道": network.Footway,
	"公路": network.Unclassified, "小路": network.Path, "田间路": network.Track, "巷道": network.Residential, "内部道路": network.Service,
	"steps": network.Steps, "台阶": network.Steps, "梯道": network.Steps, "ferry": network.Ferry, "轮渡": network.Ferry,
}

// roadClassNames lists the words of roadClasses, sorted.
func roadClassNames() []string { return slices.Sorted(maps.Keys(roadClasses)) }

// defaultAccess says whom a class admits when no tag says otherwise, after OSM's worldwide access defaults: walkers and
// riders keep off motorways, motor traffic keeps to roads.
var defaultAccess = [network.NumClasses]network.Access{
	network.Motorway:     network.Car,
	network.Trunk:        network.Foot | network.Bicycle | network.Car,
	network.Primary:      network.Foot | network.Bicycle | network.Car,
	network.Secondary:    network.Foot | network.Bicycle | network.Car,
	network.Tertiary:     network.Foot | network.Bicycle | network.Car,
	network.Unclassified: network.Foot | network.Bicycle | network.Car,
	network.Residential:  network.Foot | network.Bicycle | network.Car,
	network.LivingStreet: network.Foot | network.Bicycle | network.Car,
	network.Service:      network.Foot | network.Bicycle | network.Car,
	network.Track:        network.Foot | network.Bicycle,
	network.Cycleway:     network.Foot | network.Bicycle,
	network.Pedestrian:   network.Foot,
	network.Footway:      network.Foot,
	network.Path:         network.Foot | network.Bicycle,
	network.Steps:        network.Foot,
	network.Ferry:        network.Foot | network.Bicycle,
}

// wayTags are the tags of a way that matter for travel.
type wayTags struct {
	highway, route, area                  string
	access, foot, bicycle                 string
	vehicle, motorVehicle, motorcar       string
	oneway, junction, maxspeed, name, ref string
	service                               string
}

// set keeps the tag when it matters.
func (t *wayTags) set(key, value string) {
	switch key {
	case "highway":
		t.highway = value
	case "route":
		t.route = value
	case "area":
		t.area = value
	case "access":
		t.access = value
	case "foot":
		t.foot = value
	case "bicycle":
		t.bicycle = value
	case "vehicle":
		t.vehicle = value
	case "motor_vehicle":
		t.motorVehicle = value
	case "motorcar":
		t.motorcar = value
	case "oneway":
		t.oneway = value
	case "junction":
		t.junction = value
	case "maxspeed":
		t.maxspeed = value
	case "name":
		t.name = value
	case "ref":
		t.ref = value
	case "service":
		t.service = value
	}
}

// isRoad reports whether the way is a road or path at all: not an area, not planned, not a building site.
func (t *wayTags) isRoad() (network.Class, bool) {
	if t.area == "yes" {
		return 0, false
	}
	if t.highway == "" && t.route == "ferry" {
		return network.Ferry, true
	}
	class, ok := roadClasses[t.highway]
	return class, ok
}

// barred reports whether an access value keeps the public out. Destination, customers and delivery traffic may still reach a
// place on the way, so they count as open.
func barred(value string) bool {
	switch value {
	case "no", "private", "agricultural", "forestry", "military", "use_sidepath", "restricted":
		return true
	}
	return false
}

// decide applies one access tag to bits: values that say neither yes nor no leave them as they are.
func decide(have network.Access, bits network.Access, value string) network.Access {
	switch {
	case value == "":
		return have
	case barred(value):
		return have &^ bits
	case value == "yes" || value == "designated" || value == "permissive" || value == "destination" || value == "official":
		return have | bits
	}
	return have
}

// way turns the tags into a Way without its nodes. The rules, general before special: access, then vehicle, then motor_vehicle
// and motorcar; bicycle; foot. "access=yes" never opens a class to those it is closed to by nature (a footway to cars).
func (t *wayTags) way(class network.Class) network.Way {
	access := defaultAccess[class]
	if barred(t.access) {
		access = 0
	}
	if barred(t.vehicle) {
		access &^= network.Bicycle | network.Car
	}
	access = decide(access, network.Car, t.motorVehicle)
	access = decide(access, network.Car, t.motorcar)
	access = decide(access, network.Bicycle, t.bicycle)
	if t.bicycle == "dismount" {
		access &^= network.Bicycle
	}
	access = decide(access, network.Foot, t.foot)
	w := network.Way{Name: t.name, Class: class, Access: access, OneWay: t.direction(class), MaxSpeed: parseSpeed(t.maxspeed)}
	if w.Name == "" {
		w.Name = t.ref
	}
	return w
}

// direction returns the one-way rule: motorways and roundabouts are one-way unless the tag says no.
func (t *wayTags) direction(class network.Class) network.Direction {
	switch t.oneway {
	case "yes", "1", "true":
		return network.Forward
	case "-1", "reverse":
		return network.Backward
	case "no", "0", "false", "reversible", "alternating":
		return network.Both
	}
	if t.junction == "roundabout" || t.junction == "circular" || class == network.Motorway && t.highway != "motorway_link" {
		return network.Forward
	}
	return network.Both
}

// parseSpeed returns a posted limit in km/h: a bare number is km/h, "mph" is converted; of several values the lowest counts.
// What is no number ("none", "walk", "RO:urban") is not known: 0.
func parseSpeed(s string) float32 {
	var lowest float32
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '|' || r == ',' }) {
		part = strings.ToLower(strings.TrimSpace(part))
		factor := 1.0
		if n, isMph := strings.CutSuffix(part, "mph"); isMph {
			part, factor = n, 1.609344
		}
		part = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(part, "km/h"), "kmh"))
		f, err := strconv.ParseFloat(part, 64)
		if err != nil || !(f > 0 && f <= 300) {
			continue // the wiki allows words here; unknown is the honest answer
		}
		if speed := float32(f * factor); lowest == 0 || speed < lowest {
			lowest = speed
		}
	}
	return lowest
}
