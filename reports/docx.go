package reports

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// Documents for Word are written here part by part (ECMA-376, WordprocessingML) with archive/zip. The one library for it in Go that
// is kept up, gomutex/godocx, has no page numbers or footers, takes pictures from paths only and brings a template with styles of
// its own, so everything that makes an official document (GB/T 9704-2012) would have had to be written beside it anyway.

// docStyle is a paragraph style of the document by its ID.
type docStyle string

const (
	styleTitle    docStyle = "Title"    // 2号小标宋, centred
	styleSubtitle docStyle = "Subtitle" // 3号楷体, centred
	styleBody     docStyle = "Body"     // 3号仿宋, 28 points from line to line, two characters in
	styleLast     docStyle = "BodyLast" // body that the signature must not part from
	styleHead1    docStyle = "Heading1" // 3号黑体, 「一、」
	styleHead2    docStyle = "Heading2" // 3号楷体, 「（一）」
	styleCaption  docStyle = "Caption"  // 小四黑体, above a table and below a map
	stylePicture  docStyle = "Picture"
	styleNote     docStyle = "Note"      // 小四仿宋
	styleCell     docStyle = "CellText"  // 五号宋体
	styleCellHead docStyle = "CellHead"  // 五号黑体
	styleSign     docStyle = "Signature" // 3号仿宋, to the right
	styleAlert    docStyle = "Alert"     // 小四黑体, red, centred
)

// Sizes of GB/T 9704-2012 for A4, in twentieths of a point.
const (
	docWidth, docHeight                  = 11906, 16838
	docTop, docBottom, docLeft, docRight = 2098, 1984, 1588, 1474 // 37, 35, 28 and 26 mm
	docText                              = docWidth - docLeft - docRight
	docLine                              = 560 // 28 points: 22 lines a page
	docTextMM                            = float64(docText) / 1440 * 25.4
	docFoot                              = 1531
	emuPerMM                             = 36_000
	docNamespaces                        = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	docPictureNamespaces                 = `xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	xmlHead                              = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	docTypes                             = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	docRelations                         = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// wordFile is a Word document being written: paragraphs, tables and pictures in their order.
type wordFile struct {
	words
	title    string
	version  string
	at       time.Time // stands for the time of writing, so that the same content gives the same bytes
	body     strings.Builder
	pictures [][]byte // PNG
}

// para writes a paragraph of plain text.
func (d *wordFile) para(style docStyle, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>`, style, d.run(text))
}

// run is text; the hint makes quotes and dashes of Chinese text as wide as its characters.
func (d *wordFile) run(text string) string {
	hint := ""
	if d.lang == Chinese {
		hint = `<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>`
	}
	return `<w:r>` + hint + `<w:t xml:space="preserve">` + escapeXML(text) + `</w:t></w:r>`
}

// docColumn is a column of a table: its head, its share of the width, and whether it holds figures.
type docColumn struct {
	head   string
	width  int
	figure bool
}

// table writes a table with a caption above it. Its head is repeated on every page, and no row is parted between two.
func (d *wordFile) table(caption string, columns []docColumn, rows [][]string) {
	d.para(styleCaption, caption)
	sum := 0
	for _, c := range columns {
		sum += c.width
	}
	line := `w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"`
	fmt.Fprintf(&d.body, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders><w:top %[2]s/><w:left %[2]s/><w:bottom %[2]s/><w:right %[2]s/><w:insideH %[2]s/><w:insideV %[2]s/></w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, docText, line)
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = docText * c.width / sum
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, widths[i])
	}
	d.body.WriteString(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range columns {
		d.cell(widths[i], "F2F2F2", styleCellHead, "center", c.head)
	}
	d.body.WriteString(`</w:tr>`)
	for _, row := range rows {
		d.body.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, c := range columns {
			align := "left"
			if c.figure {
				align = "right"
			}
			d.cell(widths[i], "", styleCell, align, row[i])
		}
		d.body.WriteString(`</w:tr>`)
	}
	d.body.WriteString(`</w:tbl>`)
	d.para(styleNote, "")
}

