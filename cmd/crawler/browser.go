package main

import (
	"context"
	"log/slog"
	"time"

	"popdown/internal/cli"
	"popdown/internal/egress"
	"popdown/internal/render"
)

// browserFlags say how pages are rendered.
type browserFlags struct {
	Chrome  string        `help:"Chromium to run. Empty: the installed one." placeholder:"FILE"`
	Timeout time.Duration `help:"Hard deadline of one visit." default:"45s" name:"timeout"`
	Settle  time.Duration `help:"How long a page may show itself before it is read, and again after the click." default:"3s"`
}

// check refuses values that no visit can be made with.
func (f browserFlags) check() error {
	if f.Timeout < 2*f.Settle+2*time.Second {
		return cli.Usagef("--timeout %s: at least twice --settle (%s) and two seconds more", f.Timeout, f.Settle)
	}
	return cli.AtLeast("--settle", f.Settle, 100*time.Millisecond)
}

// open starts a browser with that many visits at once. The returned func ends it.
func (f browserFlags) open(ctx context.Context, guard *egress.Guard, slots int, log *slog.Logger) (*render.Browser, func(), error) {
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	browser, err := render.Open(ctx, render.Options{
		Binary: f.Chrome, Guard: guard, Slots: slots, Timeout: f.Timeout, Settle: f.Settle, Logger: log,
	})
	if err != nil {
		return nil, nil, err
	}
	return browser, func() {
		if err := browser.Close(); err != nil {
			log.Error("browser did not end cleanly", "error", err)
		}
	}, nil
}
