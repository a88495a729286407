package data

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

var (
	epsgWords = regexp.MustCompile(`(?i)EPSG[^0-9]{1,40}(?:[0-9.]+[:/]+)?([0-9]{4,6})\b`)
	wktNumber = regexp.MustCompile(`(?i)(?:PARAMETER|CONVERSION)?\["([a-z_ ]+)"\s*,\s*([-+0-9.eE]+)`)
)

// systemOfText recognises the system that a file declares of itself: an EPSG code or a URN, the CRS member of a GeoJSON
// file, or well-known text as .prj files and GeoPackages hold it (in the forms of Esri, OGC and ISO). known is false
// for every system that geo/crs does not have, such as Beijing 1954, Xi'an 1980 or UTM.
func systemOfText(text string) (system crs.CRS, known bool) {
	upper := strings.ToUpper(text)
	if strings.Contains(upper, "PROJCS[") || strings.Contains(upper, "PROJCRS[") {
		return zoneOfText(upper)
	}
	if strings.Contains(upper, "GEOGCS[") || strings.Contains(upper, "GEOGCRS[") || strings.Contains(upper, "GEODCRS[") {
		return degreesOfText(upper)
	}
	if strings.Contains(upper, "CRS84") {
		return crs.WGS84, true
	}
	if codes := epsgWords.FindAllStringSubmatch(text, -1); len(codes) > 0 {
		system, err := crs.Parse(codes[len(codes)-1][1])
		return system, err == nil
	}
	for _, word := range []struct {
		text   string
		system crs.CRS
	}{{"WGS84", crs.WGS84}, {"WGS 84", crs.WGS84}, {"CGCS2000", crs.CGCS2000}, {"CGCS 2000", crs.CGCS2000}} {
		if strings.Contains(upper, word.text) && !strings.Contains(upper, "ZONE") {
			return word.system, true
		}
	}
	system, err := crs.Parse(text)
	return system, err == nil
}

// degreesOfText tells WGS84 and CGCS2000 by the names of the datum.
func degreesOfText(upper string) (crs.CRS, bool) {
	switch {
	case datumCGCS(upper):
		return crs.CGCS2000, true
	case strings.Contains(upper, "WGS_1984") || strings.Contains(upper, "WGS 84") || strings.Contains(upper, "WGS84") || strings.Contains(upper, "WORLD GEODETIC SYSTEM 1984"):
		return crs.WGS84, true
	}
	return nil, false
}

func datumCGCS(upper string) bool {
	return strings.Contains(upper, "CHINA_2000") || strings.Contains(upper, "CHINA 2000") || strings.Contains(upper, "CHINA_GEODETIC") ||
		strings.Contains(upper, "CGCS2000") || strings.Contains(upper, "CGCS 2000") || strings.Contains(upper, "CHINA GEODETIC COORDINATE SYSTEM 2000")
}

// zoneOfText finds the Gauss–Krüger zone by its parameters, which say more than names do: transverse Mercator on CGCS2000, scale 1, a
// central meridian and a false easting, with the zone's number before or without.
func zoneOfText(upper string) (crs.CRS, bool) {
	if !datumCGCS(upper) || !(strings.Contains(upper, "GAUSS_KRUGER") || strings.Contains(upper, "TRANSVERSE_MERCATOR") || strings.Contains(upper, "TRANSVERSE MERCATOR") || strings.Contains(upper, "GAUSS KRUGER")) {
		return nil, false
	}
	values := map[string]float64{"SCALE": 1}
	for _, m := range wktNumber.FindAllStringSubmatch(upper, -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue // no number: a parameter that we need is then missing
		}
		switch name := strings.ReplaceAll(m[1], " ", "_"); name {
		case "CENTRAL_MERIDIAN", "LONGITUDE_OF_NATURAL_ORIGIN":
			values["MERIDIAN"] = v
		case "FALSE_EASTING", "FALSE_NORTHING":
			values[name] = v
		case "SCALE_FACTOR", "SCALE_FACTOR_AT_NATURAL_ORIGIN":
			values["SCALE"] = v
		}
	}
	lon, ok := values["MERIDIAN"]
	if !ok || values["SCALE"] != 1 || values["FALSE_NORTHING"] != 0 {
		return nil, false
	}
	return zoneAt(lon, values["FALSE_EASTING"], strings.Contains(upper, "6_DEGREE") || strings.Contains(upper, "6-DEGREE"))
}

// zoneAt returns the zone of a central meridian and a false easting. Without a prefix 3° and 6° zones of one meridian are the same
// projection: the one that the name says is taken.
func zoneAt(lon, easting float64, six bool) (crs.CRS, bool) {
	var found crs.CRS
	for code := 4491; code <= 4554; code++ {
		system, err := crs.GaussKruger(code)
		if err != nil {
			continue
		}
		p, err := system.FromWGS84(orb.Point{lon, 0})
		if err != nil || math.Abs(p[0]-easting) > 1e-3 {
			continue
		}
		if is6 := code <= 4512; found == nil || is6 == six {
			found = system
		}
	}
	return found, found != nil
}

// sameDegrees reports whether two systems are degrees that are read alike.
func sameDegrees(a, b crs.CRS) bool {
	plain := func(c crs.CRS) bool { return c == nil || c == crs.WGS84 || c == crs.CGCS2000 }
	return plain(a) && plain(b) || a == b
}
