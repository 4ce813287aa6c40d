package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestLettersOfACaseThatChangedMeanwhileAreWrittenAnew(t *testing.T) {
	w := newWorld(t)
	r := w.drafted()[0]
	before, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.confirmed("https://www.alert.example/second")
	_, err = w.takedown.SaveDrafts(w.ctx(), before, sheet(), []scam.Report{draft(sheet().Contacts[0])})
	w.want(err, scam.ErrConflict)
	w.same(2, len(w.jobs("takedown_jobs")))
}

func TestSaveDraftsRewordsWhatNobodyApproved(t *testing.T) {
	w := newWorld(t)
	first := w.drafted()
	w.same(2, len(first))
	want := draft(first[0].Contact)
	want.ID, want.CaseID, want.ContactID, want.State, want.ContentHash, want.CreatedAt = first[0].ID, first[0].CaseID, first[0].Contact.ID, scam.ReportDraft, want.Hash(), first[0].CreatedAt
	w.same(want, first[0])

	s := sheet()
	s.Contacts[0].Why, s.Contacts[0].Rank, s.Contacts[1].Rank = "found again", 2, 1
	edited := draft(s.Contacts[0])
	edited.Body = "Other words.\n"
	again, err := w.saveDrafts(first[0].CaseID, s, []scam.Report{edited})
	w.ok(err)
	w.same(1, len(again))
	w.same("Other words.\n", w.report(first[0].ID).Body)
	// The preview of the old words can't be approved any more; what was approved stays.
	w.want(w.takedown.ApproveReport(w.ctx(), first[0].ID, first[0].ContentHash, w.mode(), "ana", w.now()), scam.ErrConflict)
	w.ok(w.takedown.ApproveReport(w.ctx(), first[0].ID, again[0].ContentHash, w.mode(), "ana", w.now()))
	again, err = w.saveDrafts(first[0].CaseID, s, []scam.Report{draft(s.Contacts[0])})
	w.ok(err)
	w.same(0, len(again))
	w.same("Other words.\n", w.report(first[0].ID).Body)
	contacts, err := w.takedown.CaseContacts(w.ctx(), first[0].CaseID)
	w.ok(err)
	w.same([]string{"abuse@registrar.example", "abuse@hoster.example", "https://cdn.example/abuse"}, []string{contacts[0].Address, contacts[1].Address, contacts[2].Address})

	_, err = w.saveDrafts(first[0].CaseID, s, []scam.Report{draft(scam.Contact{Channel: scam.ChannelEmail, Address: "who@x.example"})})
	w.want(err, scam.ErrInvalid)
	_, err = w.saveDrafts(4711, s, nil)
	w.want(err, scam.ErrNotFound)
	w.chainsHold()
}

func TestApprovalNamesWhatWasPreviewed(t *testing.T) {
	w := newWorld(t)
	r := w.drafted()[0]
	w.want(w.takedown.ApproveReport(w.ctx(), r.ID, strings.Repeat("0", 64), w.mode(), "ana", w.now()), scam.ErrConflict)
	w.ok(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()))
	got := w.report(r.ID)
	w.same([]any{scam.ReportApproved, scam.ModeDryRun, "ana", w.at}, []any{got.State, got.Mode, got.ApprovedBy, got.ApprovedAt})
	w.same(`send_report {"report_id": 1}`, w.jobs("takedown_jobs")[1])
	w.want(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "bob", w.now()), scam.ErrTransition)
	w.want(w.takedown.ApproveReport(w.ctx(), 4711, r.ContentHash, w.mode(), "bob", w.now()), scam.ErrNotFound)
}

func TestApprovalFailsWhenTheRowIsNotWhatItsHashSays(t *testing.T) {
	w := newWorld(t)
	r := w.drafted()[0]
	w.ok(w.raw("UPDATE reports SET body = 'forged' WHERE id = $1", r.ID)) // content_hash stays
	w.want(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()), scam.ErrConflict)
}

func TestApprovalsAtOnceCountOnce(t *testing.T) {
	w := newWorld(t)
	r := w.drafted()[0]
	at := w.now()
	var approvals atomic.Int32
	w.together(4, "SELECT FROM reports FOR UPDATE", func(i int) {
		switch err := w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), fmt.Sprintf("user%d", i), at); {
		case err == nil:
			approvals.Add(1)
		case !errors.Is(err, scam.ErrTransition):
			t.Error(err)
		}
	})
	w.same(int32(1), approvals.Load())
}

