package postgres_test

import (
	"testing"

	"popdown/internal/crawl"
	"popdown/internal/postgres"
	"popdown/internal/postgrestest"
	"popdown/internal/review"
	"popdown/internal/takedown"
)

var (
	_ crawl.Store    = (*postgres.DB)(nil)
	_ takedown.Store = (*postgres.DB)(nil)
	_ review.Store   = (*postgres.DB)(nil)
)

func TestSmoke(t *testing.T) {
	d := postgrestest.New(t)
	for _, r := range []postgres.Role{postgres.RoleOwner, postgres.RoleCrawler, postgres.RoleTakedown} {
		db := d.Open(t, r)
		c, err := db.Counts(t.Context())
		t.Log(c, err)
	}
}
