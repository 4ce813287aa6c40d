package crawl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

// renderFunc, discoverFunc and keepFunc are the engine's other parts.
type (
	renderFunc   func(context.Context, scam.Request) (scam.Visit, error)
	discoverFunc func(context.Context, scam.Seed) ([]scam.Candidate, error)
	keepFunc     func(context.Context, *scam.Visit) error
)

func (f renderFunc) Visit(ctx context.Context, r scam.Request) (scam.Visit, error) { return f(ctx, r) }
func (f discoverFunc) Discover(ctx context.Context, s scam.Seed) ([]scam.Candidate, error) {
	return f(ctx, s)
}
func (f keepFunc) KeepVisit(ctx context.Context, v *scam.Visit) error { return f(ctx, v) }

// alert is a page that detect knows for a scam.
const alert = `Windows Defender Security Center. Your computer has been blocked. Error: Trojan Spyware.
Access to this PC has been blocked for security reasons. Your computer has been infected with a virus.
Your personal information, passwords and bank details are being stolen. Do not shut down or restart your computer.
Call Microsoft Support immediately: +1 (844) 555-0143. Call Microsoft Windows Support now at +1 (844) 555-0143 (toll free)
to unlock your computer.`

func show(text string) renderFunc {
	return func(_ context.Context, r scam.Request) (scam.Visit, error) {
		return scam.Visit{
			Outcome: scam.OutcomeLoaded, Persona: r.Persona, StartedAt: time.Now().UTC(), Took: 1500 * time.Millisecond,
			Landings: []scam.Landing{{
				URL: r.URL, Title: "Security Center", Status: 200, Text: text,
				Chain: []scam.Hop{{URL: r.URL, Via: scam.ViaStart, Status: 200}},
			}},
		}, nil
	}
}

func keep(_ context.Context, v *scam.Visit) error {
	v.Files = []scam.File{{Name: "screenshot.png", SHA256: "abc"}}
	v.Manifest = "def"
	return nil
}

// logs collects log lines as JSON.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// lines gives the lines with a message, without time and level.
func (l *logs) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []map[string]any
	for line := range strings.Lines(l.text.String()) {
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["msg"] == message {
			delete(fields, "time")
			delete(fields, "level")
			delete(fields, "msg")
			out = append(out, fields)
		}
	}
	return out
}

func engine(t *testing.T, m *memory, r Renderer, o Options) (*Engine, *logs) {
	t.Helper()
	var l logs
	o.Store, o.Renderer = m, r
	o.Logger = slog.New(slog.NewJSONHandler(&l, nil))
	if o.Keeper == nil {
		o.Keeper = keepFunc(keep)
	}
	if o.Discoverer == nil {
		o.Discoverer = discoverFunc(func(context.Context, scam.Seed) ([]scam.Candidate, error) { return nil, nil })
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e, &l
}

// start runs an engine inside a synctest bubble; the returned function stops it and
// waits until it has.
func start(t *testing.T, e *Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

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

func TestASeedThatFailsKeepsItsReasonAndWhatItFound(t *testing.T) {
	t.Parallel()
	for name, discover := range map[string]discoverFunc{
		"error": func(context.Context, scam.Seed) ([]scam.Candidate, error) {
			return []scam.Candidate{{URL: "http://a.example/"}}, errors.New("answered 404")
		},
		"panic": func(context.Context, scam.Seed) ([]scam.Candidate, error) { panic("answered 404") },
	} {
		m := &memory{seeds: map[int64]*scam.Seed{7: {ID: 7, Persona: "us-windows-edge"}}}
		e, _ := engine(t, m, show(""), Options{Discoverer: discover})
		if err := e.runSeed(t.Context(), 7); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if failure := m.seeds[7].LastError; !strings.HasSuffix(failure, "answered 404") {
			t.Errorf("%s: last error %q", name, failure)
		}
		if name == "error" && (len(m.candidates) != 1 || m.candidates[0].Persona != "us-windows-edge") {
			t.Errorf("%s: candidates %+v", name, m.candidates)
		}
	}
}

func TestAStoppedSeedIsKeptForTheNextRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := &memory{seeds: map[int64]*scam.Seed{7: {ID: 7}}}
	e, _ := engine(t, m, show(""), Options{Discoverer: discoverFunc(func(ctx context.Context, _ scam.Seed) ([]scam.Candidate, error) {
		cancel()
		return nil, ctx.Err()
	})})
	if err := e.runSeed(ctx, 7); !errors.Is(err, context.Canceled) || !m.seeds[7].LastRunAt.IsZero() {
		t.Errorf("error %v, seed %+v", err, m.seeds[7])
	}
}

func TestABadScheduleDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{seeds: map[int64]*scam.Seed{
			1: {ID: 1, Schedule: "61 * * * *", Enabled: true},
			2: {ID: 2, Schedule: "@every 10s", Enabled: true, NextRunAt: time.Now().Add(time.Second)},
		}}
		e, _ := engine(t, m, show(""), Options{})
		stop := start(t, e)
		time.Sleep(32 * time.Second)
		stop()
		if want := []int64{2, 2, 2, 2}; !slices.Equal(m.jobs, want) {
			t.Errorf("runs %v, want %v", m.jobs, want)
		}
		if m.seeds[1].Enabled || !strings.Contains(m.seeds[1].LastError, "61") {
			t.Errorf("bad seed: %+v", m.seeds[1])
		}
	})
}

