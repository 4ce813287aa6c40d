package detect

import (
	"encoding/base64"
	"net/url"
	"strings"

	"popdown/internal/scam"
)

// readLink reads a tel: link (RFC 3966).
func (rd *reader) readLink(link string) {
	scheme, number, ok := strings.Cut(link, ":")
	if !ok || !strings.EqualFold(strings.TrimSpace(scheme), "tel") {
		return
	}
	number, _, _ = strings.Cut(number, ";")
	rd.readValue(unescape(number), scam.SourceTelLink, clean(unescape(link)))
}

// readURL reads the parameters of the query and of the fragment, from which many
// kits take the number that they show.
func (rd *reader) readURL(raw string) {
	u, err := scam.ParseWebURL(raw)
	if err != nil {
		return
	}
	_, inFragment, _ := strings.Cut(u.EscapedFragment(), "?")
	for _, part := range []string{u.RawQuery, u.EscapedFragment(), inFragment} {
		for pair := range strings.SplitSeq(cut(part, 8<<10), "&") {
			name, value, _ := strings.Cut(pair, "=")
			rd.readParameter(strings.ToLower(unescape(name)), unescape(value), pair)
		}
	}
}

// readParameter trusts the names that kits use; under another name a value must
// look like a printed number. Some encode it in base64.
func (rd *reader) readParameter(name, value, pair string) {
	excerpt := clean(unescape(pair))
	if !isPhoneParameter(name) {
		if strings.ContainsAny(value, "+-() ") && len(value) >= 10 && len(value) <= 24 {
			rd.readValue(value, scam.SourceURL, excerpt)
		}
		return
	}
	if rd.readValue(value, scam.SourceURL, excerpt) {
		return
	}
	if plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(value, "=")); err == nil && len(plain) >= 8 {
		rd.readValue(string(plain), scam.SourceURL, excerpt)
	}
}

// isPhoneParameter knows the names that kits give the number (seen 2023-2026, and
// their obvious kin).
func isPhoneParameter(name string) bool {
	switch name {
	case "phone", "ph0ne", "ph0n", "phon", "anph", "aniph", "bcda", "pn", "number", "num", "tel", "telephone",
		"call", "tfn", "tollfree", "toll", "did", "p", "n", "ph", "cn", "phonenumber", "phone_number", "phone-number", "contact", "helpline":
		return true
	}
	return false
}

// readValue reads a value that is a number as a whole.
func (rd *reader) readValue(value string, source scam.Source, excerpt string) bool {
	value = strings.TrimSpace(clean(cut(value, 64)))
	if strings.Trim(value, "0123456789+-(). /") != "" {
		return false
	}
	groups := strings.FieldsFunc(value, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 0 {
		return false
	}
	read, ok := rd.readCached(groups, strings.Contains(value, "+"), true)
	if ok {
		at := max(0, strings.Index(excerpt, value))
		rd.add(read, place{source: source, text: excerpt}, at, min(len(excerpt), at+len(value)), nil)
	}
	return ok
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(strings.ReplaceAll(s, "+", "%2B")); err == nil {
		return plain
	}
	return s
}
