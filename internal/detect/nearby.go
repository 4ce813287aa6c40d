package detect

import (
	"iter"
	"sort"
	"strings"
)

// nearCall is how far from words that tell to call a number still belongs to them,
// in bytes.
const nearCall = 160

// spansLooked is how many spans before a number are looked at: they overlap, and a
// page of nothing but calls must not cost the square of its size.
const spansLooked = 8

// nearest gives the distance to the nearest of spans, which are in order of their
// beginning; a large number for none.
func nearest(spans []span, from, to int) int {
	best := 1 << 30
	next := sort.Search(len(spans), func(i int) bool { return spans[i].from >= to })
	for _, s := range spans[max(0, next-spansLooked):min(len(spans), next+1)] {
		switch {
		case s.to <= from:
			best = min(best, from-s.to)
		case s.from >= to:
			best = min(best, s.from-to)
		default:
			return 0
		}
	}
	return best
}

// saysCall tells whether one of the little words for a telephone stands just before.
func saysCall(text string, at int) bool {
	before := strings.ToLower(text[max(0, at-40):at])
	for _, w := range []string{"call", "phone", "tel", "dial", "help", "support", "toll", "ruf", "appel", "assistance", "llam", "soporte",
		"chiam", "zadzwo", "ligue", "bel ", "電話", "サポート", "ダイヤル", "☎", "📞"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return false
}

// afterLabel tells whether the word before names something else that has digits.
func afterLabel(text string, at int) bool {
	before := strings.ToLower(strings.TrimRight(text[max(0, at-24):at], " :#.(-"))
	for _, w := range []string{" id", "code", "order", "invoice", "ref", "reference", "case", "ticket", "error", "version", "serial", "isbn",
		"build", "zip", "txn", "transaction", "card", "account", "vat", "iban", "ip", "fax", "copyright", "©"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// notStart tells whether a number can't begin at group i: inside a decimal or a
// date, or at a lone figure that is no country code or trunk prefix.
func notStart(r run, i int) bool {
	g := r.groups[i]
	if g.to-g.from == 1 && !g.plus && r.text[g.from] != '1' && r.text[g.from] != '0' {
		return true
	}
	return g.to-g.from > longestGroup
}

// withoutDates gives the parts of a run before, between and after its dates.
func withoutDates(r run) iter.Seq[run] {
	return func(yield func(run) bool) {
		start := 0
		for i := 0; i+3 <= len(r.groups); i++ {
			g := groupTexts(r.text, r.groups[i:i+3])
			between := r.text[r.groups[i].to:r.groups[i+1].from]
			if !isDate(g[0], g[1], g[2]) || between != r.text[r.groups[i+1].to:r.groups[i+2].from] || strings.Trim(between, "-./") != "" {
				continue
			}
			if i > start && !yield(run{r.text, r.groups[start:i]}) {
				return
			}
			start, i = i+3, i+2
		}
		if start < len(r.groups) {
			yield(run{r.text, r.groups[start:]})
		}
	}
}

// isYearsOrAddress knows spans of years and dotted IPv4 addresses.
func isYearsOrAddress(text string, at []digits, groups []string) bool {
	if len(groups) == 2 && isYear(groups[0]) && isYear(groups[1]) {
		return true
	}
	if len(groups) != 4 {
		return false
	}
	for i, g := range groups {
		if i < 3 && text[at[i].to:at[i+1].from] != "." || len(g) > 3 || g > "255" && len(g) == 3 || len(g) > 1 && g[0] == '0' {
			return false
		}
	}
	return true
}

func isDate(a, b, c string) bool {
	return len(b) <= 2 && (isYear(a) && len(c) <= 2 || len(a) <= 2 && isYear(c))
}

func isYear(s string) bool {
	return len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

func groupTexts(text string, groups []digits) []string {
	texts := make([]string, len(groups))
	for i, g := range groups {
		texts[i] = text[g.from:g.to]
	}
	return texts
}
