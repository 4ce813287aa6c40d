package render

import (
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"popdown/internal/scam"
)

// maxHops bounds a chain: a page may redirect for ever.
const maxHops = 100

// step of a chain while it is being made.
type hop struct {
	url       string
	via       scam.Via
	status    int
	loader    cdp.LoaderID // of the document that was asked for
	committed bool         // the document replaced the one before
	failed    bool         // what was shown is the browser's own error page
	fault     string       // Chromium's error text; empty: none
}

// shown tells whether the site's own document was shown, if only a part of it.
func (h *hop) shown() bool { return h.committed && !h.failed }

// chain is the path of one tab's main frame, built from the events of its page.
type chain struct {
	hops   []hop
	next   scam.Via // how the navigation that comes next came about; empty: unknown
	origin []hop    // hops that led to the page that opened this tab
}

// requested notes that the page itself asked for a navigation of the main frame. What
// our own click caused is told apart when the request is made.
func (c *chain) requested(reason page.ClientNavigationReason) {
	switch reason {
	case page.ClientNavigationReasonMetaTagRefresh, page.ClientNavigationReasonHTTPHeaderRefresh:
		c.next = scam.ViaMeta
	case page.ClientNavigationReasonFormSubmissionGet, page.ClientNavigationReasonFormSubmissionPost:
		c.next = scam.ViaForm
	default: // an anchor that a script clicked is the script's doing
		if c.next != scam.ViaWindowOpen {
			c.next = scam.ViaScript
		}
	}
}

// sent notes a request for a document of the main frame. A redirect continues the loader's hops.
func (c *chain) sent(loader cdp.LoaderID, url string, redirect *network.Response, clicked bool) {
	via := c.next
	switch {
	case redirect != nil:
		via = scam.ViaHTTP
		c.responded(loader, int(redirect.Status))
	case clicked && via != scam.ViaForm && via != scam.ViaMeta && via != scam.ViaWindowOpen:
		via = scam.ViaClick
	case via == "":
		via = scam.ViaScript
	}
	if redirect == nil {
		c.next = ""
	}
	if len(c.hops) < maxHops {
		c.hops = append(c.hops, hop{url: url, via: via, loader: loader})
	}
}

// last finds the latest hop of a loader; nil if there is none.
func (c *chain) last(loader cdp.LoaderID) *hop {
	for i := range slices.Backward(c.hops) {
		if c.hops[i].loader == loader {
			return &c.hops[i]
		}
	}
	return nil
}

func (c *chain) responded(loader cdp.LoaderID, status int) {
	if h := c.last(loader); h != nil {
		h.status = status
	}
}

func (c *chain) failed(loader cdp.LoaderID, fault string) {
	if h := c.last(loader); h != nil {
		h.fault = fault
	}
}

// commit notes that a document is shown. Some (about:blank, a page from a blob) were
// never asked for over the network and enter the chain here.
func (c *chain) commit(f *cdp.Frame) {
	shown := f.URL + f.URLFragment
	if f.UnreachableURL != "" {
		shown = f.UnreachableURL
	}
	h := c.last(f.LoaderID)
	if h == nil {
		if len(c.hops) == 0 && c.next == "" || len(c.hops) >= maxHops {
			return // the empty document that a tab begins with
		}
		via := c.next
		if via == "" {
			via = scam.ViaScript
		}
		c.next = ""
		c.hops = append(c.hops, hop{url: shown, via: via, loader: f.LoaderID, committed: true})
		return
	}
	for i := range c.hops {
		if c.hops[i].loader == f.LoaderID {
			c.hops[i].committed = true
		}
	}
	h.failed = f.UnreachableURL != ""
	h.url = shown // with the fragment that a redirect inherited
}

// landed returns the document that is shown, or last was asked for when none was ever shown.
func (c *chain) landed() *hop {
	for i := range slices.Backward(c.hops) {
		if c.hops[i].committed {
			return &c.hops[i]
		}
	}
	if len(c.hops) == 0 {
		return nil
	}
	return &c.hops[len(c.hops)-1]
}

// upTo returns the hops that led to the landing with this loader, without those that
// were given up for another (a download, a navigation that a script overtook).
func (c *chain) upTo(loader cdp.LoaderID) []hop {
	end := len(c.hops)
	for i := range slices.Backward(c.hops) {
		if c.hops[i].loader == loader {
			end = i + 1
			break
		}
	}
	way := slices.Clone(c.origin)
	for _, h := range c.hops[:end] {
		if h.committed || h.loader == loader {
			way = append(way, h)
		}
	}
	return way
}

// finish gives a chain its final form. Dialled names the IP:port at which a URL's host was met.
func finish(way []hop, dialled func(url string) string) []scam.Hop {
	out := make([]scam.Hop, 0, len(way))
	for i, h := range way {
		out = append(out, scam.Hop{Seq: i, URL: h.url, Via: h.via, Status: h.status, IP: dialled(h.url)})
	}
	return out
}
