package render

import (
	"context"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"popdown/internal/scam"
)

// clickWindow is how long after our click a navigation with its gesture counts as caused by it.
const clickWindow = time.Second

// maxKnownFrames bounds the frames that a download can be told from.
const maxKnownFrames = 1000

// pump handles the events of the visit's pages until ctx ends.
func (v *visit) pump(ctx context.Context) {
	for {
		select {
		case <-v.inbox.wake:
		case <-ctx.Done():
			return
		}
		for _, ev := range v.inbox.take() {
			if ev.value == nil {
				value, err := cdproto.UnmarshalMessage(ev.msg, chromedp.DefaultUnmarshalOptions)
				if err != nil {
					continue // an event newer than our protocol definition
				}
				ev.value = value
			}
			v.handle(ctx, ev)
		}
	}
}

func (v *visit) handle(ctx context.Context, ev event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	defer v.announceLocked()
	switch e := ev.value.(type) {
	case *target.EventAttachedToTarget:
		v.attachedLocked(ctx, ev.session)
		return
	case *target.EventDetachedFromTarget:
		delete(v.owners, ev.session)
		return
	case *browser.EventDownloadWillBegin:
		if t := v.frames[e.FrameID]; t != nil {
			v.behaviorLocked(t, "download", e.SuggestedFilename+" "+e.URL)
		}
		return
	case *fetch.EventRequestPaused:
		ev.session.post(ctx, do(fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}))
		return
	}
	t := v.owners[ev.session]
	if t == nil {
		return
	}
	switch e := ev.value.(type) {
	case *page.EventFrameRequestedNavigation, *page.EventFrameNavigated, *page.EventLoadEventFired, *page.EventFrameStoppedLoading:
		v.frameMovedLocked(t, ev.session, e)
	case *page.EventJavascriptDialogOpening:
		v.dialogLocked(ctx, t, ev.session, e)
	case *page.EventJavascriptDialogClosed:
		t.asking, t.moved = false, time.Now()
	case *network.EventRequestWillBeSent, *network.EventResponseReceived, *network.EventLoadingFinished, *network.EventLoadingFailed:
		v.networkLocked(t, ev.session, e)
	case *fetch.EventAuthRequired:
		v.authLocked(ctx, t, ev.session, e)
	case *runtime.EventBindingCalled:
		v.observedLocked(t, e)
	case *inspector.EventTargetCrashed:
		if ev.session == t.session {
			t.crashed = true
		}
		v.chrome.wire.drop(ev.session.id)
	}
}

// frameMovedLocked follows the main frame of a tab; a cross-site frame may send it elsewhere.
func (v *visit) frameMovedLocked(t *tab, s *session, value any) {
	switch e := value.(type) {
	case *page.EventFrameRequestedNavigation:
		if e.FrameID == t.frame && e.Disposition == page.ClientNavigationDispositionCurrentTab {
			t.chain.requested(e.Reason)
			_, err := scam.ParseWebURL(e.URL)
			t.leaving, t.moved = err == nil, time.Now()
		}
	case *page.EventFrameNavigated:
		if s != t.session || e.Frame.ParentID != "" {
			return
		}
		t.frame, t.loader = e.Frame.ID, e.Frame.LoaderID
		t.loaded, t.leaving, t.moved = false, false, time.Now()
		t.chain.commit(e.Frame)
	case *page.EventLoadEventFired:
		if s == t.session {
			t.loaded, t.moved = true, time.Now()
		}
	case *page.EventFrameStoppedLoading:
		if e.FrameID == t.frame && (!t.loaded || t.leaving) {
			t.loaded, t.leaving, t.moved = true, false, time.Now()
		}
	}
}

// networkLocked keeps the log of requests, and the chain from those for the main document.
func (v *visit) networkLocked(t *tab, s *session, value any) {
	v.log.note(s, value)
	switch e := value.(type) {
	case *network.EventRequestWillBeSent:
		if len(v.frames) < maxKnownFrames {
			v.frames[e.FrameID] = t
		}
		if e.Type == network.ResourceTypeDocument && e.FrameID == t.frame && s == t.session {
			clicked := e.HasUserGesture && !t.clicked.IsZero() && time.Since(t.clicked) < clickWindow
			t.chain.sent(e.LoaderID, e.Request.URL+e.Request.URLFragment, e.RedirectResponse, clicked)
			t.loaded, t.leaving, t.moved = false, false, time.Now()
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.FrameID == t.frame {
			t.chain.responded(e.LoaderID, int(e.Response.Status))
		}
	case *network.EventLoadingFailed:
		// A document's request carries the id of its loader.
		t.chain.failed(cdp.LoaderID(e.RequestID), e.ErrorText)
	}
}
