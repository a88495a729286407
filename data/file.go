package data

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"sitecover/geo/crs"
)

// maxInMemory bounds the files that are read as a whole: GeoJSON and Excel. CSV and PBF are read as streams and may be larger.
const maxInMemory = 2 << 30

// openError words a failure to open or read a file. The program's own words come first, the system's stay as the cause.
func openError(file string, err error) *InputError {
	e := &InputError{File: file, What: T("无法读取", "cannot be read"), Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.What = T("找不到文件", "no such file")
		e.Hint = T("检查路径和文件名", "check the path and the name")
	case errors.Is(err, fs.ErrPermission):
		e.What = T("没有读取权限", "may not be read")
	default:
		e.Hint = T("%v", "%v", err)
	}
	return e
}

// input is one file being read.
type input struct {
	name  string // as the study names it
	path  string
	role  string
	layer string // of a file of several layers or sheets, "" = the only one, or the first
	// fields are the names that the study gives to properties of features
	fields  map[string]string
	tabular bool // a table even if a column holds geometries
	c       *collector
	utf8    bool // valid UTF-8; found by inspect
	at      positions
	raw     bool    // features keep the coordinates of the file
	read    crs.CRS // the system of features that a ledger was made of, see featureTable; nil = at holds

	beside []Input // files that belong to this one, such as the .dbf of a .shp
	info   Input
}

// path resolves the name of a file as the study gives it.
func (s *Study) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.Dir, filepath.FromSlash(file))
}

// newInput resolves a source's file.
func newInput(study *Study, role string, src Source, c *collector) *input {
	c.file(src.File)
	in := &input{name: src.File, path: study.path(src.File), role: role, layer: src.Layer, fields: src.Fields, c: c, at: newPositions(src), info: Input{Path: src.File, Role: role}}
	in.info.CRS = in.at.name()
	if role == "areas" {
		in.info.Role = "boundaries"
	}
	return in
}

// fail notes a problem with the file; row 0 means the file as a whole.
func (in *input) fail(row int, field, value string, what, hint Text) error {
	return in.c.add(&InputError{File: in.name, Layer: in.layer, Row: row, Field: field, Value: clip(value), What: what, Hint: hint})
}

// failWith is fail with a cause.
func (in *input) failWith(row int, what, hint Text, cause error) error {
	return in.c.add(&InputError{File: in.name, Row: row, What: what, Hint: hint, Err: cause})
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// checker finds out in one pass whether bytes are valid UTF-8, chunk borders included.
type checker struct {
	rest  []byte // an incomplete rune at the end of the last chunk
	wrong bool
}

func (u *checker) Write(p []byte) (int, error) {
	n := len(p)
	if u.wrong {
		return n, nil
	}
	if len(u.rest) > 0 {
		p = append(u.rest, p...)
		u.rest = nil
	}
	tail := len(p)
	for back := 1; back < utf8.UTFMax && back <= len(p); back++ {
		if utf8.RuneStart(p[len(p)-back]) {
			if !utf8.FullRune(p[len(p)-back:]) {
				tail = len(p) - back
			}
			break
		}
	}
	u.wrong = !utf8.Valid(p[:tail])
	u.rest = append([]byte(nil), p[tail:]...)
	return n, nil
}

func (u *checker) valid() bool { return !u.wrong && len(u.rest) == 0 }

// inspection is what one pass over a file tells.
type inspection struct {
	size int64
	sha  string
	utf8 bool
}

// inspectFile reads a file once.
func inspectFile(path string) (inspection, error) {
	file, err := os.Open(path)
	if err != nil {
		return inspection{}, err
	}
	defer file.Close() // read only
	hash, check := sha256.New(), &checker{}
	size, err := io.CopyBuffer(io.MultiWriter(hash, check), struct{ io.Reader }{file}, make([]byte, 1<<18))
	if err != nil {
		return inspection{}, err
	}
	return inspection{size, hex.EncodeToString(hash.Sum(nil)), check.valid()}, nil
}

// inspect reads the file once: its hash, its size, and whether it is UTF-8. It notes an empty or unreadable file.
func (in *input) inspect() bool { return in.inspected(inspectFile(in.path)) }

// inspected takes what a pass over the file told.
func (in *input) inspected(x inspection, err error) bool {
	if err != nil {
		_ = in.c.add(openError(in.name, err)) // the caller stops at this file either way
		return false
	}
	in.info.Bytes, in.info.SHA256, in.utf8 = x.size, x.sha, x.utf8
	if x.size == 0 {
		_ = in.fail(0, "", "", T("文件是空的", "is empty"), T("重新导出这个文件", "export the file again"))
		return false
	}
	return true
}

// bytes returns the whole file.
func (in *input) bytes() ([]byte, bool) {
	if in.info.Bytes > maxInMemory {
		_ = in.fail(0, "", "", T("文件超过 2 GB", "is larger than 2 GB"), T("拆成几个文件", "split it into several files"))
		return nil, false
	}
	text, err := os.ReadFile(in.path)
	if err != nil {
		_ = in.c.add(openError(in.name, err))
		return nil, false
	}
	return bytes.TrimPrefix(text, utf8BOM), true
}

var (
	utf8BOM  = []byte("\xef\xbb\xbf")
	utf16LE  = []byte("\xff\xfe")
	utf16BE  = []byte("\xfe\xff")
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0")
)

// text returns a reader of the decoded text: UTF-8 with or without a byte order mark, or GB18030, which is what is tried when
// the bytes are not UTF-8. The source must be closed by the caller.
func (in *input) text(file io.Reader) (io.Reader, error) {
	r := bufio.NewReaderSize(file, 1<<16)
	head, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("data: read %s: %w", in.name, err)
	}
	switch {
	case bytes.HasPrefix(head, utf8BOM):
		if _, err := r.Discard(len(utf8BOM)); err != nil {
			return nil, fmt.Errorf("data: read %s: %w", in.name, err)
		}
	case bytes.HasPrefix(head, utf16LE), bytes.HasPrefix(head, utf16BE):
		return nil, in.fail(0, "", "", T("是 UTF-16 编码", "is in UTF-16"), T("另存为“CSV UTF-8”", "save it as \"CSV UTF-8\""))
	case bytes.HasPrefix(head, oleMagic):
		return nil, in.fail(0, "", "", T("内容是旧版 Excel 或 WPS 文件，不是文本", "holds an Excel or zip file, not text: an old one (.xls, .et)"), saveAsXLSX)
	case bytes.HasPrefix(head, zipMagic):
		return nil, in.fail(0, "", "", T("内容是 Excel 或压缩包，不是文本", "holds an Excel or zip file, not text"), T("改扩展名为 .xlsx，或另存为 CSV", "name it .xlsx, or save it as CSV"))
	}
	if in.utf8 {
		return r, nil
	}
	return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder()), nil
}
