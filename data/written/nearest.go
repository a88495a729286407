package written

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the option with the fewest edits to the word, when they are few enough to be a slip; "" otherwise. The case of letters does
// not count. Ties go to the first option.
func Nearest(word string, options []string) string {
	best, cost := "", 3
	if utf8.RuneCountInString(word) < 4 {
		cost = 2
	}
	for _, o := range options {
		if d := edits([]rune(strings.ToLower(word)), []rune(strings.ToLower(o))); d < cost {
			best, cost = o, d
		}
	}
	return best
}

// edits is the Levenshtein distance in runes.
func edits(a, b []rune) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
