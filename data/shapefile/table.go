package shapefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// column is a field of the table.
type column struct {
	kind   byte
	offset int
	width  int
}

// table is a dBASE table being read.
type table struct {
	names     []string
	letters   string
	doubt     bool
	lost      int    // numbers that did not fit into their field
	lostField string // of the first of them

	r       *bufio.Reader
	columns []column
	rows    int64
	row     int64
	buffer  []byte
}

const descriptorSize = 32

// newTable reads the header, and the letters of all rows to tell their encoding where nothing else does.
func newTable(f io.ReadSeeker, size int64, declared string) (*table, error) {
	t := &table{r: bufio.NewReaderSize(f, 1<<16)}
	head := make([]byte, descriptorSize)
	if _, err := io.ReadFull(t.r, head); err != nil {
		return nil, fmt.Errorf("%w: no header", ErrTable)
	}
	t.rows = int64(binary.LittleEndian.Uint32(head[4:]))
	headerLength, width := int64(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if headerLength < descriptorSize+1 || headerLength > size || width < 1 {
		return nil, fmt.Errorf("%w: header of %d bytes, rows of %d", ErrTable, headerLength, width)
	}
	if need := headerLength + t.rows*int64(width); need > size {
		return nil, fmt.Errorf("%w: %d of %d bytes are there", ErrTable, size, need)
	}
	rest := make([]byte, headerLength-descriptorSize)
	if _, err := io.ReadFull(t.r, rest); err != nil {
		return nil, fmt.Errorf("%w: header is cut off", ErrTable)
	}
	raw, err := t.describe(rest, width)
	if err != nil {
		return nil, err
	}
	t.buffer = make([]byte, width)
	if err := t.tellLetters(f, headerLength, declared, head[29], raw); err != nil {
		return nil, err
	}
	for _, name := range raw {
		t.names = append(t.names, strings.ReplaceAll(t.text(name), "\uFFFD", "")) // half a letter where a program cut the name
	}
	return t, nil
}

// describe reads the descriptors of the fields; it returns their names as bytes.
func (t *table) describe(b []byte, width int) (names [][]byte, err error) {
	offset := 1 // after the flag of deletion
	for ; len(b) >= descriptorSize && b[0] != 0x0D; b = b[descriptorSize:] {
		name := b[:11]
		if i := bytes.IndexByte(name, 0); i >= 0 {
			name = name[:i]
		}
		c := column{kind: b[11], offset: offset, width: int(b[16])}
		if c.kind == 'C' { // long texts keep their upper byte where numbers keep their decimals
			c.width += int(b[17]) << 8
		}
		if offset += c.width; offset > width {
			return nil, fmt.Errorf("%w: the fields are wider than the rows", ErrTable)
		}
		t.columns = append(t.columns, c)
		names = append(names, name)
	}
	return names, nil
}

// tellLetters finds the encoding: what .cpg says, else what the header says, else UTF-8 if that is what all texts are, else GB18030. Names
// of fields count only where the texts are plain ASCII, since programs cut and number them. Texts that are no UTF-8 though declared are read
// as GB18030; Latin letters, which many programs declare without looking, are never meant where the texts hold others. doubt tells of both.
func (t *table) tellLetters(f io.ReadSeeker, from int64, declared string, mark byte, names [][]byte) error {
	known, latin := lettersOf(declared)
	if known == "" && !latin && declared != "" {
		return fmt.Errorf("%w: %s", ErrLetters, declared)
	}
	if declared == "" && (mark == 0x4D || mark == 0x7A) { // code page 936
		known = "gb18030"
	}
	if t.letters = known; known == "gb18030" {
		return nil
	}
	valid, plain := true, true
	see := func(b []byte) {
		valid = valid && utf8.Valid(whole(b))
		plain = plain && bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	}
	for range t.rows {
		if _, err := io.ReadFull(t.r, t.buffer); err != nil {
			return fmt.Errorf("%w: rows are cut off", ErrTable)
		}
		for _, c := range t.columns {
			if c.kind == 'C' && valid {
				see(t.buffer[c.offset : c.offset+c.width])
			}
		}
		if !valid {
			break
		}
	}
	if plain {
		for _, n := range names {
			see(numbered.ReplaceAll(n, nil))
		}
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return err
	}
	t.r.Reset(f)
	t.doubt = known == "utf-8" && !valid || latin && !plain
	if t.letters = "utf-8"; !valid {
		t.letters = "gb18030"
	}
	return nil
}

// numbered is what programs put behind a name that they had to cut and that was then there twice.
var numbered = regexp.MustCompile(`_[0-9]{1,3}$`)

// lettersOf reads a .cpg file: known is "" for what is not known; latin tells that it names Latin letters, or the letters of whatever
// machine wrote it: default settings of some programs, which say nothing of Chinese.
func lettersOf(declared string) (known string, latin bool) {
	s := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "", "\x00", "").Replace(declared))
	switch s {
	case "utf8", "65001":
		return "utf-8", false
	case "gbk", "gb2312", "gb18030", "936", "cp936", "54936", "oem936", "windows936", "ansi936", "euccn":
		return "gb18030", false
	case "iso88591", "88591", "latin1", "1252", "cp1252", "windows1252", "ansi1252", "ansi", "oem", "ascii", "usascii", "system", "437", "oem437", "850", "oem850":
		return "", true
	}
	return "", false
}

