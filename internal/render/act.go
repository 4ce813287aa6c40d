package render

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
)

// actLimit is how long a page may hold up our gestures.
const actLimit = 6 * time.Second

// point is where to click, and what is there.
type point struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	What string  `json:"what"`
}

// act moves the mouse, scrolls a little and clicks once. It tells whether it clicked.
// What would call, send or download is never clicked.
func (v *visit) act(ctx context.Context, t *tab) bool {
	if t.frozen {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, actLimit)
	defer cancel()
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseMoved, 200, 150, 0)
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseMoved, 420, 310, 0)
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseWheel, 420, 310, 240)
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseWheel, 420, 310, -240)
	var at *point
	if err := v.evaluate(ctx, t.session, v.mainFrame(t), pointJS, &at); err != nil || at == nil {
		return false
	}
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseMoved, at.X, at.Y, 0)
	v.mu.Lock()
	t.clicked = time.Now()
	v.mu.Unlock()
	v.gesture(ctx, t, input.DispatchMouseEventTypeMousePressed, at.X, at.Y, 0)
	v.gesture(ctx, t, input.DispatchMouseEventTypeMouseReleased, at.X, at.Y, 0)
	return true
}

// gesture is one event of the mouse. A page that does not answer it ends our patience, not the visit.
func (v *visit) gesture(ctx context.Context, t *tab, kind input.DispatchMouseEventType, x, y, wheel float64) {
	p := input.DispatchMouseEventParams{Type: kind, X: x, Y: y}
	switch kind {
	case input.DispatchMouseEventTypeMouseWheel:
		p.DeltaX, p.DeltaY = 1, wheel // zero would be left out, and both are needed
	case input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased:
		p.Button, p.ClickCount = input.MouseButtonLeft, 1
	}
	_, _ = cdp.Call(ctx, t.session, input.DispatchMouseEvent, p)
}

// probe tries what the page does with keys, the context menu and leaving. A handler may
// act on it, so it comes last.
func (v *visit) probe(ctx context.Context, t *tab) {
	if t.frozen {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, frameLimit)
	defer cancel()
	var found map[string]string
	if err := v.evaluate(ctx, t.session, v.mainFrame(t), probeJS, &found); err != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		v.behaviorLocked(t, name, found[name])
	}
}
