package postgres_test

import (
	"sync/atomic"
	"testing"
	"time"

	"popdown/internal/scam"
)

// reported stores a case whose first report was sent, due for a check a minute later.
func (w *world) reported() scam.Report {
	w.t.Helper()
	r := w.sending()
	w.ok(w.takedown.FinishSending(w.ctx(), r.ID, scam.ReportSent, "250 queued", w.now(), w.at.Add(time.Minute)))
	return w.report(r.ID)
}

func (w *world) state(caseID int64) scam.CaseState {
	w.t.Helper()
	c, err := w.takedown.Case(w.ctx(), caseID)
	w.ok(err)
	return c.State
}

func TestTakeDueCasesTakesEachOnce(t *testing.T) {
	w := newWorld(t)
	id := w.reported().CaseID
	due, err := w.takedown.TakeDueCases(w.ctx(), w.at, time.Hour)
	w.ok(err)
	w.same(0, len(due))
	now := w.now()
	var taken atomic.Int32
	w.together(2, "LOCK TABLE cases IN EXCLUSIVE MODE", func(int) {
		due, err := w.takedown.TakeDueCases(w.ctx(), now, time.Hour)
		if err != nil {
			t.Error(err)
		}
		taken.Add(int32(len(due)))
	})
	w.same(int32(1), taken.Load())
	due, err = w.takedown.TakeDueCases(w.ctx(), now.Add(time.Hour), time.Hour)
	w.ok(err)
	w.same([]any{id, 1, now.Add(2 * time.Hour)}, []any{due[0].ID, len(due[0].Findings), due[0].NextRunAt})
}

func TestCaseGoesDownComesBackAndCloses(t *testing.T) {
	w := newWorld(t)
	id := w.reported().CaseID
	w.ok(w.takedown.SetCaseState(w.ctx(), w.theCase(id), scam.CaseDown, "3 checks", w.now(), w.at.Add(time.Hour)))
	c, err := w.takedown.Case(w.ctx(), id)
	w.ok(err)
	w.same([]time.Time{w.at, w.at.Add(time.Hour)}, []time.Time{c.DownAt, c.NextRunAt})
	w.ok(w.takedown.SetCaseState(w.ctx(), w.theCase(id), scam.CaseReported, "up again", w.now(), w.at))
	w.want(w.takedown.SetCaseState(w.ctx(), w.theCase(id), scam.CaseOpen, "", w.now(), w.at), scam.ErrTransition)
	w.ok(w.takedown.CloseCase(w.ctx(), id, "ana", "enough", w.now()))
	c, err = w.takedown.Case(w.ctx(), id)
	w.ok(err)
	w.same([]time.Time{w.at, {}}, []time.Time{c.ClosedAt, c.NextRunAt})
	w.same([]string{"ana opened", "takedown asked about", "takedown reported", "takedown down", "takedown reported", "ana closed"}, w.verbs("case", id))
	w.want(w.takedown.CloseCase(w.ctx(), id, "ana", "", w.now()), scam.ErrTransition)
	w.want(w.takedown.CloseCase(w.ctx(), 4711, "ana", "", w.now()), scam.ErrNotFound)
	_, err = w.takedown.AskChecks(w.ctx(), id, nil, w.now())
	w.want(err, scam.ErrTransition)
	_, err = w.saveDrafts(id, sheet(), nil)
	w.want(err, scam.ErrTransition)
	w.chainsHold()
}

func TestClosingWithdrawsApprovals(t *testing.T) {
	w := newWorld(t)
	r := w.approved(true)
	w.ok(w.takedown.CloseCase(w.ctx(), r.CaseID, "ana", "", w.now()))
	w.same(scam.ReportDraft, w.report(r.ID).State)
	w.want(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()), scam.ErrTransition)
}

func TestChecksAreAskedOnceAndAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	r := w.reported()
	f, _ := w.confirmed("https://www.alert.example/again")
	next := w.now()
	ids, err := w.takedown.AskChecks(w.ctx(), r.CaseID, []scam.Check{{FindingID: f.ID, URL: f.LandingURL, Persona: persona, Referrer: "https://ref.example/", AskedAt: w.now()}}, next)
	w.ok(err)
	w.same([]string{`recheck {"check_id": 1}`}, w.jobs("crawler_jobs"))
	c, about, err := w.crawler.Check(w.ctx(), ids[0])
	w.ok(err)
	w.same(f.ID, about.ID)
	w.same(scam.Check{ID: ids[0], CaseID: r.CaseID, FindingID: f.ID, URL: f.LandingURL, Persona: persona, Referrer: "https://ref.example/", AskedAt: w.at, State: scam.CheckAsked}, c)

	v := w.visit(f.LandingURL)
	v.Purpose = scam.PurposeRecheck
	c.State, c.Reason, c.DoneAt, c.Screenshot = scam.CheckDown, "suspended", w.now(), v.Files[0]
	w.ok(w.crawler.SaveCheck(w.ctx(), c, v))
	late := c
	late.State = scam.CheckUp
	w.ok(w.crawler.SaveCheck(w.ctx(), late, v)) // the job came twice
	checks, err := w.takedown.Checks(w.ctx(), r.CaseID)
	w.ok(err)
	c.VisitID = checks[0].VisitID
	w.same([]scam.Check{c}, checks)
	w.same(1, value[int](w, "SELECT count(*) FROM visits WHERE purpose = 'recheck'"))
	_, _, err = w.crawler.Check(w.ctx(), 4711)
	w.want(err, scam.ErrNotFound)
	w.want(w.crawler.SaveCheck(w.ctx(), scam.Check{ID: 4711}, v), scam.ErrNotFound)
	got, err := w.takedown.Case(w.ctx(), r.CaseID)
	w.ok(err)
	w.same(next, got.NextRunAt)
	w.chainsHold()
}

// theCase reads a case as it is now.
func (w *world) theCase(id int64) scam.Case {
	w.t.Helper()
	c, err := w.takedown.Case(w.ctx(), id)
	w.ok(err)
	return c
}

func TestCaseJudgedOnOtherFindingsIsNotMoved(t *testing.T) {
	w := newWorld(t)
	r := w.reported()
	judged := w.theCase(r.CaseID)
	w.confirmed("https://www.alert.example/second")
	w.want(w.takedown.SetCaseState(w.ctx(), judged, scam.CaseDown, "3 checks", w.now(), w.at), scam.ErrConflict)
	w.ok(w.takedown.SetCaseState(w.ctx(), w.theCase(r.CaseID), scam.CaseDown, "3 checks", w.now(), w.at))
}
