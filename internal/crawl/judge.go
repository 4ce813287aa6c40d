package crawl

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// judgeCheck says what a look at a reported page found, and why in words. What shows the
// scam outweighs all else; what says nothing (no answer, a busy server) stays unreachable.
func judgeCheck(f scam.Finding, v scam.Visit, verdicts []scam.Verdict) (scam.CheckState, string) {
	for i, verdict := range verdicts {
		if reason := stillUp(f, v.Landings[i], verdict); reason != "" {
			return scam.CheckUp, reason
		}
	}
	for _, verdict := range verdicts {
		if s, ok := signal(verdict, detect.WarningRules); ok && verdict.Class == scam.ClassGone {
			return scam.CheckMitigated, cmp.Or(s.Excerpt, s.Rule)
		}
	}
	host := scam.Host(f.URL)
	end := answered(v)
	if len(verdicts) > 0 && verdicts[0].Class == scam.ClassGone && scam.Target(end) == scam.Target(host) {
		return scam.CheckDown, goneReason(verdicts[0], status(v))
	}
	return judgeAnswer(v, end, end == host)
}

// stillUp says why a landing is still the scam; empty: it is not, as far as it shows.
func stillUp(f scam.Finding, landing scam.Landing, verdict scam.Verdict) string {
	if verdict.Class == scam.ClassScam {
		return fmt.Sprintf("still a scam (score %d)", verdict.Score)
	}
	shown := digits(landing)
	for _, n := range f.Verdict.Numbers {
		if d := keepDigits(n.E164); len(d) >= 9 && strings.Contains(shown, d[len(d)-9:]) {
			return "still shows " + n.E164
		}
	}
	// A page that was never more than suspicious is up for as long as it is that.
	if verdict.Class == scam.ClassSuspicious && f.Verdict.Class == scam.ClassSuspicious {
		return fmt.Sprintf("still suspicious (score %d)", verdict.Score)
	}
	return ""
}

// digits is every digit that a landing shows its visitor. The last nine of a known
// number find it there however it is spaced or prefixed; detect leaves the numbers of
// harmless pages out of its verdict.
func digits(l scam.Landing) string {
	shown := []string{l.Title, l.Text}
	shown = append(shown, l.TelLinks...)
	for _, f := range l.Frames {
		shown = append(shown, f.Text)
	}
	for _, d := range l.Dialogs {
		shown = append(shown, d.Text)
	}
	return keepDigits(strings.Join(shown, "\n"))
}

func keepDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// answered is the host of the last step that was tried: the one that answered, or failed to.
func answered(v scam.Visit) string {
	if len(v.Landings) > 0 {
		if l := v.Landings[0]; len(l.Chain) > 0 {
			return scam.Host(l.Chain[len(l.Chain)-1].URL)
		}
	}
	return scam.Host(v.RequestedURL)
}

// judgeAnswer reads what the network and the server said, where the page says nothing.
// Only the reported host's own answer can say that the page is gone: a scam that sends
// its checkers to a 404 elsewhere lives.
func judgeAnswer(v scam.Visit, host string, own bool) (scam.CheckState, string) {
	code := status(v)
	answer := strings.TrimSpace(fmt.Sprintf("answers %d %s", code, http.StatusText(code)))
	switch {
	case v.Outcome == scam.OutcomeDNSError && !own:
		return scam.CheckChanged, "leads to " + host + ", which does not resolve"
	case v.Outcome == scam.OutcomeDNSError:
		return scam.CheckDown, "its name does not resolve"
	case v.Outcome != scam.OutcomeLoaded && v.Outcome != scam.OutcomeHTTPError:
		return scam.CheckUnreachable, cmp.Or(v.Error, string(v.Outcome))
	case !own && code >= 400 && code < 500:
		return scam.CheckChanged, "leads to " + host + ", which " + answer
	case code == http.StatusNotFound || code == http.StatusGone:
		return scam.CheckDown, answer
	case code >= 500, code == http.StatusTooManyRequests:
		return scam.CheckUnreachable, answer
	case v.Outcome == scam.OutcomeHTTPError && code == 0:
		return scam.CheckUnreachable, cmp.Or(v.Error, "answers with an error")
	case code >= 400:
		return scam.CheckChanged, answer
	case len(v.Landings) == 0:
		return scam.CheckUnreachable, "shows nothing"
	}
	return scam.CheckChanged, fmt.Sprintf("shows another page: %.80q", v.Landings[0].Title)
}

// status is that of the visit's own tab; 0: none was received.
func status(v scam.Visit) int {
	if len(v.Landings) == 0 {
		return 0
	}
	return v.Landings[0].Status
}

func goneReason(verdict scam.Verdict, code int) string {
	if s, ok := signal(verdict, "gone/"); ok {
		return cmp.Or(s.Excerpt, s.Rule)
	}
	return fmt.Sprintf("answers %d", code)
}

func signal(verdict scam.Verdict, rule string) (scam.Signal, bool) {
	for _, s := range verdict.Signals {
		if strings.HasPrefix(s.Rule, rule) {
			return s, true
		}
	}
	return scam.Signal{}, false
}
