package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// Decide implements review.Findings. Dismissing a confirmed finding withdraws what its
// case has not sent: approvals are void, drafts are written anew without it, and a case
// that has no other confirmed finding is closed.
func (db *DB) Decide(ctx context.Context, id int64, to scam.FindingState, by, reason string, at time.Time) (caseID int64, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		caseID = 0
		if _, err := tx.Exec(ctx, "SELECT FROM findings WHERE id = $1 FOR NO KEY UPDATE", id); err != nil {
			return err
		}
		f, err := findingByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := f.State.CanBecome(to); err != nil {
			return err
		}
		var done []entry
		hangsOn := f.CaseID
		if to == scam.FindingConfirmed {
			if done, caseID, err = db.openCase(ctx, tx, f, by, at); err != nil {
				return fmt.Errorf("open case: %w", err)
			}
			hangsOn = caseID
		}
		_, err = tx.Exec(ctx, "UPDATE findings SET state = $2, case_id = $3, decided_by = $4, decided_at = $5, reason = $6 WHERE id = $1",
			clean(f.ID, string(to), nullID(hangsOn), by, at, reason)...)
		if err != nil {
			return err
		}
		decided := entry{Actor: by, Verb: string(to), Noun: "finding", ID: f.ID, Detail: map[string]any{"was": f.State, "reason": reason, "case_id": hangsOn, "url": f.URL}}
		if f.State == scam.FindingConfirmed {
			if done, err = db.withdrawFinding(ctx, tx, f, by, at); err != nil {
				return fmt.Errorf("withdraw: %w", err)
			}
		}
		return db.record(ctx, tx, at, append([]entry{decided}, done...)...)
	})
	return caseID, err
}

// openCase finds the case that a newly confirmed finding belongs to, or opens it, and
// enqueues scam.FindContacts.
func (db *DB) openCase(ctx context.Context, tx pgx.Tx, f scam.Finding, by string, at time.Time) (done []entry, id int64, err error) {
	if f.CampaignID == 0 {
		return nil, 0, fmt.Errorf("%w: finding %d belongs to no campaign yet", scam.ErrTransition, f.ID)
	}
	target := scam.Target(f.Host)
	if err := lockFor(ctx, tx, lockTarget, target); err != nil {
		return nil, 0, err
	}
	var found []int64
	rows, err := tx.Query(ctx, "SELECT id FROM cases WHERE target = $1 AND campaign_id = $2 AND state IN ('open', 'reported') ORDER BY id FOR NO KEY UPDATE", target, f.CampaignID)
	if err != nil {
		return nil, 0, err
	}
	if found, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
		return nil, 0, err
	}
	if len(found) > 0 {
		id = found[len(found)-1]
		_, err = tx.Exec(ctx, "UPDATE cases SET first_seen_at = least(first_seen_at, $2) WHERE id = $1", id, f.FirstSeenAt)
	} else {
		err = tx.QueryRow(ctx, `INSERT INTO cases (target, campaign_id, first_seen_at, opened_at, brand) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			clean(target, f.CampaignID, f.FirstSeenAt, at, f.Verdict.Brand)...).Scan(&id)
		done = []entry{{Actor: by, Verb: "opened", Noun: "case", ID: id, Detail: map[string]any{"target": target, "finding_id": f.ID}}}
	}
	if err != nil {
		return nil, 0, err
	}
	return done, id, db.enqueue(ctx, tx, scam.FindContacts{CaseID: id})
}

// withdrawFinding takes back what a case was about to send about a finding that is
// dismissed now. The finding's row is updated already.
func (db *DB) withdrawFinding(ctx context.Context, tx pgx.Tx, f scam.Finding, by string, at time.Time) ([]entry, error) {
	c, err := caseByID(ctx, tx, f.CaseID, "FOR NO KEY UPDATE")
	if err != nil || c.State == scam.CaseClosed {
		return nil, err
	}
	done, err := withdrawReports(ctx, tx, c.ID, by)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM reports WHERE case_id = $1 AND state = 'draft' AND message_id IS NULL", c.ID); err != nil {
		return nil, err
	}
	if len(c.Findings) > 0 {
		return done, db.enqueue(ctx, tx, scam.FindContacts{CaseID: c.ID})
	}
	closed, err := moveCase(ctx, tx, c, scam.CaseClosed, at, time.Time{})
	closed.Actor, closed.Detail["why"] = by, "its last finding was dismissed"
	return append(done, closed), err
}
