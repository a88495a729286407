package reports

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// ErrNoFont says that no font with Chinese characters was found.
var ErrNoFont = errors.New("reports: no font with Chinese characters found: install Noto Sans CJK (Debian: apt-get install fonts-noto-cjk), or name a font file")

// fontPlaces are where systems keep fonts with Chinese characters, the best first.
var fontPlaces = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
	`C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\simhei.ttf`, "/System/Library/Fonts/PingFang.ttc", "/System/Library/Fonts/STHeiti Medium.ttc",
}

// loadFont reads a font file, or the first of fontPlaces that is there. Of a collection it takes the font for Simplified Chinese.
func loadFont(path string) (*sfnt.Font, error) {
	paths := fontPlaces
	if path != "" {
		paths = []string{path}
	}
	for _, p := range paths {
		body, err := os.ReadFile(filepath.Clean(p))
		if err != nil {
			if path != "" {
				return nil, fmt.Errorf("reports: font: %w", err)
			}
			continue
		}
		f, err := chineseFont(body)
		if err == nil {
			return f, nil
		}
		if path != "" {
			return nil, fmt.Errorf("reports: font %s: %w", p, err)
		}
	}
	return nil, ErrNoFont
}

// chineseFont picks the font of a file that draws 党, one named SC before others.
func chineseFont(body []byte) (*sfnt.Font, error) {
	c, err := opentype.ParseCollection(body)
	if err != nil {
		return nil, err
	}
	var best *sfnt.Font
	var buf sfnt.Buffer
	for i := range c.NumFonts() {
		f, err := c.Font(i)
		if err != nil {
			return nil, err
		}
		if g, err := f.GlyphIndex(&buf, '党'); err != nil || g == 0 {
			continue
		}
		name, err := f.Name(&buf, sfnt.NameIDFamily)
		if err == nil && strings.HasSuffix(name, " SC") && !strings.Contains(name, "Mono") {
			return f, nil
		}
		if best == nil {
			best = f
		}
	}
	if best == nil {
		return nil, ErrNoFont
	}
	return best, nil
}

// xy is a place on the sheet in millimetres from its upper left corner.
type xy struct{ x, y float64 }

// sheet of paper that a map is drawn on. Sizes are millimetres, of text points; colours "#rrggbb".
type paper interface {
	// fill fills rings by the non-zero rule: holes must run the other way round than what they lie in.
	fill(rings [][]xy, colour string, alpha float64)
	stroke(lines [][]xy, width float64, colour string)
	// text writes a line with its middle at a height; align is 0 at its start, 0.5 in its middle, 1 at its end.
	text(at xy, s string, size, align float64, colour string, halo bool)
	width(s string, size float64) float64
	finish(w io.Writer) error
}

const mmPerPoint = 25.4 / 72

// metrics measures text with a font; faces are kept by size in pixels.
type metrics struct {
	font  *sfnt.Font
	dpi   float64
	faces map[float64]font.Face
}

func (m *metrics) face(size float64) (font.Face, error) {
	if f, ok := m.faces[size]; ok {
		return f, nil
	}
	f, err := opentype.NewFace(m.font, &opentype.FaceOptions{Size: size, DPI: m.dpi, Hinting: font.HintingNone})
	if err == nil {
		m.faces[size] = f
	}
	return f, err
}

func (m *metrics) width(s string, size float64) float64 {
	f, err := m.face(size)
	if err != nil {
		return 0
	}
	return float64(font.MeasureString(f, s)) / 64 / m.dpi * 25.4
}

// raster is paper of pixels.
type raster struct {
	metrics
	img *image.RGBA
	k   float64 // pixels per millimetre
	err error
}

func newRaster(f *sfnt.Font, widthMM, heightMM, dpi float64) *raster {
	k := dpi / 25.4
	img := image.NewRGBA(image.Rect(0, 0, int(math.Round(widthMM*k)), int(math.Round(heightMM*k))))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	return &raster{metrics: metrics{f, dpi, map[float64]font.Face{}}, img: img, k: k}
}

func colourOf(hex string, alpha float64) color.NRGBA {
	var r, g, b uint8
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return color.NRGBA{A: 255}
	}
	return color.NRGBA{r, g, b, uint8(math.Round(alpha * 255))}
}

