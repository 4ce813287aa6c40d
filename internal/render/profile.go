package render

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

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

// newProfile gives the folder its name once it is locked: before that another's sweep
// would take it for one that was left behind.
func newProfile(parent string, u confine.User) (*profile, error) {
	unnamed, err := os.MkdirTemp(parent, "new-"+profilePrefix)
	if err != nil {
		return nil, fmt.Errorf("make a profile folder: %w", err)
	}
	p := &profile{dir: unnamed}
	p.lock, err = os.OpenFile(filepath.Join(unnamed, profileLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(p.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err == nil {
		err = os.Chmod(unnamed, 0o711)
	}
	named := filepath.Join(parent, strings.TrimPrefix(filepath.Base(unnamed), "new-"))
	if err == nil {
		err = os.Rename(unnamed, named)
	}
	if err == nil {
		p.dir, p.home = named, filepath.Join(named, "profile")
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

// sweep removes profiles whose process was killed. What belongs to others stays: anybody
// may put a folder, or a link to one, where temporary files are made.
func sweep(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, profilePrefix+"*")) // the pattern is right
	for _, dir := range dirs {
		lock, err := openLock(dir)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir) // next time, then
		}
		_ = lock.Close()
	}
}

// openLock opens the lock in a profile's folder, if both are our own and no links.
func openLock(dir string) (*os.File, error) {
	at, err := openOwn(unix.AT_FDCWD, dir, unix.O_RDONLY|unix.O_DIRECTORY, unix.S_IFDIR)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	return openOwn(int(at.Fd()), profileLock, unix.O_RDWR|unix.O_NONBLOCK, unix.S_IFREG)
}

// openOwn opens a file of one kind that belongs to the user we are.
func openOwn(at int, name string, flags int, kind uint32) (*os.File, error) {
	fd, err := unix.Openat(at, name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	var found unix.Stat_t
	err = unix.Fstat(fd, &found)
	if err == nil && (found.Mode&unix.S_IFMT != kind || found.Uid != uint32(os.Geteuid())) {
		err = fmt.Errorf("%s is not our own", name)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
