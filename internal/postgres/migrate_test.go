package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/postgres"
	"popdown/internal/postgrestest"
)

func open(t *testing.T, dsn string, role postgres.Role) error {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{DSN: dsn, Role: role})
	if err == nil {
		db.Close()
	}
	return err
}

func wantLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line with %q", err, want)
	}
}

func TestMigrateByManyAtOnce(t *testing.T) {
	t.Parallel()
	d := postgrestest.Empty(t)
	wantLine(t, open(t, d.DSN, postgres.RoleCrawler), "run: takedown migrate")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := postgres.Migrate(t.Context(), d.DSN); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := open(t, d.DSN, postgres.RoleCrawler); err != nil {
		t.Error(err)
	}
}

func TestUnknownSchemaIsRefused(t *testing.T) {
	t.Parallel()
	d := postgrestest.New(t)
	d.Exec(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	for _, role := range []postgres.Role{postgres.RoleCrawler, postgres.RoleTakedown, postgres.RoleOwner} {
		wantLine(t, open(t, d.DSN, role), "database schema 99999 is newer than this program (4): upgrade popdown")
	}
	wantLine(t, postgres.Migrate(t.Context(), d.DSN), "upgrade popdown")
	d.Exec(t, "DELETE FROM goose_db_version WHERE version_id > 2")
	wantLine(t, open(t, d.DSN, postgres.RoleCrawler), "database schema 2 is older than this program (4): run: takedown migrate")
}

func TestWrongAddressIsOneLine(t *testing.T) {
	t.Parallel()
	d := postgrestest.Empty(t)
	wantLine(t, open(t, "host=/nowhere user=x dbname=y", postgres.RoleCrawler), "connect to the database")
	wantLine(t, open(t, "postgres://x:secret@[::1", postgres.RoleCrawler), "read the database's address")
	wantLine(t, open(t, strings.Replace(d.DSN, "dbname=test", "dbname=nope", 1), postgres.RoleCrawler), "does not exist")
	wantLine(t, postgres.Migrate(t.Context(), "host=/nowhere user=x dbname=y"), "connect to the database")
}

// On an operator's server each program logs in as a user of its own, a member of its role.
func TestLoginUserActsWithItsRoleAlone(t *testing.T) {
	t.Parallel()
	d := postgrestest.New(t)
	member, stranger := d.Login(t, postgres.RoleCrawler), d.Login(t)
	if err := open(t, member.DSN, postgres.RoleCrawler); err != nil {
		t.Error(err)
	}
	wantLine(t, open(t, member.DSN, postgres.RoleTakedown), "GRANT popdown_takedown TO login_")
	wantLine(t, open(t, stranger.DSN, postgres.RoleCrawler), "may not act as popdown_crawler")
	wantLine(t, postgres.Migrate(t.Context(), postgrestest.Empty(t).Login(t).DSN), "run it as the database's owner")
}

// An operator's database has an owner who is no superuser.
func TestMigrateAsAnOrdinaryOwner(t *testing.T) {
	t.Parallel()
	d := postgrestest.Empty(t)
	owner := d.Login(t)
	cfg, err := pgx.ParseConfig(owner.DSN)
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(t, "ALTER DATABASE "+cfg.Database+" OWNER TO "+cfg.User)
	for range 2 {
		if err := postgres.Migrate(t.Context(), owner.DSN); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, d: d, crawler: d.Login(t, postgres.RoleCrawler).Open(t, postgres.RoleCrawler), takedown: d.Login(t, postgres.RoleTakedown).Open(t, postgres.RoleTakedown), at: time.Now().UTC()}
	w.reported()
	w.chainsHold()
}
