package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"popdown/internal/scam"
)

func seed(name string, next time.Time) scam.Seed {
	return scam.Seed{Name: name, Kind: scam.SeedAdPage, URL: "https://" + name + ".example/", Schedule: "*/5 * * * *", TimeZone: "Europe/Berlin", Enabled: true, NextRunAt: next}
}

func (w *world) seed(name string) scam.Seed {
	w.t.Helper()
	all, err := w.crawler.Seeds(w.ctx())
	w.ok(err)
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	w.t.Fatalf("no seed %s", name)
	return scam.Seed{}
}

func every(d time.Duration, from time.Time) func(scam.Seed) (time.Time, error) {
	return func(scam.Seed) (time.Time, error) { return from.Add(d), nil }
}

func TestAddSeedsIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	bad := seed("b", w.now())
	bad.Schedule = ""
	w.want(w.crawler.AddSeeds(w.ctx(), []scam.Seed{seed("a", w.now()), bad}), scam.ErrInvalid)
	all, err := w.crawler.Seeds(w.ctx())
	w.ok(err)
	w.same(0, len(all))
}

func TestAddSeedsAgainKeepsHistory(t *testing.T) {
	w := newWorld(t)
	first := w.now()
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{seed("a", first)}))
	s := w.seed("a")
	_, err := w.crawler.FinishSeed(w.ctx(), s.ID, w.now(), []scam.Candidate{{URL: "https://x.example/"}}, time.Hour, "")
	w.ok(err)

	changed := seed("a", first.Add(time.Hour))
	changed.Notes, changed.URLs = "new", []string{"https://y.example/"}
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{changed}))
	want := changed
	want.ID, want.NextRunAt, want.LastRunAt, want.Candidates = s.ID, first, w.at, 1
	w.same(want, w.seed("a"))

	changed.Schedule = "@every 1h"
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{changed}))
	w.same(first.Add(time.Hour), w.seed("a").NextRunAt)
	w.chainsHold()
}

func TestTakeDueSeeds(t *testing.T) {
	w := newWorld(t)
	now := w.now()
	late, future, unscheduled, off, broken := seed("late", now.Add(-72*time.Hour)), seed("future", now.Add(time.Second)), seed("unscheduled", time.Time{}), seed("off", now), seed("broken", now)
	off.Enabled = false
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{late, future, unscheduled, off, broken}))
	due, err := w.crawler.TakeDueSeeds(w.ctx(), now, func(s scam.Seed) (time.Time, error) {
		if s.Name == "broken" {
			return time.Time{}, errors.New("bad schedule")
		}
		return now.Add(time.Hour), nil
	})
	w.ok(err)
	w.same(1, len(due))
	w.same("late", due[0].Name)
	w.same(1, len(w.jobs("crawler_jobs")))
	w.same(now.Add(time.Hour), w.seed("late").NextRunAt)
	w.same(now.Add(time.Hour), w.seed("unscheduled").NextRunAt)
	w.same(now.Add(time.Second), w.seed("future").NextRunAt)
	w.same("bad schedule", w.seed("broken").LastError)
	w.same(false, w.seed("broken").Enabled)

	due, err = w.crawler.TakeDueSeeds(w.ctx(), now, every(time.Hour, now))
	w.ok(err)
	w.same(0, len(due))
}

func TestTakeDueSeedsByManyAtOnceTakesEachOnce(t *testing.T) {
	w := newWorld(t)
	now := w.now()
	var seeds []scam.Seed
	for _, name := range strings.Fields("a b c d e f g h") {
		seeds = append(seeds, seed(name, now))
	}
	w.ok(w.crawler.AddSeeds(w.ctx(), seeds))
	var mu sync.Mutex
	taken := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			due, err := w.crawler.TakeDueSeeds(w.ctx(), now, every(time.Hour, now))
			mu.Lock()
			defer mu.Unlock()
			for _, s := range due {
				taken[s.Name]++
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.same(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1, "h": 1}, taken)
	w.same(8, len(w.jobs("crawler_jobs")))
}

func TestFinishSeedQueuesWhatIsNewOrOldEnough(t *testing.T) {
	w := newWorld(t)
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{seed("a", w.now())}))
	id := w.seed("a").ID
	long := "https://long.example/?q=" + strings.Repeat("x", 9000)
	found := []scam.Candidate{{URL: "https://X.example"}, {URL: "https://x.example/"}, {URL: long}, {URL: long + "y"}, {URL: "javascript:alert(1)"}, {URL: "https://nul.example/\x00\xff"}}
	n, err := w.crawler.FinishSeed(w.ctx(), id, w.now(), found, time.Hour, "")
	w.ok(err)
	w.same(4, n) // the first two are one, and a script is no page

	c, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Minute)
	w.ok(err)
	w.same("https://X.example", c.URL)
	v := w.visit("https://x.example/")
	v.Purpose, v.CandidateID = scam.PurposeCrawl, c.ID
	_, err = w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 90)}, byAny)
	w.ok(err)
	n, err = w.crawler.FinishSeed(w.ctx(), id, v.StartedAt.Add(30*time.Minute), found[:1], time.Hour, "")
	w.ok(err)
	w.same(0, n)
	n, err = w.crawler.FinishSeed(w.ctx(), id, v.StartedAt.Add(2*time.Hour), found[:1], time.Hour, "it broke")
	w.ok(err)
	w.same(1, n)
	s := w.seed("a")
	w.same([]any{4, 1, "it broke", v.StartedAt.Add(2 * time.Hour)}, []any{s.Candidates, s.Findings, s.LastError, s.LastRunAt})

	_, err = w.crawler.FinishSeed(w.ctx(), 4711, w.now(), nil, time.Hour, "")
	w.want(err, scam.ErrNotFound)
}

func TestSeedSwitchesAndRunsByHand(t *testing.T) {
	w := newWorld(t)
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{seed("a", w.now())}))
	w.ok(w.crawler.SetSeedEnabled(w.ctx(), "a", false, w.now()))
	w.same([]any{false, time.Time{}}, []any{w.seed("a").Enabled, w.seed("a").NextRunAt})
	w.ok(w.crawler.SetSeedEnabled(w.ctx(), "a", true, w.now()))
	w.same([]any{true, w.at}, []any{w.seed("a").Enabled, w.seed("a").NextRunAt})
	w.ok(w.crawler.RunSeedNow(w.ctx(), "a"))
	w.ok(w.crawler.RunSeedNow(w.ctx(), "a"))
	w.same(1, len(w.jobs("crawler_jobs"))) // unique while it waits
	w.want(w.crawler.RunSeedNow(w.ctx(), "b"), scam.ErrNotFound)
	w.want(w.crawler.SetSeedEnabled(w.ctx(), "b", true, w.at), scam.ErrNotFound)
	_, err := w.crawler.Seed(w.ctx(), 4711)
	w.want(err, scam.ErrNotFound)
	w.chainsHold()
}
