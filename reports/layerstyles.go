package reports

import (
	"fmt"
	"strconv"
	"strings"
)

// Colours of layers, as in assets/js/style.js.
var (
	shareColours = []string{"#dcd8d0", "#c9ddec", "#86b4d6", "#4a8bbd"}
	markers      = []string{"square", "circle", "triangle", "diamond", "cross_fill"}
)

// marker is the shape of a tier.
func marker(tier int) string { return markers[min(tier, len(markers)-1)] }

// style is the QGIS style (QML) of a layer: how QGIS shows it as soon as it is added.
func (b *builder) style(layer string) string {
	switch layer {
	case "cells":
		return b.cellStyle()
	case "sites":
		return b.pointStyle("tier", inkColour, 2.6)
	case "plan":
		return b.pointStyle("tier", accentColour, 3)
	case "stations":
		return qml(pointLayer, single(markSymbol("star", accentColour, 4)), labelled("rank", accentColour))
	case "gaps":
		return qml(polygonLayer, single(fillSymbol("166,27,41,26", accentColour, 0.4)), labelled("rank", accentColour))
	}
	return qml(polygonLayer, single(fillSymbol("255,255,255,0", "#55606d", 0.3)), "")
}

// rgba writes "#rrggbb" as QGIS does.
func rgba(hex string) string {
	if !strings.HasPrefix(hex, "#") {
		return hex
	}
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return "0,0,0,255"
	}
	return fmt.Sprintf("%d,%d,%d,255", n>>16, n>>8&255, n&255)
}

// options writes the settings of a symbol layer, for QGIS from 3.20 on and, as props, for those before.
func options(pairs ...string) string {
	var new, old strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&new, `<Option type="QString" name="%s" value="%s"/>`, pairs[i], pairs[i+1])
		fmt.Fprintf(&old, `<prop k="%s" v="%s"/>`, pairs[i], pairs[i+1])
	}
	return `<Option type="Map">` + new.String() + `</Option>` + old.String()
}

func fillSymbol(fill, line string, width float64) func(int) string {
	return func(n int) string {
		return fmt.Sprintf(`<symbol type="fill" name="%d" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0">%s</layer></symbol>`, n,
			options("color", rgba(fill), "style", "solid", "outline_color", rgba(line), "outline_style", "solid", "outline_width", fmt.Sprint(width), "outline_width_unit", "MM", "joinstyle", "round"))
	}
}

func markSymbol(shape, colour string, size float64) func(int) string {
	return func(n int) string {
		return fmt.Sprintf(`<symbol type="marker" name="%d" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleMarker" enabled="1" locked="0" pass="0">%s</layer></symbol>`, n,
			options("name", shape, "color", rgba(colour), "outline_color", "255,255,255,255", "outline_style", "solid", "outline_width", "0.2", "outline_width_unit", "MM", "size", fmt.Sprint(size), "size_unit", "MM"))
	}
}

// Geometry types as QGIS numbers them. It turns down a style whose number is not the layer's.
const (
	pointLayer   = 0
	polygonLayer = 2
)

// qml wraps a renderer and a labelling of a layer of a geometry type.
func qml(geometry int, renderer, labelling string) string {
	labels := "0"
	if labelling != "" {
		labels = "1"
	}
	return `<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="` + labels + `">` +
		renderer + labelling + `<layerGeometryType>` + strconv.Itoa(geometry) + `</layerGeometryType></qgis>`
}

func single(symbol func(int) string) string {
	return `<renderer-v2 type="singleSymbol" enableorderby="0" forceraster="0" symbollevels="0"><symbols>` + symbol(0) + `</symbols></renderer-v2>`
}

func labelled(field, colour string) string {
	return `<labeling type="simple"><settings calloutType="simple"><text-style fieldName="` + field + `" isExpression="0" fontFamily="Noto Sans CJK SC" fontSize="8" fontSizeUnit="Point" fontWeight="75" textColor="` +
		rgba(colour) + `"><text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255"/></text-style><placement placement="0" priority="5"/></settings></labeling>`
}

// cellStyle shades cells by the coverage of the leading tier, with the classes of the report.
func (b *builder) cellStyle() string {
	attr := "covered_" + b.s.Tiers[leadTier(b.s)].ID
	var ranges, symbols strings.Builder
	for i, r := range []struct {
		from, to float64
		key      string
	}{{0, 0, "class.none"}, {0, 0.495, "class.some"}, {0.495, 0.9999995, "class.most"}, {0.9999995, 1, "class.all"}} {
		fmt.Fprintf(&ranges, `<range lower="%g" upper="%g" symbol="%d" label="%s" render="true"/>`, r.from, r.to, i, b.t(r.key))
		symbols.WriteString(fillSymbol(shareColours[i], "#ffffff", 0.1)(i))
	}
	return qml(polygonLayer, `<renderer-v2 type="graduatedSymbol" attr="`+escapeXML(attr)+`" graduatedMethod="GraduatedColor" enableorderby="0" forceraster="0" symbollevels="0"><ranges>`+
		ranges.String()+`</ranges><symbols>`+symbols.String()+`</symbols></renderer-v2>`, "")
}

// pointStyle gives each tier its shape.
func (b *builder) pointStyle(attr, colour string, size float64) string {
	var categories, symbols strings.Builder
	for t, tier := range b.s.Tiers {
		fmt.Fprintf(&categories, `<category value="%s" label="%s" symbol="%d" render="true" type="string"/>`, escapeXML(tier.ID), escapeXML(tier.Name), t)
		symbols.WriteString(markSymbol(marker(t), colour, size-0.5*float64(min(t, 3)))(t))
	}
	return qml(pointLayer, `<renderer-v2 type="categorizedSymbol" attr="`+attr+`" enableorderby="0" forceraster="0" symbollevels="0"><categories>`+categories.String()+
		`</categories><symbols>`+symbols.String()+`</symbols></renderer-v2>`, "")
}
