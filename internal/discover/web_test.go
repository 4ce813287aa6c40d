package discover

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// answer is what the test web says at one address.
type answer struct {
	status int // 0: 200
	header map[string]string
	body   string
}

// testWeb is a small web under .example, on loopback behind a real guard.
type testWeb struct {
	answers map[string]answer // by host/path?query
	mu      sync.Mutex
	asked   []string      // host/path?query, in order
	headers []http.Header // of the same requests
}

func (w *testWeb) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	address := r.Host + r.URL.RequestURI()
	w.mu.Lock()
	w.asked = append(w.asked, address)
	w.headers = append(w.headers, r.Header.Clone())
	w.mu.Unlock()
	a, ok := w.answers[address]
	if !ok {
		http.NotFound(rw, r)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	for k, v := range a.header {
		rw.Header().Set(k, v)
	}
	if a.status != 0 {
		rw.WriteHeader(a.status)
	}
	io.WriteString(rw, a.body)
}

// requests gives what was asked of the web, robots.txt left out.
func (w *testWeb) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, a := range w.asked {
		if !strings.HasSuffix(a, "/robots.txt") {
			out = append(out, a)
		}
	}
	return out
}

var testNow = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// serve starts the web and gives a Discoverer that reaches it.
func serve(t *testing.T, w *testWeb, o Options) *Discoverer {
	t.Helper()
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	addr := netip.MustParseAddrPort(server.Listener.Addr().String())
	guard, err := egress.New(egress.Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Map:   []egress.Mapping{{Pattern: "*.example", Addr: addr}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Guard = guard
	o.Now = func() time.Time { return testNow }
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return New(o)
}

// brief is what tests compare of a candidate.
type brief struct {
	URL, Referrer, Found string
	Priority             int
}

func briefs(found []scam.Candidate) []brief {
	var out []brief
	for _, c := range found {
		out = append(out, brief{c.URL, c.Referrer, c.Found, c.Priority})
	}
	return out
}
