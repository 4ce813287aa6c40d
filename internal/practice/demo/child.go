package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// child is one of the two programs, kept running until the demo ends. When it dies it
// is started again, as an operator's systemd would.
type child struct {
	name string // "crawler"
	path string
	args []string
	env  []string
	// line receives every line that the program logs; it must not block for long.
	line func(record)
	// note receives what the demo itself has to say of the child.
	note func(format string, args ...any)
}

// record is a line of a program's JSON log.
type record struct {
	Program string
	Msg     string
	Level   string
	Fields  map[string]any
}

// run keeps the child running until ctx ends, then stops it in order.
func (c *child) run(ctx context.Context) error {
	for short := 0; ; {
		began := time.Now()
		err := c.once(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // we stopped it
		}
		if time.Since(began) > 10*time.Second {
			short = 0
		}
		if short++; short > 3 {
			return fmt.Errorf("%s does not stay up: %w", c.name, err)
		}
		c.note("%s ended (%v), starting it again", c.name, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// once runs the program from start to end. The kernel stops it when we are killed; that
// is bound to the thread that started it, so the thread is kept for as long.
func (c *child) once(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Env = c.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.note("%s started, process %d", c.name, cmd.Process.Pid)
	last := ""
	in := bufio.NewScanner(stderr)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		last = in.Text()
		c.line(parse(c.name, in.Bytes()))
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w%s", err, lastWords(last))
	}
	return fmt.Errorf("it ended by itself%s", lastWords(last))
}

// lastWords gives what a program said at its end, unless that is a line of its log.
func lastWords(line string) string {
	if line == "" || strings.HasPrefix(line, "{") {
		return ""
	}
	return ": " + line
}

// command runs one of the programs for a single task and returns what it printed.
func command(ctx context.Context, env []string, stdin, path string, args ...string) ([]byte, error) {
	runtime.LockOSThread() // as in once: it ends in order when we are killed
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, path, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stderr = env, strings.NewReader(stdin), &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM} // a terminal's Ctrl-C reaches it through us
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second // it may have a database to stop
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", path, strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// parse reads a line of JSON log; anything else is passed on as a warning.
func parse(program string, line []byte) record {
	r := record{Program: program}
	if err := json.Unmarshal(line, &r.Fields); err != nil {
		return record{Program: program, Level: "WARN", Msg: string(line)}
	}
	r.Msg, r.Level = r.text("msg"), r.text("level")
	return r
}

// text gives a field as words.
func (r record) text(key string) string {
	switch v := r.Fields[key].(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		words := make([]string, len(v))
		for i, w := range v {
			words[i] = fmt.Sprint(w)
		}
		return strings.Join(words, ", ")
	default:
		return fmt.Sprint(v)
	}
}
