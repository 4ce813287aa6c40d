// Package postgres holds all SQL. One file a noun; each method is one whole transition
// in one transaction, with the job and the Event that follow from it.
//
// Errors wrap scam's sentinels: ErrNotFound for no such row, ErrConflict for a lost
// race, ErrTransition for a step that the state does not allow, ErrInvalid for input
// that a rule of the schema refuses. A server that is away for a moment (restarted, or
// failed over) is waited for; see tx.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Role is which program connects; each may do only what migrations/00003_grants.sql gives it.
type Role string

const (
	// RoleOwner is the login user itself, as takedown migrate needs it.
	RoleOwner    Role = ""
	RoleCrawler  Role = "popdown_crawler"
	RoleTakedown Role = "popdown_takedown"
)

const (
	crawlerJobs  = "crawler_jobs" // schemas of River's tables
	takedownJobs = "takedown_jobs"
)

// Options says which database, and as whom.
type Options struct {
	// DSN is a URL or key=value words, as pgx reads it. Its user must be a member of the role. Required.
	DSN string
	// Role is taken on by every connection. Zero: the login user's own rights.
	Role Role
	// Logger gets what a person should know. Nil: discarded.
	Logger *slog.Logger
	// Now gives the time of what no caller dates. Nil: time.Now.
	Now func() time.Time
}

// DB is the database as one program sees it. It is safe for use by many goroutines.
type DB struct {
	pool    *pgxpool.Pool
	role    Role
	log     *slog.Logger
	now     func() time.Time
	crawler *river.Client[pgx.Tx] // inserts into the crawler's queue
	own     *river.Client[pgx.Tx] // inserts into takedown's own
}

// Open connects and refuses a schema that this program does not know. The error is one line.
func Open(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %s", oneLine(err))
	}
	cfg.MaxConns = max(cfg.MaxConns, 12) // River listens on one and works on several
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return o.Role.take(ctx, conn) }
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %s", oneLine(err))
	}
	db := &DB{pool: pool, role: o.Role, log: o.Logger, now: o.Now}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.now == nil {
		db.now = time.Now
	}
	if err := db.begin(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// begin checks the schema and makes the clients that enqueue.
func (db *DB) begin(ctx context.Context) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %s", oneLine(err))
	}
	defer conn.Release()
	if err := checkSchema(ctx, conn.Conn()); err != nil {
		return err
	}
	driver := riverpgxv5.New(db.pool)
	db.crawler, err = river.NewClient(driver, &river.Config{Schema: crawlerJobs, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("set up the crawler's queue: %w", err)
	}
	db.own, err = river.NewClient(driver, &river.Config{Schema: takedownJobs, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("set up takedown's queue: %w", err)
	}
	return nil
}

// Close ends all connections. Running calls fail.
func (db *DB) Close() { db.pool.Close() }

// take makes a fresh connection act with the role's rights alone, and times UTC.
func (r Role) take(ctx context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	if r == RoleOwner {
		return nil
	}
	_, err := conn.Exec(ctx, "SET ROLE "+pgx.Identifier{string(r)}.Sanitize())
	refused, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && refused.Code == "22023": // the role does not exist
		return fmt.Errorf("the database has no role %s: run: takedown migrate", r)
	case ok && refused.Code == "42501":
		return fmt.Errorf("user %s may not act as %s: GRANT %s TO %s", conn.Config().User, r, r, conn.Config().User)
	}
	return err
}

// program is whose chain of events this role writes.
func (db *DB) program() string {
	return strings.TrimPrefix(string(cmp.Or(db.role, RoleTakedown)), "popdown_")
}

// oneLine flattens an error for people; pgx lists attempts on lines of their own.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
