package data

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed template.yaml
var studyTemplate string

// Init looks at the files of a folder, and of the folders right below it, guesses what each one is, and returns the text of a
// commented study.yaml with notes of what was guessed and why. It writes nothing. Guesses are marked in the text. Only a
// folder that cannot be read is an error; a folder without usable files gives a study with everything left to fill in.
func Init(dir string) ([]byte, []Text, error) { return initAt(dir, time.Now()) }

// initAt is Init on a given day.
func initAt(dir string, today time.Time) ([]byte, []Text, error) {
	files, err := listFiles(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("data: look into %s: %w", dir, err)
	}
	g := &guesser{dir: dir, today: today}
	g.Name = folderName(dir)
	g.Language = "zh"
	for _, file := range files {
		g.look(file)
	}
	g.conclude()
	var out bytes.Buffer
	t, err := template.New("study").Funcs(template.FuncMap{"q": quoteYAML, "mark": markGuess}).Parse(studyTemplate)
	if err != nil {
		return nil, nil, fmt.Errorf("data: study template: %w", err)
	}
	if err := t.Execute(&out, g); err != nil {
		return nil, nil, fmt.Errorf("data: study template: %w", err)
	}
	return out.Bytes(), g.notes, nil
}

func folderName(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		dir = full // without it "." would be the name
	}
	return filepath.Base(dir)
}

// listFiles returns the regular files of the folder and of its direct subfolders, slash-separated and sorted. Hidden ones are left out.
func listFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "~$") {
			continue
		}
		if !e.IsDir() {
			out = append(out, e.Name())
			continue
		}
		inner, err := os.ReadDir(filepath.Join(dir, e.Name()))
		if err != nil {
			continue // a subfolder that may not be read holds no input either
		}
		for _, f := range inner {
			if !f.IsDir() && !strings.HasPrefix(f.Name(), ".") {
				out = append(out, e.Name()+"/"+f.Name())
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

var plainYAML = regexp.MustCompile(`^[\pL_][\pL\pN_./ -]*$`)

// quoteYAML writes a text so that YAML reads it back as the same text.
func quoteYAML(s string) string {
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "null", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	if plainYAML.MatchString(s) && strings.TrimSpace(s) == s {
		return s
	}
	return strconv.Quote(s)
}

// markGuess returns the comment that marks a guess.
func markGuess(note string) string {
	if note == "" {
		return ""
	}
	return "   # 猜测 / guessed: " + note
}

// flowMap writes pairs as a YAML flow mapping.
func flowMap(pairs [][2]string) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = quoteYAML(p[0]) + ": " + quoteYAML(p[1])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