func (p *raster) fill(rings [][]xy, colour string, alpha float64) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range rings {
		for _, q := range ring {
			x0, y0, x1, y1 = min(x0, q.x*p.k), min(y0, q.y*p.k), max(x1, q.x*p.k), max(y1, q.y*p.k)
		}
	}
	box := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+1, int(math.Ceil(y1))+1).Intersect(p.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for _, ring := range rings {
		for i, q := range ring {
			x, y := float32(q.x*p.k-float64(box.Min.X)), float32(q.y*p.k-float64(box.Min.Y))
			if i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(p.img, box, image.NewUniform(colourOf(colour, alpha)), image.Point{})
}

// stroke fills a quadrilateral for each piece and a disc for each joint, all turning the same way so that they add up.
func (p *raster) stroke(lines [][]xy, width float64, colour string) {
	var rings [][]xy
	h := width / 2
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			a, b := l[i-1], l[i]
			d := math.Hypot(b.x-a.x, b.y-a.y)
			if d == 0 {
				continue
			}
			nx, ny := -(b.y-a.y)/d*h, (b.x-a.x)/d*h
			rings = append(rings, []xy{{a.x - nx, a.y - ny}, {b.x - nx, b.y - ny}, {b.x + nx, b.y + ny}, {a.x + nx, a.y + ny}})
			if width*p.k > 2 {
				rings = append(rings, disc(b, h, 8))
			}
		}
	}
	p.fill(rings, colour, 1)
}

// disc is a circle of n corners, turning from x to y.
func disc(at xy, r float64, n int) []xy {
	out := make([]xy, n)
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = xy{at.x + r*c, at.y + r*s}
	}
	return out
}

func (p *raster) text(at xy, s string, size, align float64, colour string, halo bool) {
	face, err := p.face(size)
	if err != nil {
		p.err = errors.Join(p.err, err)
		return
	}
	x := at.x - align*p.width(s, size)
	put := func(dx, dy float64, c color.Color) {
		dot := fixed.Point26_6{X: fixed.Int26_6((x + dx) * p.k * 64), Y: fixed.Int26_6((at.y + dy + size*mmPerPoint*0.35) * p.k * 64)}
		(&font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: face, Dot: dot}).DrawString(s)
	}
	if halo {
		for _, q := range disc(xy{}, 0.4, 12) {
			put(q.x, q.y, color.White)
		}
	}
	put(0, 0, colourOf(colour, 1))
}

func (p *raster) finish(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	return png.Encode(w, p.img)
}

// drawing is paper of SVG. Text stays text, in the first Chinese font of the reader's; it is placed by the font given.
type drawing struct {
	metrics
	b                 strings.Builder
	widthMM, heightMM float64
}

func newDrawing(f *sfnt.Font, widthMM, heightMM float64) *drawing {
	return &drawing{metrics: metrics{f, 72 * 8, map[float64]font.Face{}}, widthMM: widthMM, heightMM: heightMM}
}

func (p *drawing) path(rings [][]xy, closed bool) {
	for _, ring := range rings {
		for i, q := range ring {
			letter := "L"
			if i == 0 {
				letter = "M"
			}
			fmt.Fprintf(&p.b, "%s%.2f %.2f", letter, q.x, q.y)
		}
		if closed {
			p.b.WriteByte('Z')
		}
	}
}

func (p *drawing) fill(rings [][]xy, colour string, alpha float64) {
	p.b.WriteString(`<path d="`)
	p.path(rings, true)
	fmt.Fprintf(&p.b, `" fill="%s" fill-opacity="%.3g"/>`+"\n", colour, alpha)
}

func (p *drawing) stroke(lines [][]xy, width float64, colour string) {
	p.b.WriteString(`<path d="`)
	p.path(lines, false)
	fmt.Fprintf(&p.b, `" fill="none" stroke="%s" stroke-width="%.3g" stroke-linejoin="round" stroke-linecap="round"/>`+"\n", colour, width)
}

func (p *drawing) text(at xy, s string, size, align float64, colour string, halo bool) {
	anchor := map[float64]string{0: "start", 0.5: "middle", 1: "end"}[align]
	style := ""
	if halo {
		style = ` stroke="#ffffff" stroke-width="0.8" paint-order="stroke" stroke-linejoin="round"`
	}
	fmt.Fprintf(&p.b, `<text x="%.2f" y="%.2f" font-size="%.3f" text-anchor="%s" fill="%s"%s>%s</text>`+"\n",
		at.x, at.y+size*mmPerPoint*0.35, size*mmPerPoint, anchor, colour, style, escapeXML(s))
}

func (p *drawing) finish(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g" font-family="'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif">`+"\n"+`<rect width="100%%" height="100%%" fill="#ffffff"/>`+"\n",
		p.widthMM, p.heightMM, p.widthMM, p.heightMM)
	fmt.Fprint(out, p.b.String(), "</svg>\n")
	return out.Flush()
}
