package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// binaries gives the folder of the server programs: of the version that made the data
// folder, else of the highest installed.
func (s *Server) binaries() (string, error) {
	found := installed()
	raw, err := os.ReadFile(filepath.Join(s.data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if len(found) == 0 {
			return "", errors.New("PostgreSQL is not installed: apt-get install postgresql, or set POPDOWN_DATABASE_URL to a server of yours")
		}
		return found[len(found)-1].dir, nil
	}
	if err != nil {
		return "", fmt.Errorf("read the data folder's version: %w", err)
	}
	want := strings.TrimSpace(string(raw))
	for _, b := range found {
		if strconv.Itoa(b.major) == want {
			return b.dir, nil
		}
	}
	return "", fmt.Errorf("%s was made by PostgreSQL %s, which is not installed: apt-get install postgresql-%s (or pg_upgrade the folder)", s.data, want, want)
}

type binaries struct {
	major int
	dir   string
}

// installed lists complete server installations, lowest version first.
func installed() []binaries {
	var found []binaries
	// Debian and Ubuntu, then Red Hat with PostgreSQL's own packages: one folder a major version.
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		dirs, _ := filepath.Glob(pattern) // its only error is a bad pattern
		for _, dir := range dirs {
			name := filepath.Base(filepath.Dir(dir))
			if major, err := strconv.Atoi(name[strings.LastIndex(name, "-")+1:]); err == nil && complete(dir) {
				found = append(found, binaries{major, dir})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return a.major - b.major })
	return found
}

func complete(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}
