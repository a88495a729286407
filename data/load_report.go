package data

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ReportSpec is how the study wants its report to look and read.
type ReportSpec struct {
	Title, Subtitle string // "" = the study's name, and the house's own line above it
	Logo            string // picture file, relative to the study's folder; "" = none
	Accent, Hue     string // "#rrggbb"; "" = the house's own
	Sections        []string
	Texts           map[string]string
	Frontier        string // "auto" (default), "always" or "never"
	Base            *BaseSpec
}

// BaseSpec is an online base map under the report's maps.
type BaseSpec struct {
	Provider string   // BaseTianditu or BaseTiles
	Key      string   // of the reader's own account
	URLs     []string // of BaseTiles
	CRS      string   // of BaseTiles: "wgs84" or "gcj02"
	Max      int      // deepest zoom level
}

// The providers of base maps.
const (
	BaseTianditu = "tianditu"
	BaseTiles    = "tiles"
)

// ReportSections are the sections of a report, in the order of a report that does not choose.
var ReportSections = []string{"now", "gaps", "plan", "behind", "sites", "stations", "tracking", "trust"}

// reportTexts are the texts that a study may put in place of the house's.
func reportTexts() []string {
	out := []string{"kicker", "foot"}
	for _, s := range ReportSections {
		out = append(out, s+".title", s+".intro")
	}
	return out
}

// LogoTypes are the pictures that may be a logo, and their media types.
var LogoTypes = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}

var colourPattern = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// report reads how the report looks.
func (l *loader) report() {
	spec := &l.study.Report
	spec.Frontier = "auto"
	sec := l.top.sub("report")
	if sec == nil {
		return
	}
	spec.Title, spec.Subtitle = sec.text("title", ""), sec.text("subtitle", "")
	spec.Accent, spec.Hue = l.colour(sec, "accent"), l.colour(sec, "hue")
	spec.Frontier = sec.choice("frontier", "auto", []string{"auto", "always", "never"})
	spec.Sections = l.sections(sec)
	if logo, node, ok := sec.scalar("logo"); ok && logo != "" {
		if LogoTypes[strings.ToLower(filepath.Ext(logo))] == "" {
			sec.y.fail(node, sec.key("logo"), T("不是能嵌入的图片", "is no picture that can be embedded"), T("用 .png、.jpg 或 .svg", "use .png, .jpg or .svg"))
		} else {
			path := filepath.Join(l.study.Dir, filepath.FromSlash(logo))
			if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
				sec.y.fail(node, sec.key("logo"), T("找不到文件", "no such file"), nearFile(path))
			}
			spec.Logo = logo
		}
	}
	if texts := sec.sub("texts"); texts != nil {
		spec.Texts = map[string]string{}
		for _, id := range reportTexts() {
			if text := texts.text(id, ""); text != "" {
				spec.Texts[id] = text
			}
		}
		texts.done()
	}
	if base := sec.sub("basemap"); base != nil {
		spec.Base = l.basemap(base)
	}
	sec.done()
}

func (l *loader) colour(sec *section, key string) string {
	text, node, ok := sec.scalar(key)
	if !ok || text == "" {
		return ""
	}
	if !colourPattern.MatchString(text) {
		sec.y.fail(node, sec.key(key), T("不是颜色", "is no colour"), T("例如 \"#a61b29\"，要加引号", "for example \"#a61b29\", in quotes"))
		return ""
	}
	return strings.ToLower(text)
}

// sections are the chosen sections, in their order.
func (l *loader) sections(sec *section) (out []string) {
	node := sec.get("sections")
	if node == nil {
		return nil
	}
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		sec.y.fail(node, sec.key("sections"), T("应为列表", "must be a list"), T("例如 [now, gaps, plan]", "for example [now, gaps, plan]"))
		return nil
	}
	for i, item := range node.Content {
		item = resolve(item)
		path := fmt.Sprintf("%s[%d]", sec.key("sections"), i)
		switch {
		case item.Kind != yaml.ScalarNode || !slices.Contains(ReportSections, item.Value):
			sec.y.fail(item, path, T("没有这个章节", "is no section"), suggest(item.Value, ReportSections))
		case slices.Contains(out, item.Value):
			sec.y.fail(item, path, T("写了两次", "is given twice"), T("留下一个", "keep one of them"))
		default:
			out = append(out, item.Value)
		}
	}
	return out
}

func (l *loader) basemap(sec *section) *BaseSpec {
	defer sec.done()
	b := &BaseSpec{Provider: sec.choice("provider", BaseTianditu, []string{BaseTianditu, BaseTiles}), Max: sec.whole("max_zoom", 18, 1, 22), CRS: "wgs84"}
	if b.Provider == BaseTianditu {
		b.Key = sec.need("key", T("天地图开放平台申请的密钥", "the key of your own Tianditu account"))
		if node := sec.value["key"]; node != nil && strings.ContainsAny(b.Key, "&?#/{} \"'<>") {
			sec.y.fail(node, sec.key("key"), T("不像密钥", "is no key"), T("只填密钥本身，不要填网址", "give the key alone, no address"))
		}
		return b
	}
	b.CRS = sec.choice("crs", "wgs84", []string{"wgs84", "gcj02"})
	url := sec.need("url", T("例如 https://host/{z}/{x}/{y}.png", "for example https://host/{z}/{x}/{y}.png"))
	if url != "" {
		for _, part := range []string{"{x}", "{y}", "{z}"} {
			if !strings.Contains(url, part) || !strings.HasPrefix(url, "http") || strings.ContainsAny(url, " \"'<>") {
				sec.y.fail(sec.value["url"], sec.key("url"), T("不是瓦片地址", "is no address of tiles"), T("以 https:// 开头，含 {z}、{x}、{y}", "it begins with https:// and holds {z}, {x} and {y}"))
				break
			}
		}
		b.URLs = []string{url}
	}
	return b
}
