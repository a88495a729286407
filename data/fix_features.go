package data

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// piece is a feature of a text of features: where it stands, and what becomes of it.
type piece struct {
	at, shape stretch
	edit      *edit // nil = it stays
}

// pieces reads a file for the places of its features. Of TopoJSON, where the text of a feature stands in several places, it returns the
// whole file with the edits made.
func (f *fixer) pieces(rev *revision, read func(*input, func(*feature) error)) (list []piece, whole *geojson.FeatureCollection, err error) {
	layer, edits := rev.only()
	in := newInput(f.study, "", Source{File: rev.file, Layer: layer, CRS: "wgs84"}, newCollector())
	in.raw = true
	if !in.inspect() {
		return nil, nil, errNotRevised
	}
	read(in, func(x *feature) error {
		e := edits[x.number]
		list = append(list, piece{x.at, x.shape, e})
		if x.at.to == 0 {
			if whole == nil {
				whole = geojson.NewFeatureCollection()
			}
			if e != nil && e.geometry != nil {
				x.geometry = e.geometry
			}
			if e == nil || !e.remove {
				whole.Append(asGeoJSON(x))
			}
		}
		return nil
	})
	if len(in.c.errs) > 0 || whole != nil && len(in.c.findings) > 0 { // TopoJSON that declares a system of its own, which GeoJSON would not
		return nil, nil, errors.Join(errNotRevised, in.c.err())
	}
	return list, whole, nil
}

// only returns the edits of a file whose layers do not matter, or of the one layer that is edited.
func (r *revision) only() (layer string, edits map[int]*edit) {
	for layer, edits := range r.edits {
		return layer, edits // two layers of one TopoJSON file: see reviseGeoJSON
	}
	return "", nil
}

// reviseGeoJSON writes GeoJSON with some features changed; all other characters stay. TopoJSON is written as GeoJSON.
func (f *fixer) reviseGeoJSON(rev *revision) error {
	if len(rev.edits) > 1 { // a study that reads several layers of one TopoJSON file, which GeoJSON has not
		return errNotRevised
	}
	list, whole, err := f.pieces(rev, readFeatures)
	if err != nil {
		return err
	}
	if whole != nil {
		return f.writeFeatures(rev.name, whole)
	}
	raw, err := os.ReadFile(f.path(rev.file))
	if err != nil {
		return err
	}
	text := bytes.TrimPrefix(raw, utf8BOM)
	out := bytes.Clone(raw[:len(raw)-len(text)])
	if alone := bytes.TrimSpace(text[:list[0].at.from]); len(alone) == 0 && list[0].edit.remove { // the file is one feature
		return f.write(rev.name, append(out, `{"type":"FeatureCollection","features":[]}`+"\n"...))
	}
	out = append(out, text[:list[0].at.from]...)
	first := true
	for i, p := range list {
		if p.edit != nil && p.edit.remove {
			continue
		}
		if !first {
			out = append(out, text[list[i-1].at.to:p.at.from]...)
		}
		first = false
		if p.edit == nil || p.edit.geometry == nil {
			out = append(out, text[p.at.from:p.at.to]...)
			continue
		}
		if p.shape.to == 0 {
			return errNotRevised
		}
		shape, err := json.Marshal(geojson.NewGeometry(simplest(p.edit.geometry)))
		if err != nil {
			return err
		}
		out = append(append(append(out, text[p.at.from:p.shape.from]...), shape...), text[p.shape.to:p.at.to]...)
	}
	return f.write(rev.name, append(out, text[list[len(list)-1].at.to:]...))
}

// reviseKML writes KML with some placemarks changed; all other characters stay, in the encoding that the file declares.
func (f *fixer) reviseKML(rev *revision) error {
	list, _, err := f.pieces(rev, readKML)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(f.path(rev.file))
	if err != nil {
		return err
	}
	out, err := splicedKML(raw, list)
	if err != nil {
		return err
	}
	return f.write(rev.name, out)
}

