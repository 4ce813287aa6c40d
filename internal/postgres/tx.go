package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"popdown/internal/scam"
)

const (
	patience   = 15 * time.Second // how long a server that is away is waited for
	retryAfter = 100 * time.Millisecond
)

// Keys of the advisory locks that are held to the end of a transaction, as (class, object).
const (
	lockEvents    = 7101 // object: hash of the program
	lockCampaigns = 7102 // object: 0
	lockTarget    = 7103 // object: hash of the case's target
)

// tx runs do in a transaction. When the connection is lost before the commit (the server
// was killed and comes back), or on a deadlock, nothing has happened and do runs again,
// so do must set what it returns anew each time. What is lost in the commit itself may
// have happened: that error is returned.
func (db *DB) tx(ctx context.Context, do func(tx pgx.Tx) error) error {
	for until := time.Now().Add(patience); ; {
		again, err := db.once(ctx, do)
		if err == nil || !again || ctx.Err() != nil || time.Now().After(until) {
			return translate(err)
		}
		_ = pause(ctx, retryAfter)
	}
}

// patiently repeats what fails because the server is away.
func patiently(ctx context.Context, do func() error) error {
	for until := time.Now().Add(patience); ; {
		err := do()
		if err == nil || !away(err) && !errors.Is(err, io.ErrUnexpectedEOF) || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
		_ = pause(ctx, retryAfter)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once tells besides the error whether nothing happened and another try may do better.
func (db *DB) once(ctx context.Context, do func(tx pgx.Tx) error) (again bool, err error) {
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return away(err), fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // no-op after the commit
	if err := do(tx); err != nil {
		return tx.Conn().IsClosed() || away(err), err
	}
	if err := tx.Commit(ctx); err != nil {
		_, answered := errors.AsType[*pgconn.PgError](err)
		return answered && !tx.Conn().IsClosed() && away(err), fmt.Errorf("commit: %w", err)
	}
	return false, nil
}

// away tells whether an error says that the server could not do it now, and did not.
func away(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(refused.Code, "08") || slices.Contains([]string{
			"40001", "40P01", // serialization failure, deadlock
			"53300",                   // too many connections
			"57P01", "57P02", "57P03", // shutting down, crashed, starting up
		}, refused.Code)
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return connecting || pgconn.SafeToRetry(err)
}

// translate puts scam's words to what PostgreSQL refused. SQLSTATEs:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func translate(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return scam.ErrNotFound
	}
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch refused.Code {
	case "PD001": // raised by migrations/00002_laws.sql
		return fmt.Errorf("%w: %s", scam.ErrTransition, refused.Message)
	case "23505": // unique
		return fmt.Errorf("%w: %s", scam.ErrConflict, cmp.Or(refused.Detail, refused.Message))
	case "23503": // foreign key
		return fmt.Errorf("%w: %s", scam.ErrNotFound, cmp.Or(refused.Detail, refused.Message))
	case "23502", "23514": // not null, check
		return fmt.Errorf("%w: %s", scam.ErrInvalid, refused.Message)
	case "40001", "40P01":
		return fmt.Errorf("%w: %s", scam.ErrConflict, refused.Message)
	case "53100":
		return fmt.Errorf("the database's disk is full: free some space: %w", err)
	}
	return err
}

// lockFor takes an advisory lock to the end of the transaction.
func lockFor(ctx context.Context, tx pgx.Tx, class int32, object string) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1, hashtext($2))", class, object)
	return err
}

// must turns an UPDATE or DELETE that met no row into scam.ErrNotFound.
func must(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return scam.ErrNotFound
	}
	return err
}
