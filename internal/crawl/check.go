package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

// checkAttempts is how often we try to look before the answer is that we could not.
const checkAttempts = 5

// checkWorker works scam.Recheck.
type checkWorker struct {
	river.WorkerDefaults[scam.Recheck]
	engine *Engine
}

// Timeout leaves time to wait for a place among the visits.
func (w *checkWorker) Timeout(*river.Job[scam.Recheck]) time.Duration { return 3 * w.engine.Lease }

func (w *checkWorker) Work(ctx context.Context, job *river.Job[scam.Recheck]) error {
	return w.engine.recheck(ctx, job.Args.CheckID, job.Attempt >= checkAttempts)
}

// recheck looks at a reported page and answers the check. It visits the landing URL
// itself with the referrer of the first visit, and does not walk the ad chain again:
// that would cost its advertiser a click and may lead elsewhere. An error means that the
// check is unanswered; on the last try it is answered "unreachable" instead.
func (e *Engine) recheck(ctx context.Context, id int64, last bool) error {
	c, f, err := e.Store.Check(ctx, id)
	if errors.Is(err, scam.ErrNotFound) {
		return river.JobCancel(fmt.Errorf("check %d: %w", id, err))
	}
	if err != nil {
		return fmt.Errorf("load check: %w", err)
	}
	if c.State != scam.CheckAsked {
		return nil // answered before; the job came twice
	}
	v, err := e.lookAgain(ctx, &c, f)
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // stopped: the job is kept
	}
	if err != nil && !last {
		return fmt.Errorf("look for check %d: %w", id, err)
	}
	if err != nil {
		c.State, c.Reason = scam.CheckUnreachable, "we could not look: "+firstLine(err)
	}
	c.DoneAt = e.Now().UTC()
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if err := e.Store.SaveCheck(finish, c, v); err != nil {
		return fmt.Errorf("save check %d: %w", id, err)
	}
	e.Logger.Info("check done", "check_id", c.ID, "case_id", c.CaseID, "state", c.State, "reason", c.Reason,
		"persona", c.Persona, "finding_id", c.FindingID, "url", c.URL)
	return nil
}

// lookAgain visits a check's page, keeps what it saw, and fills in the check's answer.
// When it fails, the visit says when and where we tried.
func (e *Engine) lookAgain(ctx context.Context, c *scam.Check, f scam.Finding) (scam.Visit, error) {
	req := scam.Request{
		URL: cmp.Or(c.URL, f.LandingURL), Referrer: cmp.Or(c.Referrer, f.Referrer),
		Persona: cmp.Or(c.Persona, e.Persona), Purpose: scam.PurposeRecheck,
	}
	failed := scam.Visit{
		Purpose: req.Purpose, RequestedURL: req.URL, Referrer: req.Referrer, Persona: req.Persona,
		StartedAt: e.Now().UTC(), Outcome: scam.OutcomeCrashed,
	}
	select {
	case e.looks <- struct{}{}:
		defer func() { <-e.looks }()
	case <-ctx.Done():
		return failed, ctx.Err()
	}
	v, verdicts, err := e.look(ctx, req)
	if err == nil {
		err = ctx.Err() // what was seen may be half of it
	}
	if err == nil {
		err = e.Keeper.KeepVisit(ctx, &v)
	}
	if err != nil {
		failed.Error = firstLine(err)
		return failed, err
	}
	c.State, c.Reason = judgeCheck(f, v, verdicts)
	c.Screenshot, _ = v.File(screenshotName(0))
	return v, nil
}
