package detect

import (
	"strings"
	"unicode"
)

// stopwords are frequent little words that tell one language from the others.
const stopwords = `
en the this has been your you and for from with that are will please not call computer is to of
de der die das und nicht ist ihr ihre sie wurde diesen auf für werden mit eine bitte rufen den von zu
fr le les des est pas une vous votre cet ordinateur dans pour été sur avec nous appelez et du ce
es el los las una está ha sido su por para con este esta llame usted equipo del y que no de
it il gli della una è stato per questo non sono chiama tuo con del che di si computer
pt o os uma está foi seu sua para não por este com ligue você do da em que
nl het een uw is niet voor deze van dit met bel wordt zijn om de en op
pl jest nie się został do na twój tego zadzwoń oraz przez proszę w z i dla
sv och att det är inte din som har för på
da og at det er ikke din som har for på
tr bir bu ve için bilgisayarınız değil ile lütfen
`

// language guesses the BCP 47 tag of a text from its script and its little words;
// hint, the tag that the document declares, decides only where the text says
// nothing (kits copy it wrongly). Empty: unknown.
func language(text, hint string) string {
	text = cut(text, 100<<10)
	if tag := byScript(text); tag != "" {
		return tag
	}
	langs := map[string][]string{}
	var order []string
	for line := range strings.Lines(stopwords) {
		if f := strings.Fields(line); len(f) > 0 {
			order = append(order, f[0])
			for _, w := range f[1:] {
				langs[w] = append(langs[w], f[0])
			}
		}
	}
	score := map[string]int{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		of := langs[w]
		for _, l := range of {
			score[l] += 4 / min(4, len(of)) // a word of one language says more
		}
	}
	best := ""
	for _, l := range order {
		if score[l] > score[best] {
			best = l
		}
	}
	if score[best] < 8 {
		return hint
	}
	return best
}

// byScript knows the languages that their letters give away.
func byScript(text string) string {
	counts := map[string]int{}
	letters := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if r < 0x370 {
			continue
		}
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			counts["ja"]++
		case unicode.Is(unicode.Han, r):
			counts["zh"]++
		case unicode.Is(unicode.Hangul, r):
			counts["ko"]++
		case r == 'і' || r == 'ї' || r == 'є':
			counts["uk"]++
			counts["cyrl"]++
		case unicode.Is(unicode.Cyrillic, r):
			counts["cyrl"]++
		case unicode.Is(unicode.Arabic, r):
			counts["ar"]++
		case unicode.Is(unicode.Greek, r):
			counts["el"]++
		case unicode.Is(unicode.Hebrew, r):
			counts["he"]++
		case unicode.Is(unicode.Thai, r):
			counts["th"]++
		}
	}
	many := func(n int) bool { return n > 3 && n*5 >= letters }
	switch {
	case many(counts["ja"]) || counts["ja"] > 3 && many(counts["ja"]+counts["zh"]):
		return "ja"
	case many(counts["cyrl"]) && counts["uk"]*25 >= counts["cyrl"]:
		return "uk"
	case many(counts["cyrl"]):
		return "ru"
	}
	for _, l := range []string{"zh", "ko", "ar", "el", "he", "th"} {
		if many(counts[l]) {
			return l
		}
	}
	return ""
}

// declared reads the lang attribute of a document's html element; "" if there is
// none or it is no language tag.
func declared(html string) string {
	head := strings.ToLower(cut(html, 4<<10))
	i := strings.Index(head, "<html")
	if i < 0 {
		return ""
	}
	tag, _, _ := strings.Cut(head[i:], ">")
	_, value, ok := strings.Cut(tag, " lang=")
	if !ok {
		return ""
	}
	value = strings.Trim(value, `"'`)
	if end := strings.IndexFunc(value, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }); end >= 0 {
		value = value[:end]
	}
	base, region, _ := strings.Cut(value, "-")
	switch {
	case len(base) != 2:
		return ""
	case len(region) == 2:
		return base + "-" + strings.ToUpper(region)
	}
	return base
}
