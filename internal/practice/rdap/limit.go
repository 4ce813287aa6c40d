package rdap

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// limiter counts each client's queries in windows of one second, as the registries do:
// who asks faster is told to wait (429 with Retry-After, RFC 6585, RFC 9110).
type limiter struct {
	perSecond int
	now       func() time.Time
	mu        sync.Mutex
	clients   map[string]window
}

type window struct {
	began time.Time
	count int
}

// allow tells whether a client may ask now.
func (l *limiter) allow(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.clients[client]
	if now := l.now(); now.Sub(w.began) >= time.Second {
		w = window{began: now}
	}
	w.count++
	l.clients[client] = w
	return w.count <= l.perSecond
}

// limited puts a limit of its own before a server.
func (s server) limited(next http.Handler) http.Handler {
	l := &limiter{perSecond: s.PerSecond, now: s.Now, clients: map[string]window{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			client = r.RemoteAddr
		}
		if !l.allow(client) {
			w.Header().Set("Retry-After", "1")
			writeError(w, http.StatusTooManyRequests, "Too Many Requests", "Slow down and ask again in a second.")
			return
		}
		next.ServeHTTP(w, r)
	})
}
