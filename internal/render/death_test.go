package render

import (
	"errors"
	"strconv"
	"syscall"
	"testing"

	"popdown/internal/scam"
)

func TestDeathOfTheBrowser(t *testing.T) {
	t.Parallel()
	b := own(t, func(*Options) {})
	visit := func() scam.Visit {
		v, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/plain"})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	visit()
	first := b.chromeOf(t)
	if err := syscall.Kill(first.process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if v := visit(); v.Outcome != scam.OutcomeLoaded {
		t.Errorf("the visit after it: %s %s", v.Outcome, v.Error)
	}
	second := b.chromeOf(t)
	if second == first {
		t.Error("the dead browser is still used")
	}

	// And in the middle of a visit: killed when its page asks for something.
	killed := make(chan error, 1)
	go func() {
		v, err := b.Visit(t.Context(), scam.Request{URL: "http://one.wait.example/waits"})
		if v.RequestedURL != "" {
			t.Errorf("the page is blamed: %s %s", v.Outcome, v.Error)
		}
		killed <- err
	}()
	<-world.web.waiting["one.wait.example"]
	if err := syscall.Kill(second.process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-world.web.waiting["one.wait.example"] // it is made again, alone
	if v := visit(); v.Outcome != scam.OutcomeLoaded {
		t.Errorf("a visit meanwhile: %s %s", v.Outcome, v.Error)
	}
	shared := b.chromeOf(t)
	if err := syscall.Kill(b.other(t, shared).process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-killed; !errors.Is(err, errDied) {
		t.Errorf("died twice: %v", err)
	}
	if v := visit(); v.Outcome != scam.OutcomeLoaded || b.chromeOf(t) != shared {
		t.Errorf("the visit after that: %s %s", v.Outcome, v.Error)
	}
	eventually(t, "the browser of its own is still known", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.all) == 1
	})
}

// other is the living Chromium beside the shared one.
func (b *Browser) other(t *testing.T, shared *chrome) *chrome {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.all {
		if c != shared && c.alive() {
			return c
		}
	}
	t.Fatal("there is no other")
	return nil
}

func TestDeathOfARenderer(t *testing.T) {
	t.Parallel()
	b := own(t, func(*Options) {})
	done := make(chan scam.Visit, 1)
	go func() {
		v, err := b.Visit(t.Context(), scam.Request{URL: "http://two.wait.example/waits"})
		if err != nil {
			t.Error(err)
		}
		done <- v
	}()
	<-world.web.waiting["two.wait.example"]
	all, err := b.chromeOf(t).renderers()
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for _, status := range all {
		pid, err := strconv.Atoi(status["Pid"])
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	if v := <-done; v.Outcome != scam.OutcomeCrashed {
		t.Errorf("%s %s", v.Outcome, v.Error)
	}
}
