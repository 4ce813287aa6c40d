package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed jobs_grants.sql
var jobsGrants string

// lockMigrate is the session advisory lock that one migration at a time holds.
const lockMigrate = 0x706f70646f776e // "popdown"

// Migrate brings the schema, River's tables and the grants up to date. It needs the
// database's owner, who may create roles (or finds popdown_crawler and popdown_takedown
// made). Programs may call it at the same time: the later ones wait and find it done.
func Migrate(ctx context.Context, dsn string) error {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return fmt.Errorf("read the database's address: %s", oneLine(err))
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %s", oneLine(err))
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(lockMigrate)); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer func() { // the lock is the session's: it must not go back to the pool with it
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(lockMigrate))
	}()
	if err := migrateTables(ctx, pool, conn.Conn()); err != nil {
		return err
	}
	for _, schema := range []string{crawlerJobs, takedownJobs} {
		if err := migrateJobs(ctx, pool, schema); err != nil {
			return fmt.Errorf("migrate %s: %w", schema, err)
		}
	}
	if _, err := conn.Conn().PgConn().Exec(ctx, jobsGrants).ReadAll(); err != nil {
		return fmt.Errorf("grant the queues: %w", err)
	}
	return nil
}

func migrateTables(ctx context.Context, pool *pgxpool.Pool, conn *pgx.Conn) error {
	have, err := schemaVersion(ctx, conn)
	if err != nil {
		return err
	}
	if err := compareSchema(have); err != nil && !errors.Is(err, errOldSchema) {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == "42501" {
			return fmt.Errorf("migrate: %s: run it as the database's owner, who may create roles", refused.Message)
		}
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func migrateJobs(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

var errOldSchema = errors.New("run: takedown migrate")

// checkSchema refuses a schema that this program does not know.
func checkSchema(ctx context.Context, conn *pgx.Conn) error {
	have, err := schemaVersion(ctx, conn)
	if err != nil {
		return err
	}
	return compareSchema(have)
}

func compareSchema(have int64) error {
	want, err := embeddedVersion()
	switch {
	case err != nil:
		return err
	case have == 0:
		return fmt.Errorf("the database holds no popdown schema: %w", errOldSchema)
	case have < want:
		return fmt.Errorf("database schema %d is older than this program (%d): %w", have, want, errOldSchema)
	case have > want:
		return fmt.Errorf("database schema %d is newer than this program (%d): upgrade popdown", have, want)
	}
	return nil
}

// schemaVersion is goose's; zero when there is none.
func schemaVersion(ctx context.Context, conn *pgx.Conn) (version int64, err error) {
	err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == "42P01" { // no such table
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %s", oneLine(err))
	}
	return version, nil
}

// embeddedVersion is the number of our last migration.
func embeddedVersion() (int64, error) {
	files, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return 0, err
	}
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	return strconv.ParseInt(number, 10, 64)
}
