package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"popdown/internal/confine"
)

// prepare makes the folders: ours passable, the server's its own.
func (s *Server) prepare(dir string) error {
	if dir == "" {
		return errors.New("no folder for the private PostgreSQL")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find %s: %w", dir, err)
	}
	if err := os.MkdirAll(abs, 0o711); err != nil {
		return fmt.Errorf("make the folder of PostgreSQL: %w", err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil { // the postmaster's own cwd is compared with it
		return fmt.Errorf("find %s: %w", dir, err)
	}
	s.dir, s.data, s.run = abs, filepath.Join(abs, "data"), filepath.Join(abs, "run")
	if n := len(s.socket()); n > maxPath {
		return fmt.Errorf("the socket's path %s has %d bytes, and a Unix socket takes %d: choose a shorter data folder", s.socket(), n, maxPath)
	}
	if err := s.chooseUser(); err != nil {
		return err
	}
	if err := confine.Reachable(s.dir, s.user); err != nil {
		return fmt.Errorf("PostgreSQL can't reach its folder: %w: choose another data folder", err)
	}
	if err := s.user.MakeDir(s.run); err != nil {
		return fmt.Errorf("make the socket's folder: %w", err)
	}
	return nil
}

// chooseUser keeps to the owner of an existing data folder: nobody else may run it.
func (s *Server) chooseUser() error {
	if os.Geteuid() == 0 && s.user.IsZero() {
		return errors.New("PostgreSQL does not run as root: name a user for it (useradd --system postgres)")
	}
	u, name, err := ownerOf(s.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read the data folder: %w", err)
	case int(u.UID) == os.Geteuid() && u.UID != 0:
		s.user = confine.User{}
	case os.Geteuid() != 0:
		return fmt.Errorf("%s belongs to user %s: run as %s or as root, or choose another data folder", s.data, name, name)
	case u.UID == 0:
		return fmt.Errorf("%s belongs to root, who can't run PostgreSQL: chown -R %s %s", s.data, s.user.Name, s.data)
	default:
		s.user = u
	}
	return nil
}

func (s *Server) socket() string { return filepath.Join(s.run, ".s.PGSQL.5432") }
