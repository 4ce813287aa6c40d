package detect

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a place: its number in the vocabulary (0: no rule speaks of
// it) and where it stands, in bytes. A Han or kana character is a word of its own,
// since nothing parts words there.
type token struct {
	word       uint32
	start, end int
}

// tokenize parts cleaned text into words. lookup gives a word's number by its
// skeleton; it must not keep the bytes.
func tokenize(s string, lookup func(skeleton []byte) uint32) []token {
	tokens := make([]token, 0, len(s)/6+1)
	var buf []byte
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isIdeograph(r):
			tokens = append(tokens, token{lookup([]byte(s[i : i+n])), i, i + n})
			i += n
		case isWord(r) || standsForLetter(s, i, r):
			end := wordEnd(s, i)
			buf = skeleton(buf[:0], s[i:end])
			tokens = append(tokens, token{lookup(buf), i, end})
			i = end
		default:
			i += n
		}
	}
	return tokens
}

// wordEnd finds where the word that begins at i ends.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isIdeograph(r) || !isWord(r) && !standsForLetter(s, i, r) {
			return i
		}
		i += n
	}
	return i
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func isIdeograph(r rune) bool {
	return r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// standsForLetter tells whether the sign at i is written for a letter: "@mazon",
// "acce$$", "v!rus".
func standsForLetter(s string, i int, r rune) bool {
	if r != '@' && r != '$' && r != '!' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(s[i+1:])
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	if r == '!' && !unicode.IsLetter(prev) {
		return false
	}
	return unicode.IsLetter(next) || r == '$' && next == '$' && unicode.IsLetter(prev)
}

// skeleton appends what a word looks like to dst: lower case without accents,
// look-alike letters and figures for letters folded, doubled letters once. Words
// that look alike have the same skeleton; it is not for reading.
func skeleton(dst []byte, word string) []byte {
	latin, letters := scripts(word)
	last := rune(-1)
	add := func(r rune) {
		if r != last || unicode.IsDigit(r) {
			dst = utf8.AppendRune(dst, r)
		}
		last = r
	}
	for _, r := range word {
		if r >= utf8.RuneSelf {
			var tmp [utf8.UTFMax]byte
			for _, d := range string(norm.NFD.AppendString(tmp[:0], string(r))) {
				if !unicode.Is(unicode.Mn, d) {
					foldLetter(d, latin, add)
				}
			}
			continue
		}
		if letters {
			r = figureLetter(r)
		}
		foldLetter(r, latin, add)
	}
	return dst
}

// scripts tells whether a word has Latin letters, and letters at all.
func scripts(word string) (latin, letters bool) {
	for _, r := range word {
		if r < utf8.RuneSelf {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				return true, true
			}
			continue
		}
		letters = letters || unicode.IsLetter(r)
		latin = latin || unicode.Is(unicode.Latin, r)
	}
	return latin, letters
}

// figureLetter reads a figure or sign within a word as the letter it stands for.
func figureLetter(r rune) rune {
	const from, to = "01345789@$!", "oieastbgasi"
	for i := range len(from) {
		if rune(from[i]) == r {
			return rune(to[i])
		}
	}
	return r
}

// foldLetter folds case, letters that NFD leaves whole, and within Latin words the
// Cyrillic and Greek letters that look the same.
func foldLetter(r rune, latin bool, add func(rune)) {
	r = unicode.ToLower(r)
	switch r {
	case 'l', 'ı', 'ł':
		// l and i are one: "I" and "l" look the same, and 1 stands for both.
		if r == 'ł' {
			add('i')
			return
		}
		add('i')
	case 'ß':
		add('s')
	case 'ø':
		add('o')
	case 'æ':
		add('a')
		add('e')
	case 'œ':
		add('o')
		add('e')
	default:
		if latin && r >= utf8.RuneSelf {
			r = lookAlike(r)
		}
		add(r)
	}
}

// lookAlike gives the Latin letter that a Cyrillic or Greek one looks like
// (Unicode UTS #39 confusables, the lower-case letters of common alphabets).
func lookAlike(r rune) rune {
	const from, to = "аеорсухіѕјԁԛԝһкмнтвгпαορνικτυχεωη", "aeopcyxisjdqwhkmhtbrnaopvikiuxewn"
	at := 0
	for _, f := range from {
		if f == r {
			return rune(to[at])
		}
		at++
	}
	return r
}
