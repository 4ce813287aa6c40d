package crawl

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// longestWait is between tries when nothing works.
const longestWait = time.Minute

// repeat does a step until ctx ends: at once while there is more, else at the next tick
// or wake. After a failure or a panic it waits, longer each time.
func (e *Engine) repeat(ctx context.Context, failed string, wake <-chan struct{}, step func(context.Context) (more bool, err error)) {
	failures := 0
	for ctx.Err() == nil {
		more, err := guarded(func() (bool, error) { return step(ctx) })
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			wait := min(e.Tick<<min(failures, 10), longestWait)
			e.Logger.Error(failed, "error", err, "retry_ms", wait.Milliseconds())
			sleep(ctx, wait, nil)
		case more:
			failures = 0
		default:
			failures = 0
			sleep(ctx, e.Tick, wake)
		}
	}
}

// ring wakes the slots: candidates came.
func (e *Engine) ring() {
	for range cap(e.wake) {
		select {
		case e.wake <- struct{}{}:
		default:
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}

// guarded makes a panic an error with its stack.
func guarded[T any](step func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p, stack: debug.Stack()}
		}
	}()
	return step()
}

type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }
