package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

const (
	fetchTimeout   = 20 * time.Second // of one request
	maxRedirects   = 5
	robotsRedirect = 5 // RFC 9309 §2.3.1.2 asks for at least five
)

// fetcher reads single documents for one run of a seed.
type fetcher struct {
	ctx       context.Context //nolint:containedctx // lives as long as one Discover call
	transport *http.Transport
	userAgent string
}

// want says how a document is to be fetched.
type want struct {
	referrer  string // empty: none
	robots    bool   // ask robots.txt before each step
	bytes     int    // of the body that are read; the rest is left
	redirects int    // followed, at most
}

// page is a fetched document, whatever its status.
type page struct {
	url    *url.URL // after redirects
	status int
	header http.Header
	body   []byte
	cut    bool // longer than wanted
}

func (d *Discoverer) newFetcher(ctx context.Context, s *egress.Session) *fetcher {
	return &fetcher{ctx: ctx, transport: s.Transport(), userAgent: d.UserAgent}
}

func (f *fetcher) close() { f.transport.CloseIdleConnections() }

// get fetches a document and follows its redirects step by step, so that robots.txt is
// asked about each. A status that is no success is the caller's to judge.
func (f *fetcher) get(raw string, w want) (page, error) {
	for step := 0; ; step++ {
		if err := scam.CheckWebURL(raw); err != nil {
			return page{}, err
		}
		p, err := f.once(raw, w)
		if err != nil {
			return page{}, fmt.Errorf("fetch %s: %w", raw, err)
		}
		location := p.header.Get("Location")
		if p.status < 300 || p.status > 399 || location == "" || w.redirects == 0 {
			return p, nil
		}
		if step == w.redirects {
			return page{}, fmt.Errorf("fetch %s: more than %d redirects", raw, w.redirects)
		}
		next, err := p.url.Parse(location)
		if err != nil {
			return page{}, fmt.Errorf("%w: redirect of %s to %q", scam.ErrInvalid, raw, location)
		}
		raw = next.String()
	}
}

func (f *fetcher) once(raw string, w want) (page, error) {
	c := f.collector(w)
	var got page
	c.OnResponse(func(r *colly.Response) {
		got = page{url: r.Request.URL, status: r.StatusCode, header: *r.Headers, body: r.Body, cut: len(r.Body) >= w.bytes}
	})
	header := http.Header{
		"User-Agent": {f.userAgent},
		"Accept":     {"text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.8"},
	}
	if w.referrer != "" {
		header.Set("Referer", w.referrer)
	}
	err := c.Request(http.MethodGet, raw, nil, nil, header)
	if errors.Is(err, colly.ErrRobotsTxtBlocked) {
		return page{}, errors.New("its robots.txt does not want us there")
	}
	if err != nil {
		return page{}, err
	}
	if got.url == nil {
		return page{}, errors.New("no answer")
	}
	return got, nil
}

// collector makes a colly collector for one document. Every setting that colly also
// takes from COLLY_ variables of the environment is set here, after it has read them.
func (f *fetcher) collector(w want) *colly.Collector {
	c := colly.NewCollector()
	c.Context = f.ctx
	c.UserAgent = f.userAgent
	c.IgnoreRobotsTxt = !w.robots
	c.MaxBodySize = w.bytes
	c.MaxDepth, c.MaxRequests = 1, 0
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.DetectCharset, c.TraceHTTP, c.CacheDir = false, false, ""
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.WithTransport(bounded{ctx: f.ctx, next: f.transport})
	c.SetRequestTimeout(fetchTimeout)
	c.SetRedirectHandler(func(_ *http.Request, via []*http.Request) error {
		if via[0].URL.Path == "/robots.txt" && len(via) <= robotsRedirect {
			return nil
		}
		return http.ErrUseLastResponse
	})
	return c
}

// isHTML tells whether a document is to be parsed; one without a type is.
func (p page) isHTML() bool {
	t := strings.ToLower(p.header.Get("Content-Type"))
	return t == "" || strings.Contains(t, "html")
}
