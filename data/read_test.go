package data

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/siting"
)

func TestToyStudyIsUnderstood(t *testing.T) {
	d := mustReadToy(t, toyFiles())
	s := d.Study
	centre, station := s.Tiers[0], s.Tiers[1]
	if centre.Limit != (geo.Limit{Metric: geo.Metres, Max: 1_000_000}) || station.Limit != (geo.Limit{Metric: geo.Seconds, Max: 900_000}) {
		t.Errorf("limits %v and %v", centre.Limit, station.Limit)
	}
	if centre.OwnerLevel != 1 || station.OwnerLevel != 2 || centre.Parent != -1 || station.Parent != 0 {
		t.Errorf("owners %d, %d, parents %d, %d", centre.OwnerLevel, station.OwnerLevel, centre.Parent, station.Parent)
	}
	if centre.Cost != 800_000 || centre.Host != 25_000 || station.Host != station.Cost || !station.Cells {
		t.Errorf("costs %+v, %+v", centre, station)
	}
	if want := (siting.Target{Year: 2027, Tier: 0, Effective: 0.85, Presence: 1}); len(s.Targets) != 1 || s.Targets[0] != want {
		t.Errorf("targets %+v, want %+v", s.Targets, want)
	}
	if len(s.Budgets) != 2 || s.Budgets[1] != (siting.Budget{Year: 2028, Money: 805_000}) {
		t.Errorf("budgets %+v", s.Budgets)
	}
	if s.Set["grid.resolution"] != 23 || s.Set["tiers.centre.radius"] != 27 || s.Set["seed"] != 0 {
		t.Errorf("Set holds %v", s.Set)
	}
	if s.Seed != 1 || s.Language != "zh" || s.Stations.Catchment != 300 || s.Stations.Spacing != 1000 || s.Candidates.MinPeople != 1 {
		t.Errorf("defaults %+v", s)
	}
}

