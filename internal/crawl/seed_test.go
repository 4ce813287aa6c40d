package crawl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"popdown/internal/scam"
)

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
