package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"popdown/internal/crawl"
	"popdown/internal/postgres"
	"popdown/internal/postgrestest"
	"popdown/internal/review"
	"popdown/internal/scam"
	"popdown/internal/takedown"
)

var (
	_ crawl.Store    = (*postgres.DB)(nil)
	_ takedown.Store = (*postgres.DB)(nil)
	_ review.Store   = (*postgres.DB)(nil)
)

const (
	number  = "+18445550143"
	persona = "us-windows-chrome"
)

// world is one database seen by its owner and by both programs.
type world struct {
	t        *testing.T
	d        postgrestest.Database
	crawler  *postgres.DB
	takedown *postgres.DB
	mu       sync.Mutex
	at       time.Time // moves on by a minute with each use of now
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, d: postgrestest.New(t), at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.at
	}
	w.crawler = w.d.OpenAt(t, postgres.RoleCrawler, clock)
	w.takedown = w.d.OpenAt(t, postgres.RoleTakedown, clock)
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(time.Minute)
	return w.at
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) want(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Fatalf("got %v, want %v", err, want)
	}
}

func (w *world) same(want, got any) {
	w.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Fatal(diff)
	}
}

// raw runs SQL as the owner and returns its error.
func (w *world) raw(sql string, args ...any) error {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx(), w.d.DSN)
	w.ok(err)
	defer conn.Close(w.ctx())
	_, err = conn.Exec(w.ctx(), sql, args...)
	return err
}

// value reads one value as the owner.
func value[T any](w *world, sql string, args ...any) (v T) {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx(), w.d.DSN)
	w.ok(err)
	defer conn.Close(w.ctx())
	w.ok(conn.QueryRow(w.ctx(), sql, args...).Scan(&v))
	return v
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	if err == nil || !strings.Contains(err.Error(), "SQLSTATE "+code) {
		w.t.Fatalf("got %v, want SQLSTATE %s", err, code)
	}
}

func (w *world) visit(url string) scam.Visit {
	host := scam.Host(url)
	return scam.Visit{
		Purpose: scam.PurposeManual, RequestedURL: "https://ads.example/serve", Referrer: "https://movies.example/", Persona: persona,
		StartedAt: w.now(), Took: 1500 * time.Millisecond, Outcome: scam.OutcomeLoaded,
		Landings: []scam.Landing{{URL: url, Title: "Security alert", Text: "call us", Status: 200, Chain: []scam.Hop{{Seq: 0, URL: "https://ads.example/serve", Via: scam.ViaStart, Status: 302}, {Seq: 1, URL: url, Via: scam.ViaHTTP, Status: 200}}}},
		Dials:    []scam.Dial{{Host: host, Port: 443, Addr: "203.0.113.7:443", At: w.at}},
		Files:    []scam.File{{Name: "screenshot.png", ContentType: "image/png", SHA256: strings.Repeat("a", 64), Size: 3}},
		Manifest: strings.Repeat("b", 64),
	}
}

func seen(v scam.Visit, score int, numbers ...string) scam.Finding {
	l := v.Landings[0]
	f := scam.Finding{
		LandingURL: l.URL, StartURL: v.RequestedURL, Host: scam.Host(l.URL), Chain: l.Chain, Title: l.Title,
		Verdict:     scam.Verdict{Class: scam.ClassScam, Score: score, Brand: "microsoft", FraudType: "tech_support", Language: "en", RulesVersion: "1"},
		FirstSeenAt: v.StartedAt, LastSeenAt: v.StartedAt, Screenshot: v.Files[0],
	}
	f.URL, _ = scam.NormalizeURL(l.URL)
	for _, n := range numbers {
		f.Verdict.Numbers = append(f.Verdict.Numbers, scam.CallbackNumber{E164: n, Raw: n, Region: "US", Kind: "toll_free", Sources: []scam.Source{scam.SourceText}})
	}
	return f
}

// byAny joins the first related finding's campaign.
func byAny(_ scam.Finding, related []scam.Finding) (int64, string) {
	if len(related) == 0 {
		return 0, "first of its kind"
	}
	return related[0].CampaignID, "related"
}

// found stores a finding.
func (w *world) found(url string, numbers ...string) scam.Finding {
	w.t.Helper()
	v := w.visit(url)
	stored, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 90, numbers...)}, byAny)
	w.ok(err)
	return stored[0]
}

// confirmed stores a finding and its case.
func (w *world) confirmed(url string) (scam.Finding, int64) {
	w.t.Helper()
	f := w.found(url, number)
	id, err := w.takedown.Decide(w.ctx(), f.ID, scam.FindingConfirmed, "ana", "clear", w.now())
	w.ok(err)
	f, err = w.takedown.Finding(w.ctx(), f.ID)
	w.ok(err)
	return f, id
}

