package localpg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/confine"
)

func TestServerIsPrivateAndDurable(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := open(t, dir)
	defer closeServer(t, s)
	got := map[string]string{}
	for _, name := range []string{"fsync", "data_checksums", "listen_addresses", "unix_socket_permissions", "TimeZone", "server_encoding"} {
		got[name] = s.ask(t, "SHOW "+name)[0]
	}
	want := map[string]string{"fsync": "on", "data_checksums": "on", "listen_addresses": "", "unix_socket_permissions": "0700", "TimeZone": "UTC", "server_encoding": "UTF8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, sub := range []string{"data", "run"} {
		info, err := os.Stat(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", sub, info.Mode().Perm())
		}
	}
	if os.Getuid() == 0 {
		cmd := exec.Command("/bin/cat", filepath.Join(dir, "run"))
		nobody, err := confine.Unprivileged("nobody")
		if err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr = nobody.SysProcAttr()
		if out, err := cmd.CombinedOutput(); !strings.Contains(string(out), "Permission denied") {
			t.Errorf("another user reaches the socket: %s %v", out, err)
		}
	}
}

func TestTwoProgramsAtOnceShareOneServerAndTheLastStopsIt(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	a, b := begin(t, dir), begin(t, dir)
	pid := a.ready(t)
	if other := b.ready(t); other != pid {
		t.Errorf("two servers: %d and %d", pid, other)
	}
	a.end(t)
	s := open(t, dir)
	if got, _ := s.postmaster(); got != pid {
		t.Errorf("the server did not stay for the other program: %d, then %d", pid, got)
	}
	closeServer(t, s)
	b.end(t)
	if _, is := s.postmaster(); is == ours {
		t.Error("the last one out left the server running")
	}
}

func TestOrphanIsAdopted(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	a, b := begin(t, dir), begin(t, dir)
	pid := a.ready(t)
	b.ready(t)
	a.kill()
	b.kill()
	s := open(t, dir)
	if got, is := s.postmaster(); got != pid || is != ours {
		t.Errorf("server %d was not adopted: now %d", pid, got)
	}
	closeServer(t, s)
	if is := s.standing(pid); is == ours {
		t.Error("the adopted server was not stopped")
	}
}

func TestKilledServerComesBackWithItsRows(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	other := begin(t, dir) // the server is the other program's child, and both watch
	pid := other.ready(t)
	s := open(t, dir)
	s.ask(t, "CREATE TABLE kept AS SELECT 42 AS n")
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a new server answers", func() bool {
		now, is := s.postmaster()
		_, err := s.query(t.Context(), database, "SELECT 1")
		return is == ours && now != pid && err == nil
	})
	if diff := cmp.Diff([]string{"42"}, s.ask(t, "SELECT n FROM kept")); diff != "" {
		t.Error(diff)
	}
	other.end(t)
	closeServer(t, s)
}

func TestServerAndProgramsKilledTogether(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	a := begin(t, dir)
	pid := a.ready(t)
	s := open(t, dir)
	s.ask(t, "CREATE TABLE kept AS SELECT 42 AS n")
	closeServer(t, s)
	a.kill()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	defer closeServer(t, s)
	if diff := cmp.Diff([]string{"42"}, s.ask(t, "SELECT n FROM kept")); diff != "" {
		t.Error(diff)
	}
}

func TestStalePostmasterFileWhoseIDWasGivenAway(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := open(t, dir)
	file := filepath.Join(s.data, "postmaster.pid")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	closeServer(t, s)
	sleeper := exec.Command("/bin/sleep", "300") // a process of the server's own user
	confine.Child{User: s.user}.Prepare(sleeper)
	p, err := confine.Start(sleeper)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	_, rest, _ := strings.Cut(string(raw), "\n")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%d\n%s", p.PID(), rest), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	closeServer(t, s)
	if s.standing(p.PID()) == gone {
		t.Error("the stranger was stopped")
	}
}

func TestManyOpensAndClosesInOneProcess(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 2 {
				s, err := Open(t.Context(), options(dir))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.query(t.Context(), database, "SELECT 1"); err != nil {
					t.Error(err)
				}
				closeServer(t, s)
			}
		})
	}
	wg.Wait()
	if _, is := (&Server{data: filepath.Join(dir, "data")}).postmaster(); is == ours {
		t.Error("the server runs on")
	}
}

func TestCutOffStartLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); err == nil {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	s, err := Open(ctx, options(dir))
	if err == nil { // it was faster than we
		closeServer(t, s)
	}
	cancel()
	if _, is := (&Server{data: filepath.Join(dir, "data")}).postmaster(); is == ours {
		t.Error("the server runs on")
	}
}

func TestErrorsNameTheMend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		prep func(t *testing.T, dir string)
		dir  string
		want string
	}{
		{"long path", nil, "/tmp/" + strings.Repeat("x", 100), "choose a shorter data folder"},
		{"folder of a version that is not installed", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "PG_VERSION"), "9\n")
		}, "", "apt-get install postgresql-9"},
		{"folder that is something else", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "photo.jpg"), "")
		}, "", "move it away"},
		{"broken configuration", func(t *testing.T, dir string) {
			closeServer(t, open(t, dir))
			write(t, filepath.Join(dir, "data", "postgresql.conf"), "nonsense = 1\n")
		}, "", "contains errors (see "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := tt.dir
			if dir == "" {
				dir = folder(t)
			}
			if tt.prep != nil {
				tt.prep(t, dir)
			}
			s, err := Open(t.Context(), options(dir))
			if err == nil {
				closeServer(t, s)
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, tt.want)
			}
		})
	}
}

// write makes a file, and its folder as the server's user would have made it.
func write(t *testing.T, path, content string) {
	t.Helper()
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		user := options("").User
		if err := os.MkdirAll(filepath.Dir(filepath.Dir(path)), 0o711); err != nil {
			t.Fatal(err)
		}
		if err := user.MakeDir(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	s := &Server{dir: "/data/postgres"}
	tests := []struct{ name, said, want string }{
		{"full disk", "LOG:  starting\nFATAL:  could not write lock file \"postmaster.pid\": No space left on device\n", "start PostgreSQL: the disk is full: free some space for /data/postgres"},
		{"reason", "2026-11-23 UTC [1] FATAL:  bad thing\nLOG:  more\n", "start PostgreSQL: bad thing (see /data/postgres/postgres.log)"},
		{"nothing said", "", "start PostgreSQL: exit status 2 (see /data/postgres/postgres.log)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := s.explain("start PostgreSQL", tt.said, fmt.Errorf("exit status 2")); got.Error() != tt.want {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}
