package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sending tells whether reports may leave; false until an operator switches it on.
func (db *DB) Sending(ctx context.Context) (on bool, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT sending FROM settings").Scan(&on)
	})
	return on, err
}

// SetSending is the kill switch. When it returns after switching off, no report begins to
// leave any more; one that is under way by then is not cut off. Switching on releases nothing.
func (db *DB) SetSending(ctx context.Context, on bool, by string, at time.Time) error {
	verb := "switched off"
	if on {
		verb = "switched on"
	}
	return db.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE settings SET sending = $1, changed_by = $2, changed_at = $3", clean(on, by, at)...); err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: by, Verb: verb, Noun: "sending"})
	})
}
