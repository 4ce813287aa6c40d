package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// analyst plays the person at the review pages, through the same forms that a browser
// sends. It confirms what the queue calls scam, and knows no label.
type analyst struct {
	base           string // "http://127.0.0.1:8088"
	name, password string
	// received tells whether the practice mailbox holds a letter with this Message-ID.
	received func(messageID string) bool
	client   *http.Client
}

func newAnalyst(base, name, password string, received func(string) bool) (*analyst, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &analyst{strings.TrimSuffix(base, "/"), name, password, received, &http.Client{Jar: jar, Timeout: 15 * time.Second}}, nil
}

// work decides until ctx ends. A page that does not answer is asked again: takedown may
// just be starting anew.
func (a *analyst) work(ctx context.Context, trouble func(error)) {
	for failures := 0; ctx.Err() == nil; {
		if err := a.round(ctx); err != nil && ctx.Err() == nil {
			if failures++; failures%20 == 0 {
				trouble(err)
			}
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// round looks once at the queue and at every case, and decides what waits.
func (a *analyst) round(ctx context.Context) error {
	queue, err := a.open(ctx, "/")
	if err != nil {
		return err
	}
	for _, link := range queue.all("a", "class", "finding") {
		if attr(link, "data-class") == "scam" {
			if err := a.submit(ctx, attr(link, "href"), "confirm"); err != nil {
				return err
			}
		}
	}
	cases, err := a.open(ctx, "/cases")
	if err != nil {
		return err
	}
	for _, href := range cases.links("/cases/") {
		file, err := a.open(ctx, href)
		if err != nil {
			return err
		}
		for _, report := range file.links("/reports/") {
			if err := a.report(ctx, report); err != nil {
				return err
			}
		}
	}
	return nil
}

// report approves a draft under its preview, and settles an uncertain one by looking
// for its Message-ID in the mailbox.
func (a *analyst) report(ctx context.Context, href string) error {
	page, err := a.open(ctx, href)
	if err != nil {
		return err
	}
	switch attr(page.first("main"), "data-state") {
	case "draft":
		return a.submit(ctx, href, "approve")
	case "uncertain":
		if id := attr(page.byID("form", "settle"), "data-message-id"); id != "" && a.received(id) {
			return a.submit(ctx, href, "settle")
		}
		return a.submit(ctx, href, "reopen")
	}
	return nil
}

// open gets a page, logging in when it is asked to.
func (a *analyst) open(ctx context.Context, href string) (*page, error) {
	p, err := a.do(ctx, http.MethodGet, href, nil)
	if err != nil || p.path != "/login" {
		return p, err
	}
	fields := url.Values{"name": {a.name}, "password": {a.password}}
	if p, err = a.do(ctx, http.MethodPost, "/login", fields); err != nil {
		return nil, err
	}
	if p.path == "/login" {
		return nil, errors.New("the login was refused")
	}
	return a.do(ctx, http.MethodGet, href, nil)
}

// submit opens a page and sends one of its forms as it stands.
func (a *analyst) submit(ctx context.Context, href, id string) error {
	p, err := a.open(ctx, href)
	if err != nil {
		return err
	}
	form := p.byID("form", id)
	if form == nil {
		return nil // somebody was faster
	}
	fields := url.Values{}
	for _, input := range within(form, "input") {
		if name := attr(input, "name"); name != "" && attr(input, "type") == "hidden" {
			fields.Add(name, attr(input, "value"))
		}
	}
	_, err = a.do(ctx, http.MethodPost, attr(form, "action"), fields)
	return err
}

func (a *analyst) do(ctx context.Context, method, href string, fields url.Values) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.base+href, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", a.base)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusConflict {
		return &page{path: resp.Request.URL.Path, root: &html.Node{}}, nil // somebody was faster
	}
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("%s %s: %s", method, href, resp.Status)
	}
	root, err := html.Parse(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", href, err)
	}
	return &page{path: resp.Request.URL.Path, root: root}, nil
}

// page is an HTML page that was answered.
type page struct {
	path string // after redirects
	root *html.Node
}

func within(root *html.Node, tag string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			found = append(found, n)
		}
	}
	return found
}

// all gives the elements of a tag that carry a word in an attribute.
func (p *page) all(tag, key, word string) []*html.Node {
	var found []*html.Node
	for _, n := range within(p.root, tag) {
		for w := range strings.FieldsSeq(attr(n, key)) {
			if w == word {
				found = append(found, n)
			}
		}
	}
	return found
}

func (p *page) first(tag string) *html.Node {
	for _, n := range within(p.root, tag) {
		return n
	}
	return nil
}

func (p *page) byID(tag, id string) *html.Node {
	for _, n := range p.all(tag, "id", id) {
		return n
	}
	return nil
}

// links gives each address below a path that the page links to, once.
func (p *page) links(prefix string) []string {
	var hrefs []string
	seen := map[string]bool{}
	for _, n := range within(p.root, "a") {
		href, _, _ := strings.Cut(attr(n, "href"), "#")
		if rest, ok := strings.CutPrefix(href, prefix); ok && rest != "" && !strings.ContainsAny(rest, "/?") && !seen[href] {
			seen[href] = true
			hrefs = append(hrefs, href)
		}
	}
	return hrefs
}

func attr(n *html.Node, key string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
