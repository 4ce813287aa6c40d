package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const seedColumns = `id, name, kind, url, urls, schedule, time_zone, persona, max_clicks, enabled, notes,
	next_run_at, last_run_at, last_error, candidates, findings`

func scanSeed(row pgx.CollectableRow) (scam.Seed, error) {
	var s scam.Seed
	err := row.Scan(&s.ID, &s.Name, &s.Kind, &s.URL, &s.URLs, &s.Schedule, &s.TimeZone, &s.Persona, &s.MaxClicks, &s.Enabled, &s.Notes,
		zeroTime(&s.NextRunAt), zeroTime(&s.LastRunAt), &s.LastError, &s.Candidates, &s.Findings)
	return s, err
}

// AddSeeds stores all seeds or none. A known name is updated and keeps its history, and
// its next run unless its schedule changed. A seed without NextRunAt is scheduled, not
// run, by the next TakeDueSeeds. Errors wrap scam.ErrInvalid and name the seed.
func (db *DB) AddSeeds(ctx context.Context, seeds []scam.Seed) error {
	for _, s := range seeds {
		if err := s.Validate(); err != nil {
			return err
		}
	}
	return db.tx(ctx, func(tx pgx.Tx) error {
		var done []entry
		for _, s := range seeds {
			n, err := saveSeed(ctx, tx, s)
			if err != nil {
				return fmt.Errorf("seed %q: %w", s.Name, err)
			}
			done = append(done, n)
		}
		return db.record(ctx, tx, db.now(), done...)
	})
}

func saveSeed(ctx context.Context, tx pgx.Tx, s scam.Seed) (entry, error) {
	n := entry{Actor: "crawler", Verb: "changed", Noun: "seed", Detail: map[string]any{"name": s.Name, "schedule": s.Schedule, "enabled": s.Enabled}}
	var added bool
	err := tx.QueryRow(ctx, `
		INSERT INTO seeds AS s (name, kind, url, urls, schedule, time_zone, persona, max_clicks, enabled, notes, next_run_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (name) DO UPDATE SET kind = EXCLUDED.kind, url = EXCLUDED.url, urls = EXCLUDED.urls, schedule = EXCLUDED.schedule,
			time_zone = EXCLUDED.time_zone, persona = EXCLUDED.persona, max_clicks = EXCLUDED.max_clicks, enabled = EXCLUDED.enabled,
			notes = EXCLUDED.notes, next_run_at = CASE
				WHEN s.enabled AND (s.schedule, s.time_zone) = (EXCLUDED.schedule, EXCLUDED.time_zone) THEN coalesce(s.next_run_at, EXCLUDED.next_run_at)
				ELSE EXCLUDED.next_run_at END
		RETURNING id, xmax = 0`,
		clean(s.Name, s.Kind, s.URL, asJSON{s.URLs}, s.Schedule, s.TimeZone, s.Persona, s.MaxClicks, s.Enabled, s.Notes, s.NextRunAt)...).Scan(&n.ID, &added)
	if added {
		n.Verb = "added"
	}
	return n, err
}

// Seeds returns all seeds by name.
func (db *DB) Seeds(ctx context.Context) (seeds []scam.Seed, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+seedColumns+" FROM seeds ORDER BY name")
		if err != nil {
			return err
		}
		seeds, err = pgx.CollectRows(rows, scanSeed)
		return err
	})
	return seeds, err
}

// Seed returns scam.ErrNotFound for an unknown id.
func (db *DB) Seed(ctx context.Context, id int64) (s scam.Seed, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+seedColumns+" FROM seeds WHERE id = $1", id)
		if err != nil {
			return err
		}
		s, err = pgx.CollectExactlyOneRow(rows, scanSeed)
		return err
	})
	return s, err
}

// SetSeedEnabled switches a seed on, to run next at the given time, or off.
func (db *DB) SetSeedEnabled(ctx context.Context, name string, on bool, next time.Time) error {
	verb := "disabled"
	if on {
		verb = "enabled"
	} else {
		next = time.Time{}
	}
	return db.tx(ctx, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, "UPDATE seeds SET enabled = $2, next_run_at = $3, last_error = '' WHERE name = $1 RETURNING id", clean(name, on, next)...).Scan(&id)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, db.now(), entry{Actor: "crawler", Verb: verb, Noun: "seed", ID: id})
	})
}

// RunSeedNow enqueues one run of a seed, enabled or not, besides its schedule.
func (db *DB) RunSeedNow(ctx context.Context, name string) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, "SELECT id FROM seeds WHERE name = $1", name).Scan(&id); err != nil {
			return err
		}
		return db.enqueue(ctx, tx, scam.RunSeed{SeedID: id})
	})
}

// TakeDueSeeds implements crawl.Seeds. An enabled seed without a next run is given one.
func (db *DB) TakeDueSeeds(ctx context.Context, now time.Time, next func(scam.Seed) (time.Time, error)) (due []scam.Seed, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		due = nil
		rows, err := tx.Query(ctx, "SELECT "+seedColumns+` FROM seeds WHERE enabled AND (next_run_at <= $1 OR next_run_at IS NULL)
			ORDER BY next_run_at, id FOR UPDATE SKIP LOCKED`, clean(now)...)
		if err != nil {
			return err
		}
		waiting, err := pgx.CollectRows(rows, scanSeed)
		if err != nil {
			return err
		}
		for _, s := range waiting {
			run, err := db.takeSeed(ctx, tx, &s, next)
			if err != nil {
				return err
			}
			if run {
				due = append(due, s)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return due, nil
}

// takeSeed moves one seed on and tells whether it is to run now.
func (db *DB) takeSeed(ctx context.Context, tx pgx.Tx, s *scam.Seed, next func(scam.Seed) (time.Time, error)) (bool, error) {
	run := !s.NextRunAt.IsZero()
	at, err := next(*s)
	if err != nil {
		_, err := tx.Exec(ctx, "UPDATE seeds SET enabled = false, next_run_at = NULL, last_error = $2 WHERE id = $1", clean(s.ID, err.Error())...)
		return false, err
	}
	if _, err := tx.Exec(ctx, "UPDATE seeds SET next_run_at = $2 WHERE id = $1", clean(s.ID, at)...); err != nil {
		return false, err
	}
	s.NextRunAt = at
	if !run {
		return false, nil
	}
	return true, db.enqueue(ctx, tx, scam.RunSeed{SeedID: s.ID})
}

// FinishSeed implements crawl.Seeds. A candidate whose URL breaks the rules of
// scam.NormalizeURL is left out: pages choose what they link to.
func (db *DB) FinishSeed(ctx context.Context, id int64, at time.Time, found []scam.Candidate, revisit time.Duration, failure string) (queued int, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		queued = 0
		added := 0
		for _, c := range found {
			c.SeedID = id
			how, err := saveCandidate(ctx, tx, c, at, at.Add(-revisit))
			if err != nil {
				return err
			}
			if how != known {
				queued++
			}
			if how == fresh {
				added++
			}
		}
		return must(tx.Exec(ctx, "UPDATE seeds SET last_run_at = $2, last_error = $3, candidates = candidates + $4 WHERE id = $1", clean(id, at, failure, added)...))
	})
	return queued, err
}
