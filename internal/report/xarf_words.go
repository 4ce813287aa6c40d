package report

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// isTagWord matches [a-z0-9][a-z0-9_+-]*: no leading plus, so a number stands without it.
func isTagWord(s string) bool {
	for i := range len(s) {
		plain := 'a' <= s[i] && s[i] <= 'z' || '0' <= s[i] && s[i] <= '9'
		if !plain && (i == 0 || strings.IndexByte("_+-", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

// isXARFDomain matches ([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}, which double hyphens break.
func isXARFDomain(s string) bool {
	labels := strings.Split(s, ".")
	for i, l := range labels {
		last := i == len(labels)-1
		if l == "" || strings.Contains(l, "--") || l[0] == '-' || l[len(l)-1] == '-' || last && len(l) < 2 {
			return false
		}
		for _, c := range []byte(l) {
			letter := 'a' <= c && c <= 'z'
			if !letter && (last || c != '-' && (c < '0' || c > '9')) {
				return false
			}
		}
	}
	return len(labels) >= 2
}

// isHostname accepts RFC 1123 names in lower or upper case.
func isHostname(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for l := range strings.SplitSeq(s, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(strings.ToLower(l)) {
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && u.Host != "" && exact(s) == s
}

func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// isE164 accepts a plus and 7 to 15 digits (ITU-T E.164).
func isE164(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	if !ok || len(digits) < 7 || len(digits) > 15 || digits[0] == '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
