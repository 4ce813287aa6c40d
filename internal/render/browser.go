package render

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/semaphore"

	"popdown/internal/scam"
)

// ErrClosed says that the Browser was closed, before or during the visit.
var ErrClosed = errors.New("the browser is closed")

// Browser looks at URLs, several at a time, each in a fresh context of one long-lived
// Chromium. Its methods may be called from several goroutines.
type Browser struct {
	options Options
	slots   *semaphore.Weighted
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup // visits

	mu      sync.Mutex
	closed  bool
	current *chrome
	all     map[*chrome]struct{} // with those that only finish their visits
}

// Open checks that a browser is there and returns it. The process starts with the first
// visit. It outlives ctx, and ends with Close.
func Open(ctx context.Context, o Options) (*Browser, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Browser{options: o, slots: semaphore.NewWeighted(int64(o.Slots)), all: map[*chrome]struct{}{}}
	b.ctx, b.stop = context.WithCancel(context.WithoutCancel(ctx))
	return b, nil
}

// Visit looks at r.URL and brings home what it saw. A page that does not load is a
// visit with its outcome. An error means that nothing could be looked at: there is no
// browser, ctx ended, or the request is wrong (scam.ErrInvalid). It ends at most two
// seconds after Options.Timeout, not counting the wait for a free slot.
func (b *Browser) Visit(ctx context.Context, r scam.Request) (scam.Visit, error) {
	if err := scam.CheckWebURL(r.URL); err != nil {
		return scam.Visit{}, err
	}
	persona, err := pick(b.options.Personas, r.Persona)
	if err != nil {
		return scam.Visit{}, err
	}
	if err := b.slots.Acquire(ctx, 1); err != nil {
		return scam.Visit{}, err
	}
	defer b.slots.Release(1)
	deadline, cancel := context.WithTimeout(ctx, b.options.Timeout)
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()

	for try := 1; ; try++ {
		seen, err := b.look(deadline, r, persona)
		switch {
		case b.ctx.Err() != nil:
			return scam.Visit{}, ErrClosed
		case ctx.Err() != nil:
			return scam.Visit{}, ctx.Err()
		case errors.Is(err, errDied) && try == 1 && deadline.Err() == nil:
			b.options.Logger.WarnContext(ctx, "the browser died, the visit is made again", "url", r.URL, "error", err)
		case errors.Is(err, errDied) && seen.RequestedURL != "":
			return seen, nil // its outcome says so
		default:
			return seen, err
		}
	}
}

// errDied says that the browser ended during a visit.
var errDied = errors.New("the browser died")

func (b *Browser) look(ctx context.Context, r scam.Request, p Persona) (scam.Visit, error) {
	c, err := b.acquire(ctx)
	if err != nil {
		return scam.Visit{}, err
	}
	defer b.release(c)
	v := newVisit(b.options, c, r, p)
	err = v.run(ctx)
	if err != nil || !v.tidy {
		b.retire(c)
	}
	if err != nil {
		return scam.Visit{}, err
	}
	seen := v.result()
	if !c.alive() {
		seen.Outcome, seen.Error = scam.OutcomeCrashed, "the browser died during the visit"
		return seen, errDied
	}
	return seen, nil
}

// acquire gives the browser for one visit, a new one if there is none fit for it.
func (b *Browser) acquire(ctx context.Context) (*chrome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	if c := b.current; c != nil && (c.sick || c.visits >= b.options.Recycle || !c.alive()) {
		b.dropLocked(c)
	}
	if b.current == nil {
		c, err := startChrome(ctx, b.options)
		if err != nil {
			return nil, err
		}
		b.current = c
		b.all[c] = struct{}{}
	}
	b.current.visits++
	b.current.busy++
	b.running.Add(1)
	return b.current, nil
}

func (b *Browser) release(c *chrome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.busy--
	if c != b.current {
		b.dropLocked(c)
	}
	b.running.Done()
}

// retire makes the next visit start a fresh browser: this one does not let go of a page.
func (b *Browser) retire(c *chrome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.sick = true
}

// dropLocked takes a browser out of use, and closes it once its last visit is over.
func (b *Browser) dropLocked(c *chrome) {
	if b.current == c {
		b.current = nil
	}
	if _, known := b.all[c]; !known || c.busy > 0 {
		return
	}
	delete(b.all, c)
	b.running.Go(func() {
		if err := c.close(); err != nil {
			b.options.Logger.Warn("a browser was not tidied up", "error", err)
		}
	})
}

// Close ends all visits, the browser, and every process and file that belong to it.
func (b *Browser) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	b.running.Wait()

	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for c := range b.all {
		if err := c.close(); err != nil {
			errs = append(errs, fmt.Errorf("close the browser: %w", err))
		}
	}
	clear(b.all)
	b.current = nil
	return errors.Join(errs...)
}