// whole cuts off a character that the width of its field has cut in two.
func whole(b []byte) []byte {
	b = bytes.TrimRight(b, " \x00")
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-back:]) {
				return b[:len(b)-back]
			}
			break
		}
	}
	return b
}

func (t *table) text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if t.letters == "utf-8" {
		return strings.ToValidUTF8(strings.TrimSpace(string(whole(b))), "\uFFFD")
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(bytes.TrimRight(b, " "))
	if err != nil {
		out = b // the decoder replaces what it does not know; it does not fail
	}
	return strings.TrimSpace(strings.TrimRight(strings.ToValidUTF8(string(out), "\uFFFD"), "\uFFFD"))
}

// left returns how many rows were not read yet.
func (t *table) left() int64 { return t.rows - t.row }

// next returns the next row.
func (t *table) next() (values []string, deleted bool, err error) {
	if t.row >= t.rows {
		return nil, false, fmt.Errorf("%w: it has only %d rows", ErrTable, t.rows)
	}
	t.row++
	if _, err := io.ReadFull(t.r, t.buffer); err != nil {
		return nil, false, fmt.Errorf("%w: rows are cut off", ErrTable)
	}
	if t.buffer[0] == '*' {
		return nil, true, nil
	}
	values = make([]string, len(t.columns))
	for i, c := range t.columns {
		raw := t.buffer[c.offset : c.offset+c.width]
		values[i] = t.value(c.kind, raw)
		if values[i] == "" && (c.kind == 'N' || c.kind == 'F') && bytes.IndexByte(raw, '*') >= 0 {
			if t.lost++; t.lost == 1 {
				t.lostField = t.names[i]
			}
		}
	}
	return values, false, nil
}

// plainNumber writes a whole number without the decimals and powers of ten that some programs give to every number, such as
// 3.20583100000e+008: codes are often stored so.
func plainNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return s
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// value returns a field as text: numbers without padding, days as 2006-01-02, truth as true and false; "" for nothing.
func (t *table) value(kind byte, b []byte) string {
	switch kind {
	case 'N', 'F':
		s := strings.TrimSpace(strings.Trim(string(b), "\x00"))
		if strings.Trim(s, "*") == "" { // asterisks: the number did not fit
			return ""
		}
		return strings.ToValidUTF8(plainNumber(strings.TrimPrefix(s, "+")), "\uFFFD")
	case 'D':
		if s := strings.TrimSpace(string(b)); len(s) == 8 && strings.Trim(s, "0123456789") == "" && s != "00000000" {
			return s[:4] + "-" + s[4:6] + "-" + s[6:]
		}
		return ""
	case 'L':
		switch {
		case len(b) > 0 && strings.IndexByte("TtYy", b[0]) >= 0:
			return "true"
		case len(b) > 0 && strings.IndexByte("FfNn", b[0]) >= 0:
			return "false"
		}
		return ""
	case 'I', '+':
		if len(b) == 4 {
			return strconv.Itoa(int(little32(b)))
		}
	case 'O', 'B':
		if len(b) == 8 {
			return strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)), 'g', -1, 64)
		}
	case 'C':
		return t.text(b)
	}
	return "" // notes and pictures stand in files of their own
}
