package postgres_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/confine"
	"popdown/internal/localpg"
	"popdown/internal/postgres"
	"popdown/internal/scam"
)

// ownServer is a server that the test may kill.
func ownServer(t *testing.T) (dsn, dir string) {
	t.Helper()
	user, err := confine.Unprivileged("postgres")
	if err != nil {
		t.Fatal(err)
	}
	parent, err := os.MkdirTemp("", "popdown-kill")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(parent) })
	if err := os.Chmod(parent, 0o711); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(parent, "pg")
	s, err := localpg.Open(t.Context(), localpg.Options{Dir: dir, User: user, WatchEvery: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := postgres.Migrate(t.Context(), s.DSN()); err != nil {
		t.Fatal(err)
	}
	return s.DSN(), dir
}

// kill waits for a postmaster other than the one of before and kills it.
func kill(t *testing.T, dir string, before int) (pid int) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		raw, _ := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		first, _, _ := strings.Cut(string(raw), "\n")
		pid, _ = strconv.Atoi(first)
		if pid > 1 && pid != before && syscall.Kill(pid, syscall.SIGKILL) == nil {
			return pid
		}
		if time.Now().After(until) {
			t.Fatal("the server does not come back")
		}
	}
}

// again does what may be done twice until it is done, three times at most.
func again(t *testing.T, do func() error) {
	t.Helper()
	var err error
	for range 3 {
		if err = do(); err == nil {
			return
		}
	}
	t.Fatal(err)
}

func TestKilledServerIsWaitedFor(t *testing.T) {
	t.Parallel()
	dsn, dir := ownServer(t)
	db, err := postgres.Open(t.Context(), postgres.Options{DSN: dsn, Role: postgres.RoleCrawler})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	ran := make(chan int64, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- db.RunJobs(ctx, workers(func(_ context.Context, job *river.Job[scam.RunSeed]) error {
			ran <- job.Args.SeedID
			return nil
		}), options())
	}()
	add := func(i int) {
		name := fmt.Sprintf("s%d", i)
		// A connection that is lost inside the commit leaves it open whether the change was
		// made: the caller is told, and does it again.
		again(t, func() error { return db.AddSeeds(t.Context(), []scam.Seed{seed(name, time.Time{})}) })
		again(t, func() error { return db.RunSeedNow(t.Context(), name) })
	}
	pid := 0
	for i := range 2 {
		add(2 * i)
		pid = kill(t, dir, pid)
		add(2*i + 1)
	}
	seen := map[int64]bool{}
	for len(seen) < 4 {
		select {
		case id := <-ran:
			seen[id] = true
		case err := <-done:
			t.Fatalf("the jobs ended early: %v", err)
		case <-time.After(time.Minute):
			t.Fatalf("only the jobs %v were worked", seen)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := db.VerifyEvents(t.Context(), "crawler"); err != nil {
		t.Error(err)
	}
}
