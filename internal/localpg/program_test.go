package localpg

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"popdown/internal/confine"
)

// TestMain lets the test binary play a program that uses the server until its standard
// input ends.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LOCALPG_TEST_DIR"); dir != "" {
		if err := play(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func play(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := Open(ctx, options(dir))
	if err != nil {
		return err
	}
	pid, _ := s.postmaster()
	fmt.Println("ready", pid)
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := s.Close(ctx); err != nil {
		return err
	}
	fmt.Println("closed")
	return nil
}

func options(dir string) Options {
	user, err := confine.Unprivileged("postgres")
	if err != nil {
		panic(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return Options{Dir: dir, User: user, WatchEvery: 50 * time.Millisecond, Logger: log}
}

// folder gives a data folder that the server's user can reach; t.TempDir's can't be.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "localpg")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "postgres")
}

// program is a helper process that holds a share in the server.
type program struct {
	cmd  *exec.Cmd
	in   *os.File
	out  *bufio.Reader
	Line string // its first line
}

func begin(t *testing.T, dir string) *program {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(os.Args[0]), in: w}
	p.cmd.Env = append(os.Environ(), "LOCALPG_TEST_DIR="+dir)
	p.cmd.Stdin, p.cmd.Stderr = r, os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	return p
}

// ready waits until the program has its share and gives the postmaster's id.
func (p *program) ready(t *testing.T) int {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	if err != nil {
		t.Fatalf("got %q", line)
	}
	return pid
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *program) end(t *testing.T) {
	t.Helper()
	_ = p.in.Close()
	line, _ := p.out.ReadString('\n')
	if err := p.cmd.Wait(); err != nil || line != "closed\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

func open(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeServer(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

func (s *Server) ask(t *testing.T, sql string) []string {
	t.Helper()
	rows, err := s.query(t.Context(), database, sql)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("never: " + what)
		}
	}
}
