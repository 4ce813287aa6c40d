package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// novelty is what became of a candidate that was offered to the frontier.
type novelty int

const (
	known novelty = iota // left alone
	again                // looked at before, queued once more
	fresh
)

// saveCandidate queues a candidate unless it waits already, no less urgent, or was visited after the given time.
func saveCandidate(ctx context.Context, tx pgx.Tx, c scam.Candidate, at, unlessVisitedAfter time.Time) (novelty, error) {
	url, err := scam.NormalizeURL(cleanText(c.URL))
	if err != nil {
		return known, nil //nolint:nilerr // what is no web address is not for us
	}
	var added bool
	err = tx.QueryRow(ctx, `
		INSERT INTO candidates AS c (url, url_key, referrer, persona, seed_id, found, priority, found_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (url_key, persona) DO UPDATE SET url = EXCLUDED.url, referrer = EXCLUDED.referrer, found = EXCLUDED.found,
			priority = EXCLUDED.priority, found_at = EXCLUDED.found_at, state = 'queued', attempts = 0
		WHERE c.state = 'visited' AND c.visited_at <= $9 OR c.state = 'queued' AND c.priority < EXCLUDED.priority
		RETURNING xmax = 0`,
		clean(c.URL, key(url), c.Referrer, c.Persona, nullID(c.SeedID), c.Found, c.Priority, cmp.Or(c.FoundAt, at), unlessVisitedAfter)...).Scan(&added)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return known, nil
	case err != nil:
		return known, err
	case added:
		return fresh, nil
	}
	return again, nil
}

// EnqueueCandidate queues a URL that a person asked for, even if it was visited before.
// The error wraps scam.ErrInvalid for an address that is not http or https, or that holds
// credentials.
func (db *DB) EnqueueCandidate(ctx context.Context, c scam.Candidate) error {
	if err := scam.CheckWebURL(c.URL); err != nil {
		return err
	}
	return db.tx(ctx, func(tx pgx.Tx) error {
		_, err := saveCandidate(ctx, tx, c, db.now(), db.now())
		return err
	})
}

// ClaimCandidate implements crawl.Frontier.
func (db *DB) ClaimCandidate(ctx context.Context, now time.Time, lease time.Duration) (c scam.Candidate, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		c = scam.Candidate{}
		return tx.QueryRow(ctx, `
			UPDATE candidates SET state = 'claimed', lease_until = $2, attempts = attempts + 1
			WHERE id = (
				SELECT id FROM candidates WHERE state <> 'visited' AND (state = 'queued' OR lease_until <= $1)
				ORDER BY attempts, priority DESC, found_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
			RETURNING id, url, referrer, persona, seed_id, found, priority, state, found_at, attempts`, clean(now, now.Add(lease))...).
			Scan(&c.ID, &c.URL, &c.Referrer, &c.Persona, zeroID(&c.SeedID), &c.Found, &c.Priority, &c.State, &c.FoundAt, &c.Attempts)
	})
	return c, err
}

// ReleaseCandidate implements crawl.Frontier. One that is not claimed any more is left alone.
func (db *DB) ReleaseCandidate(ctx context.Context, id int64) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE candidates SET state = 'queued', lease_until = NULL, attempts = greatest(attempts - 1, 0) WHERE id = $1 AND state = 'claimed'", id)
		if err != nil {
			return fmt.Errorf("release candidate: %w", err)
		}
		return nil
	})
}
