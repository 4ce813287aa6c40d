package discover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// robotsBytes is as much of a robots.txt as must be read (RFC 9309 §2.5).
const robotsBytes = 512 << 10

var errEncoding = errors.New("the answer is compressed in a way that we did not ask for")

// bounded closes colly's gaps: its robots.txt requests carry no context, read without end
// and take a failing server for consent, and it unpacks gzip bodies beyond its size limit.
type bounded struct {
	ctx  context.Context //nolint:containedctx // of the run; see fetcher
	next http.RoundTripper
}

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(req.WithContext(b.ctx))
	if err != nil {
		return nil, err
	}
	if packed(req, res) {
		res.Body.Close()
		return nil, errEncoding
	}
	if req.URL.Path == "/robots.txt" {
		if res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
			res.Body.Close()
			return nil, fmt.Errorf("its robots.txt answers %d, which forbids all (RFC 9309 §2.3.1.4)", res.StatusCode)
		}
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, robotsBytes), res.Body}
	}
	return res, nil
}

// packed tells whether colly would unpack the body itself. What net/http unpacked has
// lost its Content-Encoding.
func packed(req *http.Request, res *http.Response) bool {
	return res.Header.Get("Content-Encoding") != "" ||
		strings.Contains(strings.ToLower(res.Header.Get("Content-Type")), "gzip") ||
		strings.HasSuffix(strings.ToLower(req.URL.Path), ".xml.gz")
}
