package reports

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestPDFHasMapsOnA3AndTextOnA4 prints a report twice: the pages have both sizes, the dates are the report's, and the bytes are the same.
func TestPDFHasMapsOnA3AndTextOnA4(t *testing.T) {
	s := makeStudy(t, smallWorld)
	print := func() []byte {
		dir := filepath.Join(t.TempDir(), "报告 #1") // a path that must be escaped
		err := Write(context.Background(), dir, s, Options{Layers: []string{}, PDF: true})
		if errors.Is(err, ErrNoBrowser) && os.Getenv("SITECOVER_NEED_CHROMIUM") == "" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, "report.pdf"))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	one := print()
	if !bytes.HasPrefix(one, []byte("%PDF-")) || !bytes.Contains(one, []byte("/CreationDate (D:20251231000000+00'00')")) {
		t.Errorf("no PDF, or not dated by the report: %.40q", one)
	}
	sizes := map[string]int{}
	for _, box := range regexp.MustCompile(`/MediaBox \[0 0 (\d+)[.\d]* (\d+)[.\d]*\]`).FindAllSubmatch(one, -1) {
		sizes[string(box[1])+"x"+string(box[2])]++
	}
	if sizes["594x841"] == 0 || sizes["1191x841"] == 0 {
		t.Errorf("pages by size: %v, want A4 and A3", sizes)
	}
	if !bytes.Equal(one, print()) {
		t.Error("two prints differ")
	}
}

func TestPDFWithoutABrowser(t *testing.T) {
	if _, err := FindBrowser("no-such-browser"); err == nil {
		t.Error("found a browser that is not there")
	}
	t.Setenv("PATH", t.TempDir())
	if path, err := FindBrowser(""); err == nil {
		t.Skipf("found %s where installers put it", path)
	} else if !errors.Is(err, ErrNoBrowser) {
		t.Error(err)
	}
}
