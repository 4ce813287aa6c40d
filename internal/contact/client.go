package contact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"popdown/internal/egress"
)

const (
	answerLimit = 1 << 20 // bytes of one answer, unpacked
	getTimeout  = 15 * time.Second
)

// errNone says that the registry knows no such object.
var errNone = errors.New("the registry has no record of it")

// busy is a server's answer that asks us to come back later.
type busy struct {
	status int
	after  time.Duration
}

func (b busy) Error() string {
	return fmt.Sprintf("status %d, asks to wait %s", b.status, b.after)
}

// get fetches a document. A server that says when to come back is asked once more, if
// that is within Patience. It returns the URL that answered in the end.
func (f *Finder) get(ctx context.Context, s *egress.Session, from string, limit int64) ([]byte, *url.URL, error) {
	body, at, err := f.getOnce(ctx, s, from, limit)
	var later busy
	if !errors.As(err, &later) || later.after > f.options.Patience {
		return body, at, err
	}
	if err := wait(ctx, later.after); err != nil {
		return nil, nil, err
	}
	return f.getOnce(ctx, s, from, limit)
}

func (f *Finder) getOnce(ctx context.Context, s *egress.Session, from string, limit int64) ([]byte, *url.URL, error) {
	to, err := url.Parse(from)
	if err != nil {
		return nil, nil, err
	}
	if err := f.takeTurn(ctx, to.Hostname()); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/rdap+json, application/json;q=0.9")
	req.Header.Set("User-Agent", "Popdown contact lookup")
	client := http.Client{Transport: s.Transport(), CheckRedirect: f.redirect}
	resp, err := client.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // the caller names the server
		}
		return nil, nil, err
	}
	defer resp.Body.Close()
	if err := f.checkStatus(resp); err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, nil, fmt.Errorf("the answer has more than %d bytes", limit)
	}
	return body, resp.Request.URL, nil
}

// redirect lets registries hand us on (RFC 7480, section 5.2), but not out of TLS.
func (f *Finder) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > 4 {
		return errors.New("too many redirects")
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("redirect from https to " + req.URL.Scheme)
	}
	return f.takeTurn(req.Context(), req.URL.Hostname())
}

func (f *Finder) checkStatus(resp *http.Response) error {
	switch code := resp.StatusCode; code {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return errNone
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if after, ok := retryAfter(resp.Header.Get("Retry-After"), f.options.Now()); ok {
			return busy{code, after}
		}
		return fmt.Errorf("status %d", code)
	default:
		return fmt.Errorf("status %d", code)
	}
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return max(0, at.Sub(now)), true
}

// takeTurn waits until a server may be asked again.
func (f *Finder) takeTurn(ctx context.Context, host string) error {
	spacing := f.options.Spacing
	if spacing == 0 {
		spacing = 300 * time.Millisecond
		if strings.HasSuffix(host, ".lacnic.net") {
			spacing = 6 * time.Second
		}
	}
	f.mu.Lock()
	now := f.options.Now()
	if len(f.turn) > answersKept {
		maps.DeleteFunc(f.turn, func(_ string, at time.Time) bool { return at.Before(now) })
	}
	at := now
	if next := f.turn[host]; next.After(now) {
		at = next
	}
	f.turn[host] = at.Add(spacing)
	f.mu.Unlock()
	return wait(ctx, at.Sub(now))
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
