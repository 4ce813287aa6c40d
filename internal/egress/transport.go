package egress

import (
	"crypto/tls"
	"net/http"
	"time"
)

// Transport returns the session's own transport for colly and the RDAP client: it
// dials through the guard, against the session's budget, and checks certificates.
// The budget counts bytes on the wire; what they unpack to is the reader's to bound.
func (s *Session) Transport() *http.Transport {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fetches == nil {
		s.fetches = &http.Transport{
			DialContext:            s.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: s.guard.roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  30 * time.Second,
			IdleConnTimeout:        10 * time.Second,
			MaxResponseHeaderBytes: 1 << 20,
			MaxIdleConnsPerHost:    2,
			ForceAttemptHTTP2:      true,
		}
	}
	return s.fetches
}
