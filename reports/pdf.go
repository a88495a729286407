package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// ErrNoBrowser says that no browser was found that can print a page as PDF.
var ErrNoBrowser = errors.New("reports: no Chromium, Chrome or Edge found to print with: install one (Debian: apt-get install chromium), or name its program")

// browserNames are looked for on PATH, browserPlaces where installers put them.
var (
	browserNames  = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"}
	browserPlaces = []string{
		`C:\Program Files\Google\Chrome\Application\chrome.exe`, `C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
		`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, `C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	}
)

// FindBrowser returns the program that prints PDFs: the one named, or the first that is found. The error is ErrNoBrowser, or says
// that the named one is not there.
func FindBrowser(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("reports: browser: %w", err)
		}
		return path, nil
	}
	for _, name := range append(append([]string{}, browserNames...), browserPlaces...) {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// printTime is how long a browser may take before it is stopped.
const printTime = 3 * time.Minute

// printDates are where the clock gets into a PDF.
var printDates = regexp.MustCompile(`/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)`)

// writePDF prints the page with a headless browser: maps on A3 across, text on A4, as its style asks. The dates in the file are the
// report's, so that one browser gives the same bytes for the same page.
func writePDF(ctx context.Context, w io.Writer, browser string, p *page, b *builder) (err error) {
	dir, err := os.MkdirTemp("", "sitecover-pdf-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	html, pdf := filepath.Join(dir, "report.html"), filepath.Join(dir, "report.pdf")
	if err := writeFile(html, func(w io.Writer) error { return writeHTML(w, p, b) }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, browser, printArguments(dir, html, pdf)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", browser, err, lastLine(out))
	}
	body, err := os.ReadFile(pdf)
	if err != nil {
		return fmt.Errorf("%s printed nothing: %w: %s", browser, err, lastLine(out))
	}
	at := b.s.Date.UTC().Format("20060102150405")
	_, err = w.Write(printDates.ReplaceAll(body, []byte(`/$1 (D:`+at+`+00'00')`)))
	return err
}

func printArguments(dir, html, pdf string) []string {
	path := filepath.ToSlash(html)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	page := url.URL{Scheme: "file", Path: path}
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--virtual-time-budget=10000", "--print-to-pdf=" + pdf}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium has none for root
	}
	return append(args, page.String())
}

// lastLine is the last line that a program wrote.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
