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
	<-world.web.waiting["one.wait.example"] // it is made again
	if err := syscall.Kill(b.chromeOf(t).process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-killed; !errors.Is(err, errDied) {
		t.Errorf("died twice: %v", err)
	}
	if v := visit(); v.Outcome != scam.OutcomeLoaded {
		t.Errorf("the visit after that: %s %s", v.Outcome, v.Error)
	}
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
