package reports

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestWriteForTheEye writes reports to look at into the folder that SITECOVER_EYE names.
func TestWriteForTheEye(t *testing.T) {
	dir := os.Getenv("SITECOVER_EYE")
	if dir == "" {
		t.Skip("SITECOVER_EYE names no folder")
	}
	for name, w := range map[string]world{"big": bigWorld, "nasty": smallWorld} {
		s := makeStudy(t, w)
		for _, lang := range []string{Chinese, English} {
			if err := Write(context.Background(), filepath.Join(dir, name+"-"+lang), s, Options{Lang: lang}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
