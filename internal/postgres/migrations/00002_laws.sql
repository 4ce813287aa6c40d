-- +goose Up

-- The laws that single columns can't state. SQLSTATE PD001: the state does not allow it.

-- +goose StatementBegin
CREATE FUNCTION may_become(noun text, was text, becomes text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (noun, was, becomes) IN (VALUES
        ('candidates', 'queued', 'claimed'),
        ('candidates', 'queued', 'visited'),
        ('candidates', 'claimed', 'queued'),
        ('candidates', 'claimed', 'visited'),
        ('candidates', 'visited', 'queued'),
        ('findings', 'new', 'confirmed'),
        ('findings', 'new', 'dismissed'),
        ('findings', 'dismissed', 'confirmed'),
        ('findings', 'confirmed', 'dismissed'),
        ('cases', 'open', 'reported'),
        ('cases', 'open', 'down'),
        ('cases', 'open', 'closed'),
        ('cases', 'reported', 'down'),
        ('cases', 'reported', 'closed'),
        ('cases', 'down', 'reported'),
        ('cases', 'down', 'closed'),
        ('reports', 'draft', 'approved'),
        ('reports', 'approved', 'sending'),
        ('reports', 'approved', 'rehearsed'),
        ('reports', 'approved', 'draft'),
        ('reports', 'sending', 'sent'),
        ('reports', 'sending', 'failed'),
        ('reports', 'sending', 'uncertain'),
        ('reports', 'sending', 'approved'),
        ('reports', 'uncertain', 'sent'),
        ('reports', 'uncertain', 'draft'),
        ('reports', 'rehearsed', 'draft'),
        ('reports', 'failed', 'draft'),
        ('checks', 'asked', 'up'),
        ('checks', 'asked', 'cloaked'),
        ('checks', 'asked', 'changed'),
        ('checks', 'asked', 'unreachable'),
        ('checks', 'asked', 'mitigated'),
        ('checks', 'asked', 'down'))
$$;

CREATE FUNCTION keep_transitions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION '% begin as %, not as %', TG_TABLE_NAME, TG_ARGV[0], NEW.state USING ERRCODE = 'PD001';
    END IF;
    IF NOT may_become(TG_TABLE_NAME, OLD.state, NEW.state) THEN
        RAISE EXCEPTION '% cannot go from % to %', TG_TABLE_NAME, OLD.state, NEW.state USING ERRCODE = 'PD001';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION keep_forever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'PD001';
END
$$;

-- What an analyst previewed is what leaves.
CREATE FUNCTION keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' OR OLD.message_id IS NOT NULL THEN
            RAISE EXCEPTION 'report % may have left: it stays', OLD.id USING ERRCODE = 'PD001';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.case_id, OLD.contact_id, OLD.kind, OLD.step) IS DISTINCT FROM (NEW.case_id, NEW.contact_id, NEW.kind, NEW.step) THEN
        RAISE EXCEPTION 'report % stays with its contact, case, kind and step', OLD.id USING ERRCODE = 'PD001';
    END IF;
    IF (OLD.sender, OLD.recipients, OLD.subject, OLD.body, OLD.attachments, OLD.content_hash)
        IS DISTINCT FROM (NEW.sender, NEW.recipients, NEW.subject, NEW.body, NEW.attachments, NEW.content_hash)
        AND (OLD.state <> 'draft' OR NEW.state <> 'draft') THEN
        RAISE EXCEPTION 'report % is %: only a draft can be edited', OLD.id, OLD.state USING ERRCODE = 'PD001';
    END IF;
    IF (OLD.mode, OLD.approved_hash, OLD.approved_by, OLD.approved_at) IS DISTINCT FROM (NEW.mode, NEW.approved_hash, NEW.approved_by, NEW.approved_at)
        AND NEW.state <> 'draft' AND NOT (OLD.state = 'draft' AND NEW.state = 'approved') THEN
        RAISE EXCEPTION 'report %: an approval is not changed, it is given anew', OLD.id USING ERRCODE = 'PD001';
    END IF;
    IF OLD.message_id IS DISTINCT FROM NEW.message_id AND NOT (OLD.message_id IS NULL AND NEW.state = 'sending') THEN
        RAISE EXCEPTION 'report % keeps its Message-ID', OLD.id USING ERRCODE = 'PD001';
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'approved' AND (SELECT state FROM cases WHERE id = NEW.case_id) = 'closed' THEN
        RAISE EXCEPTION 'report %: its case is closed', OLD.id USING ERRCODE = 'PD001';
    END IF;
    RETURN NEW;
