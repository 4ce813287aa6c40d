package localpg

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

func (s *Server) logPath() string { return filepath.Join(s.dir, "postgres.log") }

// openLog opens the server's log for appending; it belongs to the server's user.
func (s *Server) openLog() (*os.File, error) {
	f, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	if !s.user.IsZero() {
		if err := f.Chown(int(s.user.UID), int(s.user.GID)); err != nil {
			return nil, errors.Join(fmt.Errorf("give PostgreSQL its log: %w", err), f.Close())
		}
	}
	return f, nil
}

// logSince reads what was logged from an offset on, at most 16 KiB of it.
func (s *Server) logSince(offset int64) string {
	f, err := os.Open(s.logPath())
	if err != nil {
		return ""
	}
	defer f.Close()
	raw, err := io.ReadAll(io.NewSectionReader(f, offset, 16<<10))
	if err != nil {
		return ""
	}
	return string(raw)
}

// leftovers tells whether a start failed on the remains of a killed server, which go
// away by themselves.
func leftovers(said string) bool {
	return strings.Contains(said, "pre-existing shared memory block") || strings.Contains(said, `" already exists`)
}

// explain turns what PostgreSQL said into one line that names the mend.
func (s *Server) explain(act, said string, err error) error {
	if strings.Contains(said, "No space left on device") || strings.Contains(said, "Disk quota exceeded") {
		return fmt.Errorf("%s: the disk is full: free some space for %s", act, s.dir)
	}
	reason := ""
	for line := range strings.Lines(said) {
		for _, mark := range []string{"FATAL:", "PANIC:", "error:"} {
			if _, after, found := strings.Cut(line, mark); found && reason == "" {
				reason = strings.TrimSpace(after)
			}
		}
	}
	switch {
	case reason != "" && act == "start PostgreSQL":
		return fmt.Errorf("%s: %s (see %s)", act, reason, s.logPath())
	case reason != "":
		return fmt.Errorf("%s: %s", act, reason)
	}
	return fmt.Errorf("%s: %w (see %s)", act, err, s.logPath())
}
