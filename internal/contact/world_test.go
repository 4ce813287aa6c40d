package contact

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/tools/txtar"

	"popdown/internal/egress"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is the registries and DNS on loopback.
type world struct {
	options Options

	mu     sync.Mutex
	asked  []string                    // host/path, in order
	own    map[string]http.HandlerFunc // answers of one test, by host/path
	now    time.Time
	served map[string][]byte
}

// newWorld serves testdata/registries.txtar; own answers come first. Zone is what DNS knows.
func newWorld(t testing.TB, own map[string]http.HandlerFunc, zone map[string][]string) *world {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/registries.txtar")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{own: own, now: noon, served: map[string][]byte{}}
	for _, f := range archive.Files {
		w.served[strings.ToLower(f.Name)] = f.Data
	}
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	guard, err := egress.New(egress.Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Map:   []egress.Mapping{{Pattern: "*.example", Addr: netip.MustParseAddrPort(s.Listener.Addr().String())}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.options = Options{
		Guard: guard, BootstrapURL: "http://data.iana.example/rdap/", Resolver: serveDNS(t, zone),
		Spacing: time.Nanosecond, Patience: 2 * time.Second, Now: w.clock,
	}
	return w
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	key := strings.ToLower(r.Host + r.URL.Path)
	w.mu.Lock()
	w.asked = append(w.asked, key)
	w.mu.Unlock()
	if own, ok := w.own[key]; ok {
		own(rw, r)
		return
	}
	body, ok := w.served[key]
	if !ok {
		rw.WriteHeader(http.StatusNotFound)
		_, _ = rw.Write([]byte(`{"errorCode":404,"title":"Not Found"}`))
		return
	}
	rw.Header().Set("Content-Type", "text/html") // lies, as some do
	_, _ = rw.Write(body)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// count tells how often a document was asked for.
func (w *world) count(key string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range w.asked {
		if a == key {
			n++
		}
	}
	return n
}

// serveDNS answers from a zone of host names and returns the server's address.
func serveDNS(t testing.TB, zone map[string][]string) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &dns.Server{PacketConn: pc, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(q)
		ips, known := zone[strings.TrimSuffix(strings.ToLower(q.Question[0].Name), ".")]
		if !known {
			m.Rcode = dns.RcodeNameError
		}
		for _, ip := range ips {
			kind := "A"
			if strings.Contains(ip, ":") {
				kind = "AAAA"
			}
			if rr, err := dns.NewRR(fmt.Sprintf("%s 60 IN %s %s", q.Question[0].Name, kind, ip)); err == nil && rr.Header().Rrtype == q.Question[0].Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
		_ = w.WriteMsg(m)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown(); <-done })
	return pc.LocalAddr().String()
}