func TestToyFilesAreRead(t *testing.T) {
	d := mustReadToy(t, toyFiles())
	wantParents := map[string]string{"C": "", "A": "C", "B": "C", "A1": "A", "A2": "A", "B1": "B", "B2": "B"}
	for _, g := range d.Regions.All {
		parent := ""
		if g.Parent >= 0 {
			parent = d.Regions.All[g.Parent].ID
		}
		if wantParents[g.ID] != parent {
			t.Errorf("parent of %s is %q, want %q", g.ID, parent, wantParents[g.ID])
		}
	}
	var people float64
	for _, c := range d.Population.Cells {
		people += c.People
	}
	if people != 1024+2048+4096+8192 {
		t.Errorf("%v people in cells", people)
	}
	if len(d.Population.Totals) != 2 || d.Regions.All[d.Population.Totals[0].Region].ID != "A" || d.Population.Totals[0].People != 3000 {
		t.Errorf("totals %+v", d.Population.Totals)
	}
	s1, s2 := d.Sites[0], d.Sites[1]
	if s1.ID != "S1" || s1.Tier != 0 || s1.FloorArea != 1200 || d.Regions.All[s1.Region].ID != "A1" || !s1.Closed.IsZero() {
		t.Errorf("site %+v", s1)
	}
	if s2.Tier != 1 || s2.Opened != date(2020, 6, 1) || s2.Closed != date(2024, 3, 31) {
		t.Errorf("site %+v", s2)
	}
	if len(d.Places) != 2 || d.Places[0].Kind != "bus_stop" || d.Places[1].Kind != "market" || d.Places[1].Footfall != -1 {
		t.Errorf("places %+v", d.Places)
	}
	if len(d.Exclusions) != 1 || d.Exclusions[0].Kind != "water" || d.Exclusions[0].Name != "Lake" {
		t.Errorf("exclusions %+v", d.Exclusions)
	}
	checkToyRoads(t, d.Roads)
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// checkToyRoads holds the toy roads, from whichever format: South Street through three nodes, and a one-way road north from its middle.
func checkToyRoads(t *testing.T, roads *network.Roads) {
	t.Helper()
	if len(roads.Ways) != 2 || len(roads.Nodes) != 4 {
		t.Fatalf("%d ways and %d nodes, want 2 and 4", len(roads.Ways), len(roads.Nodes))
	}
	street, north := roads.Ways[0], roads.Ways[1]
	all := network.Foot | network.Bicycle | network.Car
	if street.ID != 1 || street.Name != "South Street" || street.Class != network.Residential || street.Access != all || street.OneWay != network.Both || street.Count != 3 {
		t.Errorf("street %+v", street)
	}
	if north.Class != network.Tertiary || north.OneWay != network.Forward || north.MaxSpeed != 40 || north.Count != 2 {
		t.Errorf("road north %+v", north)
	}
	joint := roads.Refs[street.First+1]
	if roads.Refs[north.First] != joint || roads.Nodes[joint] != (orb.Point{120.02, 30.005}) {
		t.Errorf("the roads do not join at 120.02, 30.005: %v", roads)
	}
}

func TestRoadsFromPBF(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = usePBF["study.yaml"]
	files["roads.osm.pbf"] = toyPBF()
	checkToyRoads(t, mustReadToy(t, files).Roads)
}

func TestSitesFromExcel(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = useXLSX["study.yaml"]
	// A title above the header, numbers as text, and the four forms of a date: ISO, Chinese, Excel's day number (43586 = 2019-05-01), year and month.
	files["sites.xlsx"] = workbook(t,
		[]any{"某县党群服务阵地台账"}, []any{},
		[]any{"序号", "编号", "单位名称", "层级", "经度", "纬度", "建筑面积（㎡）", "启用时间", "备注"},
		[]any{1, "S1", "West", "中心", "120.005", "30.005", "1200", 43586, "x"},
		[]any{2, "S2", "East", "站", 120.025, 30.005, 350, "2019年5月1日", ""},
		[]any{3, "S3", "North", "站", 120.025, 30.015, "", "2019/5/1", nil},
		[]any{4, "S4", "Far", "站", 120.035, 30.015, "", "2019.05", nil})
	d := mustReadToy(t, files)
	if len(d.Sites) != 4 {
		t.Fatalf("%d sites, want 4", len(d.Sites))
	}
	for _, s := range d.Sites {
		if s.Opened != date(2019, 5, 1) {
			t.Errorf("%s opened %v, want 2019-05-01", s.ID, s.Opened)
		}
	}
	if d.Sites[0].FloorArea != 1200 || d.Sites[2].FloorArea != -1 {
		t.Errorf("areas %v and %v", d.Sites[0].FloorArea, d.Sites[2].FloorArea)
	}
	files["sites.xlsx"] = workbook(t, []any{"编号", "名称", "级别", "经度", "纬度"}, []any{"S1", "West", "中心", "东经120", 30.005})
	_, err := readToy(t, files)
	if es := inputErrors(t, err); es[0].Error() != `sites.xlsx:2: 经度 "东经120": is not a number (hint: write degrees as one decimal number: 120.0000000)` {
		t.Errorf("message %q", es[0])
	}
}

// TestEncodings reads one ledger in every encoding and with every separator that offices use.
func TestEncodings(t *testing.T) {
	ledger := "编号,名称,级别,经度,纬度\nS1,西区㐀中心,中心,120.005,30.005\n" // 㐀 is in GB18030, not in GBK
	semicolon := strings.ReplaceAll(ledger, ",", ";")
	tab := strings.ReplaceAll(ledger, ",", "\t")
	for name, text := range map[string]string{
		"UTF-8": ledger, "BOM": "\ufeff" + ledger, "GB18030": gbk(ledger), "semicolon": semicolon, "tab": tab, "CRLF": strings.ReplaceAll(ledger, "\n", "\r\n"),
		"GB18030 with tabs": gbk(tab), "blank lines": "\n\n" + ledger + "\n\n", "padded": strings.ReplaceAll(ledger, ",", " , "),
	} {
		files := toyFiles()
		files["sites.csv"] = text
		d, err := readToy(t, files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(d.Sites) != 1 || d.Sites[0].Name != "西区㐀中心" || d.Sites[0].Point != (orb.Point{120.005, 30.005}) {
			t.Errorf("%s: read %+v", name, d.Sites)
		}
	}
}

func TestOutsideSites(t *testing.T) {
	for outside, want := range map[string]int{OutsideKeep: 2, OutsideDrop: 1} {
		files := toyFiles()
		files["study.yaml"] = strings.Replace(toyStudy, "file: sites.csv", "file: sites.csv\n    outside: "+outside, 1)
		files["sites.csv"] = strings.Replace(files["sites.csv"], "120.025,30.005", "120.05,30.005", 1)
		d := mustReadToy(t, files)
		if len(d.Sites) != want {
			t.Errorf("outside: %s leaves %d sites, want %d", outside, len(d.Sites), want)
		}
		if want == 2 && d.Sites[1].Region != -1 {
			t.Errorf("kept site has region %d, want -1", d.Sites[1].Region)
		}
		if !hasFinding(d, "warning", "sites.csv") {
			t.Errorf("outside: %s is silent: %v", outside, d.Findings)
		}
	}
}

func hasFinding(d *Dataset, severity, file string) bool {
	for _, f := range d.Findings {
		if f.Severity == severity && f.File == file {
			return true
		}
	}
	return false
}

// TestStudyWithoutAreas takes the cells as the study area.
func TestStudyWithoutAreas(t *testing.T) {
	files := map[string]string{
		"study.yaml": "name: Cells\ndate: 2026-12-31\npopulation: [{file: cells.csv, kind: h3}]\nsites: [{file: s.csv, tier: c}]\ntiers: [{id: c, radius: 1 km, mode: straight}]\n",
		"cells.csv":  toyFiles()["cells.csv"],
		"s.csv":      "name,lon,lat\nIn,120.005,30.005\n",
	}
	d := mustReadToy(t, files)
	if len(d.Regions.All) != 1 || d.Regions.All[0].Name != "Cells" || len(d.Regions.All[0].Shape) != 0 {
		t.Errorf("regions %+v", d.Regions.All)
	}
	if d.Sites[0].Region != 0 || d.Sites[0].ID != "In" {
		t.Errorf("site %+v", d.Sites[0])
	}
	files["s.csv"] = "name,lon,lat\nOut,120.1,30.005\n"
	if _, err := readToy(t, files); err == nil {
		t.Error("a site far from every cell was accepted")
	}
}

// TestRowOrderLeavesNoTrace shuffles the rows and features of every file: the dataset must stay the same, the hashes of the files aside.
func TestRowOrderLeavesNoTrace(t *testing.T) {
	want := withoutInputs(t, mustReadToy(t, toyFiles()))
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(seed, 1))
		files := toyFiles()
		for name, text := range files {
			files[name] = shuffled(rng, name, text)
		}
		if got := withoutInputs(t, mustReadToy(t, files)); got != want {
			t.Fatalf("seed %d: the dataset differs:\n%s\n%s", seed, got, want)
		}
	}
}

