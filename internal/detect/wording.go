package detect

import "popdown/internal/scam"

// wording is what the phrases say of a landing.
type wording struct {
	signals  []scam.Signal
	gone     []scam.Signal
	claim    bool // something is said of the visitor's device or account
	device   bool // something is said of the device
	call     bool // the visitor is told to call
	ideas    int  // alarming ideas that single words bring up
	quoted   int  // claims that stand in quotation marks
	titled   bool // the title speaks of scams
	mentions int  // times that scams are spoken of
	report   int  // points that speak of a report on scams rather than of one; negative
	trade    int  // points that speak of an honest business; negative
	alarming int  // points that speak of a scam
	covered  int  // words that belong to alarming phrases
}

// aboutScams tells the family that speaks of scams from those that any article has:
// its phrases weigh at least this much.
const aboutScams = -12

// readWording counts each family once (or, with "max", each of its phrases once)
// and keeps the first words found as its excerpt.
func readWording(r *ruleSet, all []place) wording {
	type tally struct {
		points  int
		excerpt string
		seen    map[int]bool
	}
	tallies := make([]tally, len(r.families))
	var w wording
	for _, p := range all {
		last := 0
		for _, h := range p.hits {
			n := r.book.phrases[h.phrase].family
			if n < 0 {
				continue // names a brand
			}
			f, t := r.families[n], &tallies[n]
			if f.claim && f.points == f.total && inQuotes(p.text, p.tokens[h.from].start) {
				w.quoted++
				continue
			}
			if f.claim && f.points == f.total && (supposed(r, p, h) || denied(r, p, h)) {
				continue
			}
			if f.points > 0 && h.to > last {
				w.covered += h.to - max(h.from, last)
				last = h.to
			}
			if f.report && f.points <= aboutScams {
				w.mentions++
				w.titled = w.titled || p.name == "title"
			}
			if t.seen[h.phrase] || t.seen != nil && t.points == f.total {
				continue
			}
			if t.seen == nil {
				s := p.span(h)
				*t = tally{excerpt: excerptAround(p.text, s.from, s.to), seen: map[int]bool{}}
			}
			t.seen[h.phrase] = true
			t.points = towards(t.points+f.points, f.total)
		}
	}
	for n, t := range tallies {
		f := r.families[n]
		if t.seen == nil {
			continue
		}
		if f.gone {
			w.gone = append(w.gone, scam.Signal{Rule: "gone/" + f.name, Excerpt: t.excerpt})
			continue
		}
		w.signals = append(w.signals, scam.Signal{Rule: group(f) + f.name, Weight: t.points, Excerpt: t.excerpt})
		w.claim, w.call = w.claim || f.claim && t.points == f.total, w.call || f.call
		if f.claim && f.points < f.total {
			w.ideas = t.points / f.points
		}
		w.device = w.device || f.claim && t.points == f.total && !f.account
		switch {
		case f.report:
			w.report += t.points
		case f.trade:
			w.trade += t.points
		default:
			w.alarming += t.points
		}
	}
	return w
}

// towards holds a running sum at its total, whichever sign it has.
func towards(sum, total int) int {
	if total < 0 {
		return max(sum, total)
	}
	return min(sum, total)
}

func group(f family) string {
	if f.report || f.trade {
		return "context/"
	}
	return "wording/"
}

// callSpans gives where a place tells the visitor to call.
func callSpans(r *ruleSet, p place) []span {
	var spans []span
	for _, h := range p.hits {
		if n := r.book.phrases[h.phrase].family; n >= 0 && r.families[n].call {
			spans = append(spans, p.span(h))
		}
	}
	return spans
}
