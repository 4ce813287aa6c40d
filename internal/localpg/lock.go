package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	shared    = unix.LOCK_SH
	exclusive = unix.LOCK_EX
	pollEvery = 20 * time.Millisecond
)

var errLocked = errors.New("locked by another program")

// lock waits for a flock(2) on a file, until ctx ends. Closing the file gives it back,
// and so does the end of our process. Children don't inherit it: os opens with O_CLOEXEC.
func lock(ctx context.Context, path string, how int) (*os.File, error) {
	for {
		f, err := tryLock(path, how)
		if !errors.Is(err, errLocked) {
			return f, err
		}
		if err := sleep(ctx, pollEvery); err != nil {
			return nil, fmt.Errorf("another program holds %s: %w", path, err)
		}
	}
}

// tryLock takes the lock at once or returns errLocked.
func tryLock(path string, how int) (*os.File, error) {
	// Read-only and readable, so that a file made by root can be locked by the data's owner.
	f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE|unix.O_NOFOLLOW, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	for {
		err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if errors.Is(err, unix.EINTR) {
			continue
		}
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
