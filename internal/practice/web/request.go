package web

import (
	"net/http"
	"slices"
	"time"
)

// logLength is how many requests are remembered; the oldest go first.
const logLength = 20000

// Request is one line of the request log.
type Request struct {
	At        time.Time
	Scheme    string // http or https
	Method    string
	Host      string
	URI       string // path and query, verbatim
	Status    int
	Referer   string
	UserAgent string
}

// Requests is what was asked so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

func (s *Server) record(r *http.Request, host string, status int) {
	line := Request{
		At: s.options.Now().UTC(), Scheme: "http", Method: r.Method, Host: host, URI: r.RequestURI,
		Status: status, Referer: r.Referer(), UserAgent: r.UserAgent(),
	}
	if r.TLS != nil {
		line.Scheme = "https"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, line)
	if len(s.log) > logLength {
		s.log = slices.Delete(s.log, 0, logLength/10)
	}
}
