package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"sitecover/cmd/internal/run"
	"sitecover/coverage"
)

// table starts a table on stdout. A heading that starts with ">" makes a right-aligned column of figures.
func (a *app) table(header ...string) table.Writer {
	w := table.NewWriter()
	w.SetOutputMirror(a.out)
	style := table.StyleLight
	style.Format.Header, style.Format.Footer = text.FormatDefault, text.FormatDefault
	w.SetStyle(style)
	head := make(table.Row, len(header))
	configs := make([]table.ColumnConfig, len(header))
	for i, h := range header {
		name, right := strings.CutPrefix(h, ">")
		head[i] = name
		configs[i] = table.ColumnConfig{Number: i + 1}
		if right {
			configs[i].Align, configs[i].AlignHeader, configs[i].AlignFooter = text.AlignRight, text.AlignRight, text.AlignRight
		}
	}
	w.AppendHeader(head)
	w.SetColumnConfigs(configs)
	return w
}

func row(cells ...any) table.Row { return cells }

// count writes an integer with thousands separators.
func count[T int | int32 | int64](n T) string { return run.Group(strconv.FormatInt(int64(n), 10)) }

// people writes a number of people, rounded to whole persons.
func people(n float64) string { return run.Group(strconv.FormatFloat(math.Round(n), 'f', 0, 64)) }

// percent writes a share with one decimal (coverage.ShareText), "n/a" when there is none.
func percent(share *float64) string {
	if share == nil {
		return "n/a"
	}
	return coverage.ShareText(*share, 1) + " %"
}

// wan writes money in 万元.
func wan(yuan int64) string { return run.Group(strconv.FormatFloat(float64(yuan)/10_000, 'f', -1, 64)) }

// metres writes a distance.
func metres(m float64) string {
	return run.Group(strconv.FormatFloat(math.Round(m), 'f', 0, 64)) + " m"
}

// lonlat writes a position with five decimals, about a metre.
func lonlat(lon, lat float64) string {
	return strconv.FormatFloat(lon, 'f', 5, 64) + "," + strconv.FormatFloat(lat, 'f', 5, 64)
}