func TestBeginSending(t *testing.T) {
	t.Run("commits the Message-ID and keeps it over tries", func(t *testing.T) {
		w := newWorld(t)
		r := w.sending()
		w.same([]any{scam.ReportSending, "<1@popdown.example>", scam.ModeLive}, []any{r.State, r.MessageID, r.Mode})
		w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportApproved, "450 later", w.now(), time.Time{}))
		r, err := w.takedown.BeginSending(w.ctx(), r.ID, "<2@popdown.example>", w.now())
		w.ok(err)
		w.same("<1@popdown.example>", r.MessageID)
		w.chainsHold()
	})
	t.Run("finds what was cut off and leaves it to a person", func(t *testing.T) {
		w := newWorld(t)
		r := w.sending()
		_, err := w.takedown.BeginSending(w.ctx(), r.ID, "<2@popdown.example>", w.now())
		w.want(err, scam.ErrUncertain)
		w.same(scam.ReportUncertain, w.report(r.ID).State)
		_, err = w.takedown.BeginSending(w.ctx(), r.ID, "<2@popdown.example>", w.now())
		w.want(err, scam.ErrTransition)
		w.want(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportSent, "", w.now(), w.at), scam.ErrTransition)
	})
	t.Run("returns a dry-run approval as it stands", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(false)
		w.ok(w.takedown.SetSending(w.ctx(), true, "ops", w.now())) // releases nothing
		got, err := w.takedown.BeginSending(w.ctx(), r.ID, "<1@popdown.example>", w.now())
		w.ok(err)
		w.same(r, got)
		w.want(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportSent, "", w.now(), w.at), scam.ErrTransition)
		w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportRehearsed, "mail/1.eml", w.now(), time.Time{}))
		w.same([]any{scam.ReportRehearsed, "mail/1.eml", scam.CaseOpen}, []any{w.report(r.ID).State, w.report(r.ID).Detail, w.state(r.CaseID)})
	})
	t.Run("holds back while sending is off", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(true)
		w.ok(w.takedown.SetSending(w.ctx(), false, "ops", w.now()))
		_, err := w.takedown.BeginSending(w.ctx(), r.ID, "<1@popdown.example>", w.now())
		w.want(err, scam.ErrSendingOff)
		got := w.report(r.ID)
		w.same([]any{scam.ReportDraft, scam.Mode(""), ""}, []any{got.State, got.Mode, got.MessageID})
		on, err := w.takedown.Sending(w.ctx())
		w.ok(err)
		w.same(false, on)
		w.same([]string{"ops switched on", "ops switched off"}, w.verbs("sending", 0))
	})
	t.Run("by many at once begins once", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(true)
		at := w.now()
		var begun atomic.Int32
		w.together(4, "SELECT FROM reports FOR UPDATE", func(i int) {
			switch _, err := w.takedown.BeginSending(w.ctx(), r.ID, fmt.Sprintf("<%d@popdown.example>", i), at); {
			case err == nil:
				begun.Add(1)
			case !errors.Is(err, scam.ErrUncertain) && !errors.Is(err, scam.ErrTransition):
				t.Error(err)
			}
		})
		w.same(int32(1), begun.Load())
	})
	t.Run("of an unknown report", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.takedown.BeginSending(w.ctx(), 4711, "<1@popdown.example>", w.now())
		w.want(err, scam.ErrNotFound)
		w.want(w.takedown.FinishSending(w.ctx(), 4711, scam.ReportSent, "", w.now(), w.at), scam.ErrNotFound)
	})
}

