package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"popdown/internal/postgres"
)

// as runs SQL with a role's rights alone.
func (w *world) as(role postgres.Role, sql string) error {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx(), w.d.DSN)
	w.ok(err)
	defer conn.Close(w.ctx())
	_, err = conn.Exec(w.ctx(), "SET ROLE "+string(role))
	w.ok(err)
	_, err = conn.Exec(w.ctx(), sql)
	return err
}

func TestRolesMayDoOnlyTheirOwn(t *testing.T) {
	w := newWorld(t)
	w.reported()
	w.ok(w.takedown.AddUser(w.ctx(), "ana", "$argon2id$x", w.now()))
	refused := map[postgres.Role][]string{
		postgres.RoleCrawler: {
			"SELECT FROM users", "SELECT FROM sessions", "SELECT FROM contacts", "SELECT FROM reports", "SELECT FROM settings", "SELECT FROM cases",
			"UPDATE settings SET sending = true",
			"UPDATE findings SET state = 'confirmed'", "UPDATE findings SET case_id = 1", "UPDATE findings SET url = ''",
			"INSERT INTO checks (case_id, finding_id, url, persona, referrer, asked_at) VALUES (1, 1, '', '', '', now())",
			"UPDATE checks SET url = ''",
			"UPDATE visits SET error = ''", "DELETE FROM visits", "DELETE FROM findings", "DELETE FROM events", "UPDATE events SET actor = ''",
			"SELECT FROM takedown_jobs.river_job", "INSERT INTO takedown_jobs.river_job (kind) VALUES ('send_report')",
			"DELETE FROM goose_db_version", "DELETE FROM crawler_jobs.river_migration", "CREATE TABLE crawler_jobs.mine (n int)",
		},
		postgres.RoleTakedown: {
			"INSERT INTO visits DEFAULT VALUES", "DELETE FROM visits", "INSERT INTO findings DEFAULT VALUES", "UPDATE findings SET verdict = '{}'", "UPDATE findings SET score = 100",
			"UPDATE findings SET campaign_id = 1", "INSERT INTO campaigns DEFAULT VALUES", "UPDATE finding_numbers SET e164 = '+1'", "DELETE FROM candidates",
			"UPDATE checks SET state = 'down'", "DELETE FROM cases", "DELETE FROM users", "DELETE FROM events", "UPDATE seeds SET url = ''", "SELECT FROM seeds",
			"DELETE FROM crawler_jobs.river_job", "UPDATE crawler_jobs.river_job SET state = 'available'", "DELETE FROM settings",
		},
	}
	for role, statements := range refused {
		for _, sql := range statements {
			t.Run(string(role)+" "+sql, func(t *testing.T) {
				w := &world{t: t, d: w.d}
				w.refused(w.as(role, sql), "42501")
			})
		}
	}
	t.Run("each sees and writes its own events", func(t *testing.T) {
		events, err := w.crawler.Events(w.ctx(), "case", 1)
		w.ok(err)
		w.same(0, len(events))
		w.refused(w.as(postgres.RoleCrawler, `INSERT INTO events (program, at, actor, verb, noun, noun_id, detail, prev, hash)
			VALUES ('takedown', now(), 'x', 'x', 'x', 1, '{}', '', repeat('a', 64))`), "42501")
		w.refused(w.as(postgres.RoleTakedown, `INSERT INTO events (program, at, actor, verb, noun, noun_id, detail, prev, hash)
			SELECT 'crawler', now(), 'x', 'x', 'x', 1, '{}', hash, repeat('a', 64) FROM events WHERE program = 'crawler' ORDER BY id DESC LIMIT 1`), "42501")
	})
}
