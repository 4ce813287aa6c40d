package review

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestConfirmOpensTheCase(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	s.post(t, "/findings/1/confirm", nil).want(t, http.StatusSeeOther, "/cases/5?done=confirmed")
	f := s.findings[0]
	if f.State != scam.FindingConfirmed || f.DecidedBy != "ana" || f.DecidedAt != noon() {
		t.Errorf("finding %s by %s at %s", f.State, f.DecidedBy, f.DecidedAt)
	}
	res := s.post(t, "/findings/1/confirm", nil)
	res.want(t, http.StatusConflict, "")
	if !strings.Contains(res.body, `href="/findings/1"`) {
		t.Error("no way back to the finding")
	}
	s.post(t, "/findings/99/confirm", nil).want(t, http.StatusNotFound, "")
}

func TestDismissNeedsAReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, choice, note, want string
		status                   int
	}{
		{"a common one will do", "A harmless page", "", "A harmless page", 303},
		{"a note adds to it", "A harmless page", " a repair\n shop ", "A harmless page: a repair shop", 303},
		{"another one is written", otherReason, "asked by counsel", "asked by counsel", 303},
		{"another one is not left empty", otherReason, " ", "", 422},
		{"none is not enough", "", "because", "", 422},
		{"what is not on the form is no choice", "<script>", "", "", 422},
		{"a novel is too long", "A harmless page", strings.Repeat("ä", maxReason+1), "", 422},
		{"broken text is none", "A harmless page", "\xff", "", 422},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := loggedIn(t)
			res := s.post(t, "/findings/1/dismiss", url.Values{"reason": {tc.choice}, "note": {tc.note}})
			if res.StatusCode != tc.status || s.findings[0].Reason != tc.want {
				t.Fatalf("status %d reason %q, want %d %q\n%s", res.StatusCode, s.findings[0].Reason, tc.status, tc.want, res.body)
			}
			if tc.status == 303 {
				res.want(t, 303, "/?done=dismissed")
			}
		})
	}
}

func TestDecidedFindingsOfferOnlyANewDecision(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for path, forms := range map[string][2]bool{"/findings/1": {true, true}, "/findings/2": {false, true}, "/findings/3": {true, false}} {
		body := s.get(t, path).body
		if got := [2]bool{strings.Contains(body, `<form id="confirm"`), strings.Contains(body, `<form id="dismiss"`)}; got != forms {
			t.Errorf("%s: confirm, dismiss %v, want %v", path, got, forms)
		}
	}
}

func TestCloseNeedsAReason(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	s.post(t, "/cases/5/close", url.Values{"note": {" "}}).want(t, http.StatusUnprocessableEntity, "")
	s.post(t, "/cases/5/close", url.Values{"note": {"handed to the police"}}).want(t, http.StatusSeeOther, "/cases/5?done=closed")
	if s.cases[0].State != scam.CaseClosed {
		t.Error("still open")
	}
	s.post(t, "/cases/5/close", url.Values{"note": {"again"}}).want(t, http.StatusConflict, "")
	if strings.Contains(s.get(t, "/cases/5?close=1").body, `id="close"`) {
		t.Error("a closed case offers to close")
	}
}

func TestApproveNamesWhatWasShown(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	shown := s.reports[0].ContentHash
	if !strings.Contains(s.get(t, "/reports/1").body, `<input type="hidden" name="hash" value="`+shown+`">`) {
		t.Fatal("the form does not post the hash")
	}
	s.reports[0].Body += "\nOne more line."
	s.reports[0].ContentHash = s.reports[0].Hash()
	res := s.post(t, "/reports/1/approve", url.Values{"hash": {shown}})
	res.want(t, http.StatusConflict, "")
	if !strings.Contains(res.body, "Somebody else changed this: look again") || s.reports[0].State != scam.ReportDraft {
		t.Errorf("a stale approval: report %s\n%s", s.reports[0].State, res.body)
	}
	s.post(t, "/reports/1/approve", url.Values{"hash": {s.reports[0].ContentHash}, "mode": {"dry_run"}}).want(t, http.StatusSeeOther, "/reports/1?done=approved")
	if r := s.reports[0]; r.State != scam.ReportApproved || r.Mode != scam.ModeDryRun || r.ApprovedBy != "ana" {
		t.Errorf("report %+v", r)
	}
}