// shuffled permutes the lines between the first and, in GeoJSON, the last.
func shuffled(rng *rand.Rand, name, text string) string {
	if name == "study.yaml" {
		return text
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	body := lines[1:]
	if isFeatures(name) {
		body = lines[1 : len(lines)-1]
		body[len(body)-1] += ","
	}
	rng.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	if isFeatures(name) {
		body[len(body)-1] = strings.TrimSuffix(body[len(body)-1], ",")
	}
	return strings.Join(lines, "\n") + "\n"
}

func withoutInputs(t *testing.T, d *Dataset) string {
	t.Helper()
	text, err := json.Marshal(struct {
		Regions    []geo.Region
		Population coverage.Population
		Roads      *network.Roads
		Sites      []coverage.Site
		Places     []siting.Place
		Exclusions []siting.Exclusion
		Findings   []Finding
	}{d.Regions.All, d.Population, d.Roads, d.Sites, d.Places, d.Exclusions, d.Findings})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTooManyProblemsAreCapped(t *testing.T) {
	files := toyFiles()
	files["cells.csv"] = "h3,people\n" + strings.Repeat("nonsense,1\n", 500)
	_, err := readToy(t, files)
	es := inputErrors(t, err)
	if len(es) != MaxErrors+1 || !strings.Contains(es[MaxErrors].Error(), "there may be more") {
		t.Errorf("%d errors, the last %v", len(es), es[len(es)-1])
	}
}

func TestCancelledContext(t *testing.T) {
	study, err := Load(writeToy(t, toyFiles()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, study, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestInputsAreListed(t *testing.T) {
	files := toyFiles()
	d := mustReadToy(t, files)
	var roles []string
	for _, in := range d.Inputs {
		roles = append(roles, in.Role)
		if in.Bytes != int64(len(files[in.Path])) || len(in.SHA256) != 64 {
			t.Errorf("input %+v", in)
		}
	}
	if got := strings.Join(roles, " "); got != "study boundaries population population roads sites places exclusions" {
		t.Errorf("roles %s", got)
	}
}
