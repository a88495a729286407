package data

import (
	"reflect"
	"strings"
	"testing"

	"sitecover/siting"
)

func TestParseStretch(t *testing.T) {
	for text, want := range map[string][2]int{
		"07:00-09:00": {420, 540}, "7时-9时": {420, 540}, "7-9时": {420, 540}, "７：３０～９：００": {450, 540}, "22:00-06:00": {1320, 1800},
		"8时": {480, 540}, "08:00": {480, 540}, "0:00-24:00": {0, 1440}, "17点至19点": {1020, 1140},
	} {
		if from, to, ok := parseStretch(text); !ok || from != want[0] || to != want[1] {
			t.Errorf("%s: %d to %d, %v", text, from, to, ok)
		}
	}
	for _, text := range []string{"", "早高峰", "24时", "25:00-26:00", "07:61-09:00", "08:00-08:00", "2024-05", "7", "12:30"} {
		if from, to, ok := parseStretch(text); ok {
			t.Errorf("%q is read as %d to %d", text, from, to)
		}
	}
}

// useCounts makes counts.csv a file of places of the toy study; source is what else its entry says.
func useCounts(source, csv string) map[string]string {
	files := toyFiles()
	files["study.yaml"] = strings.Replace(toyStudy, "  - places.geojson", "  - {file: counts.csv"+source+"}", 1)
	files["counts.csv"] = csv
	return files
}

// What a place counts by the hour comes from columns that tell their times, or from those that the study names; a place may be an H3
// cell. A day without a number is the sum of its stretches; an empty cell is no count.
func TestReadBands(t *testing.T) {
	rush := siting.Band{From: 420, To: 540}
	of := func(b siting.Band, n float64) siting.Band { b.Count = n; return b }
	night := siting.Band{From: 1320, To: 1800}
	for name, c := range map[string]struct {
		source, csv string
		footfall    float64
		bands       []siting.Band
	}{
		"columns that tell their times": {"", "name,kind,lon,lat,人流 07:00-09:00,22时-6时\nA,market,120.01,30.005,300,40\n", 340, []siting.Band{of(rush, 300), of(night, 40)}},
		"columns that the study names":  {", bands: {早高峰: 07:00-09:00, 夜间: 22:00-06:00}", "name,kind,lon,lat,日客流,夜间,早高峰\nA,market,120.01,30.005,500,40,300\n", 500, []siting.Band{of(rush, 300), of(night, 40)}},
		"an empty cell":                 {"", "name,kind,lon,lat,07:00-09:00,22:00-06:00\nA,market,120.01,30.005,300,\n", 300, []siting.Band{of(rush, 300)}},
		"no counts at all":              {"", "name,kind,lon,lat,07:00-09:00\nA,market,120.01,30.005,\nB,market,120.02,30.005,7\n", -1, nil},
		"peaks without their times":     {"", "name,kind,lon,lat,早高峰\nA,market,120.01,30.005,300\n", -1, nil},
		"an H3 cell":                    {", kind: other", "h3,07:00-09:00\n89419679833ffff,300\n", 300, []siting.Band{of(rush, 300)}},
	} {
		got := mustReadToy(t, useCounts(c.source, c.csv)).Places
		if len(got) == 0 || got[0].Footfall != c.footfall || !reflect.DeepEqual(got[0].Bands, c.bands) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What is left aside is told, and what contradicts itself is refused.
func TestBandsThatCannotBe(t *testing.T) {
	for csv, want := range map[string]string{
		"name,kind,lon,lat,早高峰\nA,market,120.01,30.005,300\n":                           "look like counts by the hour",
		"name,kind,lon,lat,7-9时,8时\nA,market,120.01,30.005,300,100\n":                   "overlap: no counts by the hour",
		"name,kind,lon,lat,7-9时,9时\nA,market,120.01,30.005,300,\n":                      "1 places have no count in some stretches",
		"name,kind,lon,lat,7-9时\nA,market,120.01,30.005,\n":                             "no place has any counts by the hour",
		"name,kind,lon,lat,footfall,7-9时\nA,market,120.01,30.005,200,300\n":             "does not agree with the sum of its stretches, 300",
		"name,kind,lon,lat,footfall,0-12时,12-24时\nA,market,120.01,30.005,700,300,300\n": "does not agree with the sum of its stretches, 600",
		"name,kind,lon,lat,7-9时\nA,market,120.01,30.005,-3\n":                           "must not be negative",
		"h3,7-9时\nnowhere,3\n": "is not an H3 cell",
	} {
		dataset, err := readToy(t, useCounts("", csv))
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			for _, f := range dataset.Findings {
				said += f.What.EN + "\n"
			}
		}
		if !strings.Contains(said, want) {
			t.Errorf("%q: %q, want %q", csv, said, want)
		}
	}
}

// A table of counts gives places of the other files what passes them, by id or by name.
func TestCountsOfPlaces(t *testing.T) {
	files := useCounts(", counts_only: true", "名称,日客流,7-9时\nMarket,500,300\n")
	files["study.yaml"] = strings.Replace(files["study.yaml"], "places:\n", "places:\n  - places.geojson\n", 1)
	market := func(files map[string]string) siting.Place {
		for _, p := range mustReadToy(t, files).Places {
			if p.Name == "Market" {
				return p
			}
		}
		return siting.Place{}
	}
	want := []siting.Band{{From: 420, To: 540, Count: 300}}
	if p := market(files); p.Footfall != 500 || !reflect.DeepEqual(p.Bands, want) {
		t.Errorf("by name %+v", p)
	}
	files["places.geojson"] = strings.Replace(files["places.geojson"], `"name":"Market"`, `"id":"M","name":"Market"`, 1)
	files["counts.csv"] = "编号,日客流,7-9时\nM,500,300\n"
	if p := market(files); p.Footfall != 500 || !reflect.DeepEqual(p.Bands, want) {
		t.Errorf("by id %+v", p)
	}
	for csv, want := range map[string]string{
		"编号,7-9时\nX,3\n":         "is the id or name of no place",
		"编号,7-9时\nM,3\nM,4\n":    "place is counted twice",
		"编号,日客流,7-9时\nM,few,3\n": "is not a number",
		"日客流,7-9时\n300,3\n":      "has no column",
	} {
		files["counts.csv"] = csv
		if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", csv, err, want)
		}
	}
}
