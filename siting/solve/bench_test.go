package solve

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// benchDir is the folder of the seeded instances; a test that needs it is skipped without it.
func benchDir(tb testing.TB) string {
	dir := os.Getenv("SITECOVER_BENCH")
	if dir == "" {
		tb.Skip("SITECOVER_BENCH does not name a folder of instances")
	}
	return dir
}

// place is a facility or a client of an instance.
type place struct {
	x, y   float64
	demand int64
}

// readPlaces reads an instance: "facilities clients", then a line "F|C id x y demand" each.
func readPlaces(tb testing.TB, name string) (facilities, clients []place) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(benchDir(tb), name))
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Scan()
	for lines.Scan() {
		f := bytes.Fields(lines.Bytes())
		x, _ := strconv.ParseFloat(string(f[2]), 64)
		y, _ := strconv.ParseFloat(string(f[3]), 64)
		d, _ := strconv.ParseInt(string(f[4]), 10, 64)
		if f[0][0] == 'F' {
			facilities = append(facilities, place{x, y, d})
		} else {
			clients = append(clients, place{x, y, d})
		}
	}
	return facilities, clients
}

// coverWithin covers each client by the facilities at most radius away, squares compared as the yardstick does.
func coverWithin(facilities, clients []place, radius float64) Cover {
	side := int(30/radius) + 2
	bins := make([][]int32, side*side)
	for i, c := range clients {
		b := int(c.y/radius)*side + int(c.x/radius)
		bins[b] = append(bins[b], int32(i))
	}
	c := Cover{Rows: len(clients), Offset: []int64{0}}
	for _, cl := range clients {
		c.Weight = append(c.Weight, cl.demand)
	}
	for _, f := range facilities {
		from := len(c.Row)
		bx, by := int(f.x/radius), int(f.y/radius)
		for y := max(0, by-1); y <= min(side-1, by+1); y++ {
			for x := max(0, bx-1); x <= min(side-1, bx+1); x++ {
				for _, i := range bins[y*side+x] {
					dx, dy := f.x-clients[i].x, f.y-clients[i].y
					if dx*dx+dy*dy <= radius*radius {
						c.Row = append(c.Row, i)
					}
				}
			}
		}
		slices.Sort(c.Row[from:])
		c.Offset = append(c.Offset, int64(len(c.Row)))
	}
	return c
}

func ExampleCover() {
	c := Cover{Rows: 3, Offset: []int64{0, 2, 3}, Row: []int32{0, 1, 2}}
	fmt.Println(c.Columns(), c.Column(0), c.Validate())
	// Output: 2 [0 1] <nil>
}
