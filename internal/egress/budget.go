package egress

import (
	"errors"
	"io"
	"net"
	"time"
)

// What one session may use before and beside its Limits.
const (
	dialTimeout = 10 * time.Second // to resolve and connect, all addresses together
	maxAttempts = 5000             // connections asked for; a page can loop
)

// Limits is the budget of one session. Zero fields mean the default.
type Limits struct {
	// Bytes bounds what is sent and received, TLS and headers included; default 64 MiB.
	// Each open connection may overshoot it by one read.
	Bytes int64
	// Hosts bounds the different host names asked for; default 200.
	Hosts int
	// Time bounds the session's life; default 2 minutes.
	Time time.Duration
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 64 << 20
	}
	if l.Hosts == 0 {
		l.Hosts = 200
	}
	if l.Time == 0 {
		l.Time = 2 * time.Minute
	}
	return l
}

// charge books a host against the budget.
func (s *Session) charge(host string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over != nil:
		return s.over
	case len(s.attempts) >= maxAttempts:
		return spent("the session's %d connections", maxAttempts)
	case !s.hosts[host] && len(s.hosts) >= s.limits.Hosts:
		return spent("the session's %d hosts", s.limits.Hosts)
	}
	s.hosts[host] = true
	return nil
}

// record keeps an attempt, up to the number that a session may make. It tells whether
// the session still lives.
func (s *Session) record(a Attempt) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.attempts) < maxAttempts && !errors.Is(a.Err, net.ErrClosed) {
		s.attempts = append(s.attempts, a)
	}
	return s.over == nil
}

// spend books bytes and ends the session when they are more than it has.
func (s *Session) spend(n int) error {
	s.mu.Lock()
	s.bytes += int64(n)
	over, tooMany := s.over, s.bytes > s.limits.Bytes
	s.mu.Unlock()
	if over == nil && tooMany {
		over = spent("the session's %d bytes", s.limits.Bytes)
		s.end(over)
	}
	return over
}

// end closes everything that is live; the first reason stays, except that closing
// the session comes on top.
func (s *Session) end(why error) {
	s.mu.Lock()
	if s.over == nil || errors.Is(why, net.ErrClosed) {
		s.over = why
	}
	live := s.live
	s.live = map[io.Closer]bool{}
	s.mu.Unlock()
	for c := range live {
		_ = c.Close()
	}
}

// track makes c end with the session; the error says that it has ended already.
func (s *Session) track(c io.Closer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != nil {
		return s.over
	}
	s.live[c] = true
	return nil
}

func (s *Session) untrack(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, c)
}

// counted is a connection whose bytes the session pays for.
type counted struct {
	*net.TCPConn
	session *Session
}

// count takes a fresh connection into the session's care.
func (s *Session) count(conn net.Conn) (net.Conn, error) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		_ = conn.Close()
		return nil, blocked("not a TCP connection")
	}
	c := &counted{TCPConn: tcp, session: s}
	if err := s.track(c); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	return n, c.pay(n, err)
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	return n, c.pay(n, err)
}

// ReadFrom and WriteTo hide those of net.TCPConn, which would pass the count by.
func (c *counted) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, r)
}

func (c *counted) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

func (c *counted) pay(n int, err error) error {
	if over := c.session.spend(n); over != nil && (err == nil || errors.Is(err, net.ErrClosed)) {
		return over
	}
	return err
}

func (c *counted) Close() error {
	c.session.untrack(c)
	return c.TCPConn.Close()
}
