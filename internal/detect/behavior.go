package detect

import (
	"fmt"
	"strings"

	"popdown/internal/scam"
)

// behaviorsAlone is what behaviors may add up to on a page whose words are
// harmless: games and players use them too.
const behaviorsAlone = 15

// readBehaviors weighs what a page did, each name once; traps counts those that
// harmless pages hardly ever do.
func readBehaviors(r *ruleSet, l scam.Landing) (signals []scam.Signal, sum, traps int) {
	seen := map[string]bool{}
	add := func(name, excerpt string) {
		rule := r.behaviors[name]
		if seen[name] || rule.points == 0 {
			return
		}
		seen[name] = true
		signals = append(signals, scam.Signal{Rule: "behavior/" + strings.ReplaceAll(name, "_", "-"), Weight: rule.points, Excerpt: excerpt})
		sum += rule.points
		if rule.trap {
			traps++
		}
	}
	for _, b := range l.Behaviors {
		add(b.Name, shorten(clean(b.Arguments)))
	}
	for _, d := range l.Dialogs {
		if d.Count >= loopOfDialogs && d.Type != "beforeunload" && d.Type != "auth" {
			add("dialog_loop", shorten(fmt.Sprintf("%d × %s", d.Count, clean(d.Text))))
		}
	}
	return signals, sum, traps
}

// loopOfDialogs is how often the same dialog comes before it is a loop.
const loopOfDialogs = 3

// chainSignals looks at how the landing was reached: through several sites, and
// with the tags that ad networks and call-routing services pass on.
func chainSignals(l scam.Landing) []scam.Signal {
	var signals []scam.Signal
	sites, tagged := 0, ""
	for i, hop := range l.Chain {
		if i > 0 && scam.Target(scam.Host(hop.URL)) != scam.Target(scam.Host(l.Chain[i-1].URL)) {
			sites++
		}
		if tagged == "" && hasAdTag(hop.URL) {
			tagged = hop.URL
		}
	}
	if sites >= 2 {
		signals = append(signals, scam.Signal{Rule: "chain/several-sites", Weight: 4, Excerpt: shorten(fmt.Sprintf("%d other sites on the way from %s", sites, l.Chain[0].URL))})
	}
	if tagged != "" && sites > 0 {
		signals = append(signals, scam.Signal{Rule: "chain/ad-click", Weight: 4, Excerpt: shorten(tagged)})
	}
	return signals
}

// hasAdTag knows the query parameters of ad networks and trackers (names seen on
// chains to pop-ups, 2023-2026).
func hasAdTag(url string) bool {
	_, query, _ := strings.Cut(strings.ToLower(url), "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "clickid", "click_id", "cid", "zoneid", "zone_id", "campaignid", "campaign_id", "subid", "sub_id",
			"subid1", "cost", "gclid", "msclkid", "fbclid", "bemobdata", "cep", "lptoken", "pubid", "sourceid", "source_id", "bannerid":
			return true
		}
	}
	return false
}
