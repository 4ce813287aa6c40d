package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// result puts together what the visit saw.
func (v *visit) result() scam.Visit {
	v.mu.Lock()
	defer v.mu.Unlock()
	seen := scam.Visit{
		CandidateID: v.request.CandidateID, Purpose: v.request.Purpose,
		RequestedURL: v.request.URL, Referrer: v.request.Referrer, Persona: v.persona.Name,
		StartedAt: v.started, Took: v.took, Dials: v.door.Dials(), Landings: []scam.Landing{},
	}
	if seen.Purpose == "" {
		seen.Purpose = scam.PurposeManual
	}
	seen.Outcome, seen.Error = v.judgeLocked()
	for i, t := range v.tabs {
		looks := t.looks
		if i == 0 && len(looks) == 0 {
			looks = []look{{}} // how far it came, although nothing was shown
		}
		for _, l := range looks {
			v.landLocked(&seen, t, l)
		}
	}
	bound(seen.Landings, v.o.Words)
	if har, err := v.log.encode(v.dialled); err == nil {
		seen.Captures = append(seen.Captures, scam.Capture{Name: "visit.har", ContentType: "application/json", Data: har})
	}
	return seen
}

// landLocked adds one landing and its captures.
func (v *visit) landLocked(seen *scam.Visit, t *tab, l look) {
	if l.loader == "" {
		if h := t.chain.landed(); h != nil {
			l.loader = h.loader
		}
	}
	way := t.chain.upTo(l.loader)
	if len(way) == len(t.chain.origin) && len(way) > 0 {
		way = append(way, hop{url: l.page.URL, via: scam.ViaWindowOpen}) // a blank popup, written into
	}
	landing := scam.Landing{
		Title: l.page.Title, Chain: finish(way, v.dialled),
		Text: l.page.Text, HTML: l.page.HTML, Frames: l.frames, TelLinks: unique(l.page.Tel),
		Dialogs: append([]scam.Dialog{}, t.dialogs...), Behaviors: append([]scam.Behavior{}, t.behaviors...),
	}
	if n := len(landing.Chain); n > 0 {
		landing.URL, landing.Status = landing.Chain[n-1].URL, landing.Chain[n-1].Status
	}
	seen.Landings = append(seen.Landings, landing)
	number := ""
	if n := len(seen.Landings); n > 1 {
		number = fmt.Sprintf("-%d", n)
	}
	if l.shot != nil {
		seen.Captures = append(seen.Captures, scam.Capture{Name: "screenshot" + number + ".png", ContentType: "image/png", Data: l.shot})
	}
	if l.page.HTML != "" {
		seen.Captures = append(seen.Captures, scam.Capture{Name: "dom" + number + ".html", ContentType: "text/html; charset=utf-8", Data: []byte(l.page.HTML)})
	}
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// judgeLocked says how the visit's own tab ended, and why if it was not shown.
func (v *visit) judgeLocked() (scam.Outcome, string) {
	const nothing = "nothing was shown before the deadline"
	if len(v.tabs) == 0 {
		return scam.OutcomeTimeout, nothing
	}
	t := v.tabs[0]
	h := t.chain.landed()
	if len(t.looks) > 0 {
		h = t.chain.last(t.looks[0].loader) // our click may have led on to a page that fails
	}
	switch {
	case t.crashed:
		return scam.OutcomeCrashed, "the page's renderer died"
	case h == nil:
		return scam.OutcomeTimeout, nothing
	case h.shown() && h.status >= 400:
		return scam.OutcomeHTTPError, fmt.Sprintf("HTTP status %d", h.status)
	case h.shown():
		return scam.OutcomeLoaded, ""
	}
	return fault(*h, v.door.Attempts())
}

// fault names why a document was not shown. What the guard met at its host says more
// than what Chromium saw of the guard.
func fault(h hop, attempts []egress.Attempt) (scam.Outcome, string) {
	host, port := endpoint(h.url)
	for _, a := range slices.Backward(attempts) {
		if a.Host != host || a.Port != port {
			continue
		}
		if a.Err == nil {
			break
		}
		switch {
		case errors.Is(a.Err, egress.ErrBlocked), errors.Is(a.Err, egress.ErrBudget):
			return scam.OutcomeBlocked, a.Err.Error()
		case errors.Is(a.Err, egress.ErrDNS):
			return scam.OutcomeDNSError, a.Err.Error()
		case errors.Is(a.Err, egress.ErrTimeout):
			return scam.OutcomeTimeout, a.Err.Error()
		}
		return scam.OutcomeRefused, a.Err.Error()
	}
	return chromiumFault(h)
}

// chromiumFault reads Chromium's error (https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h).
func chromiumFault(h hop) (scam.Outcome, string) {
	text := strings.TrimPrefix(h.fault, "net::")
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
	}
	switch {
	case text == "":
		return scam.OutcomeTimeout, "no document before the deadline"
	case has("ERR_SSL", "ERR_CERT", "ERR_ECH", "ERR_BAD_SSL"):
		return scam.OutcomeTLSError, text
	case has("NAME_NOT_RESOLVED", "ERR_DNS", "ERR_ICANN"):
		return scam.OutcomeDNSError, text
	case has("TIMED_OUT"):
		return scam.OutcomeTimeout, text
	case has("BLOCKED", "UNSAFE_PORT", "UNSAFE_REDIRECT", "DISALLOWED_URL", "ERR_ACCESS_DENIED"):
		return scam.OutcomeBlocked, text
	case strings.HasPrefix(h.url, "https:") && has("CONNECTION_CLOSED", "CONNECTION_RESET", "CONNECTION_ABORTED", "EMPTY_RESPONSE"):
		return scam.OutcomeTLSError, text // the connection stood: it was the session in it that failed
	case has("TOO_MANY_REDIRECTS", "ERR_INVALID", "RESPONSE_HEADERS", "ERR_HTTP", "CONTENT_DECODING", "INCOMPLETE_CHUNKED"):
		return scam.OutcomeHTTPError, text // it answers, and not as HTTP has it
	case has("ERR_ABORTED"):
		return scam.OutcomeLoaded, "no document: a download, or an answer without content"
	default:
		return scam.OutcomeRefused, text
	}
}
