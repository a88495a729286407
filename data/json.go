package data

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// jsonScanner walks JSON text without building a tree: GeoJSON files are large, and nearly all of them is coordinates.
type jsonScanner struct {
	b []byte
	i int
}

// jsonError is a place where the text is no JSON, or not the JSON that was expected.
type jsonError struct {
	at   int // byte offset
	what Text
}

func (e *jsonError) Error() string { return e.what.EN }

// maxDepth bounds nesting, so that hostile text cannot exhaust the stack.
const maxDepth = 100

func (s *jsonScanner) fail(zh, en string) *jsonError { return &jsonError{s.i, Text{zh, en}} }

func (s *jsonScanner) unexpected() *jsonError {
	if s.i >= len(s.b) {
		return s.fail("文件不完整，中途结束", "ends in the middle: the file is cut off")
	}
	r, _ := utf8.DecodeRune(s.b[s.i:])
	return s.fail("JSON 语法错误，多余的字符 "+strconv.QuoteRune(r), "is not JSON: unexpected "+strconv.QuoteRune(r))
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *jsonScanner) peek() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\n', '\r', '\t':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// take consumes one expected byte.
func (s *jsonScanner) take(c byte) *jsonError {
	if s.peek() != c {
		return s.unexpected()
	}
	s.i++
	return nil
}

// text reads a string.
func (s *jsonScanner) text() (string, *jsonError) {
	raw, plain, err := s.rawText()
	if err != nil {
		return "", err
	}
	if plain {
		return string(raw[1 : len(raw)-1]), nil
	}
	var out string
	if e := json.Unmarshal(raw, &out); e != nil {
		return "", s.fail("字符串写法错误", "has a malformed string")
	}
	return out, nil
}

// rawText reads a string with its quotes; plain means that nothing in it is escaped.
func (s *jsonScanner) rawText() (raw []byte, plain bool, err *jsonError) {
	if err := s.take('"'); err != nil {
		return nil, false, err
	}
	from := s.i - 1
	plain = true
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[from:s.i], plain, nil
		case c == '\\':
			plain = false
			s.i += 2
		case c < ' ':
			return nil, false, s.fail("字符串里有控制字符", "has a control character in a string")
		default:
			s.i++
		}
	}
	s.i = len(s.b)
	return nil, false, s.unexpected()
}

// object calls visit for each key; visit must consume the value.
func (s *jsonScanner) object(visit func(key string) *jsonError) *jsonError {
	if err := s.take('{'); err != nil {
		return err
	}
	if s.peek() == '}' {
		s.i++
		return nil
	}
	for {
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		if err := visit(key); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case '}':
			s.i++
			return nil
		default:
			return s.unexpected()
		}
	}
}

// array calls visit for each element; visit must consume it.
func (s *jsonScanner) array(visit func() *jsonError) *jsonError {
	if err := s.take('['); err != nil {
		return err
	}
	if s.peek() == ']' {
		s.i++
		return nil
	}
	for {
		if err := visit(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case ']':
			s.i++
			return nil
		default:
			return s.unexpected()
		}
	}
}

// skip consumes any value.
func (s *jsonScanner) skip(depth int) *jsonError {
	if depth > maxDepth {
		return s.fail("嵌套太深", "is nested too deeply")
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(string) *jsonError { return s.skip(depth + 1) })
	case c == '[':
		return s.array(func() *jsonError { return s.skip(depth + 1) })
	case c == '"':
		_, _, err := s.rawText()
		return err
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	_, err := s.number()
	return err
}

func (s *jsonScanner) word(w string) *jsonError {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return s.unexpected()
	}
	s.i += len(w)
	return nil
}

// scalar reads a string, number, boolean or null as text; ok is false for objects and arrays, which it skips, and for null.
func (s *jsonScanner) scalar() (text string, ok bool, err *jsonError) {
	switch c := s.peek(); c {
	case '"':
		text, err = s.text()
		return text, true, err
	case '{', '[', 'n':
		return "", false, s.skip(0)
	}
	from := s.i
	err = s.skip(0)
	return string(s.b[from:s.i]), true, err
}

// pow10 holds the powers of ten that float64 represents exactly.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// number reads a finite number. Numbers of up to 15 digits take a short way that is exact, because both the digits and the power of ten are
// exact float64s and their quotient is rounded once; the others go to strconv.
func (s *jsonScanner) number() (float64, *jsonError) {
	s.peek()
	from := s.i
	negative := s.i < len(s.b) && s.b[s.i] == '-'
	if negative {
		s.i++
	}
	var mantissa uint64
	digits, after, point := 0, 0, false
	simple := true
loop:
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
			digits++
			if point {
				after++
			}
		case c == '.' && !point:
			point = true
		case c == 'e' || c == 'E' || c == '+' || c == '-':
			simple = false
		default:
			break loop
		}
	}
	if digits == 0 {
		return 0, s.notNumber(from)
	}
	if simple && digits <= 15 {
		f := float64(mantissa) / pow10[after]
		if negative {
			f = -f
		}
		return f, nil
	}
	f, err := strconv.ParseFloat(string(s.b[from:s.i]), 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, s.notNumber(from)
	}
	return f, nil
}

func (s *jsonScanner) notNumber(from int) *jsonError {
	s.i = from
	for _, w := range []string{"NaN", "nan", "Infinity", "-Infinity", "null"} {
		if len(s.b)-s.i >= len(w) && string(s.b[s.i:s.i+len(w)]) == w {
			return s.fail("坐标是 "+w, "has "+w+" where a number belongs")
		}
	}
	if s.i < len(s.b) && s.b[s.i] == '"' {
		return s.fail("应为数字，却是文字", "has text where a number belongs")
	}
	return s.unexpected()
}

// lineOf returns the 1-based line and column of an offset.
func lineOf(b []byte, at int) (line, column int) {
	line, column = 1, 1
	for _, c := range b[:min(at, len(b))] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}
