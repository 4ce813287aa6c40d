package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"popdown/internal/scam"
)

// clean makes one line of text that a hostile page chose safe to stand in a letter or a
// header: no controls, line breaks, bidirectional or invisible characters, runs of space
// folded, at most limit characters.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, " ")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case !unicode.IsPrint(r): // Cf, Zl, Zp, private use, unassigned
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := []rune(s)[:limit-1]
	return strings.TrimRight(string(cut), " ") + "…"
}

// quote is clean for words seen on a page: web addresses in them are defanged too.
func quote(s string, limit int) string {
	words := strings.Fields(clean(s, limit))
	for i, w := range words {
		lower := strings.ToLower(w)
		if strings.Contains(lower, "://") || strings.HasPrefix(lower, "www.") {
			words[i] = scam.Defang(lower)
		}
	}
	return strings.Join(words, " ")
}

// exact gives a URL as pure ASCII that still leads to the same place (RFC 3986): the host
// in punycode, and whatever could break a line or mislead the eye percent-encoded. So is
// a "%" that escapes nothing, which browsers let pass.
func exact(raw string) string {
	raw = scam.EscapeStray(punycode(strings.TrimSpace(raw)))
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(raw) {
		c := raw[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// punycode writes the host of a URL in ASCII.
func punycode(raw string) string {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		return raw
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@') + 1
	host, err := idna.Punycode.ToASCII(rest[at:end])
	if err != nil {
		return raw
	}
	return scheme + "://" + rest[:at] + host + rest[end:]
}

// defanged is exact, made harmless to click, and shortened for a letter.
func defanged(raw string) string {
	return clean(scam.Defang(exact(raw)), 300)
}
