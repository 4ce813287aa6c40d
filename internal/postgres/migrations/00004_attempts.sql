-- +goose Up

-- How often a candidate was claimed without a stored visit. One that can't be looked at,
-- or whose visit can't be stored, goes behind all others, and is given up in the end.
ALTER TABLE candidates ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0);
DROP INDEX candidates_frontier;
CREATE INDEX candidates_frontier ON candidates (attempts, priority DESC, found_at, id) WHERE state <> 'visited';

-- takedown queues a page again that was given up.
GRANT UPDATE (attempts) ON candidates TO popdown_takedown;
