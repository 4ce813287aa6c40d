package postgres

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// BeginSending implements takedown.Outbox: the commit that comes before the first byte.
func (db *DB) BeginSending(ctx context.Context, id int64, messageID string, at time.Time) (r scam.Report, err error) {
	var refusal error // comes with a commit: the state changed
	err = db.tx(ctx, func(tx pgx.Tx) error {
		refusal = nil
		if r, _, err = holdReport(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case r.State == scam.ReportSending:
			refusal = fmt.Errorf("%w: report %d was cut off while it was sent", scam.ErrUncertain, id)
			return db.moveReport(ctx, tx, r, scam.ReportUncertain, "cut off while it was sent", at)
		case r.State != scam.ReportApproved:
			return fmt.Errorf("%w: report %d is %s", scam.ErrTransition, id, r.State)
		case r.Mode == scam.ModeDryRun:
			return nil
		}
		var sending bool // held until our commit: once it is switched off, nothing begins
		if err := tx.QueryRow(ctx, "SELECT sending FROM settings FOR SHARE").Scan(&sending); err != nil {
			return err
		}
		if !sending {
			refusal = fmt.Errorf("%w: report %d must be approved anew", scam.ErrSendingOff, id)
			return db.moveReport(ctx, tx, r, scam.ReportDraft, "sending was switched off", at)
		}
		if err := must(tx.Exec(ctx, `UPDATE reports SET state = 'sending', message_id = coalesce(message_id, $2), detail = ''
			WHERE id = $1 AND state = 'approved'`, id, messageID)); err != nil {
			return err
		}
		if r, err = reportByID(ctx, tx, id); err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: db.program(), Verb: "sending", Noun: "report", ID: id, Detail: map[string]any{
			"message_id": r.MessageID, "to": r.To, "content_hash": r.ContentHash, "case_id": r.CaseID}})
	})
	return r, cmp.Or(err, refusal)
}

// FinishSending implements takedown.Outbox.
func (db *DB) FinishSending(ctx context.Context, id int64, to scam.ReportState, detail string, at, nextCheck time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		r, c, err := holdReport(ctx, tx, id)
		if err != nil {
			return err
		}
		from := scam.ReportSending
		if to == scam.ReportRehearsed {
			from = scam.ReportApproved
		}
		if r.State != from || to == scam.ReportDraft {
			return fmt.Errorf("%w: report %d is %s and cannot become %s", scam.ErrTransition, id, r.State, to)
		}
		return db.settle(ctx, tx, r, c, to, db.program(), detail, at, nextCheck)
	})
}

// SettleReport implements review.Reports.
func (db *DB) SettleReport(ctx context.Context, id int64, by string, at, nextCheck time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		r, c, err := holdReport(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State != scam.ReportUncertain {
			return fmt.Errorf("%w: report %d is %s, not %s", scam.ErrTransition, id, r.State, scam.ReportUncertain)
		}
		return db.settle(ctx, tx, r, c, scam.ReportSent, by, "settled by "+by, at, nextCheck)
	})
}

// settle moves a report on; the first one sent makes its case reported.
func (db *DB) settle(ctx context.Context, tx pgx.Tx, r scam.Report, c scam.Case, to scam.ReportState, by, detail string, at, nextCheck time.Time) error {
	if err := setReport(ctx, tx, r, to, detail, at); err != nil {
		return err
	}
	if err := db.redraft(ctx, tx, r.CaseID, r.CreatedAt); err != nil {
		return err
	}
	done := []entry{reportMoved(r, to, by, detail)}
	if to == scam.ReportSent && c.State == scam.CaseOpen {
		moved, err := moveCase(ctx, tx, c, scam.CaseReported, at, nextCheck)
		if err != nil {
			return err
		}
		moved.Actor = by
		done = append(done, moved)
	}
	return db.record(ctx, tx, at, done...)
}

// moveReport moves a report on the program's own account.
func (db *DB) moveReport(ctx context.Context, tx pgx.Tx, r scam.Report, to scam.ReportState, why string, at time.Time) error {
	if err := setReport(ctx, tx, r, to, why, at); err != nil {
		return err
	}
	return db.record(ctx, tx, at, reportMoved(r, to, db.program(), why))
}

func reportMoved(r scam.Report, to scam.ReportState, by, detail string) entry {
	return entry{Actor: by, Verb: string(to), Noun: "report", ID: r.ID, Detail: map[string]any{
		"was": r.State, "detail": detail, "message_id": r.MessageID, "content_hash": r.ContentHash, "case_id": r.CaseID}}
}

func setReport(ctx context.Context, tx pgx.Tx, r scam.Report, to scam.ReportState, detail string, at time.Time) error {
	if err := r.State.CanBecome(to); err != nil {
		return err
	}
	if to == scam.ReportDraft {
		_, err := tx.Exec(ctx, toDraft+"id = $1", clean(r.ID, detail)...)
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE reports SET state = $2, detail = $3, sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END WHERE id = $1",
		clean(r.ID, string(to), detail, at)...)
	return err
}
