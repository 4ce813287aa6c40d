package web

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"popdown/internal/practice/site"
)

// Options says what is served.
type Options struct {
	Addr   string                                  // loopback address to listen at; empty: 127.0.0.1:0
	Sites  *site.Set                               // hosts and their pages; required
	CA     *CA                                     // signs a certificate for each host; required
	Hosts  map[string]http.Handler                 // hosts that are programs, not pages (RDAP)
	Down   func(host string) (site.Provider, bool) // who took a host down; nil: nobody, ever
	Logger *slog.Logger                            // nil: silent
	Now    func() time.Time                        // clock of the request log; nil: the system's
}

// Server is the running listener.
type Server struct {
	options Options
	http    *http.Server
	addr    netip.AddrPort
	mu      sync.Mutex
	log     []Request
}

// Start listens and serves until Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Down == nil {
		o.Down = func(string) (site.Provider, bool) { return site.Provider{}, false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("practice web server: %w", err)
	}
	s := &Server{options: o, addr: listener.Addr().(*net.TCPAddr).AddrPort()}
	config := o.CA.TLS("h2", "http/1.1")
	s.http = &http.Server{
		Handler:           s,
		TLSConfig:         config,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // clients that hang up are everyday life on this net
	}
	go s.serve(newBilingual(listener, config))
	return s, nil
}

func (s *Server) serve(l net.Listener) {
	if err := s.http.Serve(l); err != http.ErrServerClosed {
		s.options.Logger.Error("practice web server stopped", "error", err)
	}
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Close drops every connection and stops.
func (s *Server) Close() error { return s.http.Close() }

// ServeHTTP answers as the host named in the request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := hostOf(r)
	counted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	s.answer(counted, r, host)
	s.record(r, host, counted.status)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, host string) {
	if program, ok := s.options.Hosts[host]; ok {
		program.ServeHTTP(w, r)
		return
	}
	if provider, down := s.options.Down(host); down {
		serveNotice(w, provider.Page, host)
		return
	}
	if _, known := s.options.Sites.Hosts[host]; !known {
		serveParked(w, host)
		return
	}
	page, ok := s.options.Sites.Page(host, r.URL.Path, r.URL.Query())
	if !ok {
		serveMissing(w)
		return
	}
	for key, values := range page.Header {
		w.Header()[key] = values
	}
	if w.Header().Get("Server") == "" {
		w.Header().Set("Server", "nginx")
	}
	w.WriteHeader(page.Status)
	_, _ = w.Write(page.Body)
}

// hostOf is the host asked for, lower case, without port.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// statusWriter remembers the status for the request log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
