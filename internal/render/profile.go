package render

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"popdown/internal/confine"
)

const (
	profilePrefix = "popdown-chrome-"
	profileLock   = "lock"
)

// profile is the folder of one running browser. It holds a lock for as long as this
// process lives, so that another can tell what a killed one left behind.
type profile struct {
	dir  string // may be walked through
	home string // in it; the browser's user alone can enter
	lock *os.File
}

func newProfile(parent string, u confine.User) (*profile, error) {
	dir, err := os.MkdirTemp(parent, profilePrefix)
	if err != nil {
		return nil, fmt.Errorf("make a profile folder: %w", err)
	}
	p := &profile{dir: dir, home: filepath.Join(dir, "profile")}
	p.lock, err = os.OpenFile(filepath.Join(dir, profileLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(p.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err == nil {
		err = u.MakeDir(p.home)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a profile folder: %w", err), p.remove())
	}
	return p, nil
}

// remove deletes the folder. Processes that are just ending may still write to it.
func (p *profile) remove() error {
	err := os.RemoveAll(p.dir)
	for range 40 {
		if err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
		err = os.RemoveAll(p.dir)
	}
	if p.lock != nil {
		err = errors.Join(err, p.lock.Close())
	}
	return err
}

// sweep removes profiles whose process was killed. What belongs to others stays.
func sweep(parent string) {
	locks, _ := filepath.Glob(filepath.Join(parent, profilePrefix+"*", profileLock)) // the pattern is right
	for _, path := range locks {
		lock, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(path)) // next time, then
		}
		_ = lock.Close()
	}
}
