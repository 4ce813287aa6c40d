package egress

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func userinfo(p Proxy) *url.Userinfo { return url.UserPassword(p.User, p.Password) }

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// raw sends one request to a session's proxy and returns the answer and its connection.
func raw(t *testing.T, p Proxy, request string) (*http.Response, net.Conn, error) {
	t.Helper()
	conn, err := net.Dial("tcp", mustURL(t, p.URL).Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	return resp, conn, err
}

func TestSecretIsRequired(t *testing.T) {
	t.Parallel()
	s := mapped(t, greeter(t, "127.0.0.1:0", "hello"), Limits{})
	other := mapped(t, greeter(t, "127.0.0.1:0", "hello"), Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	q, err := other.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Proxy(); again != p || err != nil {
		t.Errorf("asked again: %v, %v; want the same proxy", again, err)
	}
	if p.Password == q.Password || len(p.Password) < 20 {
		t.Errorf("passwords %q and %q", p.Password, q.Password)
	}
	for name, header := range map[string]string{
		"none":                "",
		"wrong password":      "Proxy-Authorization: " + basic(p.User, p.Password+"x") + "\n",
		"a prefix":            "Proxy-Authorization: " + basic(p.User, p.Password[:10]) + "\n",
		"wrong user":          "Proxy-Authorization: " + basic("x", p.Password) + "\n",
		"another session's":   "Proxy-Authorization: " + basic(q.User, q.Password) + "\n",
		"empty":               "Proxy-Authorization: " + basic("", "") + "\n",
		"not basic":           "Proxy-Authorization: Bearer " + p.Password + "\n",
		"in the wrong header": "Authorization: " + basic(p.User, p.Password) + "\n",
	} {
		for _, line := range []string{"GET http://a.example/", "CONNECT a.example:80", "GET /", "OPTIONS *"} {
			resp, _, err := raw(t, p, line+" HTTP/1.1\nHost: a.example\n"+header+"\n")
			if err != nil {
				t.Fatalf("%s, %s: %v", name, line, err)
			}
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != 407 || resp.Header.Get("Proxy-Authenticate") != `Basic realm="popdown"` || len(body) != 0 {
				t.Errorf("%s, %s: %s %v %q", name, line, resp.Status, resp.Header, body)
			}
		}
	}
	if len(s.Attempts()) != 0 {
		t.Errorf("dialled without the secret: %v", s.Attempts())
	}
	auth := "Proxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	for line, want := range map[string]int{
		"GET / HTTP/1.1\nHost: a.example\n":                  400,
		"GET https://a.example/ HTTP/1.1\nHost: a.example\n": 400,
		"CONNECT a.example:80 HTTP/1.1\nHost: a.example\n":   200,
	} {
		resp, _, err := raw(t, p, line+auth)
		if err != nil || resp.StatusCode != want {
			t.Errorf("%q: %v, %v; want %d", line, resp, err, want)
		}
	}
}

func TestPlainHTTPPassesUnchanged(t *testing.T) {
	t.Parallel()
	var seen http.Header
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		seen.Set("Host", r.Host)
		body, _ := io.ReadAll(r.Body)
		h := w.Header()
		h["Date"], h["Content-Type"] = nil, nil
		h.Set("Content-Encoding", "gzip")
		h.Set("X-Internal", "no")
		h.Set("Connection", "X-Internal")
		h.Set("Keep-Alive", "timeout=5")
		h.Set("Set-Cookie", "a=b")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, "not really gzip: %s %s %s", r.Method, r.URL, body)
	}))
	t.Cleanup(site.Close)
	s := mapped(t, site.Listener.Addr(), Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	resp, _, err := raw(t, p, "POST http://user:word@a.example/x?y=%20z HTTP/1.1\nHost: other.example\nProxy-Authorization: "+basic(p.User, p.Password)+
		"\nConnection: X-Hop, Upgrade\nX-Hop: 1\nUpgrade: h2c\nProxy-Connection: keep-alive\nTe: trailers\nReferer: http://ad.example/\nContent-Length: 4\n\nform")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("not really gzip: POST /x?y=%20z form", string(body)); diff != "" {
		t.Error(diff)
	}
	if resp.StatusCode != 404 {
		t.Errorf("status %s", resp.Status)
	}
	if diff := cmp.Diff(http.Header{"Content-Encoding": {"gzip"}, "Set-Cookie": {"a=b"}, "Content-Length": {"36"}}, resp.Header); diff != "" {
		t.Errorf("answer's headers: %s", diff)
	}
	if diff := cmp.Diff(http.Header{"Host": {"a.example"}, "Referer": {"http://ad.example/"}, "Content-Length": {"4"}}, seen); diff != "" {
		t.Errorf("request's headers: %s", diff)
	}
}

