package crawl

import (
	"strings"
	"testing"

	"popdown/internal/scam"
)

func TestJudgeCheck(t *testing.T) {
	t.Parallel()
	known := scam.Finding{URL: "https://www.evil.example/win", Verdict: scam.Verdict{Class: scam.ClassScam, Numbers: []scam.CallbackNumber{{E164: "+18445550143"}}}}
	doubtful := scam.Finding{URL: "https://www.evil.example/win", Verdict: scam.Verdict{Class: scam.ClassSuspicious}}
	bad := scam.Verdict{Class: scam.ClassScam, Score: 80}
	fine := scam.Verdict{Class: scam.ClassBenign}
	gone := func(rule, excerpt string) scam.Verdict {
		return scam.Verdict{Class: scam.ClassGone, Signals: []scam.Signal{{Rule: "wording/call", Excerpt: "x"}, {Rule: rule, Excerpt: excerpt}}}
	}
	loaded := func(landings ...scam.Landing) scam.Visit {
		return scam.Visit{Outcome: scam.OutcomeLoaded, Landings: landings}
	}
	answered := func(status int) scam.Visit {
		return scam.Visit{Outcome: scam.OutcomeHTTPError, Landings: []scam.Landing{{Status: status}}}
	}
	led := func(to string, outcome scam.Outcome, status int) scam.Visit {
		return scam.Visit{Outcome: outcome, Landings: []scam.Landing{{
			Status: status, Chain: []scam.Hop{{URL: "https://www.evil.example/win", Status: 302}, {Seq: 1, URL: to, Status: status}},
		}}}
	}
	page := scam.Landing{Status: 200, Title: "Recipes"}
	tests := map[string]struct {
		finding  scam.Finding
		visit    scam.Visit
		verdicts []scam.Verdict
		want     scam.CheckState
		reason   string // part of it
	}{
		"the scam is there":                       {known, loaded(page), []scam.Verdict{bad}, scam.CheckUp, "score 80"},
		"the scam is in a popunder":               {known, loaded(page, page), []scam.Verdict{fine, bad}, scam.CheckUp, "score 80"},
		"the scam behind a 404":                   {known, answered(404), []scam.Verdict{bad}, scam.CheckUp, "score 80"},
		"the scam outweighs a warning":            {known, loaded(page, page), []scam.Verdict{gone("gone/warning", ""), bad}, scam.CheckUp, "score 80"},
		"its number in milder words":              {known, loaded(scam.Landing{Status: 200, Text: "Call (844) 555-0143 today"}), []scam.Verdict{fine}, scam.CheckUp, "+18445550143"},
		"its number behind a link":                {known, loaded(scam.Landing{Status: 200, TelLinks: []string{"tel:+18445550143"}}), []scam.Verdict{fine}, scam.CheckUp, "+18445550143"},
		"its number in a dialog":                  {known, loaded(scam.Landing{Dialogs: []scam.Dialog{{Text: "844.555.0143"}}}), []scam.Verdict{fine}, scam.CheckUp, "+18445550143"},
		"its number in a frame":                   {known, loaded(scam.Landing{Frames: []scam.Frame{{Text: "1-844-555-0143"}}}), []scam.Verdict{fine}, scam.CheckUp, "+18445550143"},
		"another number in harmless words":        {known, loaded(scam.Landing{Status: 200, Text: "Call (844) 555-0144"}), []scam.Verdict{fine}, scam.CheckChanged, "another page"},
		"as suspicious as before":                 {doubtful, loaded(page), []scam.Verdict{{Class: scam.ClassSuspicious, Score: 30}}, scam.CheckUp, "suspicious"},
		"a scam that is merely suspicious":        {known, loaded(page), []scam.Verdict{{Class: scam.ClassSuspicious}}, scam.CheckChanged, "another page"},
		"a warning stands before it":              {known, loaded(page), []scam.Verdict{gone("gone/warning", "Suspected phishing")}, scam.CheckMitigated, "Suspected phishing"},
		"a browser's warning, named more closely": {known, loaded(page), []scam.Verdict{gone("gone/warning-interstitial", "")}, scam.CheckMitigated, "gone/warning-interstitial"},
		"suspended":                               {known, loaded(page), []scam.Verdict{gone("gone/suspended", "Account suspended")}, scam.CheckDown, "Account suspended"},
		"removed":                                 {known, answered(404), []scam.Verdict{gone("gone/status", "404 Not Found")}, scam.CheckDown, "404 Not Found"},
		"gone, and nobody says why":               {known, answered(410), []scam.Verdict{{Class: scam.ClassGone}}, scam.CheckDown, "410"},
		"404 with much text":                      {known, answered(404), []scam.Verdict{fine}, scam.CheckDown, "404 Not Found"},
		"410":                                     {known, answered(410), []scam.Verdict{fine}, scam.CheckDown, "410 Gone"},
		"the name is gone":                        {known, scam.Visit{Outcome: scam.OutcomeDNSError}, nil, scam.CheckDown, "does not resolve"},
		"another tab is gone":                     {known, loaded(page, page), []scam.Verdict{fine, gone("gone/suspended", "")}, scam.CheckChanged, "Recipes"},
		"timeout":                                 {known, scam.Visit{Outcome: scam.OutcomeTimeout}, nil, scam.CheckUnreachable, "timeout"},
		"timeout with half a page":                {known, scam.Visit{Outcome: scam.OutcomeTimeout, Landings: []scam.Landing{page}}, []scam.Verdict{fine}, scam.CheckUnreachable, "timeout"},
		"refused":                                 {known, scam.Visit{Outcome: scam.OutcomeRefused, Error: "connection refused"}, nil, scam.CheckUnreachable, "connection refused"},
		"tls error":                               {known, scam.Visit{Outcome: scam.OutcomeTLSError}, nil, scam.CheckUnreachable, "tls_error"},
		"crashed":                                 {known, scam.Visit{Outcome: scam.OutcomeCrashed}, nil, scam.CheckUnreachable, "crashed"},
		"blocked by our guard":                    {known, scam.Visit{Outcome: scam.OutcomeBlocked}, nil, scam.CheckUnreachable, "blocked"},
		"a busy server":                           {known, answered(503), []scam.Verdict{fine}, scam.CheckUnreachable, "503 Service Unavailable"},
		"asked too often":                         {known, answered(429), []scam.Verdict{fine}, scam.CheckUnreachable, "429 Too Many Requests"},
		"an error without a page":                 {known, scam.Visit{Outcome: scam.OutcomeHTTPError}, nil, scam.CheckUnreachable, "error"},
		"loaded, and nothing seen":                {known, loaded(), nil, scam.CheckUnreachable, "nothing"},
		"forbidden":                               {known, answered(403), []scam.Verdict{fine}, scam.CheckChanged, "403 Forbidden"},
		"led to a 404 elsewhere":                  {known, led("https://search.example/404", scam.OutcomeHTTPError, 404), []scam.Verdict{fine}, scam.CheckChanged, "search.example, which answers 404"},
		"led to a 404 of its own":                 {known, led("https://www.evil.example/404", scam.OutcomeHTTPError, 404), []scam.Verdict{fine}, scam.CheckDown, "404"},
		"led to a 410 of a sister host":           {known, led("https://x.evil.example/", scam.OutcomeHTTPError, 410), []scam.Verdict{fine}, scam.CheckChanged, "x.evil.example"},
		"led to a name that never was":            {known, led("https://nowhere.example/", scam.OutcomeDNSError, 0), nil, scam.CheckChanged, "nowhere.example"},
		"led to a name of its own that is gone":   {known, led("https://www.evil.example/b", scam.OutcomeDNSError, 0), nil, scam.CheckDown, "does not resolve"},
		"led to a page that is gone elsewhere":    {known, led("https://bank.example/", scam.OutcomeHTTPError, 404), []scam.Verdict{gone("gone/status", "404")}, scam.CheckChanged, "bank.example"},
		"led to somebody's suspended page":        {known, led("https://bank.example/", scam.OutcomeLoaded, 200), []scam.Verdict{gone("gone/suspended", "suspended")}, scam.CheckChanged, "another page"},
		"led to its domain's suspended page":      {known, led("https://evil.example/suspended", scam.OutcomeLoaded, 200), []scam.Verdict{gone("gone/suspended", "suspended")}, scam.CheckDown, "suspended"},
		"led to a busy server":                    {known, led("https://search.example/", scam.OutcomeHTTPError, 503), []scam.Verdict{fine}, scam.CheckUnreachable, "503"},
		"another page":                            {known, loaded(page), []scam.Verdict{fine}, scam.CheckChanged, `"Recipes"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.visit.RequestedURL = "https://www.evil.example/win"
			got, reason := judgeCheck(tt.finding, tt.visit, tt.verdicts)
			if got != tt.want || !strings.Contains(reason, tt.reason) {
				t.Errorf("%s (%s), want %s with %q", got, reason, tt.want, tt.reason)
			}
		})
	}
}
