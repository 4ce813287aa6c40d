package detect

import (
	"slices"
	"strings"

	"popdown/internal/scam"
)

// WarningRules begins the rules by which a provider's or a browser's warning page is
// known: what it warns of may live behind it.
const WarningRules = "gone/warning"

// A landing whose score reaches ThresholdScam is a scam, one that reaches
// ThresholdSuspicious is worth a person's look. Points, of 100.
const (
	ThresholdScam       = 50
	ThresholdSuspicious = 28
)

// Judge gives a verdict on each landing of a visit, in their order.
func Judge(v scam.Visit) []scam.Verdict {
	verdicts := make([]scam.Verdict, len(v.Landings))
	for i, l := range v.Landings {
		verdicts[i] = judge(rules(), l, v.Persona)
	}
	return verdicts
}

// Worst gives the index of the verdict that speaks for the visit: the highest
// score, the first of equals; -1 for none.
func Worst(verdicts []scam.Verdict) int {
	worst := -1
	for i, v := range verdicts {
		if worst < 0 || v.Score > verdicts[worst].Score {
			worst = i
		}
	}
	return worst
}

func judge(r *ruleSet, l scam.Landing, persona string) scam.Verdict {
	all := places(r, l)
	host := scam.Host(l.URL)
	v := scam.Verdict{
		Class: scam.ClassBenign, Language: language(joined(all), declared(l.HTML)),
		Signals: []scam.Signal{}, Numbers: []scam.CallbackNumber{}, RulesVersion: r.version,
	}
	w := readWording(r, all)
	acts, actSum, traps := readBehaviors(r, l)
	calls := readNumbers(r, l, all, persona, v.Language)

	v.Signals = append(v.Signals, slices.Concat(w.signals, acts, hostSignals(r, host), chainSignals(l), numberSignals(w, calls))...)
	brand, near := imitated(r, all, host)
	if near && len(calls.numbers) > 0 && w.report > -24 {
		v.Signals = append(v.Signals, scam.Signal{Rule: "brand/speaks-for-it", Weight: 12, Excerpt: brand})
	}
	if brand == "" && w.claim && !w.device {
		v.Signals = append(v.Signals, scam.Signal{Rule: "brand/none", Weight: -10})
	}
	v.Signals = append(v.Signals, contextSignals(r, w, all, host, actSum, traps, len(calls.numbers) > 0)...)
	for _, s := range v.Signals {
		v.Score += s.Weight
	}
	v.Score = min(max(v.Score, 0), 100)
	classify(&v, l, w, all, brand != "" || len(acts) > 0)
	if v.Class == scam.ClassScam || v.Class == scam.ClassSuspicious {
		v.Brand, v.FraudType = brand, "tech_support"
		v.Numbers = calls.numbers
	}
	return v
}

// numberSignals weighs a number by what is said beside it.
func numberSignals(w wording, c calls) []scam.Signal {
	var signals []scam.Signal
	if c.urgent != nil {
		weight := 5
		if w.claim {
			weight = 15
		}
		signals = append(signals, scam.Signal{Rule: "number/told-to-call", Weight: weight, Excerpt: c.urgent.Excerpt})
	}
	if w.claim && c.urgent != nil && w.report > -12 {
		signals = append(signals, scam.Signal{Rule: "number/claim-and-call", Weight: 10, Excerpt: c.numbers[0].E164})
	}
	if c.official != "" {
		signals = append(signals, scam.Signal{Rule: "number/brands-own", Weight: -8, Excerpt: c.official})
	}
	if n := len(c.numbers); n >= 4 {
		signals = append(signals, scam.Signal{Rule: "number/many", Weight: -12, Excerpt: joinNumbers(c.numbers)})
	}
	return signals
}

// contextSignals weighs what speaks for a harmless page: the brand's own site, an alarm
// that is a drop in a long text, behaviors without any alarming word, a number
// without a claim. A page that traps its visitor can't talk itself out of it.
func contextSignals(r *ruleSet, w wording, all []place, host string, actSum, traps int, numbers bool) []scam.Signal {
	var signals []scam.Signal
	add := func(rule string, weight int, excerpt string) {
		signals = append(signals, scam.Signal{Rule: rule, Weight: weight, Excerpt: excerpt})
	}
	if own := ownBrand(r, host); own != "" {
		add("host/brands-own", -100, host)
	}
	words := wordCount(all)
	if words >= 250 && w.covered*40 < words {
		add("context/alarm-is-rare", -15, "")
	}
	if words >= 1500 && w.covered*80 < words {
		add("context/long-text", -10, "")
	}
	if !w.claim && w.call && traps == 0 && w.ideas < 3 {
		add("context/nothing-claimed", -15, "")
	}
	if !w.call && !numbers && traps == 0 {
		add("context/no-call", -15, "")
	}
	if w.alarming < 20 && actSum > behaviorsAlone {
		add("context/behaviors-alone", behaviorsAlone-actSum, "")
	}
	talk := w.report + w.trade
	for _, about := range []struct {
		rule   string
		weight int
		holds  bool
	}{
		{"context/about-scams", -35, w.mentions >= 6},
		{"context/speaks-of-scams", -20, w.mentions >= 3 && w.mentions < 6},
		{"context/title-on-scams", -15, w.titled},
		{"context/quotes-an-alarm", -10, w.quoted > 0},
	} {
		if about.holds {
			talk += about.weight
			add(about.rule, about.weight, "")
		}
	}
	if traps >= 2 && talk < -12 {
		add("context/but-it-traps", -12-talk, "")
	}
	return signals
}

// classify turns the score into a class. What a provider put there is gone, though it
// too says that an account is suspended and whom to call; one that imitates a brand
// or does something to its visitor is an alarm.
func classify(v *scam.Verdict, l scam.Landing, w wording, all []place, imitates bool) {
	gone := goneSignals(l, w, all)
	switch {
	case len(w.gone) > 0 && len(gone) > 0 && !imitates, len(gone) > 0 && v.Score < ThresholdSuspicious:
		v.Class = scam.ClassGone
		v.Signals = append(v.Signals, gone...)
	case v.Score >= ThresholdScam:
		v.Class = scam.ClassScam
	case v.Score >= ThresholdSuspicious:
		v.Class = scam.ClassSuspicious
	}
}

// shortPage is how many words a provider's page has at most.
const shortPage = 120

// goneSignals says why a page counts as taken down; empty: it doesn't. Their weight
// is 0: they name the state, not a suspicion.
func goneSignals(l scam.Landing, w wording, all []place) []scam.Signal {
	if wordCount(all) > shortPage {
		return nil
	}
	signals := w.gone
	if l.Status == 404 || l.Status == 410 || l.Status == 451 {
		signals = append(signals, scam.Signal{Rule: "gone/status", Excerpt: map[int]string{
			404: "404 Not Found", 410: "410 Gone", 451: "451 Unavailable For Legal Reasons"}[l.Status]})
	}
	return signals
}

func joined(all []place) string {
	var b strings.Builder
	for _, p := range all {
		b.WriteString(p.text)
		b.WriteByte('\n')
	}
	return b.String()
}

func joinNumbers(numbers []scam.CallbackNumber) string {
	var list []string
	for _, n := range numbers {
		list = append(list, n.E164)
	}
	return shorten(strings.Join(list, ", "))
}
