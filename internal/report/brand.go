package report

import (
	"strings"
	"unicode"
)

// brand is how a letter speaks of an imitated brand.
type brand struct {
	name string // "Microsoft"; empty: none is imitated
	site string // its own site; empty: unknown
}

// brandOf turns a verdict's slug into a brand. The names and sites are those that the
// brands use of themselves; an unknown slug is spelled out and has no site.
func brandOf(slug string) brand {
	known := map[string]brand{
		"amazon":      {"Amazon", "https://www.amazon.com/"},
		"apple":       {"Apple", "https://www.apple.com/"},
		"facebook":    {"Facebook", "https://www.facebook.com/"},
		"geek_squad":  {"Geek Squad", "https://www.bestbuy.com/"},
		"google":      {"Google", "https://www.google.com/"},
		"mcafee":      {"McAfee", "https://www.mcafee.com/"},
		"microsoft":   {"Microsoft", "https://www.microsoft.com/"},
		"netflix":     {"Netflix", "https://www.netflix.com/"},
		"norton":      {"Norton", "https://us.norton.com/"},
		"paypal":      {"PayPal", "https://www.paypal.com/"},
		"best_buy":    {"Best Buy", "https://www.bestbuy.com/"},
		"hp":          {"HP", "https://www.hp.com/"},
		"dell":        {"Dell", "https://www.dell.com/"},
		"quickbooks":  {"QuickBooks", "https://quickbooks.intuit.com/"},
		"wells_fargo": {"Wells Fargo", "https://www.wellsfargo.com/"},
	}
	if b, ok := known[slug]; ok {
		return b
	}
	words := strings.Fields(strings.ReplaceAll(clean(slug, 60), "_", " "))
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return brand{name: strings.Join(words, " ")}
}
