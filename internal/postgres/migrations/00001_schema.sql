-- +goose Up

-- Roles belong to the whole cluster, and another database may be making them now.
-- +goose StatementBegin
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['popdown_crawler', 'popdown_takedown'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd

CREATE SCHEMA crawler_jobs;
CREATE SCHEMA takedown_jobs;

-- ---------------------------------------------------------------- crawler

CREATE TABLE seeds (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    kind        text NOT NULL CHECK (kind IN ('ad_page', 'url_list')),
    url         text NOT NULL,
    urls        jsonb NOT NULL,
    schedule    text NOT NULL CHECK (schedule <> ''),
    time_zone   text NOT NULL,
    persona     text NOT NULL,
    max_clicks  integer NOT NULL CHECK (max_clicks >= 0),
    enabled     boolean NOT NULL,
    notes       text NOT NULL,
    next_run_at timestamptz,
    last_run_at timestamptz,
    last_error  text NOT NULL DEFAULT '',
    candidates  integer NOT NULL DEFAULT 0,
    findings    integer NOT NULL DEFAULT 0
);
CREATE INDEX seeds_due ON seeds (next_run_at) WHERE enabled;

-- url_key is the SHA-256 of the normalised URL: pages choose URLs longer than an index takes.
CREATE TABLE candidates (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url         text NOT NULL,
    url_key     bytea NOT NULL CHECK (octet_length(url_key) = 32),
    referrer    text NOT NULL,
    persona     text NOT NULL,
    seed_id     bigint REFERENCES seeds,
    found       text NOT NULL,
    priority    integer NOT NULL,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'claimed', 'visited')),
    found_at    timestamptz NOT NULL,
    lease_until timestamptz,
    visited_at  timestamptz,
    UNIQUE (url_key, persona),
    CHECK ((state = 'claimed') = (lease_until IS NOT NULL)),
    CHECK (state <> 'visited' OR visited_at IS NOT NULL)
);
CREATE INDEX candidates_frontier ON candidates (priority DESC, found_at, id) WHERE state <> 'visited';
CREATE INDEX candidates_seed ON candidates (seed_id);

CREATE TABLE visits (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    candidate_id  bigint REFERENCES candidates,
    purpose       text NOT NULL CHECK (purpose IN ('crawl', 'recheck', 'manual')),
    requested_url text NOT NULL,
    referrer      text NOT NULL,
    persona       text NOT NULL,
    started_at    timestamptz NOT NULL,
    took_us       bigint NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('loaded', 'timeout', 'dns_error', 'tls_error', 'refused', 'http_error', 'crashed', 'blocked')),
    error         text NOT NULL,
    landings      jsonb NOT NULL,
    dials         jsonb NOT NULL,
    files         jsonb NOT NULL,
    manifest      text NOT NULL
);
CREATE INDEX visits_candidate ON visits (candidate_id);

CREATE TABLE campaigns (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL
);

-- ---------------------------------------------------------------- between the two

CREATE TABLE cases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target        text NOT NULL CHECK (target <> ''),
    campaign_id   bigint NOT NULL REFERENCES campaigns,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'reported', 'down', 'closed')),
    first_seen_at timestamptz NOT NULL,
    opened_at     timestamptz NOT NULL,
    reported_at   timestamptz,
    down_at       timestamptz,
    closed_at     timestamptz,
    next_run_at   timestamptz,
    brand         text NOT NULL,
    CHECK (state <> 'reported' OR reported_at IS NOT NULL),
    CHECK (state <> 'down' OR down_at IS NOT NULL),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK (state <> 'closed' OR next_run_at IS NULL)
);
CREATE INDEX cases_target ON cases (target, campaign_id);
CREATE INDEX cases_due ON cases (next_run_at) WHERE state IN ('reported', 'down');

CREATE TABLE findings (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url            text NOT NULL,
    url_key        bytea NOT NULL UNIQUE CHECK (octet_length(url_key) = 32),
    landing_url    text NOT NULL,
    start_url      text NOT NULL,
    host           text NOT NULL,
    state          text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'confirmed', 'dismissed')),
    score          integer NOT NULL,
    verdict        jsonb NOT NULL,
    chain          jsonb NOT NULL,
    dialogs        jsonb NOT NULL,
    behaviors      jsonb NOT NULL,
    title          text NOT NULL,
    first_seen_at  timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL,
    visits         integer NOT NULL,
    first_visit_id bigint NOT NULL REFERENCES visits,
    last_visit_id  bigint NOT NULL REFERENCES visits,
    screenshot     jsonb NOT NULL,
    campaign_id    bigint REFERENCES campaigns,
    campaign_why   text NOT NULL DEFAULT '',
    case_id        bigint REFERENCES cases,
    decided_by     text NOT NULL DEFAULT '',
    decided_at     timestamptz,
    reason         text NOT NULL DEFAULT '',
    CHECK (state = 'new' OR (decided_by <> '' AND decided_at IS NOT NULL)),
    CHECK (state <> 'confirmed' OR case_id IS NOT NULL)
);
CREATE INDEX findings_host ON findings (host);
CREATE INDEX findings_case ON findings (case_id);
CREATE INDEX findings_campaign ON findings (campaign_id);
CREATE INDEX findings_queue ON findings (state, score DESC, last_seen_at DESC, id);