// reviseKMZ is reviseKML for the KML files of an archive; all else in it stays.
func (f *fixer) reviseKMZ(rev *revision) (err error) {
	archive, err := zip.OpenReader(f.path(rev.file))
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	defer archive.Close() // read only
	parts := map[string][]piece{}
	_, edits := rev.only()
	_, _, err = f.pieces(rev, func(in *input, _ func(*feature) error) {
		k := &kmzReader{in: in, archive: &archive.Reader, left: maxKMZ, seen: map[string]bool{}}
		k.visit = func(x *feature) error {
			parts[k.at] = append(parts[k.at], piece{x.at, x.shape, edits[x.number]})
			return nil
		}
		k.read()
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range archive.File {
		if err := copyPart(w, file, parts[file.Name]); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.write(rev.name, b.Bytes())
}

// copyPart copies a file of an archive, with its placemarks changed if it has any that do.
func copyPart(w *zip.Writer, file *zip.File, list []piece) error {
	edited := false
	for _, p := range list {
		edited = edited || p.edit != nil
	}
	if !edited {
		return w.Copy(file)
	}
	content, err := file.Open()
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	raw, err := io.ReadAll(io.LimitReader(content, maxKMZ))
	if err = errors.Join(err, content.Close()); err != nil {
		return errors.Join(errNotRevised, err)
	}
	out, err := splicedKML(raw, list)
	if err != nil {
		return err
	}
	to, err := w.CreateHeader(&zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: file.Modified, ExternalAttrs: file.ExternalAttrs})
	if err != nil {
		return err
	}
	_, err = to.Write(out)
	return err
}

// declared finds the encoding that an XML file declares.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]+)["']`)

// splicedKML puts new geometries into the text of a KML file, and takes placemarks out.
func splicedKML(raw []byte, list []piece) ([]byte, error) {
	text, chinese := raw, false
	if m := declared.FindSubmatch(bytes.TrimPrefix(raw[:min(len(raw), 300)], utf8BOM)); m != nil {
		chinese = strings.HasPrefix(strings.ToLower(string(m[1])), "gb")
	}
	if chinese {
		var err error
		if text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err != nil || bytes.ContainsRune(text, '\uFFFD') {
			return nil, errors.Join(errNotRevised, err)
		}
	}
	var out []byte
	at := 0
	for _, p := range list {
		if p.edit == nil {
			continue
		}
		from, to, now := p.at.from, p.at.to, ""
		if !p.edit.remove {
			if from, to = p.shape.from, p.shape.to; to == 0 || p.edit.geometry == nil {
				return nil, errNotRevised
			}
			prefix, _, _ := strings.Cut(string(text[from+1:min(to, from+40)]), ":")
			if strings.ContainsAny(prefix, " >/\t\r\n") || len(prefix) > 30 {
				prefix = ""
			} else {
				prefix += ":"
			}
			now = kmlShape(p.edit.geometry, prefix)
		}
		if from < at || to > len(text) || text[from] != '<' {
			return nil, errNotRevised
		}
		out = append(append(out, text[at:from]...), now...)
		at = to
	}
	out = append(out, text[at:]...)
	if chinese {
		return simplifiedchinese.GB18030.NewEncoder().Bytes(out)
	}
	return out, nil
}

// kmlShape writes a geometry as KML.
func kmlShape(g orb.Geometry, prefix string) string {
	element := func(name, content string) string {
		return fmt.Sprintf("<%[1]s%[2]s>%[3]s</%[1]s%[2]s>", prefix, name, content)
	}
	line := func(name string, points []orb.Point) string {
		texts := make([]string, len(points))
		for i, p := range points {
			texts[i] = strconv.FormatFloat(p[0], 'f', -1, 64) + "," + strconv.FormatFloat(p[1], 'f', -1, 64)
		}
		return element(name, element("coordinates", strings.Join(texts, " ")))
	}
	var parts []string
	switch g := g.(type) {
	case orb.Point:
		return line("Point", []orb.Point{g})
	case orb.LineString:
		return line("LineString", g)
	case orb.MultiPoint:
		for _, p := range g {
			parts = append(parts, line("Point", []orb.Point{p}))
		}
	case orb.MultiLineString:
		for _, l := range g {
			parts = append(parts, line("LineString", l))
		}
	case orb.Polygon:
		return kmlShape(orb.MultiPolygon{g}, prefix)
	case orb.MultiPolygon:
		for _, polygon := range g {
			rings := ""
			for i, r := range polygon {
				rings += element([]string{"outerBoundaryIs", "innerBoundaryIs"}[min(i, 1)], line("LinearRing", r))
			}
			parts = append(parts, element("Polygon", rings))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return element("MultiGeometry", strings.Join(parts, ""))
}
