package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"popdown/internal/scam"
)

func TestHostileTargetsAreNeverDialled(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string][]string{
		"private.test. A":   {"10.0.0.1"},
		"meta.test. A":      {"169.254.169.254"},
		"six.test. AAAA":    {"::1"},
		"mapped.test. AAAA": {"::ffff:127.0.0.1"},
		"nat64.test. AAAA":  {"64:ff9b::7f00:1"},
		"many.test. A":      {"10.0.0.1 127.0.0.1 192.168.0.1"},
		"many.test. AAAA":   {"::1 fe80::1"},
	}}
	s := newSession(t, Options{Resolver: z.serve(t)}, Limits{})
	for _, target := range []string{
		"127.0.0.1:80", "127.0.0.1.:80", "[::1]:80", "0.0.0.0:80", "[::]:80", "169.254.169.254:80", "10.0.0.1:80", "[::ffff:127.0.0.1]:80",
		"[::ffff:7f00:1]:80", "[64:ff9b::7f00:1]:80", "[fe80::1%lo]:80", "2130706433:80", "0x7f.1:80", "0x7f000001:80", "017700000001:80", "127.1:80",
		"0:80", "private.test:80", "meta.test:80", "six.test:80", "mapped.test:80", "nat64.test:80", "many.test:80", "localhost:80", "a.localhost:80",
		"a b:80", "..:80", ":80", "bad\x00name:80",
	} {
		_, err := greeting(s, target)
		if !errors.Is(err, ErrBlocked) {
			t.Errorf("%s: got %v, want blocked", target, err)
		}
	}
	for _, target := range []string{"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:http", "127.0.0.1:65616", ""} {
		if _, err := greeting(s, target); !errors.Is(err, ErrBlocked) {
			t.Errorf("%q: got %v, want blocked", target, err)
		}
	}
	for _, a := range s.Attempts() {
		if a.Addr != "" || !errors.Is(a.Err, ErrBlocked) {
			t.Errorf("%s was dialled at %q: %v", a.Host, a.Addr, a.Err)
		}
	}
	if len(s.Dials()) != 0 {
		t.Errorf("dials: %v", s.Dials())
	}
}

// webPort finds a web port that is free on the given addresses and serves them.
func webPort(t *testing.T, ips map[string]string) string {
	t.Helper()
	for _, port := range []string{"8080", "8443"} {
		free := true
		for ip := range ips {
			l, err := net.Listen("tcp", net.JoinHostPort(ip, port))
			if err != nil {
				free = false
				continue
			}
			_ = l.Close()
		}
		if free {
			for ip, name := range ips {
				greeter(t, net.JoinHostPort(ip, port), name)
			}
			return port
		}
	}
	t.Skip("both unprivileged web ports are taken on this machine")
	return ""
}

func TestRebindingNamesAreJudgedAtEachDial(t *testing.T) {
	t.Parallel()
	port := webPort(t, map[string]string{"127.83.1.1": "outside", "127.83.1.2": "inside"})
	z := &zone{answers: map[string][]string{
		"rebind.test. A": {"127.83.1.1", "127.83.1.2"},
		"both.test. A":   {"127.83.1.2 127.83.1.1"},
		"inside.test. A": {"127.83.1.2"},
	}}
	// 127.83.1.1 plays the public address.
	s := newSession(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.83.1.1/32")}, Resolver: z.serve(t)}, Limits{})

	if said, err := greeting(s, "rebind.test:"+port); said != "outside" || err != nil {
		t.Errorf("first answer: %q, %v", said, err)
	}
	for range 3 {
		if said, err := greeting(s, "rebind.test:"+port); !errors.Is(err, ErrBlocked) {
			t.Errorf("rebound: %q, %v; want blocked", said, err)
		}
	}
	if said, err := greeting(s, "both.test:"+port); said != "outside" || err != nil {
		t.Errorf("both answers at once: %q, %v; want only the outside dialled", said, err)
	}
	if said, err := greeting(s, "inside.test:"+port); !errors.Is(err, ErrBlocked) {
		t.Errorf("inside: %q, %v; want blocked", said, err)
	}
	if n := z.count("rebind.test. A"); n != 4 {
		t.Errorf("the name was asked %d times for 4 dials: resolving and dialling are not one", n)
	}
}

func TestErrorsNameTheCause(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string][]string{"empty.test. A": {""}, "shut.test. A": {"127.83.2.1"}}}
	shut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = shut.Close()
	s := newSession(t, Options{
		Allow: loopback(), Resolver: z.serve(t),
		Map: []Mapping{mapping(t, "shut.example="+shut.Addr().String()), mapping(t, "far.example=10.0.0.1:80")},
	}, Limits{})
	_, err = greeting(s, "missing.test:80")
	wantErr(t, "missing", err, ErrDNS, "no such host")
	_, err = greeting(s, "empty.test:80")
	wantErr(t, "no addresses", err, ErrDNS, "")
	_, err = greeting(s, "shut.example:80")
	wantErr(t, "nothing listens", err, ErrRefused, shut.Addr().String())
	_, err = greeting(s, "far.example:80")
	wantErr(t, "mapped to what is not allowed", err, ErrBlocked, "10.0.0.1 is not a public address")
	_, err = greeting(s, "shut.test:22")
	wantErr(t, "port", err, ErrBlocked, "port 22")

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.DialContext(gone, "tcp", "shut.example:80")
	wantErr(t, "the asker gave up", err, ErrTimeout, "canceled")
}

