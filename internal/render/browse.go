package render

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"popdown/internal/scam"
)

const (
	loadLimit = 10 * time.Second // a document that is shown but never ends loading
	busyLimit = 3 * time.Second  // one that does not load, until we ask whether it answers at all
	pingLimit = time.Second      // for that answer
	maxMoves  = 30               // hops of a tab, until we no longer wait for the last
	maxClicks = 2                // in one tab: a gate, and the page behind it
)

// look is one page as it was seen: a landing, or a step towards one.
type look struct {
	loader cdp.LoaderID
	page   reading
	frames []scam.Frame
	shot   []byte // PNG; nil: none could be had
}

// browse looks at one tab as a person would: let it come to rest, look, click, look
// again. It stops waiting when calm ends, and reading when ctx does. Where our click
// led away, the page before it is a landing of its own.
func (v *visit) browse(calm, ctx context.Context, t *tab) {
	select {
	case <-t.ready:
	case <-ctx.Done():
		return
	}
	limit, cancel := context.WithTimeout(calm, 4*v.o.Settle+loadLimit) // a redirect may never end
	defer cancel()
	quiet := v.o.Settle / 3
	if len(v.allTabs()) > 1 {
		t.session.post(ctx, do(page.BringToFront, cdp.Empty{}))
	}
	for clicks := 0; ; {
		v.settle(limit, t, quiet)
		before, shown := v.look(ctx, t)
		if !shown {
			return
		}
		if clicks == maxClicks || limit.Err() != nil || !v.act(limit, t) {
			v.probe(ctx, t)
			v.keep(t, before)
			return
		}
		clicks++
		v.settle(limit, t, v.o.Settle)
		via, moved := v.leftBy(t, before.loader)
		switch {
		case !moved:
			after, _ := v.look(ctx, t)
			v.probe(ctx, t)
			v.keep(t, after.orElse(before))
			return
		case via == scam.ViaClick:
			v.keep(t, before)
		}
	}
}

// keep adds a landing.
func (v *visit) keep(t *tab, seen look) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t.looks = append(t.looks, seen)
}

// leftBy tells whether the tab has left a document, and how.
func (v *visit) leftBy(t *tab, loader cdp.LoaderID) (scam.Via, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t.loader == loader {
		return "", false
	}
	passed := false
	for _, h := range t.chain.hops {
		if passed && h.loader != loader && h.committed {
			return h.via, true
		}
		passed = passed || h.loader == loader
	}
	return scam.ViaScript, true
}

// settle waits until the tab's document has loaded and its main frame has not moved for
// as long as quiet, or until nothing more will come.
func (v *visit) settle(ctx context.Context, t *tab, quiet time.Duration) {
	patience := busyLimit
	for {
		v.mu.Lock()
		left, changed := v.restLocked(t, quiet), v.changed
		over := t.crashed || len(t.chain.hops) > maxMoves
		if waiting := !t.loaded && !t.asking && t.loader != ""; waiting && left > 0 {
			left = min(left, patience-time.Since(t.moved))
			if left <= 0 { // still loading, or a script that never yields
				v.mu.Unlock()
				if !v.answers(ctx, t) {
					return
				}
				patience = loadLimit
				continue
			}
		}
		v.mu.Unlock()
		if over || left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-changed:
		case <-t.session.gone:
			over = true
		case <-ctx.Done():
			over = true
		}
		timer.Stop()
		if over {
			return
		}
	}
}

// restLocked tells how much longer a tab must lie still.
func (v *visit) restLocked(t *tab, quiet time.Duration) time.Duration {
	blank := t.popup && len(t.chain.hops) == 0 // a popup that its opener writes into
	switch {
	case t.asking:
		return time.Hour // until it is answered
	case t.loaded || blank:
	case t.loader != "":
		quiet = loadLimit
	default:
		return time.Hour // nothing is shown: only an event helps, or the end of the visit
	}
	return quiet - time.Since(t.moved)
}

// answers tells whether a page's scripts let anything else run.
func (v *visit) answers(ctx context.Context, t *tab) bool {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var one int
	return v.evaluate(ctx, t.session, v.mainFrame(t), "1", &one) == nil
}
