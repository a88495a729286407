package model

import (
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/xuri/excelize/v2"
)

// site is a line of the ledger.
type site struct {
	id, name, tier string
	at             vec
	community      int32
	area           int // m², 0 = not noted
	opened, closed time.Time
	hours, remark  string
}

// The tiers as the ledger names them, with the floor area that the study asks for, in m².
const (
	centreTier  = "党群服务中心"
	stationTier = "党群服务站"
	pointTier   = "党群服务点"

	centreArea  = 1000
	stationArea = 300
	pointArea   = 100
)

// years is how long the network of sites has been growing.
const years = 8

// ledger collects the sites.
type ledger struct {
	w    *world
	road *roadside
	rng  *rand.Rand
	last map[string]int
}

// makeSites opens sites year by year, more in towns that are ahead: most towns have a centre, part of the communities a
// station, few hamlets and estates a point. Some are too small, some were closed, a few of them replaced.
func (w *world) makeSites() {
	l := &ledger{w: w, road: w.roadside(), rng: w.seed.field(90).rand(0), last: map[string]int{}}
	for i := range w.towns {
		t := &w.towns[i]
		if t.progress > 0.42 {
			l.open(centreTier, t.name+centreTier, t.centre, centreArea)
		}
	}
	for i := range w.communities {
		c := &w.communities[i]
		chance := w.towns[c.town].progress * 0.92
		if c.urban {
			chance = 0.25 + 0.75*chance
		}
		if l.rng.Float64() < chance {
			l.open(stationTier, c.name+stationTier, w.mesh.at(c.seed), stationArea)
		}
	}
	for i := range w.settlements {
		x := &w.settlements[i]
		chance := 0.16 * w.towns[x.town].progress
		n := 1
		if i < w.urban {
			n, chance = int(math.Ceil(x.people/9000)), 0.55
		}
		for range n {
			p := x.axis(1.4*l.rng.Float64()-0.7, 1.4*l.rng.Float64()-0.7)
			c := w.communityAt(p)
			if l.rng.Float64() < chance && c >= 0 {
				l.open(pointTier, w.communities[c].name+pick([]string{"", "第二", "第三", "第四", "第五", "第六", "第七", "第八", "第九"}, l.last[w.communities[c].code])+pointTier, p, pointArea)
				l.last[w.communities[c].code]++
			}
		}
	}
}

// open adds a site near p, and perhaps its end and its successor.
func (l *ledger) open(tier, name string, p vec, standard int) {
	at, ok := l.road.near(p, 900, l.rng)
	if !ok {
		return // no road leads there
	}
	s := site{name: name, tier: tier, at: at, community: l.w.communityAt(at), opened: l.day(0)}
	s.area = l.area(standard)
	if l.rng.Float64() < 0.035 {
		s.closed = s.opened.AddDate(1+l.rng.IntN(3), l.rng.IntN(12), 0)
		if end := time.Date(l.w.opt.Year, 12, 31, 0, 0, 0, 0, time.UTC); s.closed.After(end) {
			s.closed = time.Time{}
		} else {
			s.remark = "已撤并"
		}
	}
	l.add(s)
}

// area draws a floor area around the standard; about a quarter is below it, and a few are not noted.
func (l *ledger) area(standard int) int {
	switch u := l.rng.Float64(); {
	case u < 0.02:
		return 0
	case u < 0.25:
		return int(float64(standard) * (0.45 + 0.5*l.rng.Float64()))
	default:
		return int(float64(standard) * (1.02 + 0.9*l.rng.Float64()*l.rng.Float64()*2))
	}
}

// day draws an opening day in the past years; more sites were opened lately.
func (l *ledger) day(from int) time.Time {
	u := math.Sqrt(l.rng.Float64())
	start := time.Date(l.w.opt.Year-years+1+from, 1, 5, 0, 0, 0, 0, time.UTC)
	return start.AddDate(0, 0, int(u*float64(years*365-40)))
}

func (l *ledger) add(s site) {
	prefix := map[string]string{centreTier: "ZX", stationTier: "ZD", pointTier: "DW"}[s.tier]
	l.last[prefix]++
	s.id = prefix + pad(l.last[prefix], 5)
	s.hours = l.w.hoursOf(s.tier, int64(len(l.w.sites)))
	l.w.sites = append(l.w.sites, s)
}

// ledgerHeader is the header row of the workbook.
var ledgerHeader = []any{"编号", "名称", "级别", "所属镇街", "所属村社区", "经度", "纬度", "建筑面积(㎡)", "启用日期", "关闭日期", "开放时间", "备注"}

// writeLedger writes the sites as an Excel workbook: a title, the header, a site a row.
func (w *world) writeLedger(out io.Writer) (err error) {
	book := excelize.NewFile()
	defer func() {
		if e := book.Close(); err == nil {
			err = e
		}
	}()
	const sheet = "阵地台账"
	if err = book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	format := "yyyy-mm-dd"
	date, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	rows, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range []float64{11, 34, 15, 14, 16, 12, 11, 14, 13, 13, 32, 12} {
		if err = rows.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err = rows.SetRow("A1", []any{excelize.Cell{StyleID: bold, Value: w.title() + "党群服务阵地台账（合成数据，并非真实地点）"}}); err != nil {
		return err
	}
	if err = rows.SetRow("A2", ledgerHeader); err != nil {
		return err
	}
	for i, s := range w.sites {
		if err = rows.SetRow("A"+pad(i+3, 1), w.ledgerRow(s, date)); err != nil {
			return err
		}
	}
	if err = rows.Flush(); err != nil {
		return err
	}
	return book.Write(out)
}

// ledgerRow returns the cells of a site's row.
func (w *world) ledgerRow(s site, date int) []any {
	lon, lat := w.frame.lonlat(s.at)
	row := []any{s.id, s.name, s.tier, w.towns[w.communities[s.community].town].name, w.communities[s.community].name,
		round6(lon), round6(lat), nil, excelize.Cell{StyleID: date, Value: s.opened}, nil, s.hours, s.remark}
	if s.area > 0 {
		row[7] = s.area
	}
	if !s.closed.IsZero() {
		row[9] = excelize.Cell{StyleID: date, Value: s.closed}
	}
	return row
}

func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }
