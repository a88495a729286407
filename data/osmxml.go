package data

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// osmXML reads OSM XML (API 0.6) as one block: as exported by openstreetmap.org, Overpass and JOSM. What JOSM has deleted is read over.
type osmXML struct {
	d    *xml.Decoder
	out  *pbfBlock
	tags wayTags
	refs []int64
}

// readOSM reads a whole file.
func readOSM(ctx context.Context, r io.Reader) ([]*pbfBlock, error) {
	x := &osmXML{d: xml.NewDecoder(r), out: &pbfBlock{}}
	root := false
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		token, err := x.d.Token()
		if err == io.EOF && root {
			return []*pbfBlock{x.out}, nil
		}
		if err == nil {
			if e, ok := token.(xml.StartElement); ok {
				if !root && e.Name.Local != "osm" {
					return nil, x.problem(errNotOSM)
				}
				root = true
				err = x.element(e)
			}
		}
		if err != nil {
			return nil, x.problem(err)
		}
	}
}

var errNotOSM = errors.New("the document is no <osm>")

// problem words an error of the file; others, of the disk, stay as they are.
func (x *osmXML) problem(err error) error {
	line, _ := x.d.InputPos()
	again := T("重新下载或导出这个文件", "download or export the file again")
	var syntax *xml.SyntaxError
	var bad *osmValueError
	switch {
	case errors.Is(err, errNotOSM), err == io.EOF:
		return &pbfError{0, T("不是 OSM XML 文件", "is not an OSM XML file"), again, err}
	case errors.As(err, &syntax):
		return &pbfError{x.d.InputOffset(), T("第 %d 行：XML 语法错误或文件不完整：%s", "line %d: is not XML, or is cut off: %s", syntax.Line, syntax.Msg), again, err}
	case errors.As(err, &bad):
		return &pbfError{x.d.InputOffset(), T("第 %d 行：%s=%q 不对", "line %d: %s=%q cannot be", line, bad.name, clip(bad.value)), again, err}
	}
	return fmt.Errorf("data: read: %w", err)
}

// osmValueError is an attribute that cannot be.
type osmValueError struct{ name, value string }

func (e *osmValueError) Error() string { return fmt.Sprintf("%s=%q", e.name, e.value) }

func (x *osmXML) element(e xml.StartElement) error {
	switch e.Name.Local {
	case "osm":
		return nil
	case "node":
		if attribute(e, "action") != "delete" {
			if err := x.node(e); err != nil {
				return err
			}
		}
	case "way":
		if attribute(e, "action") != "delete" {
			return x.way(e)
		}
	}
	return x.d.Skip()
}

// whole reads an attribute that is a whole number.
func whole(e xml.StartElement, name string) (int64, error) {
	text := attribute(e, name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, &osmValueError{name, text}
	}
	return n, nil
}

// degrees reads a coordinate as 1e-7 degrees.
func degrees(e xml.StartElement, name string, most float64) (int32, error) {
	text := attribute(e, name)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(f) <= most) {
		return 0, &osmValueError{name, text}
	}
	return int32(math.Round(f * 1e7)), nil
}

func (x *osmXML) node(e xml.StartElement) error {
	id, err := whole(e, "id")
	if err != nil {
		return err
	}
	lon, err := degrees(e, "lon", 180)
	if err != nil {
		return err
	}
	lat, err := degrees(e, "lat", 90)
	if err != nil {
		return err
	}
	x.out.nodeID, x.out.lon, x.out.lat = append(x.out.nodeID, id), append(x.out.lon, lon), append(x.out.lat, lat)
	return nil
}

// way reads a way with its nodes and tags.
func (x *osmXML) way(e xml.StartElement) error {
	id, err := whole(e, "id")
	if err != nil {
		return err
	}
	x.tags, x.refs = wayTags{}, x.refs[:0]
	for {
		token, err := x.d.Token()
		if err != nil {
			return cutXML(err)
		}
		switch inner := token.(type) {
		case xml.StartElement:
			switch inner.Name.Local {
			case "nd":
				ref, err := whole(inner, "ref")
				if err != nil {
					return err
				}
				x.refs = append(x.refs, ref)
			case "tag":
				x.tags.set(attribute(inner, "k"), attribute(inner, "v"))
			}
			if err := x.d.Skip(); err != nil {
				return cutXML(err)
			}
		case xml.EndElement:
			way, ok := x.out.admit(&x.tags)
			if ok {
				way.ID, way.First, way.Count = id, int32(len(x.out.refs)), int32(len(x.refs))
				x.out.refs = append(x.out.refs, x.refs...)
				x.out.ways = append(x.out.ways, way)
			}
			return nil
		}
	}
}
