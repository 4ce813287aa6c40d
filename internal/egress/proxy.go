package egress

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Proxy is how a browser reaches a session's forward proxy.
type Proxy struct {
	URL      string // "http://127.0.0.1:PORT"
	User     string
	Password string // random, of this session alone
}

// Proxy starts the session's forward proxy on loopback, or returns the one that runs.
// It answers 407 with an empty body to whoever does not know the password, takes
// CONNECT and absolute-form http, and breaks a connection off, without any page of
// its own, when there is no answer to pass on: Attempts says why.
func (s *Session) Proxy() (Proxy, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.over, net.ErrClosed) {
		return Proxy{}, fmt.Errorf("start proxy: %w", s.over)
	}
	if s.proxy == nil {
		f, err := startForwarder(s)
		if err != nil {
			return Proxy{}, fmt.Errorf("start proxy: %w", err)
		}
		s.proxy = f
	}
	return s.proxy.proxy, nil
}

// forwarder is a session's proxy server.
type forwarder struct {
	session  *Session
	proxy    Proxy
	listener net.Listener
	server   *http.Server
	header   string          // that lenient may have added
	upstream *http.Transport // for plain http
	work     sync.WaitGroup  // the server, its connections, and what they handle
}

func startForwarder(s *Session) (*forwarder, error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	f := &forwarder{
		session:  s,
		listener: listener,
		header:   "Popdown-" + rand.Text(),
		proxy:    Proxy{URL: "http://" + listener.Addr().String(), User: "visit", Password: rand.Text()},
		upstream: &http.Transport{
			DialContext:            s.dialForBrowser,
			DisableCompression:     true, // bytes pass as they are
			IdleConnTimeout:        10 * time.Second,
			MaxResponseHeaderBytes: 1 << 20,
		},
	}
	s.guard.setProxy(f.port(), true)
	f.server = &http.Server{
		Handler:                      f,
		DisableGeneralOptionsHandler: true, // OPTIONS * needs the password, too
		ReadHeaderTimeout:            10 * time.Second,
		MaxHeaderBytes:               3 * maxLine, // what is longer would get an answer of our own
		ConnState:                    f.connState,
		ErrorLog:                     log.New(io.Discard, "", 0), // hostile peers, no fault of ours
	}
	f.server.SetKeepAlivesEnabled(false) // lenient sees the first request alone
	f.work.Go(func() { _ = f.server.Serve(&lenient{Listener: listener, header: f.header}) })
	return f, nil
}

func (f *forwarder) port() uint16 {
	return f.listener.Addr().(*net.TCPAddr).AddrPort().Port()
}

// connState counts the server's goroutines, so that close can wait for them.
func (f *forwarder) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		f.work.Add(1)
	case http.StateClosed, http.StateHijacked:
		f.work.Done()
	}
}

func (f *forwarder) close() error {
	err := f.server.Close()
	f.upstream.CloseIdleConnections()
	f.work.Wait()
	f.session.guard.setProxy(f.port(), false)
	return err
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.work.Add(1) // a hijacked connection is the server's no more
	defer f.work.Done()
	switch {
	case !f.authorized(r):
		w.Header().Set("Proxy-Authenticate", `Basic realm="popdown"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	case r.Method == http.MethodConnect:
		f.tunnel(w, r)
	case r.URL.IsAbs() && r.URL.Scheme == "http" && r.URL.Host != "":
		f.fetch(w, r)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

// authorized compares hashes, so that neither content nor length shows in the time taken.
func (f *forwarder) authorized(r *http.Request) bool {
	as := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	user, password, ok := as.BasicAuth()
	got := sha256.Sum256([]byte(user + "\x00" + password))
	want := sha256.Sum256([]byte(f.proxy.User + "\x00" + f.proxy.Password))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && ok
}
