package localpg

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"
)

// watch starts the server again when it dies under us (killed, or out of memory).
// Connection pools come back by themselves.
func (s *Server) watch(ctx context.Context, every time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	s.unwatch = func() { cancel(); <-done }
	go func() {
		defer close(done)
		last := ""
		for sleep(ctx, cmp.Or(every, time.Second)) == nil {
			err := s.revive(ctx)
			switch {
			case err == nil:
				last = ""
			case ctx.Err() == nil && err.Error() != last: // a full disk is told once, not every second
				last = err.Error()
				s.log.Error("private PostgreSQL is down", "error", err)
			}
		}
	}()
}

// revive starts a dead server unless another program is at it.
func (s *Server) revive(ctx context.Context) error {
	if _, is := s.postmaster(); is == ours {
		return nil
	}
	start, err := tryLock(filepath.Join(s.dir, "start.lock"), exclusive)
	if errors.Is(err, errLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer start.Close()
	return s.ensure(ctx)
}
