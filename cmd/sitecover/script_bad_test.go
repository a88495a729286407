package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// broken runs `broken FILE OLD NEW`: it copies the sound study in base/ to try/ and replaces the first OLD in one file by NEW
// ("\n" stands for a line break). OLD must be there, so that a case cannot rot into a test of a sound study.
func broken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: broken file old new")
	}
	freshTry(ts)
	path := filepath.Join(ts.MkAbs("try"), args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	old, now := strings.ReplaceAll(args[1], `\n`, "\n"), strings.ReplaceAll(args[2], `\n`, "\n")
	if !strings.Contains(string(content), old) {
		ts.Fatalf("%s does not contain %q", args[0], old)
	}
	ts.Check(os.WriteFile(path, []byte(strings.Replace(string(content), old, now, 1)), 0o644))
}

// damaged runs `damaged FILE with OTHER` or `damaged FILE cut N`: the file becomes a copy of another, or its first N bytes.
func damaged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: damaged file with other | damaged file cut n")
	}
	freshTry(ts)
	path := filepath.Join(ts.MkAbs("try"), args[0])
	switch args[1] {
	case "with":
		content, err := os.ReadFile(ts.MkAbs(args[2]))
		ts.Check(err)
		ts.Check(os.WriteFile(path, content, 0o644))
	case "cut":
		var n int64
		_, err := fmt.Sscan(args[2], &n)
		ts.Check(err)
		ts.Check(os.Truncate(path, n))
	}
}

// refused runs `refused PATTERN...`: a report of the study in try/ must end with exit code 3, print nothing on stdout, match
// every pattern on stderr, give a hint, write no output and leave every input as it was.
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: refused pattern...")
	}
	before := fingerprint(ts)
	exitCode(ts, false, []string{"3", "sitecover", "--quiet", "report", "try/study.yaml", "-o", "out"})
	stderr := ts.ReadFile("stderr")
	for _, want := range args {
		if !strings.Contains(stderr, want) {
			ts.Fatalf("stderr does not say %q:\n%s", want, stderr)
		}
	}
	if !strings.Contains(stderr, "hint: ") {
		ts.Fatalf("no hint:\n%s", stderr)
	}
	if ts.ReadFile("stdout") != "" {
		ts.Fatalf("something on stdout: %s", ts.ReadFile("stdout"))
	}
	if _, err := os.Stat(ts.MkAbs("out")); err == nil {
		ts.Fatalf("an output was left behind")
	}
	if fingerprint(ts) != before {
		ts.Fatalf("an input was changed")
	}
}

func freshTry(ts *testscript.TestScript) {
	try := ts.MkAbs("try")
	ts.Check(os.RemoveAll(try))
	ts.Check(os.CopyFS(try, os.DirFS(ts.MkAbs("base"))))
}

// fingerprint hashes the names and bytes of every file in try/.
func fingerprint(ts *testscript.TestScript) string {
	h := sha256.New()
	ts.Check(fs.WalkDir(os.DirFS(ts.MkAbs("try")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(ts.MkAbs("try"), path))
		fmt.Fprintf(h, "%s %d\n", path, len(content))
		h.Write(content)
		return err
	}))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// encode runs `encode FILE gb18030|utf16`: the file, which is in UTF-8, is written anew in another encoding.
func encode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: encode file gb18030|utf16")
	}
	path := ts.MkAbs(args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	encoder := simplifiedchinese.GB18030.NewEncoder()
	if args[1] == "utf16" {
		encoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	}
	content, err = encoder.Bytes(content)
	ts.Check(err)
	ts.Check(os.WriteFile(path, content, 0o644))
}

// replaceIn runs `replace OLD NEW FILE`: a word of a file becomes another; the file must hold it.
func replaceIn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace old new file")
	}
	path := ts.MkAbs(args[2])
	content, err := os.ReadFile(path)
	ts.Check(err)
	if !strings.Contains(string(content), args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(path, []byte(strings.ReplaceAll(string(content), args[0], args[1])), 0o644))
}