func TestStoppingWhileVisitingGivesTheCandidateBack(t *testing.T) {
	t.Parallel()
	for name, render := range map[string]renderFunc{
		"the renderer ends with an error": func(ctx context.Context, _ scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			return scam.Visit{}, ctx.Err()
		},
		"the renderer ends with half a visit": func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			return show("half")(ctx, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := &memory{}
				m.add("http://a.example/", "http://b.example/", "http://c.example/")
				e, _ := engine(t, m, render, Options{Slots: 2})
				stop := start(t, e)
				synctest.Wait()
				if m.state(1) != scam.CandidateClaimed || m.state(2) != scam.CandidateClaimed || m.state(3) != scam.CandidateQueued {
					t.Error("two slots hold two candidates")
				}
				stop()
				for id := int64(1); id <= 3; id++ {
					if s := m.state(id); s != scam.CandidateQueued {
						t.Errorf("candidate %d is %s after the stop", id, s)
					}
				}
				if n := len(m.saved()); n != 0 {
					t.Errorf("%d visits saved", n)
				}
			})
		})
	}
}

func TestStoppingWhileSavingFinishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/", "http://b.example/")
		slow := keepFunc(func(ctx context.Context, v *scam.Visit) error {
			time.Sleep(time.Second)
			return errors.Join(ctx.Err(), keep(ctx, v))
		})
		e, _ := engine(t, m, show("fine"), Options{Slots: 1, Keeper: slow})
		stop := start(t, e)
		synctest.Wait()
		stop()
		if m.state(1) != scam.CandidateVisited || m.state(2) != scam.CandidateQueued || len(m.saved()) != 1 {
			t.Errorf("first %s, second %s, %d visits", m.state(1), m.state(2), len(m.saved()))
		}
	})
}

func TestAPanicInOneVisitIsItsResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://evil.example/", "http://fine.example/")
		render := renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			if strings.Contains(r.URL, "evil") {
				panic("index out of range")
			}
			return show("fine")(ctx, r)
		})
		e, l := engine(t, m, render, Options{Slots: 1})
		stop := start(t, e)
		time.Sleep(10 * time.Minute)
		stop()
		visits := m.saved()
		if len(visits) != 2 || visits[0].Outcome != scam.OutcomeCrashed || visits[0].Error != "panic: index out of range" || visits[1].Outcome != scam.OutcomeLoaded {
			t.Errorf("visits: %+v", visits)
		}
		lines := l.lines(t, "visit not possible")
		if len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0]["error"]), "engine_test.go") {
			t.Errorf("the log has no stack: %v", lines)
		}
	})
}

func TestAnUnknownPersonaIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/")
		e, _ := engine(t, m, renderFunc(func(context.Context, scam.Request) (scam.Visit, error) {
			return scam.Visit{}, fmt.Errorf("%w: persona", scam.ErrInvalid)
		}), Options{})
		stop := start(t, e)
		time.Sleep(10 * time.Minute)
		stop()
		if visits := m.saved(); len(visits) != 1 || visits[0].Outcome != scam.OutcomeBlocked {
			t.Errorf("visits: %+v", visits)
		}
	})
}

// Without a browser every visit fails: the candidates stay, and are not tried in a rage.
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

// A visit that would outlast its lease is cut off before another engine takes it over.
func TestAVisitEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/")
		began := time.Now()
		var ended time.Duration
		e, _ := engine(t, m, renderFunc(func(ctx context.Context, _ scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			ended = time.Since(began)
			return scam.Visit{}, ctx.Err()
		}), Options{Slots: 1, Lease: 40 * time.Second})
		stop := start(t, e)
		time.Sleep(39 * time.Second)
		stop()
		if ended == 0 || ended >= 40*time.Second {
			t.Errorf("ended after %v", ended)
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
