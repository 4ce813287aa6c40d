package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const visitColumns = `v.id, v.candidate_id, v.purpose, v.requested_url, v.referrer, v.persona, v.started_at, v.took_us,
	v.outcome, v.error, v.landings, v.dials, v.files, v.manifest`

func scanVisit(row pgx.CollectableRow) (scam.Visit, error) {
	var v scam.Visit
	var micros int64
	err := row.Scan(&v.ID, zeroID(&v.CandidateID), &v.Purpose, &v.RequestedURL, &v.Referrer, &v.Persona, &v.StartedAt, &micros,
		&v.Outcome, &v.Error, &v.Landings, &v.Dials, &v.Files, &v.Manifest)
	v.Took = time.Duration(micros) * time.Microsecond
	return v, err
}

func insertVisit(ctx context.Context, tx pgx.Tx, v scam.Visit) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO visits (candidate_id, purpose, requested_url, referrer, persona, started_at, took_us, outcome, error, landings, dials, files, manifest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		clean(nullID(v.CandidateID), v.Purpose, v.RequestedURL, v.Referrer, v.Persona, v.StartedAt, v.Took.Microseconds(), v.Outcome, v.Error,
			asJSON{v.Landings}, asJSON{v.Dials}, asJSON{v.Files}, v.Manifest)...).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store visit: %w", err)
	}
	return id, nil
}

// FindingVisits returns the visits that saw a finding, newest first.
func (db *DB) FindingVisits(ctx context.Context, id int64) (visits []scam.Visit, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+visitColumns+` FROM visits v JOIN finding_visits fv ON fv.visit_id = v.id
			WHERE fv.finding_id = $1 ORDER BY v.started_at DESC, v.id DESC`, id)
		if err != nil {
			return err
		}
		visits, err = pgx.CollectRows(rows, scanVisit)
		return err
	})
	return visits, err
}
