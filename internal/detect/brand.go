package detect

import (
	"slices"
	"strings"

	"popdown/internal/scam"
)

const (
	mentionsCounted = 12 // of one name: more says nothing new
	leastBrand      = 1  // points that a brand needs
	nearBrand       = 60 // bytes between a brand's name and words that tell to call
)

// imitated names the brand that a landing speaks for, "" for none: the one with the
// most points from its names in what was shown (thrice in the title, twice in
// dialogs) and from the host name. speaks tells whether it is named in the title or
// beside words that tell to call.
func imitated(r *ruleSet, all []place, host string) (slug string, speaks bool) {
	points := make([]int, len(r.brands))
	near := make([]bool, len(r.brands))
	counts := map[int]int{}
	for _, p := range all {
		spans := callSpans(r, p)
		for _, h := range p.hits {
			m, ok := r.nameOf[h.phrase]
			if !ok || counts[h.phrase] >= mentionsCounted {
				continue
			}
			counts[h.phrase]++
			at := p.span(h)
			near[m.brand] = near[m.brand] || m.points > 1 && (p.name == "title" || nearest(spans, at.from, at.to) <= nearBrand)
			switch p.name {
			case "title":
				m.points *= 3
			case "dialog", "auth_realm", "speech":
				m.points *= 2
			}
			points[m.brand] += m.points
		}
	}
	best := -1
	for i, b := range r.brands {
		if hostWord(host, b.hostWords) != "" {
			points[i] += 10
		}
		if points[i] >= leastBrand && (best < 0 || points[i] > points[best]) {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return r.brands[best].slug, near[best] && points[best] >= 3
}

// ownBrand names the brand whose own site a host is, "" for none.
func ownBrand(r *ruleSet, host string) string {
	for _, b := range r.brands {
		if isBelow(host, b.domains) && !isBelow(host, b.except) {
			return b.slug
		}
	}
	return ""
}

// isBelow tells whether host is one of the names or below one.
func isBelow(host string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return host == name || strings.HasSuffix(host, "."+name)
	})
}

// hostSignals judges the name alone: a brand's name on another's host, words of
// alarm, an address instead of a name, and places where anyone gets a name.
func hostSignals(r *ruleSet, host string) []scam.Signal {
	var signals []scam.Signal
	add := func(rule string, weight int) {
		signals = append(signals, scam.Signal{Rule: rule, Weight: weight, Excerpt: shorten(host)})
	}
	name := host
	for _, s := range r.shared {
		if isBelow(host, []string{s.name}) {
			add("host/shared-hosting", s.points)
			name = strings.TrimSuffix(host, s.name) // "windows" in the platform's own name is no sign
			break
		}
	}
	for _, b := range r.brands {
		if hostWord(name, b.hostWords) != "" {
			add("host/brand-"+strings.ReplaceAll(b.slug, "_", "-"), 12)
			break
		}
	}
	for _, w := range r.hostWords {
		if strings.Contains(name, w.name) {
			add("host/alarming-name", w.points)
			break
		}
	}
	if isAddress(host) {
		add("host/bare-address", 4)
	}
	return signals
}

// hostWord finds a brand's word in a host name, also where figures or "rn" stand
// for letters ("rnicros0ft").
func hostWord(host string, words []string) string {
	folded := strings.NewReplacer("rn", "m", "0", "o", "1", "l", "3", "e", "5", "s", "vv", "w").Replace(host)
	for _, w := range words {
		if strings.Contains(host, w) || strings.Contains(folded, w) {
			return w
		}
	}
	return ""
}

func isAddress(host string) bool {
	return host != "" && strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":")
}
