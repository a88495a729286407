package reports

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// escapeXML escapes text for XML and drops characters that XML cannot hold.
func escapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(clip(s))); err != nil {
		return ""
	}
	return b.String()
}

// writeKML writes sites, proposals, stations, gaps and regions as folders of one KML file. The cells stay out: phone and desktop
// map programs slow down under tens of thousands of areas; they are in the other formats.
func (b *builder) writeKML(w io.Writer, in frame) error {
	out := bufio.NewWriter(w)
	p := func(format string, args ...any) { fmt.Fprintf(out, format, args...) }
	p("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>%s</name>\n", escapeXML(b.s.Name))
	notes := []string{b.t("doc.date", b.s.Date.Format("2006-01-02")), b.s.Notice}
	if b.s.Synthetic {
		notes = append(notes, b.t("doc.synthetic"))
	}
	if in.epsg == 0 {
		notes = append(notes, "GCJ-02")
	}
	p("<description>%s</description>\n", escapeXML(strings.Join(notes, " · ")))
	for _, s := range []struct{ id, icon, line, fill string }{
		{"sites", "ff372a1f", "", ""}, {"plan", "ff291ba6", "", ""}, {"stations", "ff291ba6", "", ""},
		{"gaps", "", "ff291ba6", "33291ba6"}, {"regions", "", "ff6d6055", "00ffffff"}} {
		p(`<Style id="%s">`, s.id)
		if s.icon != "" {
			p("<IconStyle><color>%s</color><scale>0.8</scale></IconStyle>", s.icon)
		} else {
			p("<LineStyle><color>%s</color><width>1.5</width></LineStyle><PolyStyle><color>%s</color></PolyStyle>", s.line, s.fill)
		}
		p("</Style>\n")
	}
	from, err := b.provenance()
	if err != nil {
		return err
	}
	p("<ExtendedData><Data name=\"provenance\"><value>%s</value></Data></ExtendedData>\n", escapeXML(string(from)))
	for _, spec := range b.layers() {
		if spec.name == "cells" {
			continue
		}
		t := b.collect(spec, in)
		p("<Folder><name>%s</name>\n", escapeXML(b.layerTitle(spec.name)))
		for _, f := range t.features {
			b.placemark(out, t, f)
		}
		p("</Folder>\n")
	}
	p("</Document></kml>\n")
	return out.Flush()
}

func (b *builder) placemark(out *bufio.Writer, t *table, f feature) {
	fmt.Fprintf(out, `<Placemark><name>%s</name><styleUrl>#%s</styleUrl><ExtendedData>`, escapeXML(placemarkName(t, f)), t.name)
	for i, v := range t.row(f) {
		if v != nil {
			fmt.Fprintf(out, `<Data name="%s"><value>%s</value></Data>`, escapeXML(t.columns[i]), escapeXML(textOf(v)))
		}
	}
	fmt.Fprint(out, "</ExtendedData>")
	switch g := f.geometry.(type) {
	case orb.Point:
		fmt.Fprintf(out, "<Point><coordinates>%s</coordinates></Point>", coordinates(g))
	case orb.MultiPolygon:
		fmt.Fprint(out, "<MultiGeometry>")
		for _, poly := range g {
			fmt.Fprint(out, "<Polygon>")
			for i, ring := range poly {
				side := "outerBoundaryIs"
				if i > 0 {
					side = "innerBoundaryIs"
				}
				fmt.Fprintf(out, "<%s><LinearRing><coordinates>%s</coordinates></LinearRing></%s>", side, coordinates(ring...), side)
			}
			fmt.Fprint(out, "</Polygon>")
		}
		fmt.Fprint(out, "</MultiGeometry>")
	}
	fmt.Fprintln(out, "</Placemark>")
}

// placemarkName is the name of a feature, or its rank and region.
func placemarkName(t *table, f feature) string {
	row := t.row(f)
	get := func(column string) string {
		if i, ok := t.at[column]; ok {
			return textOf(row[i])
		}
		return ""
	}
	if name := get("name"); name != "" {
		return name
	}
	return strings.TrimSpace(get("rank") + " " + get("region_name"))
}

func coordinates(points ...orb.Point) string {
	var b strings.Builder
	for i, p := range points {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(p[0], 'f', 7, 64) + "," + strconv.FormatFloat(p[1], 'f', 7, 64))
	}
	return b.String()
}
