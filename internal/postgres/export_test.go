package postgres

import (
	"context"
	"log/slog"
	"time"
)

// What the tests of package postgres_test need of the inside.

func (db *DB) HoldLife(ctx context.Context, worker string) (func(), error) {
	return db.holdLife(ctx, worker)
}

// Rescue looks once; what it finds lost of its own stays.
func (db *DB) Rescue(ctx context.Context, self string) error {
	return (&rescuer{db: db, self: self, log: slog.New(slog.DiscardHandler), lostFor: time.Hour}).look(ctx)
}

// Rescuer looks again and again; what it finds lost twice is taken up.
func (db *DB) Rescuer(self string) func(context.Context) error {
	return (&rescuer{db: db, self: self, log: slog.New(slog.DiscardHandler), lostFor: time.Nanosecond}).look
}

var WithoutNUL = withoutNUL