func TestSilentResolverIsADNSErrorOrTimeout(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newSession(t, Options{Resolver: silent.LocalAddr().String()}, Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = s.DialContext(ctx, "tcp", "shop.test:80")
	wantErr(t, "silent DNS server", err, ErrTimeout, "")
}

func TestRecord(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", 3600))
	addr := greeter(t, "127.0.0.1:0", "hello")
	s := newSession(t, Options{
		Allow: loopback(), Map: []Mapping{mapping(t, "*.example="+addr.String())},
		Now: func() time.Time { return at },
	}, Limits{})
	for _, target := range []string{"Shop.Example:80", "shop.example.:443", "shop.example:80", "cdn.example:80", "127.0.0.1:22"} {
		_, _ = greeting(s, target)
	}
	want := []Attempt{
		{Host: "shop.example", Port: 80, Addr: addr.String(), At: at.UTC()},
		{Host: "shop.example", Port: 443, Addr: addr.String(), At: at.UTC()},
		{Host: "shop.example", Port: 80, Addr: addr.String(), At: at.UTC()},
		{Host: "cdn.example", Port: 80, Addr: addr.String(), At: at.UTC()},
		{Host: "127.0.0.1", Port: 22, At: at.UTC(), Err: ErrBlocked},
	}
	if diff := cmp.Diff(want, s.Attempts(), cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	dials := []scam.Dial{
		{Host: "shop.example", Port: 80, Addr: addr.String(), At: at.UTC()},
		{Host: "shop.example", Port: 443, Addr: addr.String(), At: at.UTC()},
		{Host: "cdn.example", Port: 80, Addr: addr.String(), At: at.UTC()},
	}
	if diff := cmp.Diff(dials, s.Dials()); diff != "" {
		t.Error(diff)
	}
}

func TestByteBudgetCutsEveryConnection(t *testing.T) {
	t.Parallel()
	endless := endlessServer(t)
	s := mapped(t, endless, Limits{Bytes: 300_000})
	idle, err := s.DialContext(t.Context(), "tcp", "idle.example:80")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.DialContext(t.Context(), "tcp", "a.example:80")
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, conn)
	wantErr(t, "reading", err, ErrBudget, "300000 bytes")
	if n < 300_000 || n > 300_000+64<<10 {
		t.Errorf("read %d bytes of 300000", n)
	}
	if _, err := idle.Write([]byte("x")); !errors.Is(err, ErrBudget) {
		t.Errorf("the other connection: %v, want it cut", err)
	}
	_, err = greeting(s, "a.example:80")
	wantErr(t, "dialling after it", err, ErrBudget, "bytes")
	wantErr(t, "the session", s.Err(), ErrBudget, "bytes")
	last := s.Attempts()[len(s.Attempts())-1]
	wantErr(t, "the record", last.Err, ErrBudget, "bytes")
}

func TestBytesSentCount(t *testing.T) {
	t.Parallel()
	s := mapped(t, endlessServer(t), Limits{Bytes: 10_000})
	conn, err := s.DialContext(t.Context(), "tcp", "a.example:80")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(conn, zeros{})
	wantErr(t, "writing", err, ErrBudget, "bytes")
}

func TestHostBudget(t *testing.T) {
	t.Parallel()
	s := mapped(t, greeter(t, "127.0.0.1:0", "hello"), Limits{Hosts: 3})
	for i := range 3 {
		for range 2 { // a host counts once
			if _, err := greeting(s, strconv.Itoa(i)+"x.example:80"); err != nil {
				t.Errorf("host %d: %v", i, err)
			}
		}
	}
	_, err := greeting(s, "one-more.example:80")
	wantErr(t, "the fourth", err, ErrBudget, "3 hosts")
	if _, err := greeting(s, "0x.example:443"); err != nil {
		t.Errorf("a host known before: %v", err)
	}
}

func TestTimeBudgetCutsConnectionsAndDials(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newSession(t, Options{
		Allow: loopback(), Map: []Mapping{mapping(t, "*.example="+silentServer(t).String())}, Resolver: silent.LocalAddr().String(),
	}, Limits{Time: 500 * time.Millisecond})
	dialled := make(chan error, 1)
	go func() {
		_, err := s.DialContext(t.Context(), "tcp", "stuck.test:80")
		dialled <- err
	}()
	conn, err := s.DialContext(t.Context(), "tcp", "a.example:80")
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Read(make([]byte, 1))
	wantErr(t, "a read that waits", err, ErrBudget, "time of 500ms")
	wantErr(t, "a dial that waits", <-dialled, ErrBudget, "time of 500ms")
}

func TestAttemptBudget(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, Limits{})
	for range maxAttempts {
		_, _ = s.DialContext(t.Context(), "tcp", "10.0.0.1:80")
	}
	_, err := s.DialContext(t.Context(), "tcp", "10.0.0.1:80")
	wantErr(t, "one more", err, ErrBudget, "connections")
	if n := len(s.Attempts()); n != maxAttempts {
		t.Errorf("%d attempts are kept", n)
	}
}