func TestAnswersStream(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second")
	}))
	t.Cleanup(site.Close)
	client := viaProxy(t, mapped(t, site.Listener.Addr(), Limits{}))
	resp, err := client.Get("http://a.example/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	piece := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, piece); err != nil || string(piece) != "first" {
		t.Fatalf("%q, %v", piece, err)
	}
	close(more)
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "second" {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestFailedFetchIsNoPage(t *testing.T) {
	t.Parallel()
	site := serve(t, func(c net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, map[string]string{
			"/reset":   "",
			"/garbage": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
			"/switch":  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello",
			"/low":     "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nhi",
			"/cut":     "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
			"/chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		}[request.URL.Path])
	})
	s := mapped(t, site, Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	auth := " HTTP/1.1\nHost: x\nProxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	for _, target := range []string{
		"http://10.0.0.1/", "http://127.0.0.1:22/", p.URL + "/", "http://a.example/reset", "http://a.example/garbage", "http://a.example/switch", "http://a.example/low",
	} {
		if resp, _, err := raw(t, p, "GET "+target+auth); err == nil {
			body, _ := io.ReadAll(resp.Body)
			t.Errorf("%s answered %s %q", target, resp.Status, body)
		}
	}
	for _, target := range []string{"http://a.example/cut", "http://a.example/chunked"} {
		resp, _, err := raw(t, p, "GET "+target+auth)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "half" {
			t.Errorf("%s: %q, %v; want a cut answer", target, body, err)
		}
	}
	last := s.Attempts()[2]
	wantErr(t, "the proxy itself", last.Err, ErrBlocked, "our own proxy")
}

func TestConnectRefusals(t *testing.T) {
	t.Parallel()
	shut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = shut.Close()
	z := &zone{}
	s := newSession(t, Options{Allow: loopback(), Resolver: z.serve(t), Map: []Mapping{
		mapping(t, "shut.example="+shut.Addr().String()), mapping(t, "update.googleapis.com="+greeter(t, "127.0.0.1:0", "hello").String()),
	}}, Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{
		"10.0.0.1:443":                       403,
		"shut.example:443":                   502,
		"missing.test:443":                   502,
		"accounts.google.com:443":            403,
		"ACCOUNTS.google.com.:443":           403,
		"update.googleapis.com:443":          200, // the operator's map knows better
		"nonsense":                           403,
		strings.TrimPrefix(p.URL, "http://"): 403,
	} {
		resp, _, err := raw(t, p, "CONNECT "+target+" HTTP/1.1\nHost: x\nProxy-Authorization: "+basic(p.User, p.Password)+"\n\n")
		if err != nil || resp.StatusCode != want {
			t.Errorf("%s: %v, %v; want %d", target, resp, err, want)
		}
	}
	errands := 0
	for _, a := range s.Attempts() {
		if a.Host == "accounts.google.com" {
			errands++
			wantErr(t, a.Host, a.Err, ErrBlocked, "errand")
		}
	}
	if errands != 2 {
		t.Errorf("%d errands of the browser are on record, want 2", errands)
	}
	if n := z.count("accounts.google.com. A"); n != 0 {
		t.Errorf("DNS was asked for an errand %d times", n)
	}
}

func TestTLSThroughTheTunnel(t *testing.T) {
	t.Parallel()
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	t.Cleanup(site.Close)
	s := mapped(t, site.Listener.Addr(), Limits{})
	client := viaProxy(t, s)
	tr := client.Transport.(*http.Transport)
	tr.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"} // the test certificate's
	tr.TLSClientConfig.RootCAs.AddCert(site.Certificate())
	resp, err := client.Get("https://shop.example/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "shop.example" {
		t.Errorf("%q", body)
	}
	if d := s.Dials(); len(d) != 1 || d[0].Host != "shop.example" || d[0].Port != 443 || d[0].Addr != site.Listener.Addr().String() {
		t.Errorf("dials %v", d)
	}
}

// The upgrade and the frames after it are the tunnel's payload: half-closed and early
// bytes must survive.
func TestWebSocketUpgradeOverConnect(t *testing.T) {
	t.Parallel()
	site := serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		request, err := http.ReadRequest(in)
		if err != nil || request.Header.Get("Upgrade") != "websocket" {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		_, _ = io.Copy(c, in) // echo until the other side has ended
		_, _ = io.WriteString(c, "bye")
	})
	p, err := mapped(t, site, Limits{}).Proxy()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", mustURL(t, p.URL).Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// All at once, so that the proxy reads the first payload together with the request.
	_, err = io.WriteString(conn, "CONNECT chat.example:80 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: "+basic(p.User, p.Password)+"\r\n\r\n"+
		"GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello")
	if err != nil {
		t.Fatal(err)
	}
	ok := make([]byte, len("HTTP/1.1 200 OK\r\n\r\n"))
	if _, err := io.ReadFull(conn, ok); err != nil || string(ok) != "HTTP/1.1 200 OK\r\n\r\n" {
		t.Fatalf("%q, %v", ok, err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	want := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hellobye"
	if string(all) != want || err != nil {
		t.Errorf("%q, %v", all, err)
	}
}

// A refused tunnel's early payload must not be taken for a request with our password's leave.
func TestRefusedTunnelEndsItsConnection(t *testing.T) {
	t.Parallel()
	s := mapped(t, greeter(t, "127.0.0.1:0", "hello"), Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	auth := "Proxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	resp, conn, err := raw(t, p, "CONNECT 10.0.0.1:443 HTTP/1.1\nHost: x\n"+auth+"GET http://a.example/ HTTP/1.1\nHost: x\n"+auth)
	if err != nil || resp.StatusCode != 403 || !resp.Close {
		t.Errorf("%v, %v", resp, err)
	}
	_, _ = io.Copy(io.Discard, conn) // until the proxy has closed it
	if n := len(s.Attempts()); n != 1 {
		t.Errorf("%d attempts, want that of the tunnel alone", n)
	}
}

func TestBudgetCutsTunnelsAndAnswers(t *testing.T) {
	t.Parallel()
	site := serve(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
			_, _ = io.Copy(c, zeros{})
		}
	})
	s := mapped(t, site, Limits{Bytes: 500_000})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	auth := "Proxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	_, tunnel, err := raw(t, p, "CONNECT a.example:80 HTTP/1.1\nHost: x\n"+auth)
	if err != nil {
		t.Fatal(err)
	}
	resp, _, err := raw(t, p, "GET http://b.example/ HTTP/1.1\nHost: x\n"+auth)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil || n > 500_000+64<<10 {
		t.Errorf("the answer went on for %d bytes: %v", n, err)
	}
	if _, err := io.Copy(io.Discard, tunnel); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the tunnel: %v", err)
	}
	resp, _, err = raw(t, p, "CONNECT c.example:80 HTTP/1.1\nHost: x\n"+auth)
	if err != nil || resp.StatusCode != 403 {
		t.Errorf("a new tunnel: %v, %v; want 403", resp, err)
	}
}

func TestTransportChecksCertificatesAndBudget(t *testing.T) {
	t.Parallel()
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.CopyN(w, zeros{}, 5_000_000) }))
	site.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(site.Close)
	roots := x509.NewCertPool()
	roots.AddCert(site.Certificate())
	to := []Mapping{mapping(t, "*.com="+site.Listener.Addr().String())}
	get := func(s *Session, url string) (int64, error) {
		resp, err := (&http.Client{Transport: s.Transport()}).Get(url)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		return io.Copy(io.Discard, resp.Body)
	}
	trusting := newSession(t, Options{Allow: loopback(), Map: to, RootCAs: roots}, Limits{})
	if n, err := get(trusting, "https://example.com/"); n != 5_000_000 || err != nil {
		t.Errorf("trusted: %d, %v", n, err)
	}
	if _, err := get(trusting, "https://other.com/"); err == nil {
		t.Error("a certificate of another name was taken")
	}
	if _, err := get(newSession(t, Options{Allow: loopback(), Map: to}, Limits{}), "https://example.com/"); err == nil {
		t.Error("an unknown authority was trusted")
	}
	_, err := get(newSession(t, Options{Allow: loopback(), Map: to, RootCAs: roots}, Limits{Bytes: 1_000_000}), "https://example.com/")
	wantErr(t, "too large", err, ErrBudget, "1000000 bytes")
	_, err = get(trusting, "http://10.0.0.1/")
	wantErr(t, "private", err, ErrBlocked, "10.0.0.1")
}

