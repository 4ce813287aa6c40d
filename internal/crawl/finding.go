package crawl

import (
	"fmt"
	"slices"

	"popdown/internal/scam"
)

// findings gives the landings of a kept visit that look like a scam, each normalised URL
// once (the higher score wins).
func findings(v scam.Visit, verdicts []scam.Verdict) []scam.Finding {
	var out []scam.Finding
	for i, verdict := range verdicts {
		if verdict.Class != scam.ClassScam && verdict.Class != scam.ClassSuspicious {
			continue
		}
		f, ok := finding(v, i, verdict)
		if !ok {
			continue
		}
		same := slices.IndexFunc(out, func(o scam.Finding) bool { return o.URL == f.URL })
		switch {
		case same < 0:
			out = append(out, f)
		case out[same].Verdict.Score < verdict.Score:
			out[same] = f
		}
	}
	return out
}

func finding(v scam.Visit, at int, verdict scam.Verdict) (scam.Finding, bool) {
	landing := v.Landings[at]
	key, address := webAddress(v, landing)
	if key == "" {
		return scam.Finding{}, false
	}
	start := v.RequestedURL
	if len(landing.Chain) > 0 {
		start = landing.Chain[0].URL
	}
	screenshot, _ := v.File(screenshotName(at))
	return scam.Finding{
		URL: key, LandingURL: address, StartURL: start, Host: scam.Host(key),
		State: scam.FindingNew, Verdict: verdict, Chain: landing.Chain,
		Dialogs: landing.Dialogs, Behaviors: landing.Behaviors, Title: landing.Title,
		Persona: v.Persona, Referrer: v.Referrer,
		FirstSeenAt: v.StartedAt, LastSeenAt: v.StartedAt, Visits: 1,
		Screenshot: screenshot, Files: v.Files, Dials: v.Dials, Manifest: v.Manifest,
	}, true
}

// webAddress is where on the web a landing stands, normalised and verbatim. A page that
// wrote itself (about:, blob:, data:) stands where its chain last was.
func webAddress(v scam.Visit, landing scam.Landing) (key, address string) {
	addresses := []string{landing.URL}
	for _, hop := range slices.Backward(landing.Chain) {
		addresses = append(addresses, hop.URL)
	}
	for _, address := range append(addresses, v.RequestedURL) {
		if key, err := scam.NormalizeURL(address); err == nil {
			return key, address
		}
	}
	return "", ""
}

// screenshotName is the capture that shows a landing.
func screenshotName(landing int) string {
	if landing == 0 {
		return "screenshot.png"
	}
	return fmt.Sprintf("screenshot-%d.png", landing+1)
}
