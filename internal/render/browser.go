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

// errDied says that Chromium ended, or stopped answering, during a visit.
var errDied = errors.New("the browser died")

// Browser looks at URLs, several at a time, each in a fresh context of one long-lived
// Chromium. Its methods may be called from several goroutines.
type Browser struct {
	options Options
	slots   *semaphore.Weighted
	running sync.WaitGroup // visits, and browsers that are being closed

	mu      sync.Mutex
	closed  bool
	next    int                        // number of the next visit
	visits  map[int]context.CancelFunc // those that run
	current *chrome
	all     map[*chrome]struct{} // with those that only finish their visits
}

// Open checks that a browser is there and returns it. The process starts with the first
// visit. It outlives ctx, and ends with Close.
func Open(_ context.Context, o Options) (*Browser, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	sweep(o.Dir)
	return &Browser{
		options: o, slots: semaphore.NewWeighted(int64(o.Slots)),
		visits: map[int]context.CancelFunc{}, all: map[*chrome]struct{}{},
	}, nil
}

// Visit looks at r.URL and brings home what it saw. A page that does not load is a
// visit with its outcome, and with a landing that holds how far its chain came. An
// error means that nothing could be looked at: there is no browser, it died twice, ctx
// ended, or the request is wrong (scam.ErrInvalid). It ends at most two seconds after
// Options.Timeout, not counting the wait for a free slot.
func (b *Browser) Visit(ctx context.Context, r scam.Request) (scam.Visit, error) {
	if _, err := scam.ParseWebURL(r.URL); err != nil { // with credentials, if a page gave it so
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
	leave, err := b.enter(cancel)
	if err != nil {
		return scam.Visit{}, err
	}
	defer leave()
	seen, err := b.look(deadline, b.acquire, r, persona)
	if errors.Is(err, errDied) && deadline.Err() == nil {
		b.options.Logger.WarnContext(ctx, "the browser died, the visit is made again, alone", "url", r.URL, "error", err)
		seen, err = b.look(deadline, b.alone, r, persona)
	}
	switch {
	case b.isClosed():
		return scam.Visit{}, ErrClosed
	case ctx.Err() != nil:
		return scam.Visit{}, ctx.Err()
	}
	return seen, err
}

// look makes one attempt. What a browser saw that died meanwhile is half a truth: which
// of its pages killed it nobody knows, and the error wraps errDied.
func (b *Browser) look(ctx context.Context, acquire func(context.Context) (*chrome, error), r scam.Request, p Persona) (scam.Visit, error) {
	c, err := acquire(ctx)
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
	if !c.alive() {
		return scam.Visit{}, errDied
	}
	return v.result(), nil
}

// enter counts a visit in; leave counts it out. Close calls stop meanwhile.
func (b *Browser) enter(stop context.CancelFunc) (leave func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	id := b.next
	b.next++
	b.visits[id] = stop
	b.running.Add(1)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.visits, id)
		b.running.Done()
	}, nil
}

func (b *Browser) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// Close ends all visits, the browser, and every process and file that belong to it.
func (b *Browser) Close() error {
	b.mu.Lock()
	b.closed = true
	for _, stop := range b.visits {
		stop()
	}
	b.mu.Unlock()
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