// Not parallel: it counts goroutines.
func TestCloseLeavesNothing(t *testing.T) {
	site := endlessServer(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(w, zeros{})
	}))
	before, _ := ours()
	s := newGuard(t, Options{Allow: loopback(), Map: []Mapping{
		mapping(t, "*.example="+site.String()), mapping(t, "web.example="+web.Listener.Addr().String()),
	}}).Session(Limits{})
	p, err := s.Proxy()
	if err != nil {
		t.Fatal(err)
	}
	auth := "Proxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	var conns []net.Conn
	for _, line := range []string{"CONNECT a.example:80", "GET http://web.example/", "GET /"} { // the last stays idle
		_, conn, err := raw(t, p, line+" HTTP/1.1\nHost: x\n"+auth)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	// Of these the proxy knows no request yet.
	silent, err := net.Dial("tcp", mustURL(t, p.URL).Host)
	if err != nil {
		t.Fatal(err)
	}
	conns = append(conns, silent)
	fetched, err := (&http.Client{Transport: s.Transport()}).Get("http://web.example/")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range conns {
		if _, err := io.Copy(io.Discard, c); errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}
	_ = fetched.Body.Close()
	if _, err := net.Dial("tcp", mustURL(t, p.URL).Host); err == nil {
		t.Error("the proxy still listens")
	}
	web.CloseClientConnections()
	web.Close()
	var stacks string
	eventually(t, func() bool {
		var n int
		n, stacks = ours()
		return n <= before
	}, func() string { return "goroutines are left:\n" + stacks })
}

