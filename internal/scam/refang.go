package scam

import "strings"

// Refang undoes Defang, so that what we print can be pasted back.
func Refang(s string) string {
	if rest, ok := strings.CutPrefix(s, "hxxp"); ok {
		s = "http" + rest
	}
	return strings.ReplaceAll(s, "[.]", ".")
}