func TestClosedSession(t *testing.T) {
	t.Parallel()
	s := mapped(t, silentServer(t), Limits{})
	conn, err := s.DialContext(t.Context(), "tcp", "a.example:80")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read: %v", err)
	}
	if _, err := s.DialContext(t.Context(), "tcp", "a.example:80"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("dial: %v", err)
	}
	if _, err := s.Proxy(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("proxy: %v", err)
	}
	if len(s.Dials()) != 1 {
		t.Errorf("the record is gone: %v", s.Dials())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// endlessServer sends and takes bytes until the other side breaks off.
func endlessServer(t *testing.T) net.Addr {
	return serve(t, func(c net.Conn) {
		go func() { _, _ = io.Copy(io.Discard, c) }()
		_, _ = io.Copy(c, zeros{})
	})
}

// silentServer accepts and says nothing.
func silentServer(t *testing.T) net.Addr {
	return serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
}

func serve(t *testing.T, handle func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	return l.Addr()
}

// A check takes ErrDNS for proof that a page is gone.
func TestOnlyAMissingNameIsADNSError(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string][]string{
		"lame.test. A": {"REFUSED"}, "lame.test. AAAA": {"REFUSED"},
		"broken.test. A": {"SERVFAIL"}, "broken.test. AAAA": {"SERVFAIL"},
		"half.test. A": {"SERVFAIL"}, "other.test. A": {"REFUSED"}, // and no AAAA
	}}
	s := newSession(t, Options{Resolver: z.serve(t)}, Limits{})
	for _, host := range []string{"lame.test", "broken.test", "half.test", "other.test"} {
		_, err := greeting(s, host+":80")
		wantErr(t, host, err, ErrTimeout, "the resolver failed")
	}
	_, err := greeting(s, "missing.test:80")
	wantErr(t, "missing", err, ErrDNS, "no such host")

	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	deaf := newSession(t, Options{Resolver: closed.LocalAddr().String()}, Limits{})
	_, err = greeting(deaf, "host.test:80")
	wantErr(t, "nobody answers", err, ErrTimeout, "the resolver failed")
}
