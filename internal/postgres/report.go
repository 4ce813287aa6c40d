package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const selectReports = `
	SELECT r.id, r.case_id, r.contact_id, r.kind, r.step, r.state, coalesce(r.mode, ''), r.sender, r.recipients, r.subject, r.body, r.attachments,
		r.content_hash, coalesce(r.message_id, ''), r.created_at, r.approved_by, r.approved_at, r.sent_at, r.detail, ` + contactColumns + `
	FROM reports r JOIN contacts k ON k.id = r.contact_id `

func scanReport(row pgx.CollectableRow) (scam.Report, error) {
	var r scam.Report
	fields := []any{&r.ID, &r.CaseID, &r.ContactID, &r.Kind, &r.Step, &r.State, &r.Mode, &r.From, &r.To, &r.Subject, &r.Body, &r.Attachments,
		&r.ContentHash, &r.MessageID, &r.CreatedAt, &r.ApprovedBy, zeroTime(&r.ApprovedAt), zeroTime(&r.SentAt), &r.Detail}
	err := row.Scan(append(fields, contactFields(&r.Contact)...)...)
	return r, err
}

func reportByID(ctx context.Context, tx pgx.Tx, id int64) (scam.Report, error) {
	rows, err := tx.Query(ctx, selectReports+"WHERE r.id = $1", id)
	if err != nil {
		return scam.Report{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanReport)
}

// holdReport locks a report's case, and with it all its reports: decisions about the case
// change them too.
func holdReport(ctx context.Context, tx pgx.Tx, id int64) (scam.Report, scam.Case, error) {
	var caseID int64
	if err := tx.QueryRow(ctx, "SELECT case_id FROM reports WHERE id = $1", id).Scan(&caseID); err != nil {
		return scam.Report{}, scam.Case{}, err
	}
	c, err := caseByID(ctx, tx, caseID, "FOR NO KEY UPDATE")
	if err != nil {
		return scam.Report{}, c, err
	}
	r, err := reportByID(ctx, tx, id)
	return r, c, err
}

// Report returns scam.ErrNotFound for an unknown id.
func (db *DB) Report(ctx context.Context, id int64) (r scam.Report, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		r, err = reportByID(ctx, tx, id)
		return err
	})
	return r, err
}

// CaseReports returns a case's reports in the order of their contacts' ranks, then steps.
func (db *DB) CaseReports(ctx context.Context, caseID int64) (reports []scam.Report, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectReports+"WHERE r.case_id = $1 ORDER BY k.rank, r.step, r.id", caseID)
		if err != nil {
			return err
		}
		reports, err = pgx.CollectRows(rows, scanReport)
		return err
	})
	return reports, err
}

// ApproveReport implements review.Reports. A letter written before one of its case's
// findings was dismissed may name that page and can't be approved (law 1).
func (db *DB) ApproveReport(ctx context.Context, id int64, hash string, shown scam.Mode, by string, at time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		r, _, err := holdReport(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := r.State.CanBecome(scam.ReportApproved); err != nil || r.State != scam.ReportDraft {
			return fmt.Errorf("%w: the report is %s", scam.ErrTransition, r.State)
		}
		if hash != r.ContentHash || hash != r.Hash() {
			return fmt.Errorf("%w: the report is not the one that was previewed", scam.ErrConflict)
		}
		var stale, sending bool
		err = tx.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM findings WHERE case_id = $1 AND state = 'dismissed' AND decided_at > $2), (SELECT sending FROM settings FOR SHARE)`,
			r.CaseID, r.CreatedAt).Scan(&stale, &sending)
		if err != nil {
			return err
		}
		if stale {
			return fmt.Errorf("%w: a finding of this case was dismissed after the letter was written", scam.ErrTransition)
		}
		mode := scam.ModeDryRun
		if sending {
			mode = scam.ModeLive
		}
		if mode != shown {
			return fmt.Errorf("%w: sending was switched since the preview", scam.ErrConflict)
		}
		_, err = tx.Exec(ctx, "UPDATE reports SET state = 'approved', mode = $2, approved_hash = $3, approved_by = $4, approved_at = $5, detail = '' WHERE id = $1",
			clean(id, string(mode), hash, by, at)...)
		if err != nil {
			return err
		}
		if err := db.enqueue(ctx, tx, scam.SendReport{ReportID: id}); err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: by, Verb: "approved", Noun: "report", ID: id, Detail: map[string]any{"content_hash": hash, "mode": mode, "to": r.To, "case_id": r.CaseID}})
	})
}

const toDraft = `UPDATE reports SET state = 'draft', mode = NULL, approved_hash = NULL, approved_by = '', approved_at = NULL, detail = $2 WHERE `

// ReopenReport implements review.Reports. A draft is left as it is.
func (db *DB) ReopenReport(ctx context.Context, id int64, by string, at time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		r, _, err := holdReport(ctx, tx, id)
		if err != nil || r.State == scam.ReportDraft {
			return err
		}
		if err := r.State.CanBecome(scam.ReportDraft); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, toDraft+"id = $1", id, ""); err != nil {
			return err
		}
		if err := db.redraft(ctx, tx, r.CaseID, r.CreatedAt); err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: by, Verb: "reopened", Noun: "report", ID: id, Detail: map[string]any{"was": r.State, "detail": r.Detail, "case_id": r.CaseID}})
	})
}

// withdrawReports takes a case's approvals back. The caller holds the case's row.
func withdrawReports(ctx context.Context, tx pgx.Tx, caseID int64, by string) ([]entry, error) {
	rows, err := tx.Query(ctx, toDraft+"case_id = $1 AND state = 'approved' RETURNING id", caseID, "withdrawn")
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	var done []entry
	for _, id := range ids {
		done = append(done, entry{Actor: by, Verb: "withdrawn", Noun: "report", ID: id, Detail: map[string]any{"case_id": caseID}})
	}
	return done, err
}
