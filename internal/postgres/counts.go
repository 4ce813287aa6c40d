package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Counts tells how many of each noun stand in each state, as counts["findings"]["new"].
// Jobs are this role's own. What the role may not read is left out; so is a state in
// which nothing stands.
func (db *DB) Counts(ctx context.Context) (counts map[string]map[string]int, err error) {
	tables := map[string]string{"candidates": "candidates", "findings": "findings", "checks": "checks", "jobs": db.jobSchema() + ".river_job"}
	if db.role != RoleCrawler {
		tables["cases"], tables["reports"] = "cases", "reports"
	}
	err = db.tx(ctx, func(tx pgx.Tx) error {
		counts = map[string]map[string]int{}
		for name, table := range tables {
			rows, err := tx.Query(ctx, "SELECT state::text, count(*) FROM "+table+" GROUP BY state")
			if err != nil {
				return err
			}
			counts[name] = map[string]int{}
			var state string
			var n int
			if _, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error { counts[name][state] = n; return nil }); err != nil {
				return fmt.Errorf("count %s: %w", name, err)
			}
		}
		return nil
	})
	return counts, err
}
