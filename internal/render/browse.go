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
	leaveTime = 2 * time.Second  // between the page's wish to go elsewhere and the request for it
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
	for ctx.Err() == nil {
		v.mu.Lock()
		rest, busy := v.restLocked(t, quiet)
		left, moved, changed := rest, t.moved, v.changed
		if busy {
			left = min(left, patience-time.Since(moved))
		}
		over := t.crashed || len(t.chain.hops) > maxMoves
		v.mu.Unlock()
		switch {
		case over:
			return
		case left > 0:
			if !v.pause(ctx, t, left, changed) {
				return
			}
		case !v.answers(ctx, t): // a script that never yields
			return
		case rest > 0: // still loading
			patience = loadLimit
		case !v.movedSince(t, moved): // on a busy machine the answer came late, and news before it
			return
		}
	}
}

// pause waits for news; it tells whether the page is still there.
func (v *visit) pause(ctx context.Context, t *tab, limit time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return false
	case <-t.session.gone:
		return false
	}
	return true
}

func (v *visit) movedSince(t *tab, moved time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return t.moved != moved
}

// restLocked tells how much longer a tab must lie still, and whether that is because its
// document has not loaded.
func (v *visit) restLocked(t *tab, quiet time.Duration) (rest time.Duration, busy bool) {
	blank := t.popup && len(t.chain.hops) == 0 // a popup that its opener writes into
	switch {
	case t.asking:
		return time.Hour, false // until it is answered
	case t.leaving:
		quiet = max(quiet, leaveTime)
	case t.loaded || blank:
	case t.loader != "":
		quiet, busy = loadLimit, true
	default:
		return time.Hour, false // nothing is shown: only an event helps, or the end of the visit
	}
	return quiet - time.Since(t.moved), busy
}

// answers tells whether a page's scripts let anything else run.
func (v *visit) answers(ctx context.Context, t *tab) bool {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var one int
	return v.evaluate(ctx, t.session, v.mainFrame(t), "1", &one) == nil
}
