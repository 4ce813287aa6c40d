package crawl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func TestASeedBecomesAFinding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{seeds: map[int64]*scam.Seed{7: {
			ID: 7, Name: "news", Kind: scam.SeedAdPage, Schedule: "@every 1h", Enabled: true, NextRunAt: time.Now().Add(-time.Minute),
		}}}
		found := discoverFunc(func(_ context.Context, s scam.Seed) ([]scam.Candidate, error) {
			return []scam.Candidate{{URL: "http://win-alert.example/", Referrer: "http://news.example/", SeedID: s.ID, State: scam.CandidateQueued}}, nil
		})
		e, l := engine(t, m, show(alert), Options{Discoverer: found})
		stop := start(t, e)
		synctest.Wait()
		if diff := cmp.Diff([]int64{7}, m.jobs); diff != "" {
			t.Fatalf("jobs (-want +got):\n%s", diff)
		}
		if err := e.runSeed(t.Context(), 7); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the slots are rung, no tick is needed
		stop()

		if len(m.findings) != 1 || m.findings[0].URL != "http://win-alert.example/" || m.findings[0].Manifest != "def" || m.findings[0].Referrer != "http://news.example/" {
			t.Fatalf("findings: %+v", m.findings)
		}
		score := float64(m.findings[0].Verdict.Score)
		for message, want := range map[string]map[string]any{
			"seed due":     {"seed": "news", "seed_id": 7.0},
			"seed crawled": {"seed": "news", "seed_id": 7.0, "count": 1.0, "queued": 1.0},
			"visit done": {
				"url": "http://win-alert.example/", "landing_url": "http://win-alert.example/", "outcome": "loaded", "hops": 1.0, "took_ms": 1500.0,
				"class": "scam", "score": score, "persona": "us-windows-chrome", "candidate_id": 1.0, "error": "",
			},
			"finding seen": {
				"finding_id": 1.0, "class": "scam", "score": score, "brand": "microsoft", "numbers": []any{"+18445550143"},
				"host": "win-alert.example", "persona": "us-windows-chrome", "url": "http://win-alert.example/",
			},
		} {
			if diff := cmp.Diff([]map[string]any{want}, l.lines(t, message)); diff != "" {
				t.Errorf("log %q (-want +got):\n%s", message, diff)
			}
		}
	})
}

func TestWithoutABrowserWeWaitAndThenGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		for i := range 500 {
			m.add(fmt.Sprintf("http://%d.example/", i))
		}
		var back atomic.Bool
		var tries atomic.Int64
		e, _ := engine(t, m, renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			if !back.Load() {
				tries.Add(1)
				return scam.Visit{}, errors.New("no browser")
			}
			return show("fine")(ctx, r)
		}), Options{Slots: 2})
		stop := start(t, e)
		time.Sleep(30 * time.Minute)
		if n := tries.Load(); n < 20 || n > 100 {
			t.Errorf("%d tries in 30 minutes of two slots", n)
		}
		back.Store(true)
		time.Sleep(5 * time.Minute)
		stop()
		if n := len(m.saved()); n != 500 {
			t.Errorf("%d visits, want 500", n)
		}
	})
}

func TestALostDatabaseDoesNotEndTheEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{fail: errors.New("connection refused")}
		m.add("http://a.example/")
		e, l := engine(t, m, show("fine"), Options{})
		stop := start(t, e)
		time.Sleep(time.Hour)
		m.mu.Lock()
		m.fail = nil
		m.mu.Unlock()
		time.Sleep(2 * time.Minute)
		stop()
		if m.state(1) != scam.CandidateVisited {
			t.Error("not visited after the database came back")
		}
		if n := len(l.lines(t, "seeds not scanned")); n < 5 || n > 100 {
			t.Errorf("%d complaints in an hour", n)
		}
	})
}

func TestEnginesShareAStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		for i := range 200 {
			m.add(fmt.Sprintf("http://%d.example/", i))
		}
		var now, most atomic.Int64
		slow := renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			defer now.Add(-1)
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(3 * time.Second)
			return show("fine")(ctx, r)
		})
		one, _ := engine(t, m, slow, Options{Slots: 3})
		two, _ := engine(t, m, slow, Options{Slots: 2})
		stopOne, stopTwo := start(t, one), start(t, two)
		time.Sleep(3 * time.Minute)
		stopOne()
		stopTwo()
		seen := map[int64]int{}
		for _, v := range m.saved() {
			seen[v.CandidateID]++
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("candidate %d visited %d times", id, n)
			}
		}
		if len(seen) != 200 || most.Load() != 5 {
			t.Errorf("%d visited, at most %d at once; want 200 and 5", len(seen), most.Load())
		}
	})
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	whole := Options{Store: &memory{}, Renderer: show(""), Keeper: keepFunc(keep), Discoverer: discoverFunc(nil)}
	for part, take := range map[string]func(*Options){
		"Store":      func(o *Options) { o.Store = nil },
		"Renderer":   func(o *Options) { o.Renderer = nil },
		"Discoverer": func(o *Options) { o.Discoverer = nil },
		"Keeper":     func(o *Options) { o.Keeper = nil },
		"negative":   func(o *Options) { o.Slots = -1 },
	} {
		o := whole
		take(&o)
		if _, err := New(o); !errors.Is(err, scam.ErrInvalid) || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v", part, err)
		}
	}
	e, err := New(whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Workers(); err != nil {
		t.Error(err)
	}
}
