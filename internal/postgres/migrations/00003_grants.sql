-- +goose Up

-- Each program gets what it needs and no more. The tables of the job queues are River's
-- and are granted after its own migrations, in jobs_grants.sql.

GRANT USAGE ON SCHEMA public TO popdown_crawler, popdown_takedown;
GRANT SELECT ON goose_db_version TO popdown_crawler, popdown_takedown;

-- The crawler: all but the decisions. It can't read people's data, contacts or letters.
GRANT SELECT, INSERT, UPDATE ON seeds, candidates TO popdown_crawler;
GRANT SELECT, INSERT ON visits, campaigns, finding_visits, events TO popdown_crawler;
GRANT SELECT, INSERT, UPDATE ON finding_numbers TO popdown_crawler;
GRANT SELECT ON findings TO popdown_crawler;
GRANT INSERT (url, url_key, landing_url, start_url, host, score, verdict, chain, dialogs, behaviors, title, first_seen_at, last_seen_at, visits,
              first_visit_id, last_visit_id, screenshot),
      UPDATE (landing_url, score, verdict, last_seen_at, visits, last_visit_id, campaign_id, campaign_why) ON findings TO popdown_crawler;
GRANT SELECT, UPDATE (state, reason, done_at, visit_id, screenshot) ON checks TO popdown_crawler;

-- takedown: the decisions and what follows from them. Of the crawler's it may only ask
-- for a look: at a submitted URL (a candidate) or at a reported page (a check).
GRANT SELECT ON visits, campaigns, finding_visits, finding_numbers, findings TO popdown_takedown;
GRANT UPDATE (state, case_id, decided_by, decided_at, reason) ON findings TO popdown_takedown;
GRANT SELECT, INSERT (url, url_key, referrer, persona, found, priority, found_at, seed_id),
      UPDATE (url, state, referrer, found, priority, found_at, lease_until) ON candidates TO popdown_takedown;
GRANT SELECT, INSERT ON checks, events TO popdown_takedown;
GRANT SELECT, INSERT, UPDATE ON cases, contacts, users TO popdown_takedown;
GRANT SELECT, INSERT, UPDATE, DELETE ON reports TO popdown_takedown;
GRANT SELECT, INSERT, DELETE ON sessions TO popdown_takedown;
GRANT SELECT, UPDATE ON settings TO popdown_takedown;
