package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options of a report.
type Options struct {
	Lang   string   // "zh" (the default when empty) or "en"
	Layers []string // formats of the map layers, of AllLayers; DefaultLayers when nil, none when empty
	CRS    string   // of the map layers: "wgs84" (the default when empty), "cgcs2000" or "gcj02"
	Brief  bool     // also write brief.docx

	PDF     bool   // also write report.pdf, printed by a browser
	Browser string // its program; looked up when empty

	// Manifest makes the last file of the folder, manifest.json, of all the others; nil = none.
	Manifest func([]Written) ([]byte, error)
}

// ManifestName is the file of a report that tells what it was made of.
const ManifestName = "manifest.json"

// Written is one file of a report.
type Written struct {
	Path   string `json:"path"` // relative to the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Validate rejects a language that reports do not speak, and formats and systems that layers do not come in.
func (o Options) Validate() error {
	var problems []error
	if o.Lang != "" && o.Lang != Chinese && o.Lang != English {
		problems = append(problems, fmt.Errorf("reports: Options.Lang %q: must be %q or %q", o.Lang, Chinese, English))
	}
	for _, l := range o.Layers {
		if !slices.Contains(AllLayers, l) {
			problems = append(problems, fmt.Errorf("reports: Options.Layers %q: must be of %s", l, strings.Join(AllLayers, ", ")))
		}
	}
	if _, err := frameOf(o.CRS); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// file is one output: its path inside the folder, with slashes, and what writes it.
type file struct {
	path  string
	write func(io.Writer) error
}

// Write writes the whole report into a folder: report.html (one file that needs nothing else), plan.xlsx, the map layers
// under layers/ and, when asked for, brief.docx and report.pdf (ErrNoBrowser where nothing can print it). The folder is made when it is missing; other files in it are left alone. Everything is
// written to a temporary folder beside it first and moved over only when complete, so a failure leaves the old report as it
// was. The same study and options give the same bytes.
func Write(ctx context.Context, dir string, s *Study, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := s.Validate(); err != nil {
		return err
	}
	lang := o.Lang
	if lang == "" {
		lang = Chinese
	}
	p, b := buildPage(s, lang)
	files := append([]file{
		{"report.html", func(w io.Writer) error { return writeHTML(w, p, b) }},
		{"plan.xlsx", func(w io.Writer) error { return writeBook(w, b) }},
	}, layerFiles(b, o)...)
	if o.PDF {
		browser, err := FindBrowser(o.Browser)
		if err != nil {
			return err
		}
		files = append(files, file{"report.pdf", func(w io.Writer) error { return writePDF(ctx, w, browser, p, b) }})
	}
	if o.Brief {
		files = append(files, file{"brief.docx", func(w io.Writer) error { return writeBrief(w, p, b) }})
	}
	return writeFolder(ctx, dir, files, o.Manifest)
}

// writeFolder writes files into a folder, and the manifest of them unless it is nil: all into a temporary one beside it first, then moved over.
func writeFolder(ctx context.Context, dir string, files []file, manifest func([]Written) ([]byte, error)) (err error) {
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".sitecover-report-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(tmp, filepath.FromSlash(f.path)), f.write); err != nil {
			return fmt.Errorf("reports: %s: %w", f.path, err)
		}
	}
	if manifest != nil {
		seal, err := sealed(tmp, files, manifest)
		if err != nil {
			return err
		}
		files = append(files, seal)
	}
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(tmp, filepath.FromSlash(f.path)), to); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// sealed writes the manifest of staged files beside them.
func sealed(tmp string, files []file, manifest func([]Written) ([]byte, error)) (file, error) {
	list := make([]Written, len(files))
	for i, f := range files {
		content, err := os.ReadFile(filepath.Join(tmp, filepath.FromSlash(f.path)))
		if err != nil {
			return file{}, err
		}
		sum := sha256.Sum256(content)
		list[i] = Written{f.path, int64(len(content)), hex.EncodeToString(sum[:])}
	}
	slices.SortFunc(list, func(a, b Written) int { return strings.Compare(a.Path, b.Path) })
	text, err := manifest(list)
	if err != nil {
		return file{}, fmt.Errorf("reports: manifest: %w", err)
	}
	seal := file{path: ManifestName, write: func(w io.Writer) error { _, err := w.Write(text); return err }}
	return seal, writeFile(filepath.Join(tmp, seal.path), seal.write)
}
