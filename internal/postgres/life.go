package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// A process that works jobs holds a session advisory lock named after its client ID on a
// connection of its own. When it dies, its connection dies with it, and the lock is free:
// that, not a timeout, says that its running jobs are orphans. River's own rescuer, which
// goes by time, stays as the backup.

const (
	lifeKey = "hashtextextended('popdown worker ' || $1, 0)"
	// grace is how long a lock must be free: a living process whose connection was cut
	// (the server restarted) takes its lock again well within it.
	grace     = time.Second
	reconnect = 100 * time.Millisecond
)

// holdLife takes the lock and keeps it, over lost connections, until release is called.
func (db *DB) holdLife(ctx context.Context, self string) (release func(), err error) {
	conn, err := db.takeLife(ctx, self)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // jobs may finish after the stop
	done := make(chan struct{})
	go func() {
		defer close(done)
		db.keepLife(ctx, self, conn)
	}()
	return func() { cancel(); <-done }, nil
}

func (db *DB) keepLife(ctx context.Context, self string, conn *pgx.Conn) {
	for {
		_, _ = conn.WaitForNotification(ctx) // nothing is announced: it ends with the connection
		_ = conn.Close(context.WithoutCancel(ctx))
		for {
			var err error
			if conn, err = db.takeLife(ctx, self); err == nil {
				break
			}
			if pause(ctx, reconnect) != nil {
				return
			}
		}
	}
}

func (db *DB) takeLife(ctx context.Context, self string) (*pgx.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock("+lifeKey+")", self); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return conn, nil
}
