package scam

import (
	"strings"
	"unicode/utf8"
)

// Brand is how people speak of an imitated brand.
type Brand struct {
	Name string // "Microsoft"; empty: none is imitated
	Site string // its own site; empty: unknown
}

// BrandOf turns a verdict's slug into a brand. The names and sites are those that the
// brands use of themselves; an unknown slug is spelled out ("geek_squad" would be "Geek
// Squad") and has no site.
func BrandOf(slug string) Brand {
	known := map[string]Brand{
		"amazon":      {"Amazon", "https://www.amazon.com/"},
		"apple":       {"Apple", "https://www.apple.com/"},
		"best_buy":    {"Best Buy", "https://www.bestbuy.com/"},
		"dell":        {"Dell", "https://www.dell.com/"},
		"facebook":    {"Facebook", "https://www.facebook.com/"},
		"geek_squad":  {"Geek Squad", "https://www.bestbuy.com/"},
		"google":      {"Google", "https://www.google.com/"},
		"hp":          {"HP", "https://www.hp.com/"},
		"mcafee":      {"McAfee", "https://www.mcafee.com/"},
		"microsoft":   {"Microsoft", "https://www.microsoft.com/"},
		"netflix":     {"Netflix", "https://www.netflix.com/"},
		"norton":      {"Norton", "https://us.norton.com/"},
		"paypal":      {"PayPal", "https://www.paypal.com/"},
		"quickbooks":  {"QuickBooks", "https://quickbooks.intuit.com/"},
		"wells_fargo": {"Wells Fargo", "https://www.wellsfargo.com/"},
	}
	if b, ok := known[slug]; ok {
		return b
	}
	words := strings.Fields(strings.ReplaceAll(slug, "_", " "))
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = strings.ToUpper(string(first)) + w[size:]
	}
	return Brand{Name: strings.Join(words, " ")}
}