CREATE TABLE finding_numbers (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    finding_id bigint NOT NULL REFERENCES findings,
    e164       text NOT NULL CHECK (e164 <> ''),
    raw        text NOT NULL,
    region     text NOT NULL,
    kind       text NOT NULL,
    sources    text[] NOT NULL,
    excerpt    text NOT NULL,
    PRIMARY KEY (finding_id, e164)
);
CREATE INDEX finding_numbers_e164 ON finding_numbers (e164);

CREATE TABLE finding_visits (
    finding_id bigint NOT NULL REFERENCES findings,
    visit_id   bigint NOT NULL REFERENCES visits,
    PRIMARY KEY (finding_id, visit_id)
);

CREATE TABLE checks (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases,
    finding_id bigint NOT NULL REFERENCES findings,
    url        text NOT NULL,
    persona    text NOT NULL,
    referrer   text NOT NULL,
    asked_at   timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'up', 'cloaked', 'changed', 'unreachable', 'mitigated', 'down')),
    reason     text NOT NULL DEFAULT '',
    done_at    timestamptz,
    visit_id   bigint REFERENCES visits,
    screenshot jsonb NOT NULL DEFAULT '{}',
    CHECK (state = 'asked' OR (done_at IS NOT NULL AND visit_id IS NOT NULL))
);
CREATE INDEX checks_case ON checks (case_id, id DESC);
CREATE INDEX checks_asked ON checks (id) WHERE state = 'asked';

-- ---------------------------------------------------------------- takedown

CREATE TABLE contacts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases,
    rank       integer NOT NULL CHECK (rank > 0),
    scope      text NOT NULL CHECK (scope IN ('platform', 'cdn', 'network', 'registrar', 'registry', 'dns', 'ad_network', 'shortener', 'carrier', 'brand', 'blocklist', 'cert', 'authority')),
    org        text NOT NULL,
    channel    text NOT NULL CHECK (channel IN ('email', 'api', 'form')),
    address    text NOT NULL CHECK (address <> ''),
    source     text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    why        text NOT NULL,
    fetched_at timestamptz,
    UNIQUE (case_id, channel, address),
    UNIQUE (id, case_id)
);

-- approved_hash is the content_hash that the approval named: an edit would part them.
CREATE TABLE reports (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id       bigint NOT NULL REFERENCES cases,
    contact_id    bigint NOT NULL,
    kind          text NOT NULL CHECK (kind <> ''),
    step          integer NOT NULL CHECK (step >= 0),
    state         text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'sending', 'sent', 'rehearsed', 'failed', 'uncertain')),
    mode          text CHECK (mode IN ('dry_run', 'live')),
    sender        text NOT NULL,
    recipients    jsonb NOT NULL,
    subject       text NOT NULL,
    body          text NOT NULL,
    attachments   jsonb NOT NULL,
    content_hash  text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    approved_hash text,
    message_id    text UNIQUE CHECK (message_id <> ''),
    created_at    timestamptz NOT NULL,
    approved_by   text NOT NULL DEFAULT '',
    approved_at   timestamptz,
    sent_at       timestamptz,
    detail        text NOT NULL DEFAULT '',
    FOREIGN KEY (contact_id, case_id) REFERENCES contacts (id, case_id),
    UNIQUE (contact_id, case_id, kind, step),
    CONSTRAINT reports_approval CHECK (CASE WHEN state = 'draft'
        THEN approved_hash IS NULL AND mode IS NULL AND approved_by = '' AND approved_at IS NULL
        ELSE approved_hash IS NOT NULL AND approved_hash = content_hash AND mode IS NOT NULL AND approved_by <> '' AND approved_at IS NOT NULL END),
    CONSTRAINT reports_live CHECK (state NOT IN ('sending', 'sent', 'failed', 'uncertain') OR (message_id IS NOT NULL AND mode = 'live')),
    CONSTRAINT reports_rehearsal CHECK (state <> 'rehearsed' OR mode = 'dry_run'),
    CONSTRAINT reports_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX reports_case ON reports (case_id);
CREATE INDEX reports_approved ON reports (id) WHERE state = 'approved';

CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE CHECK (name <> '' AND name = lower(name)),
    password_hash text NOT NULL CHECK (password_hash <> ''),
    created_at    timestamptz NOT NULL
);

CREATE TABLE sessions (
    token_hash text PRIMARY KEY CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    user_id    bigint NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- One row: the kill switch. Nothing leaves until an operator switches it on.
CREATE TABLE settings (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    sending    boolean NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
INSERT INTO settings (sending, changed_by, changed_at) VALUES (false, 'migration', now());

-- ---------------------------------------------------------------- audit

CREATE TABLE events (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    program text NOT NULL CHECK (program IN ('crawler', 'takedown')),
    at      timestamptz NOT NULL,
    actor   text NOT NULL CHECK (actor <> ''),
    verb    text NOT NULL CHECK (verb <> ''),
    noun    text NOT NULL CHECK (noun <> ''),
    noun_id bigint NOT NULL,
    detail  json NOT NULL, -- json, not jsonb: the hash covers its very bytes
    prev    text NOT NULL,
    hash    text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    UNIQUE (program, prev)
);
CREATE INDEX events_chain ON events (program, id);
CREATE INDEX events_noun ON events (noun, noun_id, id);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_crawler ON events TO popdown_crawler USING (program = 'crawler') WITH CHECK (program = 'crawler');
CREATE POLICY events_takedown_reads ON events FOR SELECT TO popdown_takedown USING (true);
CREATE POLICY events_takedown_writes ON events FOR INSERT TO popdown_takedown WITH CHECK (program = 'takedown');
