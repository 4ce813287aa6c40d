package review

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"popdown/internal/scam"
)

// maxMarks is how many combining marks may stand on one letter; more climb over the lines around.
const maxMarks = 4

// visible replaces characters that hide, reorder or overprint text by their code point,
// "⟨U+202E⟩": what an attacker wrote is then read as it stands (UTS #39, UTR #36).
// Newlines and tabs stay; CR LF becomes LF. It adds and removes none of the characters
// that mean something to HTML, so it is safe on finished pages too.
func visible(s string) string {
	if !needsMending(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 64)
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		marks = countMarks(r, marks)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "⟨%02X⟩", s[i])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			// its LF follows
		case hides(r) || marks > maxMarks:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// needsMending is false for nearly every page, which is then not copied.
func needsMending(s string) bool {
	marks := 0
	for _, r := range s {
		marks = countMarks(r, marks)
		if hides(r) || r == utf8.RuneError || marks > maxMarks {
			return true
		}
	}
	return false
}

// countMarks is how many combining marks stand in a row up to r.
func countMarks(r rune, before int) int {
	if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	return before + 1
}

// hides tells whether a character is unseen, or changes how others are seen.
func hides(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x7f:
		return r < ' '
	case r == 0xfe0e || r == 0xfe0f: // text or emoji form of the sign before
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) ||
		r == 0x2800 // braille blank
}

// defangText makes the addresses in a text harmless to copy or click.
func defangText(s string) string {
	return regexp.MustCompile(`https?://[^\s"'<>]+`).ReplaceAllStringFunc(s, scam.Defang)
}

// clip is cut for text that a page chose: its addresses are defanged.
func clip(n int, s string) string { return cut(n, defangText(s)) }

// cut shortens hostile text to at most n characters and says how many it left out.
func cut(n int, s string) string {
	count := utf8.RuneCountInString(s)
	if count <= n {
		return s
	}
	kept := 0
	for i := range s {
		if kept == n {
			return fmt.Sprintf("%s … (%d more characters)", s[:i], count-n)
		}
		kept++
	}
	return s
}
