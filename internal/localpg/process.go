package localpg

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"popdown/internal/confine"
)

// standing is what a process id from postmaster.pid turns out to be.
type standing int

const (
	gone     standing = iota // no such process
	zombie                   // dead, not yet reaped: it still counts as alive for PostgreSQL
	stranger                 // the id was given to another process
	ours                     // our postmaster
)

// postmaster reads postmaster.pid and says what has that id now.
func (s *Server) postmaster() (pid int, is standing) {
	return s.named(filepath.Join(s.data, "postmaster.pid"))
}

// named reads the process id in the first line of one of the server's lock files.
func (s *Server) named(file string) (pid int, is standing) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, gone
	}
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	pid, err = strconv.Atoi(string(bytes.TrimSpace(first)))
	if err != nil || pid <= 1 {
		return 0, gone
	}
	return pid, s.standing(pid)
}

// standing tells a postmaster by its working directory, which is its data folder.
func (s *Server) standing(pid int) standing {
	proc := fmt.Sprintf("/proc/%d", pid)
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		return gone
	}
	after := bytes.LastIndexByte(stat, ')') // the name before it may hold anything
	if fields := bytes.Fields(stat[after+1:]); len(fields) > 0 && (fields[0][0] == 'Z' || fields[0][0] == 'X') {
		return zombie
	}
	cwd, err := os.Readlink(proc + "/cwd")
	switch {
	case err == nil && cwd == s.data:
		return ours
	case err == nil:
		return stranger
	case errors.Is(err, fs.ErrPermission):
		// Root in a container without CAP_SYS_PTRACE: go by the name and the owner.
		u, _, err := ownerOf(proc)
		if err == nil && (s.user.IsZero() || u.UID == s.user.UID) && bytes.Contains(stat[:after+1], []byte("(postgres)")) {
			return ours
		}
		return stranger
	}
	return gone
}

// forget removes lock files that name a dead or foreign process and that PostgreSQL
// would take for a live server's. Backends that outlived their postmaster are still
// noticed: the next one finds their shared memory by the data folder's inode.
func (s *Server) forget() error {
	for _, file := range []string{filepath.Join(s.data, "postmaster.pid"), s.socket() + ".lock"} {
		if _, is := s.named(file); is != zombie && is != stranger {
			continue
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a dead server's lock file: %w", err)
		}
	}
	return nil
}

// ownerOf gives the user that a path belongs to; its name is the id where it has none.
func ownerOf(path string) (confine.User, string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return confine.User{}, "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return confine.User{}, "", fmt.Errorf("no owner is known for %s", path)
	}
	name := strconv.FormatUint(uint64(stat.Uid), 10)
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return confine.User{Name: name, UID: stat.Uid, GID: stat.Gid}, name, nil
}
