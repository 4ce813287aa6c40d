package detect

import (
	"strings"

	"popdown/internal/scam"
)

// spokenIn lists where a language's pages expect their visitors, likeliest first.
// Kits aim at whole languages: German ones print Austrian and Swiss numbers too.
func spokenIn(lang string) []string {
	switch lang {
	case "de":
		return []string{"DE", "AT", "CH", "LI", "LU"}
	case "fr":
		return []string{"FR", "CH", "BE", "LU"}
	case "es":
		return []string{"ES", "MX", "AR", "CO", "CL", "PE"}
	case "it":
		return []string{"IT", "CH"}
	case "pt":
		return []string{"PT", "BR"}
	case "nl":
		return []string{"NL", "BE"}
	case "pl":
		return []string{"PL"}
	case "ja":
		return []string{"JP"}
	case "sv":
		return []string{"SE"}
	case "da":
		return []string{"DK"}
	case "no":
		return []string{"NO"}
	case "tr":
		return []string{"TR"}
	case "zh":
		return []string{"TW", "HK", "CN"}
	case "ko":
		return []string{"KR"}
	case "ru":
		return []string{"RU", "KZ"}
	case "en":
		return []string{"US", "GB", "AU", "CA", "IE", "NZ"}
	}
	return nil
}

// regionsFor orders the countries whose way to print numbers is tried: the one of
// the host's top-level domain or of the declared language first where it fits the
// text, then those of the language, then the visitor's own, then the USA.
func regionsFor(l scam.Landing, lang, persona string) []string {
	var regions []string
	add := func(list ...string) {
		for _, r := range list {
			if r != "" && !contains(regions, r) {
				regions = append(regions, r)
			}
		}
	}
	base, _, _ := strings.Cut(lang, "-")
	visitor := ""
	if prefix, _, ok := strings.Cut(persona, "-"); ok && len(prefix) == 2 {
		visitor = strings.ToUpper(prefix)
	}
	if visitor == "UK" {
		visitor = "GB"
	}
	add(countryOf(scam.Host(l.URL)))
	if tagBase, region, ok := strings.Cut(declared(l.HTML), "-"); ok && tagBase == base {
		add(region)
	}
	if base == "en" || base == "" {
		add(visitor)
	}
	add(spokenIn(base)...)
	add(visitor, "US", "GB")
	return regions
}

// countryOf gives the country of a host's top-level domain; "" where it is generic
// or sold to everyone.
func countryOf(host string) string {
	tld := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
	switch tld {
	case "UK":
		return "GB"
	case "DE", "AT", "CH", "FR", "BE", "ES", "IT", "PT", "NL", "PL", "JP", "AU", "CA", "IE", "NZ", "BR", "MX", "SE", "NO", "DK", "FI", "US":
		return tld
	}
	return ""
}
