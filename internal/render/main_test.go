package render

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// shared is the one browser and the one web of the package's tests.
type shared struct {
	browser *Browser
	guard   *egress.Guard
	web     *web
	plain   string // where the web listens
}

// version fills in MAJOR and FULL of the browser that runs.
func (s *shared) version(t *testing.T) *strings.Replacer {
	full := s.browser.chromeOf(t).version
	major, _, _ := strings.Cut(full, ".")
	return strings.NewReplacer("MAJOR", major, "FULL", full)
}

var world shared

func TestMain(m *testing.M) {
	flag.Parse() // for testing.Verbose
	// Visits wait most of the time, on however many cores.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(func() int {
		stop, err := world.start()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, "after the tests:", err)
			return 1
		}
		return code
	}())
}

func (s *shared) start() (func() error, error) {
	s.web = newWeb()
	plain := httptest.NewServer(s.web)
	secure := httptest.NewUnstartedServer(s.web)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // its certificate is refused before it is taken
	secure.StartTLS()
	s.plain = plain.Listener.Addr().String()
	s.web.pages["reach"] = reach(s.plain)
	names, resolver, err := startDNS()
	if err != nil {
		return nil, err
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_ = closed.Close()
	s.guard, err = egress.New(egress.Options{
		Allow:    []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolver: resolver,
		Map: []egress.Mapping{
			{Pattern: "*.example", Addr: addrOf(plain.Listener)},
			{Pattern: "*.secure.example", Addr: addrOf(secure.Listener)},
			{Pattern: "closed.example", Addr: addrOf(closed)},
		},
	})
	if err != nil {
		return nil, err
	}
	o := s.options()
	s.browser, err = Open(context.Background(), o)
	return func() error {
		err := s.browser.Close()
		plain.CloseClientConnections()
		plain.Close()
		secure.Close()
		_ = names.Shutdown()
		return err
	}, err
}

// options are those of the shared browser: shorter waits than in earnest.
func (s *shared) options() Options {
	level := slog.LevelWarn
	if testing.Verbose() {
		level = slog.LevelDebug
	}
	return Options{
		Guard: s.guard, Settle: 300 * time.Millisecond, Timeout: 20 * time.Second, Slots: 6,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	}
}

func addrOf(l net.Listener) netip.AddrPort { return l.Addr().(*net.TCPAddr).AddrPort() }

// startDNS answers that no name exists.
func startDNS() (*dns.Server, string, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	ready := make(chan struct{})
	server := &dns.Server{PacketConn: conn, NotifyStartedFunc: func() { close(ready) },
		Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
			_ = w.WriteMsg(new(dns.Msg).SetRcode(r, dns.RcodeNameError))
		})}
	go func() { _ = server.ActivateAndServe() }()
	<-ready
	return server, conn.LocalAddr().String(), nil
}

// web serves test pages by host and path.
type web struct {
	pages   map[string]http.HandlerFunc
	hits    chan string              // requests for paths below /hit/
	waiting map[string]chan struct{} // one for each request for /wait, by host
}

func newWeb() *web {
	waiting := map[string]chan struct{}{"one.wait.example": make(chan struct{}, 100), "two.wait.example": make(chan struct{}, 100)}
	return &web{pages: pages(), hits: make(chan string, 1000), waiting: waiting}
}

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/hit/") {
		w.hits <- r.URL.Path
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	path := strings.Trim(r.URL.Path, "/")
	if path == "wait" {
		w.waiting[r.Host] <- struct{}{}
		path = "never"
	}
	handler, ok := w.pages[path]
	if !ok {
		rw.WriteHeader(http.StatusNotFound)
		_, _ = rw.Write([]byte("<h1>404 here</h1>"))
		return
	}
	handler(rw, r)
}

// html is a page that is always the same.
func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><html><head><title>test</title></head><body>" + body + "</body></html>"))
	}
}

// look visits a URL with the shared browser.
func visitURL(t *testing.T, url string) scam.Visit {
	t.Helper()
	v, err := world.browser.Visit(t.Context(), scam.Request{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