// A page that promised a dry run must not send because somebody switched meanwhile.
func TestApproveHoldsToTheModeShown(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	form := url.Values{"hash": {s.reports[0].ContentHash}, "mode": {"dry_run"}}
	s.sending = true
	s.post(t, "/reports/1/approve", form).want(t, http.StatusConflict, "")
	form.Set("mode", "live")
	s.post(t, "/reports/1/approve", form).want(t, http.StatusSeeOther, "/reports/1?done=approved")
}

func TestPreviewThatIsNotExactOffersNoApproval(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*site){
		"text and hash differ":     func(s *site) { s.reports[0].Body += "x" },
		"an attachment is missing": func(s *site) { delete(s.shelf, s.reports[0].Attachments[1].SHA256) },
		"an attachment is another": func(s *site) {
			f := s.reports[0].Attachments[1]
			s.shelf[f.SHA256] = bytes.Repeat([]byte("x"), int(f.Size))
		},
		"an attachment has no hash":   func(s *site) { s.reports[0].Attachments[0].SHA256 = ""; s.reports[0].ContentHash = s.reports[0].Hash() },
		"an attachment's size is off": func(s *site) { s.reports[0].Attachments[0].Size++; s.reports[0].ContentHash = s.reports[0].Hash() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := loggedIn(t)
			spoil(s)
			body := s.get(t, "/reports/1").body
			if strings.Contains(body, `id="approve"`) || !strings.Contains(body, `class="problem"`) {
				t.Error("it can be approved")
			}
		})
	}
}

func TestReportsOfferWhatTheirStateAllows(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for path, want := range map[string][3]bool{ // approve, settle, reopen
		"/reports/1": {true, false, false}, "/reports/2": {}, "/reports/3": {false, true, true},
		"/reports/4": {false, false, true}, "/reports/5": {}, "/reports/6": {false, false, true}, "/reports/7": {false, false, true},
	} {
		body := s.get(t, path).body
		var got [3]bool
		for i, id := range []string{"approve", "settle", "reopen"} {
			got[i] = strings.Contains(body, `<form id="`+id+`"`)
		}
		if got != want {
			t.Errorf("%s: approve, settle, reopen %v, want %v", path, got, want)
		}
	}
}

func TestUncertainReportsAreDecided(t *testing.T) {
	t.Parallel()
	s := loggedIn(t, func(o *Options) { o.NextCheck = time.Minute })
	s.post(t, "/reports/3/settle", nil).want(t, http.StatusSeeOther, "/reports/3?done=settled")
	if s.reports[2].State != scam.ReportSent || s.nextAt != noon().Add(time.Minute) {
		t.Errorf("report %s, next check %s", s.reports[2].State, s.nextAt)
	}
	s.post(t, "/reports/3/settle", nil).want(t, http.StatusConflict, "")
	s.post(t, "/reports/7/reopen", nil).want(t, http.StatusSeeOther, "/reports/7?done=reopened")
	if s.reports[6].State != scam.ReportDraft {
		t.Errorf("report %s", s.reports[6].State)
	}
	s.post(t, "/reports/2/reopen", nil).want(t, http.StatusConflict, "")
}

func TestQueuePages(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	f := s.findings[0]
	s.findings = nil
	for i := range int64(pageSize + 1) {
		f.ID = i + 1
		s.findings = append(s.findings, f)
	}
	first, second, third := s.get(t, "/").body, s.get(t, "/?page=2").body, s.get(t, "/?page=3").body
	if n := strings.Count(first, `<a class="finding"`); n != pageSize || !strings.Contains(first, `rel="next" href="/?page=2"`) || !strings.Contains(first, "1–24 of 25") {
		t.Errorf("first page: %d cards\n%s", n, first)
	}
	if n := strings.Count(second, `<a class="finding"`); n != 1 || !strings.Contains(second, `rel="prev" href="/?page=1"`) || strings.Contains(second, `rel="next"`) {
		t.Errorf("second page: %d cards\n%s", n, second)
	}
	if !strings.Contains(third, "The list ends before this page") {
		t.Errorf("third page\n%s", third)
	}
}
