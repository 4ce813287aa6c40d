package crawl

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

// finishTimeout is for putting away what was seen when we are stopped.
const finishTimeout = 15 * time.Second

// Options is what an Engine is made of. Store, Renderer, Discoverer and Keeper are required.
type Options struct {
	Store      Store
	Renderer   Renderer
	Discoverer Discoverer
	Keeper     Keeper
	Logger     *slog.Logger     // nil: discarded
	Now        func() time.Time // nil: time.Now

	// Slots is how many visits are made at once, rechecks among them. Zero: 4.
	Slots int
	// Tick is how often due seeds and the frontier are looked at. Zero: 1 s.
	Tick time.Duration
	// Revisit is how long a visited candidate is left alone when it is found again. Zero: 24 h.
	Revisit time.Duration
	// Lease is how long a candidate is held for one visit, which is cut off shortly
	// before: the renderer's deadline and a margin. After a crash of this process the
	// candidate is free again when it ends. Zero: 75 s.
	Lease time.Duration
	// Persona looks at the candidates of seeds that name none. Empty: us-windows-chrome.
	Persona string
}

// Engine turns due seeds into candidates, candidates into visits and visits into
// findings. Several engines, in one or many processes, may share a store.
type Engine struct {
	Options
	looks chan struct{} // a place for each visit at once
	wake  chan struct{} // rung when candidates may wait
}

// New checks the options and fills in the defaults. Errors wrap scam.ErrInvalid.
func New(o Options) (*Engine, error) {
	missing := map[string]bool{"Store": o.Store == nil, "Renderer": o.Renderer == nil, "Discoverer": o.Discoverer == nil, "Keeper": o.Keeper == nil}
	for _, part := range []string{"Store", "Renderer", "Discoverer", "Keeper"} {
		if missing[part] {
			return nil, fmt.Errorf("%w: crawl engine without a %s", scam.ErrInvalid, part)
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Slots = cmp.Or(o.Slots, 4)
	o.Tick = cmp.Or(o.Tick, time.Second)
	o.Revisit = cmp.Or(o.Revisit, 24*time.Hour)
	o.Lease = cmp.Or(o.Lease, 75*time.Second)
	o.Persona = cmp.Or(o.Persona, "us-windows-chrome")
	if o.Slots < 0 || o.Tick < 0 || o.Revisit < 0 || o.Lease < 0 {
		return nil, fmt.Errorf("%w: crawl engine with a negative setting", scam.ErrInvalid)
	}
	return &Engine{Options: o, looks: make(chan struct{}, o.Slots), wake: make(chan struct{}, o.Slots)}, nil
}

// Run takes due seeds and visits candidates until ctx ends; then it gives back or
// finishes what it holds and returns nil. The jobs are worked elsewhere; see Workers.
func (e *Engine) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { e.repeat(ctx, "seeds not scanned", nil, e.takeSeeds) })
	for range e.Slots {
		running.Go(func() { e.repeat(ctx, "visit failed", e.wake, e.visitNext) })
	}
	running.Wait()
	return nil
}

// Workers gives the workers of this engine's jobs: scam.RunSeed and scam.Recheck.
func (e *Engine) Workers() (*river.Workers, error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &seedWorker{engine: e}); err != nil {
		return nil, fmt.Errorf("add seed worker: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &checkWorker{engine: e}); err != nil {
		return nil, fmt.Errorf("add check worker: %w", err)
	}
	return workers, nil
}
