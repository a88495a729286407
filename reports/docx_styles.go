package reports

import (
	"fmt"
	"slices"
	"strings"
)

// docFonts are the fonts of official documents with what stands in for them: 小标宋 and GB2312 fonts are not on every machine, those
// after them come with Windows, and the last are Linux's.
const docFonts = `<w:fonts ` + docNamespaces + `>` +
	`<w:font w:name="方正小标宋简体"><w:altName w:val="FZXiaoBiaoSong-B05S;宋体;SimSun;Noto Serif CJK SC"/><w:charset w:val="86"/><w:family w:val="roman"/></w:font>` +
	`<w:font w:name="仿宋"><w:altName w:val="FangSong;仿宋_GB2312;STFangsong;Noto Serif CJK SC"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="黑体"><w:altName w:val="SimHei;Noto Sans CJK SC"/><w:charset w:val="86"/><w:family w:val="swiss"/></w:font>` +
	`<w:font w:name="楷体"><w:altName w:val="KaiTi;楷体_GB2312;STKaiti;Noto Serif CJK SC"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="宋体"><w:altName w:val="SimSun;Noto Serif CJK SC"/><w:charset w:val="86"/><w:family w:val="roman"/></w:font>` +
	`</w:fonts>`

// docLook is how a style looks: font, size in half points, distance of lines in twentieths of a point, and the rest as Word writes it.
type docLook struct {
	id         docStyle
	font       string
	size, line int
	align      string
	paragraph  string // further properties of the paragraph, before its spacing
	after      string // and after it
	run        string // further properties of the text
	outline    int    // level in the navigation, from 1; 0 = none
}

// docLooks are the sizes of GB/T 9704-2012: 2号 = 22 points, 3号 = 16, 4号 = 14, 小四 = 12, 五号 = 10.5.
var docLooks = []docLook{
	{id: styleTitle, font: "方正小标宋简体", size: 44, line: 640, align: "center"},
	{id: styleSubtitle, font: "楷体", size: 32, line: docLine, align: "center"},
	{id: styleAlert, font: "黑体", size: 24, line: 440, align: "center", run: `<w:color w:val="A61B29"/>`},
	{id: styleBody, font: "仿宋", size: 32, line: docLine, align: "both", after: `<w:ind w:firstLineChars="200" w:firstLine="640"/>`},
	{id: styleLast, font: "仿宋", size: 32, line: docLine, align: "both", paragraph: `<w:keepNext/>`, after: `<w:ind w:firstLineChars="200" w:firstLine="640"/>`},
	{id: styleHead1, font: "黑体", size: 32, line: docLine, align: "left", paragraph: `<w:keepNext/><w:keepLines/>`, after: `<w:ind w:firstLineChars="200" w:firstLine="640"/>`, outline: 1},
	{id: styleHead2, font: "楷体", size: 32, line: docLine, align: "left", paragraph: `<w:keepNext/><w:keepLines/>`, after: `<w:ind w:firstLineChars="200" w:firstLine="640"/>`, outline: 2},
	{id: styleCaption, font: "黑体", size: 24, line: 400, align: "center", paragraph: `<w:keepNext/>`},
	{id: stylePicture, font: "仿宋", size: 24, align: "center", paragraph: `<w:keepNext/>`},
	{id: styleNote, font: "仿宋", size: 24, line: 320, align: "both"},
	{id: styleCell, font: "宋体", size: 21, line: 300, align: "left"},
	{id: styleCellHead, font: "黑体", size: 21, line: 300, align: "center", paragraph: `<w:keepNext/>`},
	{id: styleSign, font: "仿宋", size: 32, line: docLine, align: "right", paragraph: `<w:keepNext/>`, after: `<w:ind w:right="640"/>`},
}

func (d *wordFile) styles() []byte {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + docNamespaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋" w:cs="Times New Roman"/><w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for _, s := range docLooks {
		// Word knows headings, titles and captions by these names and makes its navigation from them.
		name := strings.Replace(string(s.id), "Heading", "heading ", 1)
		outline, spacing := "", ""
		if s.outline > 0 {
			outline = fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, s.outline-1)
		}
		if s.line > 0 {
			spacing = fmt.Sprintf(`<w:spacing w:line="%d" w:lineRule="%s"/>`, s.line, lineRule(s.id))
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:customStyle="%d" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>%s%s%s<w:jc w:val="%s"/>%s</w:pPr><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s"/>%s<w:sz w:val="%d"/></w:rPr></w:style>`,
			btoi(!slices.Contains([]docStyle{styleTitle, styleSubtitle, styleHead1, styleHead2, styleCaption, styleSign}, s.id)),
			s.id, name, s.paragraph, spacing, s.after, s.align, outline, s.font, s.run, s.size)
	}
	b.WriteString(`</w:styles>`)
	return []byte(b.String())
}

// lineRule: lines of text stand exactly apart, as official documents want; those of tables grow with a tall character.
func lineRule(id docStyle) string {
	if id == styleCell || id == styleCellHead {
		return "atLeast"
	}
	return "exact"
}
