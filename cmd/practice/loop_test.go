package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"popdown/internal/practice/demo"
)

// programs builds the three programs, as make build does.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", dir+"/", "popdown/cmd/...")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return dir
}

// dataDir is a folder that unprivileged users can reach, unlike t.TempDir's parents.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "popdown-loop-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// loop is a running practice demo --auto.
type loop struct {
	t     *testing.T
	cmd   *exec.Cmd
	dir   string
	lines *bufio.Scanner
	log   bytes.Buffer // what was read of it, and what the test did
	err   bytes.Buffer
	pids  map[string]int // of the programs that run now
}

func startLoop(t *testing.T, bin, dir string, more ...string) *loop {
	t.Helper()
	args := append([]string{"demo", "--auto", "--data-dir", dir, "--listen", "127.0.0.1:0",
		"--sites", "../../testdata/sites", "--seeds", "../../seeds/practice.yaml"}, more...)
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "practice"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	l := &loop{t: t, cmd: cmd, dir: dir, lines: bufio.NewScanner(out), pids: map[string]int{}}
	l.lines.Buffer(nil, 1<<20)
	cmd.Stderr = &l.err
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return l
}

// line reads the next line that the demo prints.
func (l *loop) line() (string, bool) {
	if !l.lines.Scan() {
		return "", false
	}
	line := l.lines.Text()
	fmt.Fprintln(&l.log, line)
	if m := regexp.MustCompile(`(\w+) started, process (\d+)`).FindStringSubmatch(line); m != nil {
		l.pids[m[1]], _ = strconv.Atoi(m[2])
	}
	return line, true
}

// until reads up to a line that holds the words.
func (l *loop) until(words string) bool {
	for {
		line, more := l.line()
		if !more || strings.Contains(line, words) {
			return more
		}
	}
}

// rest reads all that still comes.
func (l *loop) rest() {
	for more := true; more; {
		_, more = l.line()
	}
}

// finish waits for the end and returns the summary that the last line holds.
func (l *loop) finish() demo.Summary {
	l.t.Helper()
	l.rest()
	if err := l.cmd.Wait(); err != nil {
		l.t.Errorf("practice demo: %v: %s", err, l.err.String())
	}
	lines := strings.Split(strings.TrimSpace(l.log.String()), "\n")
	var s demo.Summary
	for i := len(lines) - 1; i >= 0; i-- {
		if json.Unmarshal([]byte(lines[i]), &s) == nil {
			break
		}
	}
	if !s.OK || l.t.Failed() {
		l.t.Errorf("the loop did not close:\n%s", l.log.String())
	}
	return s
}

func (l *loop) kill(what string, pid int) {
	l.t.Helper()
	if pid == 0 {
		l.t.Fatalf("no process of %s to kill:\n%s", what, l.log.String())
	}
	fmt.Fprintf(&l.log, "test: kill -9 %s, process %d\n", what, pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		l.t.Fatalf("kill %s: %v\n%s", what, err, l.log.String())
	}
}

// chrome gives the browser process of the crawler that runs now.
func (l *loop) chrome() int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[1] == strconv.Itoa(l.pids["crawler"]) && strings.Contains(string(b), "chrom") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			return pid
		}
	}
	return 0
}

func (l *loop) postmaster() int {
	b, err := os.ReadFile(filepath.Join(l.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(line)
	return pid
}

// TestLoopSurvivesEveryKill kills Chrome, the crawler, takedown and PostgreSQL in turn,
// each in the middle of its work. The loop must close all the same: no finding is lost,
// and no report is sent twice. Takedown dies once between the mail server's taking a
// letter and its saying so: that report must wait as uncertain.
func TestLoopSurvivesEveryKill(t *testing.T) {
	l := startLoop(t, programs(t), dataDir(t), "--mail-answer", "500ms")
	steps := []struct {
		at, what string
		pid      func() int
	}{
		{"looked at", "chrome", l.chrome},
		{"FOUND", "crawler", func() int { return l.pids["crawler"] }},
		{"approved by", "takedown", func() int { return l.pids["takedown"] }},
		{"takedown started", "", nil},
		{" received: ", "takedown", func() int { return l.pids["takedown"] }},
		{"asked for, as", "postgresql", l.postmaster},
	}
	for _, s := range steps {
		if !l.until(s.at) {
			t.Fatalf("never came to %q: %v\n%s%s", s.at, l.cmd.Wait(), l.log.String(), l.err.String())
		}
		if s.pid != nil {
			l.kill(s.what, s.pid())
		}
	}
	s := l.finish()
	if s.Duplicates != 0 {
		t.Errorf("%d letters came twice", s.Duplicates)
	}
	if s.Stages["uncertain"] == 0 {
		t.Error("no report waited as uncertain, although takedown was killed before the mail server answered")
	}
}

// TestLoopGoesOnAfterInterrupt stops the demo in the middle, as Ctrl-C does, and starts
// it again on the same data folder.
func TestLoopGoesOnAfterInterrupt(t *testing.T) {
	bin, dir := programs(t), dataDir(t)
	first := startLoop(t, bin, dir)
	if !first.until("FOUND") {
		t.Fatalf("nothing found:\n%s", first.log.String())
	}
	if err := first.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	first.rest()
	if err := first.cmd.Wait(); err == nil {
		t.Error("an interrupted demo says that it is done")
	}
	for what, pid := range first.pids {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("%s still runs after the demo was stopped", what)
		}
	}
	if s := startLoop(t, bin, dir).finish(); s.Down != s.ScamPages {
		t.Errorf("%d of %d pages are down", s.Down, s.ScamPages)
	}
}

// TestSoakKillsAtChanceMoments runs loop after loop for as long as POPDOWN_SOAK says (make
// soak), each with kills at chance moments of chance programs.
func TestSoakKillsAtChanceMoments(t *testing.T) {
	limit, err := time.ParseDuration(os.Getenv("POPDOWN_SOAK"))
	if err != nil {
		t.Skip("the long form: make soak")
	}
	bin, began, loops, kills := programs(t), time.Now(), 0, 0
	for time.Since(began) < limit && !t.Failed() {
		l := startLoop(t, bin, dataDir(t), "--mail-answer", "300ms")
		for range 1 + rand.IntN(6) {
			for range 1 + rand.IntN(25) { // so many lines later
				l.line()
			}
			what := []string{"chrome", "crawler", "takedown", "postgresql"}[rand.IntN(4)]
			pid := map[string]func() int{"chrome": l.chrome, "postgresql": l.postmaster}[what]
			if pid == nil {
				pid = func() int { return l.pids[what] }
			}
			if id := pid(); id != 0 && syscall.Kill(id, syscall.SIGKILL) == nil {
				fmt.Fprintf(&l.log, "test: kill -9 %s, process %d\n", what, id)
				kills++
			}
		}
		l.finish()
		loops++
	}
	t.Logf("%d loops closed over %d kills in %s", loops, kills, time.Since(began).Round(time.Second))
}
