package postgrestest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"popdown/internal/confine"
	"popdown/internal/localpg"
	"popdown/internal/postgres"
)

// logins is the group of the users that Login makes; they need prove nothing.
const (
	logins = "test_logins"
	access = "local all +" + logins + " trust\nlocal all all peer map=popdown\n"
)

// startServer starts the test binary's server, makes the template and returns the DSN.
// There is no test whose context it could live by: it outlives them all.
func startServer() (string, error) {
	ctx := context.Background()
	user, err := confine.Unprivileged("postgres")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "popdown-test")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the server's user passes through
		return "", err
	}
	if err := reap(dir); err != nil {
		return "", fmt.Errorf("start the reaper: %w", err)
	}
	s, err := localpg.Open(ctx, localpg.Options{Dir: filepath.Join(dir, "postgres"), User: user, NoSync: true})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "postgres", "data", "pg_hba.conf"), []byte(access), 0o600); err != nil {
		return "", err
	}
	for _, sql := range []string{ // what these tests store may be lost
		"CREATE ROLE " + logins,
		"ALTER SYSTEM SET fsync = off",
		"ALTER SYSTEM SET full_page_writes = off",
		"SELECT pg_reload_conf()",
		"CREATE DATABASE " + template,
	} {
		if err := run(ctx, s.DSN(), sql); err != nil {
			return "", err
		}
	}
	if err := postgres.Migrate(ctx, named(s.DSN(), template)); err != nil {
		return "", err
	}
	return s.DSN(), nil
}

// reap starts a shell that waits for our end, which closes its standard input, stops the
// server and removes its folder. Our own end can't be trusted with that: a test may
// panic, time out or be killed.
func reap(dir string) error {
	cmd := exec.Command("/bin/sh", "-c", `read -r _; pid=$(head -n 1 "$0/postgres/data/postmaster.pid") && kill -INT "$pid"
		while [ -n "$pid" ] && kill -0 "$pid"; do sleep 0.1; done; rm -rf "$0"`, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a terminal's Ctrl-C is not for it
	if _, err := cmd.StdinPipe(); err != nil {           // held open until we end; cmd.Wait is never called
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	keep.Store(cmd)
	return nil
}
