package crawl

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"popdown/internal/scam"
)

func asked() *memory {
	return &memory{
		checks: map[int64]scam.Check{5: {
			ID: 5, CaseID: 2, FindingID: 3, URL: "http://win-alert.example/?phone=1", Persona: "us-windows-edge", State: scam.CheckAsked,
		}},
		about: scam.Finding{
			ID: 3, LandingURL: "http://win-alert.example/old", StartURL: "http://ad.example/click", Referrer: "http://news.example/",
			Verdict: scam.Verdict{Class: scam.ClassScam},
		},
	}
}

func TestRecheckAnswersTheCheck(t *testing.T) {
	t.Parallel()
	m := asked()
	var request scam.Request
	e, l := engine(t, m, renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
		request = r
		return show(alert)(ctx, r)
	}), Options{Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }})
	w := &checkWorker{engine: e}
	job := &river.Job[scam.Recheck]{JobRow: &rivertype.JobRow{Attempt: 1}, Args: scam.Recheck{CheckID: 5}}
	if err := w.Work(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	want := scam.Request{
		URL: "http://win-alert.example/?phone=1", Referrer: "http://news.example/",
		Persona: "us-windows-edge", Purpose: scam.PurposeRecheck,
	}
	if diff := cmp.Diff(want, request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	c := m.checks[5]
	if c.State != scam.CheckUp || c.DoneAt != e.Now() || c.Screenshot.SHA256 != "abc" {
		t.Errorf("check: %+v", c)
	}
	if v := m.saved(); len(v) != 1 || v[0].Purpose != scam.PurposeRecheck || v[0].Manifest != "def" {
		t.Errorf("visits: %+v", v)
	}
	line := map[string]any{
		"check_id": 5.0, "case_id": 2.0, "state": "up", "reason": c.Reason, "persona": "us-windows-edge",
		"finding_id": 3.0, "url": "http://win-alert.example/?phone=1",
	}
	if diff := cmp.Diff([]map[string]any{line}, l.lines(t, "check done")); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if err := w.Work(t.Context(), job); err != nil || len(m.saved()) != 1 {
		t.Errorf("an answered check: error %v, %d visits", err, len(m.saved()))
	}
}

func TestRecheckThatCannotLook(t *testing.T) {
	t.Parallel()
	broken := func() (Renderer, Options) {
		return renderFunc(func(context.Context, scam.Request) (scam.Visit, error) { return scam.Visit{}, errors.New("no browser") }), Options{}
	}
	full := func() (Renderer, Options) {
		return show("fine"), Options{Keeper: keepFunc(func(context.Context, *scam.Visit) error { return errors.New("disk full") })}
	}
	for name, tt := range map[string]struct {
		parts  func() (Renderer, Options)
		reason string
	}{"no browser": {broken, "no browser"}, "full disk": {full, "disk full"}} {
		m := asked()
		r, o := tt.parts()
		e, _ := engine(t, m, r, o)
		if err := e.recheck(t.Context(), 5, false); err == nil || m.checks[5].State != scam.CheckAsked {
			t.Errorf("%s, with tries left: error %v, check %+v", name, err, m.checks[5])
		}
		if err := e.recheck(t.Context(), 5, true); err != nil {
			t.Errorf("%s, last try: %v", name, err)
		}
		if c := m.checks[5]; c.State != scam.CheckUnreachable || !strings.Contains(c.Reason, tt.reason) {
			t.Errorf("%s, last try: check %+v", name, c)
		}
		if v := m.saved(); len(v) != 1 || v[0].RequestedURL == "" || v[0].Error == "" {
			t.Errorf("%s, last try: visits %+v", name, v)
		}
	}
}

func TestAStoppedRecheckStaysAsked(t *testing.T) {
	t.Parallel()
	m := asked()
	ctx, cancel := context.WithCancel(t.Context())
	e, _ := engine(t, m, renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
		cancel()
		return show("half")(ctx, r)
	}), Options{})
	if err := e.recheck(ctx, 5, true); !errors.Is(err, context.Canceled) || m.checks[5].State != scam.CheckAsked {
		t.Errorf("error %v, check %+v", err, m.checks[5])
	}
}

func TestJobsAboutNothingAreCancelled(t *testing.T) {
	t.Parallel()
	e, _ := engine(t, &memory{}, show(""), Options{})
	for name, err := range map[string]error{"check": e.recheck(t.Context(), 9, false), "seed": e.runSeed(t.Context(), 9)} {
		if _, ok := errors.AsType[*river.JobCancelError](err); !ok || !errors.Is(err, scam.ErrNotFound) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestRechecksTakeAPlaceAmongTheVisits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := asked()
		m.add("http://a.example/")
		e, _ := engine(t, m, renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			time.Sleep(5 * time.Second)
			return show("fine")(ctx, r)
		}), Options{Slots: 1})
		stop := start(t, e)
		synctest.Wait()
		began := time.Now()
		if err := e.recheck(t.Context(), 5, false); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %v, want the other visit's time and its own", took)
		}
		m.add("http://b.example/")
		time.Sleep(time.Minute)
		stop()
		if m.state(2) != scam.CandidateVisited {
			t.Error("the place was not given back")
		}
	})
}
