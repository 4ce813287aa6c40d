package crawl

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

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

// Without a browser every visit fails: the candidates stay, and are not tried in a rage.

// A visit that would outlast its lease is cut off before another engine takes it over.
