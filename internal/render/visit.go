package render

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

const (
	maxPopups  = 4                       // pages that a visit looks at beside its own tab
	openLimit  = 10 * time.Second        // for a page that nothing is in yet
	tidyLimit  = 1500 * time.Millisecond // to get rid of a visit's pages
	maxReserve = 8 * time.Second         // kept back to read what is there
)

// visit is one look at a URL in a browser context of its own.
type visit struct {
	o         Options
	chrome    *chrome
	request   scam.Request
	persona   Persona
	binding   string
	started   time.Time
	took      time.Duration
	door      *egress.Session
	proxy     egress.Proxy
	contextID cdp.BrowserContextID
	inbox     *inbox
	log       *harLog
	work      sync.WaitGroup // goroutines of this visit
	tidy      bool           // the browser let go of all its pages

	mu      sync.Mutex
	changed chan struct{} // closed, and replaced, whenever something below changes
	tabs    []*tab        // the visit's own first
	owners  map[*session]*tab
	frames  map[cdp.FrameID]*tab     // that asked for anything
	asked   map[fetch.RequestID]bool // proxy challenges that were answered
}

func newVisit(o Options, c *chrome, r scam.Request, p Persona) *visit {
	return &visit{
		o: o, chrome: c, request: r, persona: p.on(c.version),
		binding: newBinding(), started: o.Now().UTC(), inbox: newInbox(), log: newHARLog(),
		changed: make(chan struct{}), owners: map[*session]*tab{}, frames: map[cdp.FrameID]*tab{}, asked: map[fetch.RequestID]bool{},
	}
}

// run makes the visit. An error means that there was nothing to make it with.
func (v *visit) run(ctx context.Context) (err error) {
	began := time.Now()
	defer func() { v.took = time.Since(began) }()
	limits := v.o.Limits
	if limits.Time == 0 {
		limits.Time = v.o.Timeout + 5*time.Second
	}
	v.door = v.o.Guard.Session(limits)
	defer v.door.Close()
	if v.proxy, err = v.door.Proxy(); err != nil {
		return err
	}
	inner, cancel := context.WithCancel(ctx)
	defer v.tidyUp(ctx)
	defer v.work.Wait() // what closing the pages brings about is none of the page's doing
	defer cancel()
	opening, stop := context.WithTimeout(inner, openLimit)
	defer stop()
	v.work.Go(func() { v.pump(inner) })
	if err := v.open(opening); err != nil {
		return fmt.Errorf("%w: open a page: %w", errDied, err)
	}
	v.browseAll(inner)
	return nil
}

// open makes the context and the visit's own tab, and waits until that is set up.
func (v *visit) open(ctx context.Context) error {
	made, err := cdp.Call(ctx, v.chrome.root, target.CreateBrowserContext, target.CreateBrowserContextParams{
		DisposeOnDetach: new(true), ProxyServer: v.proxy.URL, ProxyBypassList: "<-loopback>",
	})
	if err != nil {
		return err
	}
	v.contextID = made.BrowserContextID
	v.chrome.wire.join(v.contextID, v.inbox)
	if _, err := cdp.Call(ctx, v.chrome.root, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: v.contextID, EventsEnabled: new(true),
	}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, v.chrome.root, target.CreateTarget, target.CreateTargetParams{
		URL: "about:blank", BrowserContextID: v.contextID, NewWindow: new(true),
	}); err != nil {
		return err
	}
	if err := v.until(ctx, func() bool { return len(v.tabs) > 0 }); err != nil {
		return err
	}
	select {
	case <-v.allTabs()[0].ready:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// browseAll looks at the visit's own tab and at what it opened. A part of the time is
// kept back, to read what is there when the page never comes to rest.
func (v *visit) browseAll(ctx context.Context) {
	reserve := min(v.o.Timeout/4, maxReserve)
	deadline, _ := ctx.Deadline()
	calm, cancel := context.WithDeadline(ctx, deadline.Add(-reserve))
	defer cancel()
	v.navigate(calm)
	for i := 0; ctx.Err() == nil; i++ {
		tabs := v.allTabs()
		if i >= len(tabs) {
			return
		}
		v.browse(calm, ctx, tabs[i])
	}
}

// navigate sends the visit's own tab to the URL. It returns when a document is shown,
// or none will be.
func (v *visit) navigate(ctx context.Context) {
	t := v.allTabs()[0]
	v.mu.Lock()
	t.chain.next = scam.ViaStart
	v.mu.Unlock()
	params := page.NavigateParams{URL: v.request.URL, TransitionType: page.TransitionTypeLink}
	if v.request.Referrer != "" {
		params.Referrer, params.ReferrerPolicy = v.request.Referrer, page.ReferrerPolicyUnsafeURL // verbatim
	}
	res, err := cdp.Call(ctx, t.session, page.Navigate, params)
	if err == nil && res.ErrorText != "" {
		v.mu.Lock()
		t.chain.failed(res.LoaderID, res.ErrorText)
		v.mu.Unlock()
	}
}

// until waits for a condition on what mu guards.
func (v *visit) until(ctx context.Context, ok func() bool) error {
	for {
		v.mu.Lock()
		done, changed := ok(), v.changed
		v.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-v.chrome.died():
			return errDied
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (v *visit) announceLocked() {
	close(v.changed)
	v.changed = make(chan struct{})
}

func (v *visit) allTabs() []*tab {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.tabs)
}

func (v *visit) mainFrame(t *tab) cdp.FrameID {
	v.mu.Lock()
	defer v.mu.Unlock()
	return t.frame
}
