package render

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"popdown/internal/scam"
)

// attachedLocked takes in a page or a cross-site frame, which waits for its set-up.
func (v *visit) attachedLocked(ctx context.Context, s *session) {
	switch s.info.Type {
	case "page":
		if len(v.tabs) > maxPopups {
			// One that is held holds up all pages of its process.
			s.post(ctx, do(runtime.RunIfWaitingForDebugger, cdp.Empty{}))
			v.work.Go(func() { v.chrome.closeTarget(ctx, s.info.TargetID) })
			return
		}
		t := newTab(s, len(v.tabs) > 0)
		if t.popup {
			opener := v.openerLocked(s.info.OpenerID)
			t.chain.next = scam.ViaWindowOpen
			t.chain.origin = opener.chain.upTo(opener.loader)
		}
		v.tabs = append(v.tabs, t)
		v.owners[s] = t
		v.work.Go(func() { v.prepare(ctx, t) })
	case "iframe":
		t := v.ownerLocked(s)
		t.frames = append(t.frames, s)
		v.owners[s] = t
		v.work.Go(func() { v.prepareFrame(ctx, s) })
	default:
		s.post(ctx, do(runtime.RunIfWaitingForDebugger, cdp.Empty{}))
	}
}

// openerLocked finds the tab that opened a popup; the visit's own where the page hid it.
func (v *visit) openerLocked(id target.ID) *tab {
	for _, t := range v.tabs {
		if t.session.info.TargetID == id {
			return t
		}
	}
	return v.tabs[0]
}

// ownerLocked finds the tab in which a cross-site frame stands, by the session that it
// was announced on; the visit's own tab if that is gone.
func (v *visit) ownerLocked(s *session) *tab {
	for other, t := range v.owners {
		if other.id == s.parent {
			return t
		}
	}
	return v.tabs[0]
}