func TestFirstSentReportMakesTheCaseReported(t *testing.T) {
	w := newWorld(t)
	r := w.reported()
	w.same([]any{scam.ReportSent, "250 queued", w.at}, []any{r.State, r.Detail, r.SentAt})
	c, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.same([]any{scam.CaseReported, w.at, w.at.Add(time.Minute)}, []any{c.State, c.ReportedAt, c.NextRunAt})
	reports, err := w.takedown.CaseReports(w.ctx(), r.CaseID)
	w.ok(err)
	second := reports[1]
	w.ok(w.takedown.ApproveReport(w.ctx(), second.ID, second.ContentHash, w.mode(), "ana", w.now()))
	_, err = w.takedown.BeginSending(w.ctx(), second.ID, "<2@popdown.example>", w.now())
	w.ok(err)
	w.ok(w.takedown.FinishSending(w.ctx(), second.ID, scam.ReportSent, "", w.now(), w.at.AddDate(1, 0, 0)))
	again, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.same(c, again)
	w.same([]string{"takedown drafted", "ana approved", "takedown sending", "takedown sent"}, w.verbs("report", r.ID))
	w.want(w.takedown.ReopenReport(w.ctx(), r.ID, "ana", w.now()), scam.ErrTransition)
	w.chainsHold()
}

func TestUncertainReportIsSettledOrReopened(t *testing.T) {
	w := newWorld(t)
	r := w.sending()
	w.want(w.takedown.SettleReport(w.ctx(), r.ID, "ana", w.now(), w.at), scam.ErrTransition)
	w.want(w.takedown.ReopenReport(w.ctx(), r.ID, "ana", w.now()), scam.ErrTransition) // it is leaving now
	w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportUncertain, "connection lost", w.now(), time.Time{}))
	w.ok(w.takedown.ReopenReport(w.ctx(), r.ID, "ana", w.now()))
	w.ok(w.takedown.ReopenReport(w.ctx(), r.ID, "ana", w.now()))
	w.ok(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()))
	again, err := w.takedown.BeginSending(w.ctx(), r.ID, "<9@popdown.example>", w.now())
	w.ok(err)
	w.same(r.MessageID, again.MessageID)
	w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportUncertain, "connection lost", w.now(), time.Time{}))
	w.ok(w.takedown.SettleReport(w.ctx(), r.ID, "ana", w.now(), w.at.Add(time.Hour)))
	w.same([]any{scam.ReportSent, scam.CaseReported, w.at}, []any{w.report(r.ID).State, w.state(r.CaseID), w.report(r.ID).SentAt})
	w.chainsHold()
}

// TestPageConfirmedAfterALetterReachesItsReader walks every state that the letter may be in.
func TestPageConfirmedAfterALetterReachesItsReader(t *testing.T) {
	later := func(w *world, r scam.Report) []scam.Report {
		w.at = w.at.Add(time.Minute)
		w.confirmed("https://www.alert.example/second")
		w.at = w.at.Add(time.Minute)
		reworded := draft(r.Contact)
		reworded.Body, reworded.CreatedAt = "Both pages.\n", w.at
		s := sheet()
		got, err := w.saveDrafts(r.CaseID, s, []scam.Report{reworded})
		w.ok(err)
		return got
	}
	t.Run("approved: back to draft, reworded", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(true)
		got := later(w, r)
		w.same([]any{1, r.ID, scam.ReportDraft, "Both pages.\n"}, []any{len(got), got[0].ID, w.report(r.ID).State, w.report(r.ID).Body})
	})
	t.Run("rehearsed: back to draft, reworded", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(false)
		w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportRehearsed, "x.eml", w.now(), w.at))
		later(w, r)
		w.same([]any{scam.ReportDraft, "Both pages.\n"}, []any{w.report(r.ID).State, w.report(r.ID).Body})
	})
	t.Run("sending: untouched, a supplement once it is sent", func(t *testing.T) {
		w := newWorld(t)
		r := w.sending()
		w.same(0, len(later(w, r)))
		w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportSent, "250", w.now(), w.at))
		jobs := w.jobs("takedown_jobs")
		w.same(`find_contacts {"case_id": 1}`, jobs[len(jobs)-1])
		reworded := draft(r.Contact)
		reworded.CreatedAt = w.at
		got, err := w.saveDrafts(r.CaseID, sheet(), []scam.Report{reworded})
		w.ok(err)
		w.same([]any{1, "supplement", 1, scam.ReportDraft}, []any{len(got), got[0].Kind, got[0].Step, got[0].State})
		w.same(scam.ReportSent, w.report(r.ID).State)
		again, err := w.saveDrafts(r.CaseID, sheet(), []scam.Report{reworded})
		w.ok(err)
		w.same(0, len(again))
	})
}