func sheet() scam.ContactSheet {
	return scam.ContactSheet{Target: "https://alert.example/", RegistrationType: "malicious_registration", Contacts: []scam.Contact{
		{Rank: 1, Scope: scam.ScopeNetwork, Org: "Hoster", Channel: scam.ChannelEmail, Address: "abuse@hoster.example", Source: "rdap", Confidence: 0.9, Why: "holder of 203.0.113.0/24"},
		{Rank: 2, Scope: scam.ScopeRegistrar, Org: "Registrar", Channel: scam.ChannelEmail, Address: "abuse@registrar.example", Source: "rdap", Confidence: 0.8, Why: "registrar"},
		{Rank: 3, Scope: scam.ScopeCDN, Org: "CDN", Channel: scam.ChannelForm, Address: "https://cdn.example/abuse", Source: "providers", Confidence: 1, Why: "form"},
	}}
}

func draft(to scam.Contact) scam.Report {
	return scam.Report{Contact: to, Kind: "initial", From: "reports@popdown.example", To: []string{to.Address}, Subject: "Fraud <on> your network", Body: "Please act.\n",
		Attachments: []scam.File{{Name: "screenshot.png", ContentType: "image/png", SHA256: strings.Repeat("c", 64), Size: 9}}}
}

// mode is what an approval given now would do.
func (w *world) mode() scam.Mode {
	w.t.Helper()
	on, err := w.takedown.Sending(w.ctx())
	w.ok(err)
	if on {
		return scam.ModeLive
	}
	return scam.ModeDryRun
}

// saveDrafts stores letters that were written from the case as it is now.
func (w *world) saveDrafts(caseID int64, s scam.ContactSheet, drafts []scam.Report) ([]scam.Report, error) {
	w.t.Helper()
	c, err := w.takedown.Case(w.ctx(), caseID)
	if err != nil {
		c.ID = caseID
	}
	return w.takedown.SaveDrafts(w.ctx(), c, s, drafts)
}

// drafted stores a case with its first two letters.
func (w *world) drafted() []scam.Report {
	w.t.Helper()
	_, id := w.confirmed("https://www.alert.example/win")
	s := sheet()
	added, err := w.saveDrafts(id, s, []scam.Report{draft(s.Contacts[0]), draft(s.Contacts[1])})
	w.ok(err)
	return added
}

// approved stores an approved report.
func (w *world) approved(sending bool) scam.Report {
	w.t.Helper()
	r := w.drafted()[0]
	w.ok(w.takedown.SetSending(w.ctx(), sending, "ops", w.now()))
	w.ok(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now()))
	return w.report(r.ID)
}

// sending stores a report whose hand-over has begun.
func (w *world) sending() scam.Report {
	w.t.Helper()
	r, err := w.takedown.BeginSending(w.ctx(), w.approved(true).ID, "<1@popdown.example>", w.now())
	w.ok(err)
	return r
}

func (w *world) report(id int64) scam.Report {
	w.t.Helper()
	r, err := w.takedown.Report(w.ctx(), id)
	w.ok(err)
	return r
}

// jobs lists waiting jobs as "kind {args}".
func (w *world) jobs(schema string) []string {
	w.t.Helper()
	return value[[]string](w, "SELECT coalesce(array_agg(kind || ' ' || args::text ORDER BY id), '{}') FROM "+schema+".river_job WHERE state = 'available'")
}

func (w *world) chainsHold() {
	w.t.Helper()
	w.ok(w.takedown.VerifyEvents(w.ctx(), "takedown"))
	w.ok(w.crawler.VerifyEvents(w.ctx(), "crawler"))
}

// verbs lists what happened to a noun.
func (w *world) verbs(noun string, id int64) []string {
	w.t.Helper()
	events, err := w.takedown.Events(w.ctx(), noun, id)
	w.ok(err)
	var verbs []string
	for _, e := range events {
		verbs = append(verbs, e.Actor+" "+e.Verb)
	}
	return verbs
}

// together runs do n times at once: all of them have begun and wait for the rows that
// sql locks before the first may go on.
func (w *world) together(n int, sql string, do func(i int)) {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx(), w.d.DSN)
	w.ok(err)
	defer conn.Close(w.ctx())
	tx, err := conn.Begin(w.ctx())
	w.ok(err)
	_, err = tx.Exec(w.ctx(), sql)
	w.ok(err)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	w.eventually("all wait", func() bool {
		return value[int](w, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == n
	})
	w.ok(tx.Commit(w.ctx()))
	wg.Wait()
}
