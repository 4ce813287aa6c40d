package render

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"

	"popdown/internal/confine"
	"popdown/internal/scam"
)

// own opens a browser of the test's own.
func own(t *testing.T, change func(*Options)) *Browser {
	t.Helper()
	o := world.options()
	change(&o)
	b, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *Browser) chromeOf(t *testing.T) *chrome {
	t.Helper()
	c, err := b.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.release(c)
	return c
}

func TestSandboxProof(t *testing.T) {
	t.Parallel()
	if err := world.browser.SandboxProof(t.Context()); err != nil {
		t.Error(err)
	}
	for name, status := range map[string]map[string]string{
		"no filter":     {"Pid": "1", "Seccomp": "0", "NSpid": "1 2"},
		"no namespaces": {"Pid": "1", "Seccomp": "2", "NSpid": "1"},
	} {
		if confined(status) == nil {
			t.Errorf("%s was taken for confined", name)
		}
	}
}

func TestNothingIsLeftOfVisits(t *testing.T) {
	var b *Browser
	before := runtime.NumGoroutine()
	b = own(t, func(*Options) {})
	visitAll := func(paths ...string) {
		var all sync.WaitGroup
		for _, path := range paths {
			all.Go(func() {
				if _, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/" + path}); err != nil {
					t.Error(path, err)
				}
			})
		}
		all.Wait()
	}
	visitAll("plain")
	c := b.chromeOf(t)
	files := profileFiles(t, c)
	visitAll("opener", "many", "alert-loop", "leave", "frames", "download", "gate", "busy-later", "trap", "auth",
		"nowhere", "ask", "plain", "frames", "plain", "trap", "leave", "plain", "broken")
	contexts, err := cdp.Call(t.Context(), c.root, target.GetBrowserContexts, cdp.Empty{})
	if err != nil || len(contexts.BrowserContextIDs) != 0 {
		t.Errorf("%d contexts are left, %v", len(contexts.BrowserContextIDs), err)
	}
	targets, err := cdp.Call(t.Context(), c.root, target.GetTargets, target.GetTargetsParams{})
	if err != nil || len(targets.TargetInfos) != 0 {
		t.Errorf("%d targets are left, %v", len(targets.TargetInfos), err)
	}
	c.wire.mu.Lock()
	if len(c.wire.sessions) != 0 || len(c.wire.visits) != 0 {
		t.Errorf("%d sessions and %d inboxes are left", len(c.wire.sessions), len(c.wire.visits))
	}
	c.wire.mu.Unlock()
	if again := b.chromeOf(t); again != c {
		t.Error("the browser was given up")
	}
	for name := range profileFiles(t, c) {
		if !files[name] && strings.Contains(name, "support") {
			t.Errorf("a visit left %s", name)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.profile.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the profile is still there: %v", err)
	}
	eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before })
	if left := processesUsing(c.profile.dir); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

func profileFiles(t *testing.T, c *chrome) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	_ = filepath.WalkDir(c.profile.dir, func(path string, _ fs.DirEntry, _ error) error { // files come and go
		all[path] = true
		return nil
	})
	return all
}

func processesUsing(dir string) []string {
	var found []string
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil && strings.Contains(string(line), dir) {
			found = append(found, path)
		}
	}
	return found
}

func eventually(t *testing.T, complaint string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error(complaint)
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	b := own(t, func(o *Options) { o.Timeout = 6 * time.Second })
	for path, want := range map[string]scam.Outcome{
		"never": scam.OutcomeTimeout, "slow": scam.OutcomeLoaded, "alert-stubborn": scam.OutcomeLoaded,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			v, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/" + path})
			if err != nil || v.Outcome != want {
				t.Errorf("%s %s, %v", v.Outcome, v.Error, err)
			}
		})
	}
}

func TestProfilesOfTheKilledAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	living, err := newProfile(dir, confine.User{})
	if err != nil {
		t.Fatal(err)
	}
	dead, err := newProfile(dir, confine.User{})
	if err != nil {
		t.Fatal(err)
	}
	_ = dead.lock.Close() // as the kernel does
	sweep(dir)
	if _, err := os.Stat(dead.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the dead one's profile: %v", err)
	}
	if _, err := os.Stat(living.home); err != nil {
		t.Errorf("the living one's profile: %v", err)
	}
	if err := living.remove(); err != nil {
		t.Error(err)
	}
}

func TestSweepLeavesWhatOthersPutThere(t *testing.T) {
	t.Parallel()
	dir, away := t.TempDir(), t.TempDir()
	precious := filepath.Join(away, profileLock)
	linked, inside, foreign := filepath.Join(dir, profilePrefix+"link"), filepath.Join(dir, profilePrefix+"inside"), filepath.Join(dir, profilePrefix+"foreign")
	for _, err := range []error{
		os.WriteFile(precious, nil, 0o600), os.Symlink(away, linked),
		os.Mkdir(inside, 0o700), os.Symlink(precious, filepath.Join(inside, profileLock)),
		os.Mkdir(foreign, 0o700), os.WriteFile(filepath.Join(foreign, profileLock), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	stay := []string{precious, linked, inside}
	if os.Geteuid() == 0 {
		if err := os.Chown(foreign, 54321, 54321); err != nil {
			t.Fatal(err)
		}
		stay = append(stay, foreign)
	}
	sweep(dir)
	for _, path := range stay {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestBrowserIsRecycled(t *testing.T) {
	t.Parallel()
	b := own(t, func(o *Options) { o.Recycle = 1 })
	first := b.chromeOf(t)
	if second := b.chromeOf(t); second == first {
		t.Error("the same browser took a second visit")
	}
	eventually(t, "the old browser lives on", func() bool { return !first.alive() })
}

func TestCancelledVisitIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := world.browser.Visit(ctx, scam.Request{URL: "http://site.example/never"})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Options{Binary: "/no/such/chromium"})
	if err == nil || !strings.Contains(err.Error(), "no browser at") {
		t.Errorf("no browser: %v", err)
	}
	b, err := Open(t.Context(), Options{Binary: "/bin/false"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/"}); err == nil || !strings.Contains(err.Error(), "/bin/false") {
		t.Errorf("a browser that ends at once: %v", err)
	}
}

func TestClosedBrowser(t *testing.T) {
	t.Parallel()
	b := own(t, func(*Options) {})
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/"}); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}
