package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText bounds what is read of one place on a page, in bytes: a person does not
// read more, and a hostile page may be of any size.
const maxText = 2 << 20

// clean makes text readable by rules and still recognisable as an excerpt: valid
// UTF-8 in NFKC, without characters that nobody sees (zero-width, bidi marks, soft
// hyphens, tags), with plain spaces and hyphens.
func clean(s string) string {
	s = strings.ToValidUTF8(cut(s, maxText), " ")
	return strings.Map(visible, norm.NFKC.String(strings.Map(visible, s)))
}

func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r < 0x7f && r >= ' ':
		return r
	case r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0':
		return -1 // joiners and fillers that show nothing
	case r >= '\ufe00' && r <= '\ufe0f':
		return -1 // variation selectors
	case unicode.Is(unicode.Cf, r):
		return -1
	case unicode.Is(unicode.Zs, r) || unicode.IsControl(r):
		return ' '
	case unicode.Is(unicode.Pd, r) || r == '\u2212':
		return '-'
	}
	return r
}

// cut shortens s to at most n bytes on a rune boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// excerptAround gives the words around s[start:end], on one line.
func excerptAround(s string, start, end int) string {
	const before, after, longest = 60, 60, 240
	from, to := max(0, start-before), min(len(s), end+after, start+longest)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return strings.Join(strings.Fields(s[from:to]), " ")
}

// shorten gives at most 160 characters of s, on one line.
func shorten(s string) string {
	s = strings.Join(strings.Fields(cut(s, 4096)), " ")
	n := 0
	for i := range s {
		if n++; n > 160 {
			return s[:i] + "…"
		}
	}
	return s
}
