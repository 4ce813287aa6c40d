package postgres

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const selectChecks = `SELECT id, case_id, finding_id, url, persona, referrer, asked_at, state, reason, done_at, visit_id, screenshot FROM checks `

func scanCheck(row pgx.CollectableRow) (scam.Check, error) {
	var c scam.Check
	err := row.Scan(&c.ID, &c.CaseID, &c.FindingID, &c.URL, &c.Persona, &c.Referrer, &c.AskedAt, &c.State, &c.Reason,
		zeroTime(&c.DoneAt), zeroID(&c.VisitID), &c.Screenshot)
	return c, err
}

// Checks returns a case's checks, newest first.
func (db *DB) Checks(ctx context.Context, caseID int64) (checks []scam.Check, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectChecks+"WHERE case_id = $1 ORDER BY id DESC", caseID)
		if err != nil {
			return err
		}
		checks, err = pgx.CollectRows(rows, scanCheck)
		return err
	})
	return checks, err
}

// AskChecks implements takedown.Checks. A case that is closed is not asked about:
// scam.ErrTransition.
func (db *DB) AskChecks(ctx context.Context, caseID int64, checks []scam.Check, nextRun time.Time) (ids []int64, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		ids = nil
		c, err := caseByID(ctx, tx, caseID, "FOR NO KEY UPDATE")
		if err != nil {
			return err
		}
		if c.State == scam.CaseClosed {
			return fmt.Errorf("%w: the case is closed", scam.ErrTransition)
		}
		var done []entry
		for _, k := range checks {
			var id int64
			err := tx.QueryRow(ctx, `INSERT INTO checks (case_id, finding_id, url, persona, referrer, asked_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
				clean(caseID, k.FindingID, k.URL, k.Persona, k.Referrer, cmp.Or(k.AskedAt, db.now()))...).Scan(&id)
			if err != nil {
				return fmt.Errorf("store check: %w", err)
			}
			if err := db.enqueue(ctx, tx, scam.Recheck{CheckID: id}); err != nil {
				return err
			}
			ids = append(ids, id)
			done = append(done, entry{Actor: db.program(), Verb: "asked", Noun: "check", ID: id, Detail: map[string]any{"case_id": caseID, "finding_id": k.FindingID, "persona": k.Persona}})
		}
		if _, err := tx.Exec(ctx, "UPDATE cases SET next_run_at = $2 WHERE id = $1", clean(caseID, nextRun)...); err != nil {
			return err
		}
		return db.record(ctx, tx, db.now(), done...)
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// Check implements crawl.Checks.
func (db *DB) Check(ctx context.Context, id int64) (c scam.Check, f scam.Finding, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectChecks+"WHERE id = $1", id)
		if err != nil {
			return err
		}
		if c, err = pgx.CollectExactlyOneRow(rows, scanCheck); err != nil {
			return err
		}
		f, err = findingByID(ctx, tx, c.FindingID)
		return err
	})
	return c, f, err
}

// SaveCheck implements crawl.Checks. For a check that is answered already, nothing is stored.
func (db *DB) SaveCheck(ctx context.Context, c scam.Check, v scam.Visit) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		var state scam.CheckState
		if err := tx.QueryRow(ctx, "SELECT state FROM checks WHERE id = $1 FOR UPDATE", c.ID).Scan(&state); err != nil {
			return err
		}
		if state != scam.CheckAsked {
			return nil
		}
		visitID, err := insertVisit(ctx, tx, v)
		if err != nil {
			return err
		}
		done := cmp.Or(c.DoneAt, v.StartedAt.Add(v.Took))
		_, err = tx.Exec(ctx, "UPDATE checks SET state = $2, reason = $3, done_at = $4, visit_id = $5, screenshot = $6 WHERE id = $1",
			clean(c.ID, string(c.State), c.Reason, done, visitID, asJSON{c.Screenshot})...)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, done, entry{Actor: db.program(), Verb: string(c.State), Noun: "check", ID: c.ID, Detail: map[string]any{
			"case_id": c.CaseID, "visit_id": visitID, "reason": c.Reason, "manifest": v.Manifest}})
	})
}
