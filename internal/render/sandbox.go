package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
)

// SandboxProof starts the browser with a page and reads from /proc that every renderer,
// the process in which hostile pages run, is really confined: by a seccomp filter, and
// in a process namespace of its own. The error says which one is not.
func (b *Browser) SandboxProof(ctx context.Context) error {
	c, err := b.acquire(ctx)
	if err != nil {
		return err
	}
	defer b.release(c)
	page, err := cdp.Call(ctx, c.root, target.CreateTarget, target.CreateTargetParams{URL: "about:blank", NewWindow: new(true)})
	if err != nil {
		return fmt.Errorf("open a page: %w", err)
	}
	defer c.closeTarget(ctx, page.TargetID)
	// A renderer confines itself when it has started, before any page is in it.
	for range 30 {
		if err = c.proof(); err == nil {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
	return err
}

// proof judges all renderers that run now.
func (c *chrome) proof() error {
	renderers, err := c.renderers()
	if err != nil {
		return err
	}
	if len(renderers) == 0 {
		return errors.New("no renderer process was found, so nothing is proven")
	}
	var errs []error
	for _, status := range renderers {
		if err := confined(status); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// renderers reads the status of the browser's renderer processes; see proc_pid_status(5).
func (c *chrome) renderers() ([]map[string]string, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	parent := map[string]string{}
	for _, dir := range dirs {
		parent[filepath.Base(dir)] = status(dir)["PPid"]
	}
	root := strconv.Itoa(c.process.PID())
	ours := func(pid string) bool {
		for range 10 {
			if pid = parent[pid]; pid == root {
				return true
			}
		}
		return false
	}
	var found []map[string]string
	for _, dir := range dirs {
		line, err := os.ReadFile(dir + "/cmdline")
		if err == nil && bytes.Contains(line, []byte("--type=renderer")) && ours(filepath.Base(dir)) {
			found = append(found, status(dir))
		}
	}
	return found, nil
}

// status is empty for a process that has just ended.
func status(dir string) map[string]string {
	fields := map[string]string{}
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		return fields
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}

// confined judges one renderer: mode 2 is a seccomp filter, and a process in nested
// namespaces has an id in each.
func confined(status map[string]string) error {
	switch {
	case status["Pid"] == "":
		return nil // it ended meanwhile
	case status["Seccomp"] != "2":
		return fmt.Errorf("renderer %s runs without a seccomp filter", status["Pid"])
	case len(strings.Fields(status["NSpid"])) < 2:
		return fmt.Errorf("renderer %s has no process namespace of its own", status["Pid"])
	}
	return nil
}
