package data

import (
	"context"
	"slices"

	"github.com/paulmach/orb"
)

// LedgerRow is one site with every column of its ledger.
type LedgerRow struct {
	Site   int32 // index into Dataset.Sites
	Source int   // index into Study.Sites
	File   string
	Row    int
	Header []string // shared by the rows of a file
	Cells  []string // as they stand, parallel to the header; may be shorter
}

// Ledger reads the ledgers of a dataset once more, with all their columns, in the order of Dataset.Sites. Rows that Read left out are left
// out here. A file that changed since it was read is an error.
func Ledger(ctx context.Context, d *Dataset) ([]LedgerRow, error) {
	r := &reader{study: d.Study, c: newCollector(), seen: &inspections{}, regions: d.Regions}
	index := map[string]int32{}
	for i, s := range d.Sites {
		index[s.ID] = int32(i)
	}
	var rows []LedgerRow
	var sites []rawSite
	for i, src := range d.Study.Sites {
		in := r.open(ctx, "sites", src.Source)
		if in == nil {
			continue
		}
		if !slices.ContainsFunc(d.Inputs, func(x Input) bool { return x.Path == in.name && x.SHA256 == in.info.SHA256 }) {
			_ = in.fail(0, "", "", T("读入之后文件变了", "has changed since it was read"), T("再运行一次", "run it again"))
			continue
		}
		t := openTable(in, src.Source, src.Sheet)
		if t == nil {
			continue
		}
		for t.scan(ctx) {
			if site, ok := r.site(t, src); ok {
				sites = append(sites, rawSite{Site: site, in: in, row: t.row})
				rows = append(rows, LedgerRow{Source: i, File: in.name, Row: t.row, Header: t.header, Cells: slices.Clone(t.cells)})
			}
		}
		t.close()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.c.err(); err != nil {
		return nil, err
	}
	nameless(sites, func(s *rawSite) (*string, string, orb.Point) { return &s.ID, s.Name, s.Point })
	out := rows[:0]
	for i, row := range rows {
		if at, kept := index[sites[i].ID]; kept {
			row.Site = at
			out = append(out, row)
		}
	}
	slices.SortStableFunc(out, func(a, b LedgerRow) int { return int(a.Site) - int(b.Site) })
	return out, nil
}
