package takedown

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

type sendWorker struct {
	river.WorkerDefaults[scam.SendReport]
	engine *Engine
}

func (w *sendWorker) Timeout(*river.Job[scam.SendReport]) time.Duration {
	return w.engine.SendTimeout + 30*time.Second
}

func (w *sendWorker) Work(ctx context.Context, job *river.Job[scam.SendReport]) error {
	return w.engine.send(ctx, job.Args.ReportID, job.Attempt >= job.MaxAttempts)
}

// send hands an approved report over at most once. An error asks for another try; it is
// returned only where nothing was handed over. After the last try a report has failed: it
// must not leave days later, on an old approval.
func (e *Engine) send(ctx context.Context, id int64, last bool) error {
	r, err := e.Store.BeginSending(ctx, id, e.messageID(id), e.Now().UTC())
	switch {
	case errors.Is(err, scam.ErrUncertain):
		e.Logger.Warn("report uncertain", "report_id", id, "reason", "cut off while sending")
		return nil
	case errors.Is(err, scam.ErrSendingOff), errors.Is(err, scam.ErrTransition), errors.Is(err, scam.ErrNotFound):
		e.Logger.Warn("report held back", "report_id", id, "reason", err.Error())
		return nil
	case err != nil:
		return fmt.Errorf("begin sending: %w", err)
	}
	// From here on a stop must not cut the hand-over short: its outcome has to be stored.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.SendTimeout)
	defer cancel()
	captures, err := e.attachments(ctx, r)
	if err != nil {
		return e.finish(ctx, r, fmt.Errorf("%w: %w", scam.ErrTemporary, err), "", last)
	}
	if r.Mode == scam.ModeDryRun {
		return e.rehearse(ctx, r, captures)
	}
	receipt, err := e.Channel.Send(ctx, r, captures)
	return e.finish(ctx, r, err, receipt, last)
}

func (e *Engine) rehearse(ctx context.Context, r scam.Report, captures []scam.Capture) error {
	path, err := e.Channel.Rehearse(ctx, r, captures)
	if err != nil {
		return fmt.Errorf("rehearse report: %w", err)
	}
	now := e.Now().UTC()
	if err := e.Store.FinishSending(ctx, r.ID, scam.ReportRehearsed, path, now, time.Time{}); err != nil {
		return fmt.Errorf("store rehearsal: %w", err)
	}
	e.Logger.Info("report rehearsed", "report_id", r.ID, "case_id", r.CaseID, "to", r.To, "path", path)
	return nil
}

// finish stores how a hand-over ended. The context has outlived any stop by SendTimeout at most.
func (e *Engine) finish(ctx context.Context, r scam.Report, failure error, receipt string, last bool) error {
	to, detail := outcome(failure), receipt
	if to == scam.ReportApproved && last {
		to = scam.ReportFailed
	}
	if failure != nil {
		detail = failure.Error()
	}
	now := e.Now().UTC()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if r.Mode == scam.ModeDryRun {
		return failure // it never left approved
	}
	if err := e.Store.FinishSending(ctx, r.ID, to, detail, now, now.Add(e.CheckEvery)); err != nil {
		return fmt.Errorf("store outcome %s of report %d: %w", to, r.ID, err)
	}
	attrs := []any{"report_id", r.ID, "case_id", r.CaseID, "to", r.To, "message_id", r.MessageID, "detail", detail}
	switch to {
	case scam.ReportSent:
		e.Logger.Info("report sent", attrs...)
	case scam.ReportApproved:
		return fmt.Errorf("send report %d: %w", r.ID, failure)
	case scam.ReportUncertain:
		e.Logger.Warn("report uncertain", attrs...)
	default:
		e.Logger.Warn("report refused", attrs...)
	}
	return nil
}

// outcome reads a channel's error: only a definite answer is taken for one.
func outcome(err error) scam.ReportState {
	switch {
	case err == nil:
		return scam.ReportSent
	case errors.Is(err, scam.ErrTemporary):
		return scam.ReportApproved
	case errors.Is(err, scam.ErrRefused):
		return scam.ReportFailed
	}
	return scam.ReportUncertain
}

func (e *Engine) attachments(ctx context.Context, r scam.Report) ([]scam.Capture, error) {
	var captures []scam.Capture
	for _, f := range r.Attachments {
		data, err := e.read(ctx, f.SHA256)
		if err != nil {
			return nil, fmt.Errorf("read attachment %s: %w", f.Name, err)
		}
		captures = append(captures, scam.Capture{Name: f.Name, ContentType: f.ContentType, Data: data})
	}
	return captures, nil
}

// messageID is unguessable, so that a reply that names it has seen the letter.
func (e *Engine) messageID(id int64) string {
	return fmt.Sprintf("<r%d.%s@%s>", id, rand.Text(), e.Domain)
}