END
$$;

-- A case that is not closed has a confirmed finding, seen from both sides at commit.
CREATE FUNCTION keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        wanted := NEW.id;
    ELSE
        wanted := OLD.case_id;
    END IF;
    IF EXISTS (SELECT FROM cases WHERE id = wanted AND state <> 'closed')
        AND NOT EXISTS (SELECT FROM findings WHERE case_id = wanted AND state = 'confirmed') THEN
        RAISE EXCEPTION 'case % has no confirmed finding', wanted USING ERRCODE = 'PD001';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION keep_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head text;
BEGIN
    SELECT hash INTO head FROM events WHERE program = NEW.program ORDER BY id DESC LIMIT 1;
    IF NEW.prev <> coalesce(head, '') THEN
        RAISE EXCEPTION 'the event does not follow the last one of %', NEW.program USING ERRCODE = 'PD001';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER begins BEFORE INSERT ON candidates FOR EACH ROW WHEN (NEW.state <> 'queued') EXECUTE FUNCTION keep_transitions('queued');
CREATE TRIGGER begins BEFORE INSERT ON findings FOR EACH ROW WHEN (NEW.state <> 'new') EXECUTE FUNCTION keep_transitions('new');
CREATE TRIGGER begins BEFORE INSERT ON cases FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION keep_transitions('open');
CREATE TRIGGER begins BEFORE INSERT ON reports FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION keep_transitions('draft');
CREATE TRIGGER begins BEFORE INSERT ON checks FOR EACH ROW WHEN (NEW.state <> 'asked') EXECUTE FUNCTION keep_transitions('asked');

CREATE TRIGGER becomes BEFORE UPDATE ON candidates FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION keep_transitions();
CREATE TRIGGER becomes BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION keep_transitions();
CREATE TRIGGER becomes BEFORE UPDATE ON cases FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION keep_transitions();
CREATE TRIGGER becomes BEFORE UPDATE ON reports FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION keep_transitions();
CREATE TRIGGER becomes BEFORE UPDATE ON checks FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION keep_transitions();

CREATE TRIGGER keeps BEFORE UPDATE OR DELETE ON reports FOR EACH ROW EXECUTE FUNCTION keep_report();
CREATE TRIGGER follows BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION keep_chain();

CREATE CONSTRAINT TRIGGER needs_finding AFTER INSERT OR UPDATE ON cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_case();
CREATE CONSTRAINT TRIGGER case_needs_finding AFTER UPDATE ON findings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state = 'confirmed' AND (NEW.state <> 'confirmed' OR NEW.case_id IS DISTINCT FROM OLD.case_id)) EXECUTE FUNCTION keep_case();

CREATE TRIGGER forever BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
CREATE TRIGGER forever BEFORE UPDATE OR DELETE OR TRUNCATE ON visits FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
CREATE TRIGGER forever BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_visits FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
CREATE TRIGGER forever BEFORE DELETE OR TRUNCATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
CREATE TRIGGER forever BEFORE DELETE OR TRUNCATE ON finding_numbers FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
CREATE TRIGGER forever BEFORE TRUNCATE ON reports FOR EACH STATEMENT EXECUTE FUNCTION keep_forever();
