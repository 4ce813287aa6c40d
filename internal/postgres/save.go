package postgres

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// Join decides which campaign a finding belongs to; see crawl.Join.
type Join = func(f scam.Finding, related []scam.Finding) (campaignID int64, why string)

// SaveVisit implements crawl.Frontier. A finding that has a campaign keeps it: its case
// hangs on it. Visits that saw something follow one another, so that two of them can't
// open two campaigns for one number.
func (db *DB) SaveVisit(ctx context.Context, v scam.Visit, seen []scam.Finding, join Join) (stored []scam.Finding, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		stored = nil
		if len(seen) > 0 {
			if err := lockFor(ctx, tx, lockCampaigns, ""); err != nil {
				return err
			}
		}
		if v.ID, err = insertVisit(ctx, tx, v); err != nil {
			return err
		}
		if err := finishCandidate(ctx, tx, v); err != nil {
			return err
		}
		var done []entry
		for _, f := range seen {
			f, news, err := db.saveFinding(ctx, tx, v, f, join)
			if err != nil {
				return fmt.Errorf("store finding: %w", err)
			}
			stored, done = append(stored, f), append(done, news...)
		}
		return db.record(ctx, tx, db.now(), done...)
	})
	if err != nil {
		return nil, err
	}
	return stored, nil
}

func finishCandidate(ctx context.Context, tx pgx.Tx, v scam.Visit) error {
	if v.CandidateID == 0 {
		return nil
	}
	return must(tx.Exec(ctx, "UPDATE candidates SET state = 'visited', lease_until = NULL, visited_at = $2 WHERE id = $1", clean(v.CandidateID, v.StartedAt)...))
}

// saveFinding adds what a visit saw to its finding and joins it to a campaign. It returns
// the finding as stored and the events of what is new.
func (db *DB) saveFinding(ctx context.Context, tx pgx.Tx, v scam.Visit, f scam.Finding, join Join) (scam.Finding, []entry, error) {
	id, added, err := upsertFinding(ctx, tx, v, f)
	if err != nil {
		return f, nil, err
	}
	if err := saveNumbers(ctx, tx, id, f.Verdict.Numbers); err != nil {
		return f, nil, err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO finding_visits (finding_id, visit_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, v.ID); err != nil {
		return f, nil, err
	}
	if f, err = findingByID(ctx, tx, id); err != nil {
		return f, nil, err
	}
	var done []entry
	if added {
		if err := countFinding(ctx, tx, v); err != nil {
			return f, nil, err
		}
		done = append(done, entry{Actor: "crawler", Verb: "found", Noun: "finding", ID: f.ID, Detail: map[string]any{
			"url": f.URL, "score": f.Verdict.Score, "class": f.Verdict.Class, "visit_id": v.ID, "manifest": v.Manifest}})
	}
	if f.CampaignID == 0 {
		joined, err := joinCampaign(ctx, tx, &f, v.StartedAt, join)
		if err != nil {
			return f, nil, fmt.Errorf("join campaign: %w", err)
		}
		done = append(done, joined)
	}
	return f, done, nil
}

// upsertFinding keeps the facts of the first visit, the verdict with the highest score
// and the landing URL of the last. A visit counts once, though it saw the page twice.
func upsertFinding(ctx context.Context, tx pgx.Tx, v scam.Visit, f scam.Finding) (id int64, added bool, err error) {
	if f.URL == "" {
		if f.URL, err = scam.NormalizeURL(f.LandingURL); err != nil {
			return 0, false, err
		}
	}
	verdict := f.Verdict
	verdict.Numbers = nil // in a table of their own
	err = tx.QueryRow(ctx, `
		INSERT INTO findings AS f (url, url_key, landing_url, start_url, host, score, verdict, chain, dialogs, behaviors, title,
			first_seen_at, last_seen_at, visits, first_visit_id, last_visit_id, screenshot)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14, $15)
		ON CONFLICT (url_key) DO UPDATE SET
			landing_url = EXCLUDED.landing_url,
			verdict = CASE WHEN EXCLUDED.score > f.score THEN EXCLUDED.verdict ELSE f.verdict END,
			score = greatest(f.score, EXCLUDED.score),
			last_seen_at = greatest(f.last_seen_at, EXCLUDED.last_seen_at),
			visits = f.visits + CASE WHEN f.last_visit_id = EXCLUDED.last_visit_id THEN 0 ELSE 1 END,
			last_visit_id = EXCLUDED.last_visit_id
		RETURNING id, xmax = 0`,
		clean(f.URL, key(cleanText(f.URL)), f.LandingURL, f.StartURL, cmp.Or(f.Host, scam.Host(f.URL)), f.Verdict.Score, asJSON{verdict},
			asJSON{f.Chain}, asJSON{f.Dialogs}, asJSON{f.Behaviors}, f.Title,
			cmp.Or(f.FirstSeenAt, v.StartedAt), cmp.Or(f.LastSeenAt, v.StartedAt), v.ID, asJSON{f.Screenshot})...).Scan(&id, &added)
	return id, added, err
}

// saveNumbers adds numbers and where else they stood.
func saveNumbers(ctx context.Context, tx pgx.Tx, findingID int64, numbers []scam.CallbackNumber) error {
	for _, n := range numbers {
		sources := make([]string, 0, len(n.Sources))
		for _, s := range n.Sources {
			sources = append(sources, string(s))
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO finding_numbers AS n (finding_id, e164, raw, region, kind, sources, excerpt) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (finding_id, e164) DO UPDATE SET sources = n.sources || ARRAY(
				SELECT s FROM unnest(EXCLUDED.sources) AS s WHERE s <> ALL (n.sources))`,
			clean(findingID, n.E164, n.Raw, n.Region, n.Kind, sources, n.Excerpt)...)
		if err != nil {
			return fmt.Errorf("number %s: %w", n.E164, err)
		}
	}
	return nil
}

// countFinding credits the seed that led to a new finding.
func countFinding(ctx context.Context, tx pgx.Tx, v scam.Visit) error {
	_, err := tx.Exec(ctx, "UPDATE seeds SET findings = findings + 1 WHERE id = (SELECT seed_id FROM candidates WHERE id = $1)", nullID(v.CandidateID))
	return err
}

// joinCampaign asks join where a finding belongs and opens a campaign if nowhere.
func joinCampaign(ctx context.Context, tx pgx.Tx, f *scam.Finding, at time.Time, join Join) (entry, error) {
	related, err := relatedFindings(ctx, tx, *f)
	if err != nil {
		return entry{}, err
	}
	f.CampaignID, f.CampaignWhy = join(*f, related)
	if f.CampaignID == 0 {
		if f.CampaignID, err = openCampaign(ctx, tx, *f, at); err != nil {
			return entry{}, err
		}
	}
	_, err = tx.Exec(ctx, "UPDATE findings SET campaign_id = $2, campaign_why = $3 WHERE id = $1", clean(f.ID, f.CampaignID, f.CampaignWhy)...)
	return entry{Actor: "crawler", Verb: "joined", Noun: "finding", ID: f.ID, Detail: map[string]any{"campaign_id": f.CampaignID, "why": f.CampaignWhy}}, err
}
