package confine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// User is whom a child runs as. The zero value means ourselves.
type User struct {
	Name string
	UID  uint32 // never 0 when set: a child is not confined by running as root
	GID  uint32
}

// Unprivileged picks the user for children. Started as root, it is the first of the
// named system users that exists, and an error when none does; started by anybody
// else it is ourselves, the zero User, because nothing better can be had.
func Unprivileged(names ...string) (User, error) {
	if os.Geteuid() != 0 {
		return User{}, nil
	}
	for _, name := range names {
		u, err := lookup(name)
		if _, unknown := errors.AsType[user.UnknownUserError](err); unknown {
			continue
		}
		if err != nil {
			return User{}, fmt.Errorf("look up user %q: %w", name, err)
		}
		return u, nil
	}
	return User{}, fmt.Errorf("running as root, and no unprivileged user is there to run children: create one of %s (useradd --system NAME)",
		strings.Join(names, ", "))
}

func lookup(name string) (User, error) {
	found, err := user.Lookup(name)
	if err != nil {
		return User{}, err
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return User{}, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return User{}, err
	}
	if uid == 0 || gid == 0 {
		return User{}, fmt.Errorf("it has root's uid or gid")
	}
	return User{Name: name, UID: uint32(uid), GID: uint32(gid)}, nil
}

// IsZero tells whether u means ourselves.
func (u User) IsZero() bool { return u == User{} }

// SysProcAttr makes a child run as u, without supplementary groups, in a process
// group of its own. Callers add what else they need to the returned value.
func (u User) SysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if !u.IsZero() {
		attr.Credential = &syscall.Credential{Uid: u.UID, Gid: u.GID, Groups: []uint32{}}
	}
	return attr
}

// Own gives one file or directory to u (a symbolic link itself, not what it names).
// It does nothing for the zero User.
func (u User) Own(path string) error {
	if u.IsZero() {
		return nil
	}
	return os.Lchown(path, int(u.UID), int(u.GID))
}

// MakeDir makes a directory that only u (and root) can enter, unless a directory is
// there already; either way it belongs to u with mode 0700 afterwards. Its parent must exist.
func (u User) MakeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return err
	}
	return u.Own(path)
}
