package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"popdown/internal/scam"
)

const broken = "PD001" // the SQLSTATE of migrations/00002_laws.sql

func TestDatabaseAllowsTheTransitionsOfScamAndNoOthers(t *testing.T) {
	w := newWorld(t)
	compare := func(table string, states []string, may func(from, to string) bool) {
		for _, from := range states {
			for _, to := range states {
				got := value[bool](w, "SELECT coalesce(may_become($1, $2, $3), false)", table, from, to)
				if want := may(from, to); got != want {
					t.Errorf("%s from %s to %s: the database says %v, scam %v", table, from, to, got, want)
				}
			}
		}
	}
	compare("findings", strings.Fields("new confirmed dismissed"), func(from, to string) bool {
		return scam.FindingState(from).CanBecome(scam.FindingState(to)) == nil
	})
	compare("cases", strings.Fields("open reported down closed"), func(from, to string) bool {
		return scam.CaseState(from).CanBecome(scam.CaseState(to)) == nil
	})
	compare("reports", strings.Fields("draft approved sending sent rehearsed failed uncertain"), func(from, to string) bool {
		return scam.ReportState(from).CanBecome(scam.ReportState(to)) == nil
	})
}

func TestLawsRefuseRawSQL(t *testing.T) {
	t.Run("visits and findings", func(t *testing.T) {
		w := newWorld(t)
		w.found("https://alert.example/", number)
		w.refused(w.raw("UPDATE visits SET outcome = 'timeout'"), broken)
		w.refused(w.raw("DELETE FROM visits"), broken)
		w.refused(w.raw("TRUNCATE visits CASCADE"), broken)
		w.refused(w.raw("DELETE FROM finding_visits"), broken)
		w.refused(w.raw("DELETE FROM findings"), broken)
		w.refused(w.raw("UPDATE findings SET state = 'confirmed', decided_by = 'x', decided_at = now()"), "23514") // no case
		w.refused(w.raw("UPDATE findings SET state = 'dismissed'"), "23514")                                       // by nobody
		w.refused(w.raw("UPDATE findings SET state = 'odd'"), broken)
		w.refused(w.raw("INSERT INTO findings SELECT (f).* FROM (SELECT f FROM findings f) x"), "428C9") // ids are given, not taken
	})
	t.Run("a case needs a confirmed finding", func(t *testing.T) {
		w := newWorld(t)
		f := w.found("https://alert.example/", number)
		open := "INSERT INTO cases (target, campaign_id, state, first_seen_at, opened_at, brand) VALUES ('alert.example', $1, '%s', now(), now(), '')"
		w.refused(w.raw(fmt.Sprintf(open, "open"), f.CampaignID), broken)
		w.refused(w.raw(fmt.Sprintf(open, "reported"), f.CampaignID), broken)
		_, id := w.confirmed("https://alert.example/")
		w.refused(w.raw("UPDATE findings SET state = 'dismissed' WHERE case_id = $1", id), broken)
		w.refused(w.raw("UPDATE findings SET state = 'new' WHERE case_id = $1", id), broken)
		w.refused(w.raw("UPDATE cases SET state = 'reported' WHERE id = $1", id), "23514") // nothing was sent
		w.ok(w.takedown.CloseCase(w.ctx(), id, "ana", "", w.now()))
		w.refused(w.raw("UPDATE cases SET state = 'open', closed_at = NULL WHERE id = $1", id), broken)
	})
	t.Run("what was approved is what leaves", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(true)
		for _, edit := range []string{"sender = 'x'", "recipients = '[]'", "subject = 'x'", "body = 'x'", "attachments = '[]'", "content_hash = repeat('0', 64)"} {
			w.refused(w.raw("UPDATE reports SET "+edit+" WHERE id = $1", r.ID), broken)
		}
		w.refused(w.raw("UPDATE reports SET mode = 'dry_run' WHERE id = $1", r.ID), broken)
		w.refused(w.raw("UPDATE reports SET approved_hash = repeat('0', 64) WHERE id = $1", r.ID), broken)
		w.refused(w.raw("UPDATE reports SET step = 9 WHERE id = $1", r.ID), broken)
		w.refused(w.raw("UPDATE reports SET message_id = '<x@y>' WHERE id = $1", r.ID), broken)
		w.refused(w.raw("UPDATE reports SET state = 'sending' WHERE id = $1", r.ID), "23514") // no Message-ID
		w.refused(w.raw("UPDATE reports SET state = 'sent', sent_at = now() WHERE id = $1", r.ID), broken)
		w.refused(w.raw("DELETE FROM reports WHERE id = $1", r.ID), broken)
		draft := r.ID + 1
		w.refused(w.raw("UPDATE reports SET state = 'approved', mode = 'live', approved_hash = repeat('0', 64), approved_by = 'x', approved_at = now() WHERE id = $1", draft), "23514")
		w.refused(w.raw("UPDATE reports SET state = 'approved', subject = 'x', mode = 'live', approved_hash = content_hash, approved_by = 'x', approved_at = now() WHERE id = $1", draft), broken)
		w.refused(w.raw("UPDATE reports SET state = 'approved' WHERE id = $1", draft), "23514")
		w.refused(w.raw(`INSERT INTO reports (case_id, contact_id, kind, step, sender, recipients, subject, body, attachments, content_hash, created_at)
			SELECT case_id, contact_id, kind, step, sender, recipients, subject, body, attachments, content_hash, created_at FROM reports WHERE id = $1`, draft), "23505")
		w.refused(w.raw(`INSERT INTO reports (state, case_id, contact_id, kind, step, sender, recipients, subject, body, attachments, content_hash, created_at)
			SELECT 'approved', case_id, contact_id, kind, 7, sender, recipients, subject, body, attachments, content_hash, created_at FROM reports WHERE id = $1`, draft), broken)
		w.ok(w.raw("UPDATE reports SET body = 'edited' WHERE id = $1", draft))
	})
	t.Run("a dry-run approval is never sent", func(t *testing.T) {
		w := newWorld(t)
		r := w.approved(false)
		w.refused(w.raw("UPDATE reports SET state = 'sending', message_id = '<1@x.example>' WHERE id = $1", r.ID), "23514")
		live := w.report(r.ID)
		w.ok(w.takedown.FinishSending(w.ctx(), live.ID, scam.ReportRehearsed, "", w.now(), w.at))
		w.refused(w.raw("UPDATE reports SET state = 'sent', sent_at = now() WHERE id = $1", r.ID), broken)
	})
	t.Run("a letter of a closed case is not approved", func(t *testing.T) {
		w := newWorld(t)
		r := w.drafted()[0]
		w.ok(w.takedown.CloseCase(w.ctx(), r.CaseID, "ana", "", w.now()))
		w.refused(w.raw("UPDATE reports SET state = 'approved', mode = 'live', approved_hash = content_hash, approved_by = 'x', approved_at = now() WHERE id = $1", r.ID), broken)
	})
	t.Run("an answered check stays answered", func(t *testing.T) {
		w := newWorld(t)
		f, id := w.confirmed("https://alert.example/")
		ids, err := w.takedown.AskChecks(w.ctx(), id, []scam.Check{{FindingID: f.ID, URL: f.URL}}, w.now())
		w.ok(err)
		c, _, err := w.crawler.Check(w.ctx(), ids[0])
		w.ok(err)
		w.refused(w.raw("UPDATE checks SET state = 'down' WHERE id = $1", c.ID), "23514") // without a visit
		c.State = scam.CheckUp
		w.ok(w.crawler.SaveCheck(w.ctx(), c, w.visit(f.URL)))
		w.refused(w.raw("UPDATE checks SET state = 'down' WHERE id = $1", c.ID), broken)
	})
	t.Run("events", func(t *testing.T) {
		w := newWorld(t)
		w.found("https://alert.example/", number)
		w.refused(w.raw("UPDATE events SET actor = 'nobody'"), broken)
		w.refused(w.raw("DELETE FROM events"), broken)
		w.refused(w.raw("TRUNCATE events"), broken)
		w.refused(w.raw(`INSERT INTO events (program, at, actor, verb, noun, noun_id, detail, prev, hash) VALUES ('crawler', now(), 'x', 'x', 'x', 1, '{}', '', repeat('a', 64))`), broken)
	})
	t.Run("the kill switch is one row", func(t *testing.T) {
		w := newWorld(t)
		w.refused(w.raw("INSERT INTO settings (sending, changed_by, changed_at) VALUES (true, 'x', now())"), "23505")
		w.refused(w.raw("INSERT INTO settings (only_row, sending, changed_by, changed_at) VALUES (false, true, 'x', now())"), "23514")
	})
}
