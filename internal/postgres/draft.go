package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// putDraft brings the letters to one contact into line with their case, whose row the
// caller holds. What nobody approved takes the new words. An approval, a rehearsal or a
// refusal of a letter that lacks a page confirmed since goes back to draft and takes them
// too. Where a letter was sent before that, a supplement is drafted beside it. A letter
// that is leaving, or may have left, is not touched.
func putDraft(ctx context.Context, tx pgx.Tx, d scam.Report, findings []scam.Finding) (scam.Report, bool, error) {
	d.From, d.Subject, d.Body = cleanText(d.From), cleanText(d.Subject), cleanText(d.Body)
	var last scam.Report
	err := tx.QueryRow(ctx, "SELECT id, state, step, created_at FROM reports WHERE contact_id = $1 AND case_id = $2 ORDER BY step DESC, id DESC LIMIT 1",
		d.ContactID, d.CaseID).Scan(&last.ID, &last.State, &last.Step, &last.CreatedAt)
	switch lacks := lacksPage(last, findings); {
	case errors.Is(err, pgx.ErrNoRows):
		return insertDraft(ctx, tx, d)
	case err != nil:
		return d, false, err
	case last.State == scam.ReportDraft:
		return rewordDraft(ctx, tx, last.ID, d)
	case !lacks, last.State == scam.ReportSending, last.State == scam.ReportUncertain:
		return d, false, nil
	case last.State == scam.ReportSent:
		d.Kind, d.Step = "supplement", last.Step+1
		return insertDraft(ctx, tx, d)
	}
	if _, err := tx.Exec(ctx, toDraft+"id = $1", last.ID, "the case has gained a page"); err != nil {
		return d, false, err
	}
	return rewordDraft(ctx, tx, last.ID, d)
}

// lacksPage tells whether a finding was confirmed after a letter was written.
func lacksPage(letter scam.Report, findings []scam.Finding) bool {
	for _, f := range findings {
		if f.DecidedAt.After(letter.CreatedAt) {
			return true
		}
	}
	return false
}

func insertDraft(ctx context.Context, tx pgx.Tx, d scam.Report) (scam.Report, bool, error) {
	var id int64
	err := tx.QueryRow(ctx, `
		INSERT INTO reports (case_id, contact_id, kind, step, sender, recipients, subject, body, attachments, content_hash, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		clean(d.CaseID, d.ContactID, d.Kind, d.Step, d.From, asJSON{d.To}, d.Subject, d.Body, asJSON{d.Attachments}, d.Hash(), d.CreatedAt)...).Scan(&id)
	if err != nil {
		return d, false, err
	}
	r, err := reportByID(ctx, tx, id)
	return r, true, err
}

// rewordDraft changes a draft's words, and so its hash: an old preview can't be approved.
func rewordDraft(ctx context.Context, tx pgx.Tx, id int64, d scam.Report) (scam.Report, bool, error) {
	changed, err := tx.Exec(ctx, `
		UPDATE reports SET sender = $2, recipients = $3, subject = $4, body = $5, attachments = $6, content_hash = $7, created_at = $8
		WHERE id = $1 AND state = 'draft' AND content_hash <> $7`,
		clean(id, d.From, asJSON{d.To}, d.Subject, d.Body, asJSON{d.Attachments}, d.Hash(), d.CreatedAt)...)
	if err != nil {
		return d, false, err
	}
	r, err := reportByID(ctx, tx, id)
	return r, changed.RowsAffected() > 0, err
}

// redraft asks for letters anew when one that just came to rest lacks a page.
func (db *DB) redraft(ctx context.Context, tx pgx.Tx, caseID int64, written time.Time) error {
	var lacks bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM findings WHERE case_id = $1 AND decided_at > $2)", caseID, written).Scan(&lacks)
	if err != nil || !lacks {
		return err
	}
	return db.enqueue(ctx, tx, scam.FindContacts{CaseID: caseID})
}
