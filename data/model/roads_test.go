package model_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
)

// roadFile is what an independent reader finds in the PBF.
type roadFile struct {
	nodes map[osm.NodeID]orb.Point
	ways  []*osm.Way
}

func readPBF(t *testing.T, dir string) roadFile {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "roads.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := roadFile{nodes: map[osm.NodeID]orb.Point{}}
	scanner := osmpbf.New(t.Context(), file, 1)
	defer scanner.Close()
	header, err := scanner.Header()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(header.RequiredFeatures, " "); got != "OsmSchema-V0.6 DenseNodes" {
		t.Errorf("required features: %s", got)
	}
	for scanner.Scan() {
		switch o := scanner.Object().(type) {
		case *osm.Node:
			p := orb.Point{o.Lon, o.Lat}
			if !(orb.Bound{Min: orb.Point{header.Bounds.MinLon - 1e-7, header.Bounds.MinLat - 1e-7}, Max: orb.Point{header.Bounds.MaxLon + 1e-7, header.Bounds.MaxLat + 1e-7}}).Contains(p) {
				t.Fatalf("node %d lies outside the header's box", o.ID)
			}
			out.nodes[o.ID] = p
		case *osm.Way:
			out.ways = append(out.ways, o)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRoadsAreARealPBF(t *testing.T) {
	r := readPBF(t, folder(t, whole))
	if n := len(r.nodes); n < 30_000 || n > 80_000 {
		t.Errorf("%d nodes", n)
	}
	used := map[osm.NodeID]bool{}
	count := map[string]int{}
	for i, w := range r.ways {
		if int(w.ID) != i+1 || len(w.Nodes) < 2 {
			t.Fatalf("way %d at place %d has %d nodes", w.ID, i, len(w.Nodes))
		}
		for k, n := range w.Nodes {
			if _, ok := r.nodes[n.ID]; !ok {
				t.Fatalf("way %d: node %d is not in the file", w.ID, n.ID)
			}
			if k > 0 && n.ID == w.Nodes[k-1].ID {
				t.Errorf("way %d repeats node %d", w.ID, n.ID)
			}
			used[n.ID] = true
		}
		class := w.Tags.Find("highway")
		count[class]++
		if w.Tags.Find("bridge") == "yes" {
			count["bridge"]++
		}
		if w.Tags.Find("oneway") == "yes" {
			count["oneway "+class]++
		}
	}
	if len(used) != len(r.nodes) {
		t.Errorf("%d of %d nodes are in a way", len(used), len(r.nodes))
	}
	if count["oneway motorway"] != count["motorway"] {
		t.Errorf("%d of %d motorways are one-way", count["oneway motorway"], count["motorway"])
	}
	for _, class := range []string{"motorway", "motorway_link", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service", "footway", "path", "bridge", "oneway residential"} {
		if count[class] == 0 {
			t.Errorf("no %s", class)
		}
	}
}

func TestNetworkIsMostlyConnected(t *testing.T) {
	r := readPBF(t, folder(t, whole))
	parent := map[osm.NodeID]osm.NodeID{}
	var find func(osm.NodeID) osm.NodeID
	find = func(n osm.NodeID) osm.NodeID {
		if p, ok := parent[n]; ok && p != n {
			parent[n] = find(p)
			return parent[n]
		}
		parent[n] = n
		return n
	}
	for _, w := range r.ways {
		for _, n := range w.Nodes[1:] {
			parent[find(n.ID)] = find(w.Nodes[0].ID)
		}
	}
	size := map[osm.NodeID]int{}
	most := 0
	for n := range r.nodes {
		size[find(n)]++
		most = max(most, size[find(n)])
	}
	if share := float64(most) / float64(len(r.nodes)); share < 0.97 {
		t.Errorf("the largest of %d pieces has %.1f %% of the nodes", len(size), 100*share)
	}
}
