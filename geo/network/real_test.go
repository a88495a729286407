package network

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"

	"sitecover/geo"
)

const sharedData = "../../../shared/data"

// readPBF is just enough of a reader to try the graph on a real city; the product's own is in the data room.
func readPBF(tb testing.TB, name string) *Roads {
	f, err := os.Open(filepath.Join(sharedData, name))
	if os.IsNotExist(err) {
		tb.Skip("real data is not here: ", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	roads, number := &Roads{}, map[osm.NodeID]int32{}
	scan := osmpbf.New(context.Background(), f, 1)
	defer scan.Close()
	for scan.Scan() {
		switch o := scan.Object().(type) {
		case *osm.Node:
			number[o.ID] = int32(len(roads.Nodes))
			roads.Nodes = append(roads.Nodes, o.Point())
		case *osm.Way:
			var refs []int32
			for _, n := range o.Nodes {
				if r, ok := number[n.ID]; ok {
					refs = append(refs, r)
				}
			}
			addTagged(roads, o, refs)
		}
	}
	if err := scan.Err(); err != nil {
		tb.Fatal(err)
	}
	return roads
}

func addTagged(roads *Roads, o *osm.Way, refs []int32) {
	class := Path
	name := strings.TrimSuffix(o.Tags.Find("highway"), "_link")
	for c := Motorway; c < NumClasses; c++ {
		if c.String() == name {
			class = c
		}
	}
	if name == "" {
		return
	}
	roads.add(Both, refs...)
	w := &roads.Ways[len(roads.Ways)-1]
	w.ID, w.Class = int64(o.ID), class
	switch {
	case class == Motorway:
		w.Access = Car
	case class >= Cycleway:
		w.Access = Foot
	}
	switch o.Tags.Find("oneway") {
	case "yes", "true", "1":
		w.OneWay = Forward
	case "-1":
		w.OneWay = Backward
	}
	if v, err := strconv.ParseFloat(o.Tags.Find("maxspeed"), 32); err == nil {
		w.MaxSpeed = float32(v)
	}
}

// readHexagons returns the centres of Porto Alegre's cells, and of those with health care.
func readHexagons(tb testing.TB) (all, health []orb.Point) {
	f, err := os.Open(filepath.Join(sharedData, "porto-alegre/poa_hexgrid.csv"))
	if os.IsNotExist(err) {
		tb.Skip("real data is not here: ", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		lon, errLon := strconv.ParseFloat(row[column["lon"]], 64)
		lat, errLat := strconv.ParseFloat(row[column["lat"]], 64)
		if err := errors.Join(errLon, errLat); err != nil {
			tb.Fatal(err)
		}
		p := orb.Point{lon, lat}
		all = append(all, p)
		if row[column["healthcare"]] != "0" {
			health = append(health, p)
		}
	}
	return all, health
}

func TestPortoAlegreEqualsBruteForce(t *testing.T) {
	roads := readPBF(t, "porto-alegre/poa_osm.pbf")
	cells, health := readHexagons(t)
	for _, c := range []struct {
		mode   string
		metric geo.Metric
		limit  float64
	}{{"walk", geo.Metres, 1000}, {"drive", geo.Seconds, 600}} {
		g := build(t, roads, c.mode, c.metric)
		sites, demand := g.Snap(health), g.Snap(cells)
		m := mustMatrix(t, g, sites, demand, geo.ToImpedance(c.limit))
		t.Logf("%s %v: %d nodes, %d edges, %d entries", c.mode, c.metric, g.Nodes(), g.Edges(), len(m.Cost))
		// Every fortieth cell, each against all sites: the oracle takes its time.
		sample := make([]Snap, len(demand))
		for i := 7; i < len(demand); i += 40 {
			sample[i] = demand[i]
		}
		all := pieces(roads, g.Mode, g.Metric)
		compare(t, newOracle(all, sample, sites), mustMatrix(t, g, sites, sample, m.Limit.Max), sample)
	}
}
