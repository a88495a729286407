package reports

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// briefOf writes the brief of a study and returns its parts by name.
func briefOf(t *testing.T, s *Study, lang string) (whole []byte, parts map[string][]byte) {
	t.Helper()
	var out bytes.Buffer
	p, b := buildPage(s, lang)
	if err := writeBrief(&out, p, b); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(in); errors.Join(err, in.Close()) != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes(), parts
}

// textOfXML checks that a part is well-formed and returns its character data.
func textOfXML(t *testing.T, name string, part []byte) string {
	t.Helper()
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c, ok := token.(xml.CharData); ok {
			text.Write(c)
		}
	}
}

// TestBriefSaysWhatThePageSays: each sentence of the page's lead tier is in the document as it is, and so are the names that have broken
// documents before.
func TestBriefSaysWhatThePageSays(t *testing.T) {
	s := makeStudy(t, smallWorld)
	for _, lang := range []string{Chinese, English} {
		p, _ := buildPage(s, lang)
		_, parts := briefOf(t, s, lang)
		var text string
		for name, part := range parts {
			if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
				x := textOfXML(t, name, part)
				if name == "word/document.xml" {
					text = x
				}
			}
		}
		lead := p.Tiers[p.Lead]
		want := append([]string{s.Name, lead.Story, lead.GapLine, lead.RankLine, lead.BlankSum, lead.DistLine, p.Plan.Line, p.Plan.Quality, p.StationLine, p.Trust.Line, p.Trust.CircleLine, p.Plan.Misses[0]}, nasty...)
		for _, f := range want {
			if !strings.Contains(text, f) {
				t.Errorf("%s: %.60q is not in the brief", lang, f)
			}
		}
		for _, bad := range []string{"⟦", "%!", "NaN", "<nil>"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q in the brief", lang, bad)
			}
		}
	}
}

// TestBriefFollowsTheStandard checks the measures of GB/T 9704-2012: A4, margins of 37, 35, 28 and 26 mm, text of 16 points 28 points apart in
// 仿宋, the title in 22 points, headings in 黑体 and 楷体 numbered 「一、」 and 「（一）」, a page number on every page.
func TestBriefFollowsTheStandard(t *testing.T) {
	_, parts := briefOf(t, makeStudy(t, smallWorld), Chinese)
	document, styles := string(parts["word/document.xml"]), string(parts["word/styles.xml"])
	for _, want := range []string{`<w:pgSz w:w="11906" w:h="16838"/>`, `w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"`, "一、总体情况", "六、依据与数据质量", "（一）成片空白区", "（二）缺站区域"} {
		if !strings.Contains(document, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	for id, want := range map[string][]string{"Title": {"方正小标宋简体", `w:sz w:val="44"`}, "Body": {`w:eastAsia="仿宋"`, `w:sz w:val="32"`, `w:line="560" w:lineRule="exact"`, `w:firstLineChars="200"`},
		"Heading1": {"黑体", `w:sz w:val="32"`, `w:outlineLvl w:val="0"`}, "Heading2": {"楷体", `w:outlineLvl w:val="1"`}} {
		_, style, found := strings.Cut(styles, `w:styleId="`+id+`"`)
		style, _, _ = strings.Cut(style, "</w:style>")
		for _, w := range want {
			if !found || !strings.Contains(style, w) {
				t.Errorf("%s lacks %s: %s", id, w, style)
			}
		}
	}
	if !strings.Contains(string(parts["word/footer1.xml"]), " PAGE ") {
		t.Error("no page number")
	}
}

func TestBriefIsTheSameBytes(t *testing.T) {
	s := makeStudy(t, smallWorld)
	one, parts := briefOf(t, s, Chinese)
	if two, _ := briefOf(t, s, Chinese); !bytes.Equal(one, two) {
		t.Error("two runs differ")
	}
	if _, err := loadFont(""); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"word/media/image1.png", "word/media/image2.png", "word/media/image3.png"} {
		if len(parts[name]) == 0 {
			t.Errorf("no %s", name)
		}
	}
}

// TestBriefFollowsTheTheme leaves out what the theme leaves out, in its order and words.
func TestBriefFollowsTheTheme(t *testing.T) {
	s := makeStudy(t, smallWorld)
	makeMeasures(t, s)
	s.Theme = Theme{Title: "题目", Sections: []string{"trust", "sites"}, Texts: map[string]string{"trust.title": "我们的依据", "trust.intro": "先说依据。"}}
	_, parts := briefOf(t, s, Chinese)
	text := textOfXML(t, "word/document.xml", parts["word/document.xml"])
	for _, want := range []string{"题目", "一、我们的依据先说依据。", "二、阵地考核", "各层级考核等次"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the brief", want)
		}
	}
	if strings.Contains(text, "缺口分布") {
		t.Error("a section that was left out is there")
	}
}

// TestBriefOfAStudyWithoutPlan has two maps, and says what is not there.
func TestBriefOfAStudyWithoutPlan(t *testing.T) {
	s := makeCellsStudy(t, 6)
	_, parts := briefOf(t, s, Chinese)
	text := textOfXML(t, "word/document.xml", parts["word/document.xml"])
	for _, want := range []string{"本研究未编制建设方案", "只有一个区域", "未安排红色驿站", "没有空白点名单"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the brief", want)
		}
	}
	if len(parts["word/media/image3.png"]) > 0 {
		t.Error("a map of a plan that is none")
	}
}
