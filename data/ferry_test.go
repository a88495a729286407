package data

import (
	"strings"
	"testing"

	"sitecover/geo/network"
)

// TestFerriesAreOptional: a ferry is a way like others unless the source leaves ferries out. Fields may have any name, and 无 is no bridge.
func TestFerriesAreOptional(t *testing.T) {
	files := toyFiles()
	files["roads.geojson"] = collection(
		lineFeature(`"DLDJ":"村道","DLMC":"一路","DX":"是","XS":"30","Q":"无"`, "[120,30.005],[120.02,30.005],[120.04,30.005]"),
		lineFeature(`"DLDJ":"支路","Q":"是"`, "[120.02,30],[120.02,30.005],[120.02,30.015]"),
		lineFeature(`"DLDJ":"轮渡"`, "[120,30.005],[120,30.015]"))
	fields := "fields: {class: DLDJ, name: DLMC, oneway: DX, maxspeed: XS, bridge: Q}"
	for ferries, want := range map[string]int{"": 3, ", ferries: false": 2} {
		files["study.yaml"] = strings.Replace(toyStudy, "- roads.geojson", "- {file: roads.geojson, "+fields+ferries+"}", 1)
		d := mustReadToy(t, files)
		if len(d.Roads.Ways) != want {
			t.Errorf("%q: %d ways", ferries, len(d.Roads.Ways))
		}
		for _, w := range d.Roads.Ways {
			if w.Class == network.Unclassified && (w.Name != "一路" || w.OneWay != network.Forward || w.MaxSpeed != 30) {
				t.Errorf("%+v", w)
			}
		}
		at := map[[2]int]int{}
		for _, p := range d.Roads.Nodes {
			at[[2]int{int(p[0]*1e6 + 0.5), int(p[1]*1e6 + 0.5)}]++
		}
		if at[[2]int{120020000, 30005000}] != 2 {
			t.Errorf("%q: the bridge is joined to the road under it: %v", ferries, at)
		}
	}
	if got := findingsWith(mustReadToy(t, files), "1 ferries left out"); len(got) > 1 {
		t.Error(got)
	}
}
