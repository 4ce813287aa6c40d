package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// maxRelated bounds what a page can make us load by naming a number or host of thousands.
const maxRelated = 200

// relatedFindings returns the findings in campaigns that share a number or the host with
// f, oldest first.
func relatedFindings(ctx context.Context, tx pgx.Tx, f scam.Finding) ([]scam.Finding, error) {
	numbers := make([]string, 0, len(f.Verdict.Numbers))
	for _, n := range f.Verdict.Numbers {
		numbers = append(numbers, n.E164)
	}
	return queryFindings(ctx, tx, `WHERE f.id <> $1 AND f.campaign_id IS NOT NULL AND (
			f.host = $2 AND f.host <> '' OR f.id IN (SELECT finding_id FROM finding_numbers WHERE e164 = ANY ($3)))
		ORDER BY f.first_seen_at, f.id LIMIT $4`, f.ID, f.Host, numbers, maxRelated)
}

// openCampaign names a campaign after the first number or, without one, the host.
func openCampaign(ctx context.Context, tx pgx.Tx, f scam.Finding, at time.Time) (id int64, err error) {
	name := f.Host
	if len(f.Verdict.Numbers) > 0 {
		name = f.Verdict.Numbers[0].E164
	}
	err = tx.QueryRow(ctx, "INSERT INTO campaigns (name, created_at) VALUES ($1, $2) RETURNING id", clean(name, at)...).Scan(&id)
	return id, err
}

// Campaign returns scam.ErrNotFound for an unknown id.
func (db *DB) Campaign(ctx context.Context, id int64) (c scam.Campaign, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT id, name, created_at FROM campaigns WHERE id = $1", id).Scan(&c.ID, &c.Name, &c.CreatedAt)
	})
	return c, err
}
