package main

import (
	"context"
	"log/slog"
	"time"

	"popdown/internal/egress"
	"popdown/internal/render"
)

// browserFlags say how pages are rendered.
type browserFlags struct {
	Chrome  string        `help:"Chromium to run. Empty: the installed one." placeholder:"FILE"`
	Timeout time.Duration `help:"Hard deadline of one visit." default:"45s" name:"timeout"`
	Settle  time.Duration `help:"How long a page may show itself before it is read, and again after the click." default:"3s"`
}

// open starts a browser with that many visits at once. The returned func ends it.
func (f browserFlags) open(ctx context.Context, guard *egress.Guard, slots int, log *slog.Logger) (*render.Browser, func(), error) {
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
