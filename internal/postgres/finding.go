package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// What the first visit knows stands with it alone: persona, referrer, files, dials, manifest.
const selectFindings = `
	SELECT f.id, f.url, f.landing_url, f.start_url, f.host, f.state, f.verdict, f.chain, f.dialogs, f.behaviors, f.title,
		v.persona, v.referrer, f.first_seen_at, f.last_seen_at, f.visits, f.first_visit_id, f.last_visit_id,
		f.screenshot, v.files, v.dials, v.manifest, f.campaign_id, f.campaign_why, f.case_id, f.decided_by, f.decided_at, f.reason,
		(SELECT coalesce(jsonb_agg(jsonb_build_object('e164', n.e164, 'raw', n.raw, 'region', n.region, 'kind', n.kind,
			'sources', n.sources, 'excerpt', n.excerpt) ORDER BY n.id), '[]') FROM finding_numbers n WHERE n.finding_id = f.id)
	FROM findings f JOIN visits v ON v.id = f.first_visit_id `

func scanFinding(row pgx.CollectableRow) (scam.Finding, error) {
	var f scam.Finding
	err := row.Scan(&f.ID, &f.URL, &f.LandingURL, &f.StartURL, &f.Host, &f.State, &f.Verdict, &f.Chain, &f.Dialogs, &f.Behaviors, &f.Title,
		&f.Persona, &f.Referrer, &f.FirstSeenAt, &f.LastSeenAt, &f.Visits, &f.FirstVisitID, &f.LastVisitID,
		&f.Screenshot, &f.Files, &f.Dials, &f.Manifest, zeroID(&f.CampaignID), &f.CampaignWhy, zeroID(&f.CaseID), &f.DecidedBy, zeroTime(&f.DecidedAt), &f.Reason,
		&f.Verdict.Numbers)
	for _, n := range f.Verdict.Numbers {
		slices.SortFunc(n.Sources, func(a, b scam.Source) int {
			return cmp.Compare(slices.Index(sourceOrder(), a), slices.Index(sourceOrder(), b))
		})
	}
	return f, err
}

func sourceOrder() []scam.Source {
	return []scam.Source{scam.SourceText, scam.SourceTelLink, scam.SourceDialog, scam.SourceScript, scam.SourceAttribute,
		scam.SourceImage, scam.SourceURL, scam.SourceSpeech, scam.SourceAuthRealm}
}

func queryFindings(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]scam.Finding, error) {
	rows, err := tx.Query(ctx, selectFindings+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanFinding)
}

func findingByID(ctx context.Context, tx pgx.Tx, id int64) (scam.Finding, error) {
	found, err := queryFindings(ctx, tx, "WHERE f.id = $1", id)
	if err != nil {
		return scam.Finding{}, err
	}
	if len(found) == 0 {
		return scam.Finding{}, scam.ErrNotFound
	}
	return found[0], nil
}

// Queue implements review.Findings.
func (db *DB) Queue(ctx context.Context, state scam.FindingState, limit, offset int) (queue []scam.Finding, total int, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM findings WHERE $1 = '' OR state = $1", state).Scan(&total); err != nil {
			return err
		}
		queue, err = queryFindings(ctx, tx, "WHERE $1 = '' OR f.state = $1 ORDER BY f.score DESC, f.last_seen_at DESC, f.id DESC LIMIT $2 OFFSET $3", state, limit, offset)
		return err
	})
	return queue, total, err
}

// Finding returns scam.ErrNotFound for an unknown id.
func (db *DB) Finding(ctx context.Context, id int64) (f scam.Finding, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		f, err = findingByID(ctx, tx, id)
		return err
	})
	return f, err
}
