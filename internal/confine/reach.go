package confine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Reachable tells whether u can walk down to dir: every directory on the way, dir
// included, must let it pass. What does not exist yet is not judged, only the
// directories above it. The error names the directory that stops u, such as a home
// directory of mode 0700 around a checkout. Only mode bits are read, no ACLs.
// For the zero User the way exists as far as we can see, and the answer is nil.
func Reachable(dir string, u User) error {
	if u.IsZero() {
		return nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, step := range slices.Backward(wayUp(abs)) {
		if err := passes(step, u); err != nil {
			return err
		}
	}
	return nil
}

// wayUp lists a path and its parents up to the root, and the same for what it names
// when a symbolic link stands on the way.
func wayUp(path string) []string {
	steps := []string{path}
	for path != "/" {
		path = filepath.Dir(path)
		steps = append(steps, path)
	}
	for _, step := range steps {
		real, err := filepath.EvalSymlinks(step)
		if err != nil {
			continue // not there yet
		}
		if real != step {
			steps = append(steps, wayUp(real)...)
		}
		break
	}
	return steps
}

func passes(dir string, u User) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "reach", Path: dir, Err: syscall.ENOTDIR}
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("no owner is known for %s", dir)
	}
	bit := fs.FileMode(0o001)
	switch {
	case owner.Uid == u.UID:
		bit = 0o100
	case owner.Gid == u.GID:
		bit = 0o010
	}
	if info.Mode().Perm()&bit == 0 {
		return fmt.Errorf("user %s cannot enter %s (mode %04o): %w", u.Name, dir, info.Mode().Perm(), fs.ErrPermission)
	}
	return nil
}
