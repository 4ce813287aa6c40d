package takedown

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

// Options is what an Engine is made of. Store, Finder, Composer, Channel and Evidence are required.
type Options struct {
	Store    Store
	Finder   Finder
	Composer Composer
	Channel  Channel
	Evidence Evidence
	Logger   *slog.Logger     // nil: discarded
	Now      func() time.Time // nil: time.Now

	// Domain is the right side of our Message-IDs (RFC 5322 §3.6.4). Required.
	Domain string
	// Tick is how often due cases are looked for. Zero: 5 s.
	Tick time.Duration
	// CheckEvery is the time between the checks of a reported case. Zero: 15 min.
	CheckEvery time.Duration
	// WatchEvery is the time between the checks of a case that is down, for it may come back. Zero: 24 h.
	WatchEvery time.Duration
	// AgreeingChecks is how many checks in a row must find a page gone before it counts as
	// down; at least one of them is by the persona that first saw it. Zero: 3; fewer than 2 are refused.
	AgreeingChecks int
	// ControlPersona looks besides the persona that first saw a page. Empty: us-windows-edge.
	ControlPersona string
	// SendTimeout bounds one hand-over. Zero: 2 min.
	SendTimeout time.Duration
}

// Engine turns confirmed findings into reports and follows them up.
type Engine struct{ Options }

// New checks the options and fills in the defaults. It refuses an engine with a part
// missing, and settings that would break a law (scam.ErrInvalid).
func New(o Options) (*Engine, error) {
	if o.Store == nil || o.Finder == nil || o.Composer == nil || o.Channel == nil || o.Evidence == nil {
		return nil, errors.New("takedown: a part is missing")
	}
	if o.Domain == "" {
		return nil, fmt.Errorf("%w: no domain for Message-IDs", scam.ErrInvalid)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Tick = cmp.Or(o.Tick, 5*time.Second)
	o.CheckEvery = cmp.Or(o.CheckEvery, 15*time.Minute)
	o.WatchEvery = cmp.Or(o.WatchEvery, 24*time.Hour)
	o.SendTimeout = cmp.Or(o.SendTimeout, 2*time.Minute)
	o.AgreeingChecks = cmp.Or(o.AgreeingChecks, 3)
	o.ControlPersona = cmp.Or(o.ControlPersona, "us-windows-edge")
	if o.AgreeingChecks < 2 {
		return nil, fmt.Errorf("%w: one check alone proves nothing; at least 2 must agree", scam.ErrInvalid)
	}
	return &Engine{o}, nil
}

// Run looks for due cases until ctx ends. The jobs are worked elsewhere; see Workers.
func (e *Engine) Run(ctx context.Context) error {
	tick := time.NewTicker(e.Tick)
	defer tick.Stop()
	for {
		if err := e.followUp(ctx); err != nil && ctx.Err() == nil {
			e.Logger.Error("follow-up failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Workers gives the workers of this engine's jobs: scam.FindContacts and scam.SendReport.
func (e *Engine) Workers() (*river.Workers, error) {
	ws := river.NewWorkers()
	if err := river.AddWorkerSafely(ws, &contactsWorker{engine: e}); err != nil {
		return nil, fmt.Errorf("add contacts worker: %w", err)
	}
	if err := river.AddWorkerSafely(ws, &sendWorker{engine: e}); err != nil {
		return nil, fmt.Errorf("add send worker: %w", err)
	}
	return ws, nil
}
