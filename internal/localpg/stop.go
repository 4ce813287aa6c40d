package localpg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// stop ends the server: connections are cut, everything committed is on disk. The
// caller holds start.lock.
func (s *Server) stop(ctx context.Context) error {
	pid, is := s.postmaster()
	for _, step := range []struct {
		signal unix.Signal
		wait   time.Duration
	}{{unix.SIGINT, 20 * time.Second}, {unix.SIGQUIT, 10 * time.Second}} { // fast, then immediate
		if is != ours {
			return nil
		}
		if err := unix.Kill(pid, step.signal); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		for until := time.Now().Add(step.wait); is == ours && time.Now().Before(until); is = s.standing(pid) {
			if err := sleep(ctx, pollEvery/2); err != nil {
				return fmt.Errorf("stop PostgreSQL: %w", err)
			}
		}
	}
	if is == ours {
		return fmt.Errorf("PostgreSQL (process %d) does not stop: see %s", pid, s.logPath())
	}
	s.log.Info("private PostgreSQL stopped", "pid", pid)
	return nil
}
