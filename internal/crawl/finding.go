package crawl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// findings gives the landings of a kept visit that look like a scam, each normalised URL
// once (the higher score wins). The error tells of landings that have no address to
// accuse: they are left out.
func findings(v scam.Visit, verdicts []scam.Verdict) ([]scam.Finding, error) {
	var out []scam.Finding
	var nowhere error
	for i, verdict := range verdicts {
		if verdict.Class != scam.ClassScam && verdict.Class != scam.ClassSuspicious {
			continue
		}
		f, err := finding(v, i, verdict)
		if err != nil {
			nowhere = errors.Join(nowhere, err)
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
	return out, nowhere
}

func finding(v scam.Visit, at int, verdict scam.Verdict) (scam.Finding, error) {
	landing := v.Landings[at]
	key, address, err := webAddress(v, landing)
	if err != nil {
		return scam.Finding{}, err
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
	}, nil
}

// webAddress is where on the web a landing stands, normalised and verbatim. A page that
// wrote itself (about:, blob:, data:) stands where its chain last was. Any other stands
// at its own address or nowhere: the hop before it may be an innocent's.
func webAddress(v scam.Visit, landing scam.Landing) (key, address string, err error) {
	addresses := []string{landing.URL}
	for _, hop := range slices.Backward(landing.Chain) {
		addresses = append(addresses, hop.URL)
	}
	for _, address := range append(addresses, v.RequestedURL) {
		if wroteItself(address) {
			continue
		}
		key, err := scam.NormalizeURL(address)
		if err == nil && !sameOrigin(landing.URL, key) {
			err = fmt.Errorf("%w: %q was not made by %s", scam.ErrInvalid, landing.URL, scam.Host(key))
		}
		return key, address, err
	}
	return "", "", fmt.Errorf("%w: %q stands nowhere on the web", scam.ErrInvalid, landing.URL)
}

// wroteItself tells whether an address is none of the web's. A popup that its opener
// wrote into, and that could not be read, has none at all.
func wroteItself(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	return address == "" || slices.Contains([]string{"about", "blob", "data"}, strings.ToLower(scheme))
}

// sameOrigin tells whether a blob was made by the page at the address; it names its maker
// (https://www.w3.org/TR/FileAPI/#url). Of others nothing is known.
func sameOrigin(landing, address string) bool {
	maker, isBlob := strings.CutPrefix(landing, "blob:")
	host := scam.Host(maker)
	return !isBlob || host == "" || host == scam.Host(address)
}

// screenshotName is the capture that shows a landing.
func screenshotName(landing int) string {
	if landing == 0 {
		return "screenshot.png"
	}
	return fmt.Sprintf("screenshot-%d.png", landing+1)
}
