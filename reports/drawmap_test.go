package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// drawn draws a map, or skips where no font is.
func drawn(t *testing.T, s *Study, o MapOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	err := DrawMap(&b, s, o)
	if errors.Is(err, ErrNoFont) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SITECOVER_EYE"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, o.Map+"-"+o.Tier+"."+o.Format), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestMapsAreDrawnTheSameTwice(t *testing.T) {
	s := makeStudy(t, smallWorld)
	makeMeasures(t, s)
	for _, kind := range AllMaps {
		for _, format := range []string{"png", "svg"} {
			o := MapOptions{Map: kind, Format: format, DPI: 100, Classes: Jenks}
			one := drawn(t, s, o)
			if !bytes.Equal(one, drawn(t, s, o)) {
				t.Errorf("%s.%s differs", kind, format)
			}
		}
	}
}

// TestDrawnMapHasColoursOfItsLayers counts pixels: what is covered, what is not, and on the map of the plan what is proposed.
func TestDrawnMapHasColoursOfItsLayers(t *testing.T) {
	s := makeStudy(t, smallWorld)
	img, err := png.Decode(bytes.NewReader(drawn(t, s, MapOptions{Map: MapPlan, Format: "png", DPI: 150})))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 1754 || size.Y != 1240 { // 297 x 210 mm at 150 dpi
		t.Errorf("size %v", size)
	}
	count := map[[3]uint32]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			count[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for name, c := range map[string][3]uint32{"covered": {0x4a, 0x8b, 0xbd}, "not covered": {0xdc, 0xd8, 0xd0}, "proposed": {0xa6, 0x1b, 0x29}, "ink": {0x1f, 0x2a, 0x37}} {
		if count[c] < 100 {
			t.Errorf("%s: %d pixels", name, count[c])
		}
	}
}

func TestDrawnSVGSaysWhatItIs(t *testing.T) {
	s := makeStudy(t, smallWorld)
	s.Synthetic, s.Notice = true, `审图号 <1> & "2"`
	body := drawn(t, s, MapOptions{Map: MapGaps, Format: "svg", Lang: Chinese})
	d := xml.NewDecoder(bytes.NewReader(body))
	var words strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			words.Write(c)
		}
	}
	for _, want := range []string{s.Name, s.Notice, "合成数据", "图例", "北", "千米", "空白区分布图", s.Date.Format("2006-01-02")} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("%q is not on the map", want)
		}
	}
}

func TestDrawMapRefuses(t *testing.T) {
	s := makeStudy(t, smallWorld)
	for _, o := range []MapOptions{{Map: "x", Format: "png"}, {Map: MapGaps, Format: "pdf"}, {Map: MapGaps, Format: "png", DPI: 9},
		{Map: MapGaps, Format: "png", Tier: "nosuch"}, {Map: MapGaps, Format: "png", Font: "/nosuch.ttc"}, {Map: MapGaps, Format: "png", Width: 5}} {
		if err := DrawMap(io.Discard, s, o); err == nil {
			t.Errorf("%+v is not refused", o)
		}
	}
	s.Plan = nil
	if err := DrawMap(io.Discard, s, MapOptions{Map: MapPlan, Format: "svg"}); err == nil {
		t.Error("a plan map without a plan is not refused")
	}
}
