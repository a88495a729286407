package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"sitecover/data"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// buildGrid is grid.Build, from the cache where it holds the grid of these very regions. What the cache holds is checked before it is used;
// whatever is not whole is built anew and written over.
func buildGrid(ctx context.Context, regions *geo.Regions, resolution int, cache data.Cache) (*grid.Grid, error) {
	if cache.Dir == "" {
		return grid.Build(ctx, regions, resolution)
	}
	const kind = "grid"
	key := hexKey(grid.Fingerprint(regions, resolution))
	if content, ok := cache.Load(kind, key); ok {
		if g, err := grid.Decode(content, len(regions.All)); err == nil && g.Resolution == resolution {
			return g, nil
		}
	}
	g, err := grid.Build(ctx, regions, resolution)
	if err == nil {
		_ = cache.Store(kind, key, g.Encode()) // a cache that cannot be written only costs time on the next run
	}
	return g, err
}

func hexKey(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }
