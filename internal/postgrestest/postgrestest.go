// Package postgrestest gives tests real databases: one private server for each test
// binary, gone when the binary ends however it ends, and a fresh migrated database for
// each test.
package postgrestest

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/postgres"
)

const template = "popdown_template"

// The server is the test binary's: tests share it without knowing of each other.
var (
	server    = sync.OnceValues(startServer)
	databases atomic.Int64
	keep      atomic.Pointer[exec.Cmd] // the reaper: collected, it would lose its standard input
)

// Database is one test's own.
type Database struct {
	// DSN connects as the database's owner.
	DSN string
}

// New gives a migrated database of its own. It goes with the server: dropping one costs
// a checkpoint, which every other test would wait for.
func New(t testing.TB) Database {
	t.Helper()
	return create(t, template)
}

// Empty gives a database that holds nothing.
func Empty(t testing.TB) Database {
	t.Helper()
	return create(t, "template0")
}

// Open connects as a program would; the pool is closed when the test ends.
func (d Database) Open(t testing.TB, role postgres.Role) *postgres.DB {
	t.Helper()
	return d.OpenAt(t, role, nil)
}

// OpenAt is Open with a clock of the test's.
func (d Database) OpenAt(t testing.TB, role postgres.Role, now func() time.Time) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{DSN: d.DSN, Role: role, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Exec runs one statement as the owner.
func (d Database) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if err := run(t.Context(), d.DSN, sql, args...); err != nil {
		t.Fatal(err)
	}
}

// Login makes a user who may log in and is a member of the given roles, as an operator
// would on a server of theirs, and gives the database as that user sees it.
func (d Database) Login(t testing.TB, roles ...postgres.Role) Database {
	t.Helper()
	name := fmt.Sprintf("login_%d", databases.Add(1))
	d.Exec(t, "CREATE ROLE "+name+" LOGIN IN ROLE "+logins)
	for _, role := range roles {
		d.Exec(t, "GRANT "+string(role)+" TO "+name)
	}
	return Database{DSN: strings.Replace(d.DSN, "user=popdown_owner ", "user="+name+" ", 1)}
}

func create(t testing.TB, from string) Database {
	t.Helper()
	dsn, err := server()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := run(t.Context(), dsn, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	return Database{DSN: named(dsn, name)}
}

// named is the DSN of another database on the same server.
func named(dsn, name string) string {
	return strings.Replace(dsn, "dbname=popdown ", "dbname="+name+" ", 1)
}

func run(ctx context.Context, dsn, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, sql, args...)
	return err
}
