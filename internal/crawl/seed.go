package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

// seedTimeout bounds one run of a seed, storing included.
const seedTimeout = 3 * time.Minute

// takeSeeds moves the due seeds to their next run; their jobs follow from that.
func (e *Engine) takeSeeds(ctx context.Context) (more bool, err error) {
	now := e.Now().UTC()
	due, err := e.Store.TakeDueSeeds(ctx, now, func(s scam.Seed) (time.Time, error) { return NextRun(s, now) })
	if err != nil {
		return false, fmt.Errorf("take due seeds: %w", err)
	}
	for _, s := range due {
		e.Logger.Info("seed due", "seed", s.Name, "seed_id", s.ID)
	}
	return false, nil
}

// seedWorker works scam.RunSeed.
type seedWorker struct {
	river.WorkerDefaults[scam.RunSeed]
	engine *Engine
}

func (w *seedWorker) Timeout(*river.Job[scam.RunSeed]) time.Duration { return seedTimeout }

func (w *seedWorker) Work(ctx context.Context, job *river.Job[scam.RunSeed]) error {
	return w.engine.runSeed(ctx, job.Args.SeedID)
}

// runSeed turns a seed into queued candidates. A seed that can't be read has that stored
// as its outcome, and its schedule is the next try; an error means that nothing was stored.
func (e *Engine) runSeed(ctx context.Context, id int64) error {
	s, err := e.Store.Seed(ctx, id)
	if errors.Is(err, scam.ErrNotFound) {
		return river.JobCancel(fmt.Errorf("seed %d: %w", id, err))
	}
	if err != nil {
		return fmt.Errorf("load seed: %w", err)
	}
	found, err := guarded(func() ([]scam.Candidate, error) { return e.Discoverer.Discover(ctx, s) })
	if ctx.Err() != nil {
		return ctx.Err() // stopped: the job is kept
	}
	failure := ""
	if err != nil {
		failure = firstLine(err)
		e.Logger.Warn("seed failed", "seed", s.Name, "seed_id", s.ID, "error", err)
	}
	for i := range found {
		found[i].Persona = cmp.Or(found[i].Persona, cmp.Or(s.Persona, e.Persona))
	}
	queued, err := e.Store.FinishSeed(ctx, id, e.Now().UTC(), found, e.Revisit, failure)
	if err != nil {
		return fmt.Errorf("finish seed: %w", err)
	}
	e.Logger.Info("seed crawled", "seed", s.Name, "seed_id", s.ID, "count", len(found), "queued", queued)
	if queued > 0 {
		e.ring()
	}
	return nil
}
