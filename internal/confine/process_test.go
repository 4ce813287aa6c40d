package confine

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary play the parent that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("CONFINE_TEST_PARENT") != "" {
		cmd := exec.Command("/bin/sleep", "300")
		Child{}.Prepare(cmd)
		p, err := Start(cmd)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(p.PID())
		_ = p.Wait()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func home(t *testing.T) (string, User) {
	t.Helper()
	u, err := Unprivileged("nobody")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "confine") // t.TempDir's parents may be closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := u.MakeDir(dir); err != nil {
		t.Fatal(err)
	}
	return dir, u
}

func TestChildHasItsUserAndACleanEnvironment(t *testing.T) {
	t.Setenv("POPDOWN_SECRET", "do not inherit")
	dir, u := home(t)
	var out bytes.Buffer
	cmd := exec.Command("/bin/sh", "-c", "/usr/bin/env | /usr/bin/sort; pwd; id -u; id -G; : >mine")
	cmd.Stdout, cmd.Stderr = &out, &out
	Child{User: u, Dir: dir, Env: []string{"A=1", "LANG=C"}}.Prepare(cmd)
	if err := Run(t.Context(), cmd); err != nil {
		t.Fatal(err, out.String())
	}
	uid, groups := os.Getuid(), ""
	if !u.IsZero() {
		uid, groups = int(u.UID), fmt.Sprint(u.GID)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	got := []string{}
	for _, line := range lines[:len(lines)-1] {
		if !strings.HasPrefix(line, "_=") && !strings.HasPrefix(line, "SHLVL=") && !strings.HasPrefix(line, "OLDPWD=") { // the shell's own
			got = append(got, line)
		}
	}
	want := []string{"A=1", "HOME=" + dir, "LANG=C", "PATH=/usr/local/bin:/usr/bin:/bin", "PWD=" + dir, "TMPDIR=" + dir, dir, strconv.Itoa(uid)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := lines[len(lines)-1]; groups != "" && last != groups {
		t.Errorf("groups %q, want %q only", last, groups)
	}
}

func TestChildDiesWithItsParent(t *testing.T) {
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "CONFINE_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(line)
	}
	if !running(pid) {
		t.Fatal("the child does not run")
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	eventually(t, func() bool { return !running(pid) }, "the child outlived its parent")
}

func TestRunKillsTheGroupWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	dir, u := home(t)
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.Command("/bin/sh", "-c", "sleep 300 & echo $! >pid.new; mv pid.new pid; wait")
	Child{User: u, Dir: dir}.Prepare(cmd)
	seen := make(chan int, 1)
	go func() {
		defer cancel()
		seen <- readPID(filepath.Join(dir, "pid"))
	}()
	err := Run(ctx, cmd)
	grandchild := <-seen
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if grandchild == 0 {
		t.Fatal("the grandchild never ran")
	}
	eventually(t, func() bool { return !running(grandchild) }, "the grandchild lives on")
}

func TestEndOfTheLeaderEndsItsGroup(t *testing.T) {
	t.Parallel()
	dir, u := home(t)
	cmd := exec.Command("/bin/sh", "-c", "sleep 300 & echo $! >pid")
	Child{User: u, Dir: dir}.Prepare(cmd)
	if err := Run(t.Context(), cmd); err != nil {
		t.Fatal(err)
	}
	pid := readPID(filepath.Join(dir, "pid"))
	eventually(t, func() bool { return !running(pid) }, "a grandchild was left behind")
}

func TestProcessAfterItsEnd(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/bin/sh", "-c", "exit 3")
	Child{}.Prepare(cmd)
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if exit, ok := errors.AsType[*exec.ExitError](p.Wait()); !ok || exit.ExitCode() != 3 {
			t.Errorf("got %v", p.Wait())
		}
	}
	<-p.Done()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	p.Kill()
}

func TestStartOfWhatIsMissing(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/no/such/program")
	Child{}.Prepare(cmd)
	if _, err := Start(cmd); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	dir, u := home(t)
	tests := []struct {
		name   string
		script string
		limits Limits
		want   string
	}{
		{
			"set before the first instruction", "ulimit -c; ulimit -t; ulimit -v; ulimit -f; ulimit -n; echo \"$0 $1\"",
			Limits{CPU: 1500 * time.Millisecond, Memory: 1 << 30, FileSize: 1 << 20, OpenFiles: 77}, "0\n2\n1048576\n2048\n77\na $b\n",
		},
		{"zero bounds only the core", "ulimit -c; ulimit -t", Limits{}, "0\nunlimited\n"},
		{"hard ones, too", "ulimit -n 78 || echo no", Limits{OpenFiles: 77}, "no\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			cmd := exec.Command("/bin/sh", "-c", tt.script, "a", "$b")
			cmd.Stdout = &out
			Child{User: u, Dir: dir, Limits: tt.limits}.Prepare(cmd)
			if err := Run(t.Context(), cmd); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// running tells whether a process lives; a zombie that nobody has reaped does not.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

func readPID(path string) int {
	for range 2000 {
		if text, err := os.ReadFile(path); err == nil {
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				return pid
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0
}

func eventually(t *testing.T, ok func() bool, complaint string) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error(complaint)
}
