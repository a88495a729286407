package data

import (
	"context"
	"io"
	"math"

	"sitecover/geo/network"
	"sitecover/geo/pack"
)

// flatWay is a way without its name, so that all ways together are copied as they stand in memory.
type flatWay struct {
	ID           int64
	First, Count int32
	MaxSpeed     float32
	Name         uint32 // index into the names
	Class        network.Class
	Access       network.Access
	OneWay       network.Direction
	Zero         [5]byte // which leaves no gap
}

// writeRoads writes roads and what was said of them: each name once, ways without theirs.
func writeRoads(w io.Writer, roads *network.Roads, said cachedRoads) error {
	var names []string
	at := map[string]uint32{}
	ways := make([]flatWay, len(roads.Ways))
	for i, x := range roads.Ways {
		name, known := at[x.Name]
		if !known {
			name = uint32(len(names))
			at[x.Name] = name
			names = append(names, x.Name)
		}
		ways[i] = flatWay{ID: x.ID, First: x.First, Count: x.Count, MaxSpeed: x.MaxSpeed, Name: name, Class: x.Class, Access: x.Access, OneWay: x.OneWay}
	}
	return pack.Write(w, &said, &names, &ways, &roads.Nodes, &roads.Refs)
}

// readRoads reads what writeRoads wrote. Anything else is an error.
func readRoads(r io.Reader, most int64) (roads *network.Roads, said cachedRoads, err error) {
	var names []string
	var ways []flatWay
	roads = &network.Roads{}
	if err := pack.Read(r, most, &said, &names, &ways, &roads.Nodes, &roads.Refs); err != nil {
		return nil, said, err
	}
	if len(roads.Nodes) > math.MaxInt32 || len(roads.Refs) > math.MaxInt32 {
		return nil, said, errEntry
	}
	for _, n := range roads.Refs {
		if uint32(n) >= uint32(len(roads.Nodes)) {
			return nil, said, errEntry
		}
	}
	roads.Ways = make([]network.Way, len(ways))
	for i, x := range ways {
		if x.First < 0 || x.Count < 0 || int64(x.First)+int64(x.Count) > int64(len(roads.Refs)) || int(x.Name) >= len(names) {
			return nil, said, errEntry
		}
		roads.Ways[i] = network.Way{ID: x.ID, Name: names[x.Name], Class: x.Class, Access: x.Access, OneWay: x.OneWay, MaxSpeed: x.MaxSpeed, First: x.First, Count: x.Count}
	}
	return roads, said, nil
}

// cachedRoads is what an entry holds besides the roads: what their reader said of them and of the file.
type cachedRoads struct {
	File     keptInput
	Findings []Finding
}

const roadsKind = "roads"

// roadsKey names the roads of a file by all that they depend on; "" when they are not kept. Whether ferries are used is asked later.
func (r *reader) roadsKey(ctx context.Context, src RoadSource) string {
	if r.options.Cache.Dir == "" {
		return ""
	}
	hashes, bytes, ok := r.hashes(ctx, []Source{src.Source})
	if !ok || !r.options.Cache.serves(bytes) {
		return ""
	}
	src.Line = 0
	return cacheKeyOf(src.Source, hashes)
}

// keptRoads takes the roads of a file from the cache; nil where it has none.
func (r *reader) keptRoads(in *input, key string) (roads *network.Roads) {
	var said cachedRoads
	if key == "" || !r.options.Cache.Load(roadsKind, key, func(from io.Reader, most int64) (err error) {
		roads, said, err = readRoads(from, most)
		return err
	}) || !in.restore(said.File) {
		return nil
	}
	r.appendFindings(said.Findings)
	return roads
}

// keepRoads puts the roads of a file into the cache.
func (r *reader) keepRoads(in *input, key string, roads *network.Roads, findings []Finding) {
	if key == "" {
		return
	}
	said, kept := cachedRoads{keptOf(in), append([]Finding(nil), findings...)}, *roads
	_ = r.options.Cache.storeFrom(1, roadsKind, key, func(w io.Writer) error { return writeRoads(w, &kept, said) }) // the Writer tells
}
