package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

func newGuard(t *testing.T, o Options) *Guard {
	t.Helper()
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func newSession(t *testing.T, o Options, l Limits) *Session {
	t.Helper()
	s := newGuard(t, o).Session(l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close session: %v", err)
		}
	})
	return s
}

func mapping(t *testing.T, s string) Mapping {
	t.Helper()
	m, err := ParseMapping(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mapped is a session in which *.example stands for a test server.
func mapped(t *testing.T, addr net.Addr, l Limits) *Session {
	t.Helper()
	return newSession(t, Options{Allow: loopback(), Map: []Mapping{mapping(t, "*.example="+addr.String())}}, l)
}

// greeter accepts on loopback, says its name, and closes.
func greeter(t *testing.T, addr, name string) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skipf("cannot listen: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, name)
			_ = c.Close()
		}
	}()
	return l.Addr()
}

// greeting dials and reads what the server says.
func greeting(s *Session, hostport string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := s.DialContext(ctx, "tcp", hostport)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	said, err := io.ReadAll(conn)
	return string(said), err
}

// zone is a DNS server: for a name, the answers to its first, second, ... question of
// a type; the last one stays.
type zone struct {
	mu      sync.Mutex
	answers map[string][]string // "name A" -> records' data, several separated by a blank
	asked   map[string]int
}

func (z *zone) serve(t *testing.T) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z.asked = map[string]int{}
	started := make(chan struct{})
	server := &dns.Server{PacketConn: pc, Handler: z, NotifyStartedFunc: func() { close(started) }}
	go func() { _ = server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = server.Shutdown() })
	return pc.LocalAddr().String()
}

func (z *zone) count(question string) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.asked[question]
}

func (z *zone) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	z.mu.Lock()
	defer z.mu.Unlock()
	q := r.Question[0]
	kind := dns.TypeToString[q.Qtype]
	key := strings.ToLower(q.Name) + " " + kind
	z.asked[key]++
	m := new(dns.Msg).SetReply(r)
	m.RecursionAvailable = true // or an empty answer is a lame one
	switch list := z.answers[key]; {
	case len(list) == 1 && dns.StringToRcode[list[0]] != 0: // an error in words, such as SERVFAIL
		m.Rcode = dns.StringToRcode[list[0]]
	case len(list) > 0:
		for _, data := range strings.Fields(list[min(z.asked[key], len(list))-1]) {
			rr, err := dns.NewRR(q.Name + " 0 IN " + kind + " " + data)
			if err == nil {
				m.Answer = append(m.Answer, rr)
			}
		}
	case len(z.answers[strings.ToLower(q.Name)+" A"])+len(z.answers[strings.ToLower(q.Name)+" AAAA"]) == 0:
		m.Rcode = dns.RcodeNameError
	}
	_ = w.WriteMsg(m)
}

// viaProxy is a client that uses a session's proxy with the given credentials.
func viaProxy(t *testing.T, s *Session) *http.Client {
	t.Helper()
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	u := mustURL(t, p.URL)
	u.User = userinfo(p)
	tr := &http.Transport{Proxy: http.ProxyURL(u), DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// eventually waits for what another goroutine or the kernel is about to do.
func eventually(t *testing.T, ok func() bool, complaint func() string) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error(complaint())
}

// ours counts goroutines that run this package's code or serve its proxies.
func ours() (int, string) {
	buffer := make([]byte, 1<<20)
	stacks := strings.Split(string(buffer[:runtime.Stack(buffer, true)]), "\n\n")
	n, kept := 0, []string{}
	for _, stack := range stacks[1:] { // the first is the caller's
		if strings.Contains(stack, "egress.(*") || strings.Contains(stack, "net/http.(*conn).serve") || strings.Contains(stack, "net/http.(*persistConn)") {
			n++
			kept = append(kept, stack)
		}
	}
	return n, strings.Join(kept, "\n\n")
}

func wantErr(t *testing.T, what string, err, want error, words string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: got %v, want %v with %q", what, err, want, words)
	}
}