func TestStrayPercentReachesTheSite(t *testing.T) {
	t.Parallel()
	site := serve(t, func(c net.Conn) {
		buffered := bufio.NewReader(c)
		line, err := buffered.ReadString('\n')
		if err != nil {
			return
		}
		var rest strings.Builder
		for more := "x"; err == nil && more != "\r\n"; more, err = buffered.ReadString('\n') {
			rest.WriteString(more)
		}
		if strings.Contains(rest.String(), "Popdown-") {
			line = "our header came along"
		}
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(line), line)
	})
	p, err := mapped(t, site, Limits{}).Proxy()
	if err != nil {
		t.Fatal(err)
	}
	auth := " HTTP/1.1\nHost: x\nProxy-Authorization: " + basic(p.User, p.Password) + "\n\n"
	long := strings.Repeat("a", 1<<21)
	for target, want := range map[string]string{
		"http://a.example/50%off?a=1%": "/50%off?a=1%",
		"http://a.example/%":           "/%",
		"http://a.example/ok%20?%zz":   "/ok%20?%zz",
		"http://a.example//b%c":        "http://a.example//b%c",
		"http://a.example/%" + long:    "/%" + long,
	} {
		resp, _, err := raw(t, p, "GET "+target+auth)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%.40s: %v, %v", target, resp, err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if got := string(body); err != nil || got != "GET "+want+" HTTP/1.1\r\n" {
			t.Errorf("%.40s: the site was asked for %.60q, %v", target, got, err)
		}
	}
	resp, _, err := raw(t, p, "GET http://a.example/50%off HTTP/1.1\nHost: x\n\n")
	if err != nil || resp.StatusCode != http.StatusProxyAuthRequired {
		t.Errorf("without the password: %v, %v", resp, err)
	}
}
