package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const caseColumns = "c.id, c.target, c.campaign_id, c.state, c.first_seen_at, c.opened_at, c.reported_at, c.down_at, c.closed_at, c.next_run_at, c.brand"

func scanCase(row pgx.CollectableRow) (scam.Case, error) {
	var c scam.Case
	err := row.Scan(&c.ID, &c.Target, &c.CampaignID, &c.State, &c.FirstSeenAt, &c.OpenedAt,
		zeroTime(&c.ReportedAt), zeroTime(&c.DownAt), zeroTime(&c.ClosedAt), zeroTime(&c.NextRunAt), &c.Brand)
	return c, err
}

// caseByID loads a case with its confirmed findings; lock is "" or "FOR NO KEY UPDATE", which lets rows that refer to it be added.
func caseByID(ctx context.Context, tx pgx.Tx, id int64, lock string) (scam.Case, error) {
	rows, err := tx.Query(ctx, "SELECT "+caseColumns+" FROM cases c WHERE c.id = $1 "+lock, id)
	if err != nil {
		return scam.Case{}, err
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanCase)
	if err != nil {
		return scam.Case{}, err
	}
	c.Findings, err = queryFindings(ctx, tx, "WHERE f.case_id = $1 AND f.state = 'confirmed' ORDER BY f.first_seen_at, f.id", id)
	return c, err
}

// moveCase sets a case's state and the times that belong to it. The caller holds its row
// and fills in the entry's actor and reason.
func moveCase(ctx context.Context, tx pgx.Tx, c scam.Case, to scam.CaseState, at, nextRun time.Time) (entry, error) {
	n := entry{Verb: string(to), Noun: "case", ID: c.ID, Detail: map[string]any{"was": c.State}}
	if err := c.State.CanBecome(to); err != nil {
		return n, err
	}
	_, err := tx.Exec(ctx, `
		UPDATE cases SET state = $2, next_run_at = $4,
			reported_at = CASE WHEN $2 = 'reported' THEN coalesce(reported_at, $3) ELSE reported_at END,
			down_at = CASE $2 WHEN 'down' THEN $3 WHEN 'reported' THEN NULL ELSE down_at END,
			closed_at = CASE WHEN $2 = 'closed' THEN $3 END
		WHERE id = $1`, clean(c.ID, string(to), at, nextRun)...)
	return n, err
}

// Case implements takedown.Cases and review.Cases.
func (db *DB) Case(ctx context.Context, id int64) (c scam.Case, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		c, err = caseByID(ctx, tx, id, "")
		return err
	})
	return c, err
}

// Cases returns cases, newest first, without findings, and how many there are in all.
func (db *DB) Cases(ctx context.Context, limit, offset int) (cases []scam.Case, total int, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM cases").Scan(&total); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT "+caseColumns+" FROM cases c ORDER BY c.opened_at DESC, c.id DESC LIMIT $1 OFFSET $2", limit, offset)
		if err != nil {
			return err
		}
		cases, err = pgx.CollectRows(rows, scanCase)
		return err
	})
	return cases, total, err
}

// TakeDueCases implements takedown.Cases.
func (db *DB) TakeDueCases(ctx context.Context, now time.Time, hold time.Duration) (due []scam.Case, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		due = nil
		rows, err := tx.Query(ctx, `
			UPDATE cases SET next_run_at = $2 WHERE id IN (
				SELECT id FROM cases WHERE state IN ('reported', 'down') AND next_run_at <= $1 ORDER BY next_run_at, id FOR UPDATE SKIP LOCKED)
			RETURNING id`, clean(now, now.Add(hold))...)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := caseByID(ctx, tx, id, "")
			if err != nil {
				return err
			}
			due = append(due, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return due, nil
}

// SetCaseState implements takedown.Cases. A case that is closed is never due.
func (db *DB) SetCaseState(ctx context.Context, c scam.Case, to scam.CaseState, why string, at, nextRun time.Time) error {
	return db.setCase(ctx, c.ID, to, db.program(), why, at, nextRun, func(now scam.Case) error { return sameFindings(now, c) })
}

// sameFindings is scam.ErrConflict if a finding of the case was decided meanwhile.
func sameFindings(now, then scam.Case) error {
	if !slices.EqualFunc(now.Findings, then.Findings, func(a, b scam.Finding) bool { return a.ID == b.ID }) {
		return fmt.Errorf("%w: a finding of the case was decided meanwhile", scam.ErrConflict)
	}
	return nil
}

// CloseCase implements review.Cases. Approved reports that have not left go back to draft.
func (db *DB) CloseCase(ctx context.Context, id int64, by, reason string, at time.Time) error {
	return db.setCase(ctx, id, scam.CaseClosed, by, reason, at, time.Time{}, func(scam.Case) error { return nil })
}

func (db *DB) setCase(ctx context.Context, id int64, to scam.CaseState, by, why string, at, nextRun time.Time, allowed func(scam.Case) error) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		c, err := caseByID(ctx, tx, id, "FOR NO KEY UPDATE")
		if err != nil {
			return err
		}
		if err := allowed(c); err != nil {
			return err
		}
		var withdrawn []entry
		if to == scam.CaseClosed {
			nextRun = time.Time{}
			if withdrawn, err = withdrawReports(ctx, tx, id, by); err != nil {
				return err
			}
		}
		moved, err := moveCase(ctx, tx, c, to, at, nextRun)
		if err != nil {
			return err
		}
		moved.Actor, moved.Detail["why"] = by, why
		return db.record(ctx, tx, at, append([]entry{moved}, withdrawn...)...)
	})
}