func (d *wordFile) cell(width int, fill string, style docStyle, align, text string) {
	shade := ""
	if fill != "" {
		shade = `<w:shd w:val="clear" w:color="auto" w:fill="` + fill + `"/>`
	}
	fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/><w:jc w:val="%s"/></w:pPr>%s</w:p></w:tc>`,
		width, shade, style, align, d.run(text))
}

// picture places a PNG over the width of the text, with its caption below. The height is in millimetres.
func (d *wordFile) picture(png []byte, height float64, caption string) {
	d.pictures = append(d.pictures, png)
	n := len(d.pictures)
	size := fmt.Sprintf(`cx="%d" cy="%d"`, int(docTextMM*emuPerMM), int(height*emuPerMM))
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent %s/><wp:docPr id="%d" name="Picture %[3]d" descr="%[4]s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[3]d" name="image%[3]d.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdImage%[3]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext %[2]s/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		stylePicture, size, n, escapeXML(caption))
	d.para(styleCaption, caption)
}

// save writes the document.
func (d *wordFile) save(w io.Writer) error {
	out := zip.NewWriter(w)
	for _, part := range d.parts() {
		to, err := out.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := to.Write(part.content); err != nil {
			return err
		}
	}
	return out.Close()
}

// docPart is a file in the archive of a document.
type docPart struct {
	name    string
	content []byte
}

func (d *wordFile) parts() []docPart {
	parts := []docPart{
		{"[Content_Types].xml", d.contentTypes()},
		{"_rels/.rels", []byte(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + docRelations + `officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`)},
		{"docProps/core.xml", d.properties()},
		{"word/document.xml", d.content()},
		{"word/_rels/document.xml.rels", d.relations()},
		{"word/styles.xml", d.styles()},
		{"word/fontTable.xml", []byte(xmlHead + docFonts)},
		{"word/settings.xml", []byte(xmlHead + `<w:settings ` + docNamespaces + `><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`)},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
	}
	for i, p := range d.pictures {
		parts = append(parts, docPart{fmt.Sprintf("word/media/image%d.png", i+1), p})
	}
	return parts
}

func (d *wordFile) contentTypes() []byte {
	var b bytes.Buffer
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="png" ContentType="image/png"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`)
	for _, p := range [][2]string{{"document", "document.main"}, {"styles", "styles"}, {"fontTable", "fontTable"}, {"settings", "settings"}, {"footer1", "footer"}, {"footer2", "footer"}} {
		fmt.Fprintf(&b, `<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>`, p[0], docTypes, p[1])
	}
	b.WriteString(`</Types>`)
	return b.Bytes()
}

func (d *wordFile) relations() []byte {
	var b bytes.Buffer
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, p := range [][2]string{{"styles", "styles"}, {"fontTable", "fontTable"}, {"settings", "settings"}, {"footer1", "footer"}, {"footer2", "footer"}} {
		fmt.Fprintf(&b, `<Relationship Id="rId-%s" Type="%s%s" Target="%[1]s.xml"/>`, p[0], docRelations, p[1])
	}
	for i := range d.pictures {
		fmt.Fprintf(&b, `<Relationship Id="rIdImage%d" Type="%simage" Target="media/image%[1]d.png"/>`, i+1, docRelations)
	}
	b.WriteString(`</Relationships>`)
	return b.Bytes()
}

func (d *wordFile) properties() []byte {
	at := d.at.UTC().Format(time.RFC3339)
	return []byte(xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escapeXML(d.title) +
		`</dc:title><dc:creator>sitecover ` + escapeXML(d.version) + `</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`)
}

func (d *wordFile) content() []byte {
	return []byte(xmlHead + `<w:document ` + docNamespaces + ` ` + docPictureNamespaces + `><w:body>` + d.body.String() +
		fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="rId-footer1"/><w:footerReference w:type="even" r:id="rId-footer2"/><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/></w:sectPr>`,
			docWidth, docHeight, docTop, docRight, docBottom, docLeft, docFoot) + `</w:body></w:document>`)
}

// footer is the page number between dashes, on the outer side: 4号宋体.
func footer(align string) []byte {
	return []byte(xmlHead + `<w:ftr ` + docNamespaces + `><w:p><w:pPr><w:ind w:left="280" w:right="280"/><w:jc w:val="` + align + `"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="SimSun" w:hAnsi="SimSun" w:eastAsia="宋体"/><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">— </w:t></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r><w:r><w:rPr><w:rFonts w:ascii="SimSun" w:hAnsi="SimSun" w:eastAsia="宋体"/><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`)
}
