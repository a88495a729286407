package reports

import "fmt"

// Languages of a report.
const (
	Chinese = "zh"
	English = "en"
)

// text is a piece of wording in both languages.
type text struct{ zh, en string }

// words looks wording up in one language. Every sentence of a report comes from the catalogue through it.
type words struct{ lang string }

// t returns the wording of a key, formatted with args when there are any. A key that the catalogue does not hold is a
// programming error; it shows as the key itself between brackets, and a test finds it.
func (w words) t(key string, args ...any) string {
	x, ok := catalogue[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	s := x.zh
	if w.lang == English {
		s = x.en
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// or returns the wording of the key where the catalogue has it, and the fallback otherwise: for machine words that a
// study may extend, such as place kinds.
func (w words) or(key, fallback string) string {
	if _, ok := catalogue[key]; !ok {
		return fallback
	}
	return w.t(key)
}

// ModeName is how people call a travel mode; the study's own modes keep its word.
func ModeName(mode string) Bilingual { return named("mode.", mode) }

// KindName is how people call a kind of places or of exclusions; the study's own kinds keep its word.
func KindName(kind string) Bilingual { return named("kind.", kind) }

// GroupName is what a group of people is called; unknown ids stand for themselves.
func GroupName(id string) Bilingual { return named("group.", id) }

func named(group, id string) Bilingual {
	return Bilingual{ZH: words{Chinese}.or(group+id, id), EN: words{English}.or(group+id, id)}
}

// pick chooses between two given texts, such as those of an assumption; the other language stands in for a missing one.
func (w words) pick(zh, en string) string {
	if w.lang == English && en != "" || zh == "" {
		return en
	}
	return zh
}

// T is t for templates.
func (w words) T(key string, args ...any) string { return w.t(key, args...) }
