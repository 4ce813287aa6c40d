package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long leftovers of a killed server (backends that finish a query) may
// keep the data folder busy before we give up.
const patience = 30 * time.Second

// ensure makes sure that the server runs and answers. The caller holds start.lock.
func (s *Server) ensure(ctx context.Context) error {
	pid, is := s.postmaster()
	if is == ours {
		err := s.await(ctx, func() bool { return s.standing(pid) == ours })
		if err == nil {
			s.log.Debug("joined the private PostgreSQL", "pid", pid)
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("PostgreSQL (process %d) does not answer: %w: see %s", pid, err, s.logPath())
		}
	}
	bin, err := s.binaries()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(s.data, "PG_VERSION")); errors.Is(err, fs.ErrNotExist) {
		if err := s.initialise(ctx, bin); err != nil {
			return err
		}
	}
	return s.start(ctx, bin)
}

// start runs a postmaster and waits until it answers, and does so again while leftovers
// of the last one keep it from starting.
func (s *Server) start(ctx context.Context, bin string) error {
	for until := time.Now().Add(patience); ; {
		if err := s.forget(); err != nil {
			return err
		}
		said, err := s.startOnce(ctx, bin)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !leftovers(said) || time.Now().After(until) {
			return s.explain("start PostgreSQL", said, err)
		}
		if err := sleep(ctx, 5*pollEvery); err != nil {
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
	}
}

// startOnce also returns what the server wrote to its log.
func (s *Server) startOnce(ctx context.Context, bin string) (said string, err error) {
	log, err := s.openLog()
	if err != nil {
		return "", err
	}
	defer log.Close()
	before, err := log.Seek(0, 2)
	if err != nil {
		return "", fmt.Errorf("read the log's end: %w", err)
	}
	cmd := s.command(bin)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return "", err
	}
	var exit error
	ended := make(chan struct{})
	go func() { // it outlives us, or we reap it
		exit = cmd.Wait()
		close(ended)
	}()
	err = s.await(ctx, func() bool {
		select {
		case <-ended:
			return false
		default:
			return true
		}
	})
	if err == nil {
		s.log.Debug("private PostgreSQL started", "pid", cmd.Process.Pid, "dir", s.dir)
		return "", nil
	}
	select {
	case <-ended:
		err = exit
	default: // ctx ended first
	}
	return s.logSince(before), err
}

// command is the postmaster in a session of its own: neither a terminal's signals nor
// our death reach it.
func (s *Server) command(bin string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", s.data, "-k", s.run, "-h", "", //nolint:noctx // it outlives us
		"-c", "unix_socket_permissions=0700", "-c", "max_connections=200", "-c", "cluster_name=popdown",
		"-c", "timezone=UTC", "-c", "log_timezone=UTC", "-c", "log_destination=stderr", "-c", "logging_collector=off")
	if s.noSync {
		cmd.Args = append(cmd.Args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	cmd.Dir, cmd.Env = s.run, []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + s.run}
	cmd.SysProcAttr = s.user.SysProcAttr()
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Setsid = false, true
	return cmd
}

// await waits for the server's answer for as long as alive says that it may come:
// crash recovery takes the time it takes.
func (s *Server) await(ctx context.Context, alive func() bool) error {
	told := time.Now()
	for {
		at, err := s.query(ctx, "postgres", "SHOW data_directory")
		if err == nil && len(at) == 1 && at[0] == s.data {
			return nil
		}
		if err == nil {
			return fmt.Errorf("the server at %s serves %v", s.socket(), at)
		}
		if !alive() {
			return fmt.Errorf("it ended: %w", err)
		}
		if time.Since(told) > 10*time.Second {
			s.log.Info("waiting for the private PostgreSQL", "reason", err.Error())
			told = time.Now()
		}
		if err := sleep(ctx, pollEvery); err != nil {
			return err
		}
	}
}
