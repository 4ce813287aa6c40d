package postgres_test

import (
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestConfirmOpensTheCaseOfTargetAndCampaign(t *testing.T) {
	w := newWorld(t)
	older := w.found("https://a.alert.example/", number)
	newer := w.found("https://b.alert.example/", number)
	elsewhere := w.found("https://other.example/", number)

	id, err := w.takedown.Decide(w.ctx(), newer.ID, scam.FindingConfirmed, "ana", "clear", w.now())
	w.ok(err)
	w.same([]string{`find_contacts {"case_id": 1}`}, w.jobs("takedown_jobs"))
	same, err := w.takedown.Decide(w.ctx(), older.ID, scam.FindingConfirmed, "ana", "", w.now())
	w.ok(err)
	w.same(id, same)
	other, err := w.takedown.Decide(w.ctx(), elsewhere.ID, scam.FindingConfirmed, "ana", "", w.now())
	w.ok(err)
	w.same(false, other == id)

	c, err := w.takedown.Case(w.ctx(), id)
	w.ok(err)
	w.same(2, len(c.Findings))
	w.same(older.ID, c.Findings[0].ID)
	c.Findings = nil
	w.same(scam.Case{ID: id, Target: "alert.example", CampaignID: older.CampaignID, State: scam.CaseOpen, FirstSeenAt: older.FirstSeenAt,
		OpenedAt: w.at.Add(-2 * time.Minute), Brand: "microsoft"}, c)
	f, err := w.takedown.Finding(w.ctx(), newer.ID)
	w.ok(err)
	w.same([]any{scam.FindingConfirmed, id, "ana", "clear", c.OpenedAt}, []any{f.State, f.CaseID, f.DecidedBy, f.Reason, f.DecidedAt})
	w.same([]string{"ana opened"}, w.verbs("case", id))
	w.same([]string{"crawler found", "crawler joined", "ana confirmed"}, w.verbs("finding", newer.ID))

	cases, total, err := w.takedown.Cases(w.ctx(), 1, 0)
	w.ok(err)
	w.same([]any{1, 2, other}, []any{len(cases), total, cases[0].ID})
	w.chainsHold()
}

func TestConfirmsAtOnceOpenOneCase(t *testing.T) {
	w := newWorld(t)
	a, b := w.found("https://a.alert.example/", number), w.found("https://b.alert.example/", number)
	at := w.now()
	w.together(2, "LOCK TABLE cases IN EXCLUSIVE MODE", func(i int) {
		if _, err := w.takedown.Decide(w.ctx(), []int64{a.ID, b.ID}[i], scam.FindingConfirmed, "ana", "", at); err != nil {
			t.Error(err)
		}
	})
	w.same(1, value[int](w, "SELECT count(*) FROM cases"))
	_, err := w.takedown.Decide(w.ctx(), a.ID, scam.FindingConfirmed, "bob", "", at)
	w.want(err, scam.ErrTransition)
	w.chainsHold()
}

func TestConfirmAfterTheCaseIsClosedOpensANewOne(t *testing.T) {
	w := newWorld(t)
	_, first := w.confirmed("https://a.alert.example/")
	w.ok(w.takedown.CloseCase(w.ctx(), first, "ana", "done", w.now()))
	_, second := w.confirmed("https://b.alert.example/")
	w.same(false, first == second)
}

func TestDismissedFindingNeedsANewDecision(t *testing.T) {
	w := newWorld(t)
	f := w.found("https://alert.example/", number)
	id, err := w.takedown.Decide(w.ctx(), f.ID, scam.FindingDismissed, "ana", "a joke", w.now())
	w.ok(err)
	w.same(int64(0), id)
	w.found("https://alert.example/", number)
	f, err = w.takedown.Finding(w.ctx(), f.ID)
	w.ok(err)
	w.same([]any{scam.FindingDismissed, 2, int64(0)}, []any{f.State, f.Visits, f.CaseID})
	w.same(0, len(w.jobs("takedown_jobs")))
	_, err = w.takedown.Decide(w.ctx(), 4711, scam.FindingDismissed, "ana", "", w.now())
	w.want(err, scam.ErrNotFound)
	_, err = w.takedown.Decide(w.ctx(), f.ID, scam.FindingConfirmed, "", "", w.now())
	w.want(err, scam.ErrInvalid) // somebody decides
}

func TestDismissingTheLastFindingWithdrawsItsCase(t *testing.T) {
	w := newWorld(t)
	r := w.approved(true)
	c, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	_, err = w.takedown.Decide(w.ctx(), c.Findings[0].ID, scam.FindingDismissed, "bob", "it was a test", w.now())
	w.ok(err)
	c, err = w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.same([]any{scam.CaseClosed, 0}, []any{c.State, len(c.Findings)})
	reports, err := w.takedown.CaseReports(w.ctx(), c.ID)
	w.ok(err)
	w.same(0, len(reports)) // none had left
	_, err = w.takedown.BeginSending(w.ctx(), r.ID, "<1@popdown.example>", w.now())
	w.want(err, scam.ErrNotFound)
	w.chainsHold()
}

func TestDismissingOneOfTwoFindingsDraftsAnew(t *testing.T) {
	w := newWorld(t)
	r := w.sending()
	w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportApproved, "450 later", w.now(), time.Time{})) // it has a Message-ID: it stays
	w.confirmed("https://b.alert.example/")
	c, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.ok(w.raw("UPDATE takedown_jobs.river_job SET state = 'completed', finalized_at = now()"))
	_, err = w.takedown.Decide(w.ctx(), c.Findings[0].ID, scam.FindingDismissed, "bob", "", w.now())
	w.ok(err)
	reports, err := w.takedown.CaseReports(w.ctx(), r.CaseID)
	w.ok(err)
	w.same(1, len(reports))
	w.same(scam.ReportDraft, reports[0].State)
	w.same(`find_contacts {"case_id": 1}`, w.jobs("takedown_jobs")[0])
	// The letter that stayed may name the dismissed page: nobody can approve it.
	w.want(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()), scam.ErrTransition)
	again, err := w.saveDrafts(r.CaseID, sheet(), []scam.Report{draft(sheet().Contacts[1])})
	w.ok(err)
	w.ok(w.takedown.ApproveReport(w.ctx(), again[0].ID, again[0].ContentHash, w.mode(), "ana", w.now().AddDate(10, 0, 0)))
}
