package reports

import (
	"compress/flate"
	"encoding/base64"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestCatalogueIsCompleteInBothLanguages(t *testing.T) {
	verbs := regexp.MustCompile(`%[sd]`)
	for key, x := range catalogue {
		if x.zh == "" && x.en == "" && !strings.HasPrefix(key, "unit.") {
			t.Errorf("%s: no wording", key)
		}
		if (x.zh == "" || x.en == "") && !strings.HasPrefix(key, "unit.") {
			t.Errorf("%s: only one language", key)
		}
		zh, en := verbs.FindAllString(x.zh, -1), verbs.FindAllString(x.en, -1)
		if strings.Join(zh, "") != strings.Join(en, "") {
			t.Errorf("%s: arguments differ: %v and %v", key, zh, en)
		}
		if han := regexp.MustCompile(`\p{Han}`).FindString(x.en); han != "" {
			t.Errorf("%s: the English wording has %s", key, han)
		}
	}
	if n := len(sectionLabels) + len(basisLabels) + len(howLabels) + len(layerLabels) + len(mapLabels) + len(viewLabels) + len(moreLabels) + len(bookLabels) + len(moreBookLabels) + len(briefLabels) + len(compareLabels) + len(proposalLabels) + len(ruleLabels); n != len(catalogue) {
		t.Errorf("a key stands in two tables: %d keys, %d after merging", n, len(catalogue))
	}
}

// TestEveryKeyUsedHasWording looks for the keys that the program, the templates and the scripts use.
func TestEveryKeyUsedHasWording(t *testing.T) {
	uses := []*regexp.Regexp{
		regexp.MustCompile(`\b[bw]\.t\("([a-z0-9_.]+)"`),         // Go
		regexp.MustCompile(`\.T "([a-z0-9_.]+)"`),                // templates
		regexp.MustCompile(`SC\.word\('([a-z0-9_.]+)'[,)]`),      // scripts
		regexp.MustCompile(`\{"((?:x|col)\.[a-z0-9_.]+)", \d+,`), // columns of the workbook
		regexp.MustCompile(`key: "([a-z0-9_.]+)"`),               // sheets
	}
	found := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "vendor") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, use := range uses {
			for _, m := range use.FindAllStringSubmatch(string(text), -1) {
				found++
				if _, ok := catalogue[m[1]]; !ok {
					t.Errorf("%s: %q has no wording", path, m[1])
				}
				if strings.HasSuffix(path, ".js") {
					_, shared := scriptLabels[m[1]]
					_, own := compareLabels[m[1]]
					if !shared && !(own && strings.HasSuffix(path, "compare.js")) {
						t.Errorf("%s: %q is not among the words the scripts get", path, m[1])
					}
				}
			}
		}
		return nil
	})
	if err != nil || found < 150 {
		t.Errorf("only %d uses found (%v)", found, err)
	}
}

// unpacked is data that a page holds, as JSON.
func unpacked(t *testing.T, page, id string) string {
	t.Helper()
	packed := regexp.MustCompile(`<script type="text/plain" id="` + id + `">(.*?)</script>`).FindStringSubmatch(page)
	if packed == nil {
		t.Fatalf("the page holds no data %q", id)
	}
	data, err := io.ReadAll(flate.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed[1]))))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWordingIsFilledIn(t *testing.T) {
	s := makeStudy(t, smallWorld)
	for _, lang := range []string{Chinese, English} {
		_, files := written(t, s, lang)
		page := string(files["report.html"])
		shown := page[:strings.Index(page, `<script type="text/plain"`)]
		for _, id := range []string{"data", "patch", "rest-en", "rest-zh-CN"} {
			shown += regexp.MustCompile(`[A-Za-z0-9+/=]{24,}`).ReplaceAllString(unpacked(t, page, id), "") // no words, but packed geometry
		}
		for _, bad := range []string{"⟦", "%!", "�", "NaN", "&lt;nil&gt;", "ZgotmplZ", "&lt;td", "&lt;th"} {
			if i := strings.Index(shown, bad); i >= 0 {
				t.Errorf("%s: %q in the page: …%s…", lang, bad, shown[max(0, i-80):min(len(shown), i+80)])
			}
		}
	}
}
