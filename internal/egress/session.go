package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"popdown/internal/scam"
)

// Attempt is one connection that was asked for.
type Attempt struct {
	Host string // as asked, lower case, without final dot
	Port int    // as asked
	Addr string // IP:port that was dialled, the last one tried; empty: none
	At   time.Time
	Err  error // nil, or wraps ErrBlocked, ErrDNS, ErrRefused, ErrTimeout or ErrBudget
}

// Session is the budget and the record of one visit or one run of fetches. It is safe
// for concurrent use and must be closed.
type Session struct {
	guard  *Guard
	limits Limits
	timer  *time.Timer

	mu       sync.Mutex
	over     error // why nothing may be dialled any more; wraps ErrBudget or net.ErrClosed
	bytes    int64
	hosts    map[string]bool
	attempts []Attempt
	live     map[io.Closer]bool // what to close when the session is over
	fetches  *http.Transport
	proxy    *forwarder
}

// Session starts a session; its time runs from now on.
func (g *Guard) Session(l Limits) *Session {
	s := &Session{guard: g, limits: l.withDefaults(), hosts: map[string]bool{}, live: map[io.Closer]bool{}}
	s.timer = time.AfterFunc(s.limits.Time, func() {
		s.end(spent("the session's time of %s", s.limits.Time))
	})
	return s
}

// DialContext connects to a host and port that a page asked for, and records the
// attempt. The network is always TCP. The error wraps one of the package's sentinels,
// or net.ErrClosed once the session is closed.
func (s *Session) DialContext(ctx context.Context, _, hostport string) (net.Conn, error) {
	host, port, err := splitTarget(hostport)
	if err != nil {
		return nil, err
	}
	a := Attempt{Host: host, Port: port, At: s.guard.now().UTC()}
	conn, addr, err := s.dial(ctx, host, port)
	a.Addr, a.Err = addr, err
	if !s.record(a) && conn != nil {
		_ = conn.Close()
		return nil, s.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", hostport, err)
	}
	return conn, nil
}

// dial charges the budget, resolves, and tries each address in turn until one answers.
func (s *Session) dial(ctx context.Context, host string, port int) (net.Conn, string, error) {
	if err := s.charge(host); err != nil {
		return nil, "", err
	}
	ctx, stop := s.bound(ctx)
	defer stop()
	list, mapped, err := s.guard.resolve(ctx, host, port)
	if err != nil {
		return nil, "", classify(ctx, err)
	}
	var (
		last  string
		first error
	)
	for i, to := range list {
		conn, err := s.dialOne(ctx, to, mapped, len(list)-i)
		if err == nil {
			return conn, to.String(), nil
		}
		err = classify(ctx, err)
		if !errors.Is(err, ErrBlocked) {
			last = to.String()
		}
		if first == nil || errors.Is(first, ErrBlocked) {
			first = err // what really happened says more than what we held back
		}
	}
	if first == nil {
		first = fmt.Errorf("%w: no addresses", ErrDNS)
	}
	return nil, last, first
}

// dialOne gives one address its share of the time that is left.
func (s *Session) dialOne(ctx context.Context, to netip.AddrPort, mapped bool, left int) (net.Conn, error) {
	d := s.guard.dialer(mapped)
	if deadline, ok := ctx.Deadline(); ok {
		d.Timeout = time.Until(deadline) / time.Duration(left)
	}
	conn, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return nil, err
	}
	return s.count(conn)
}

// bound limits a dial to dialTimeout and to the life of the session.
func (s *Session) bound(ctx context.Context) (context.Context, func()) {
	ctx, stop := context.WithTimeout(ctx, dialTimeout)
	ctx, cancel := context.WithCancelCause(ctx)
	hook := &canceller{session: s, cancel: cancel}
	if err := s.track(hook); err != nil {
		cancel(err)
	}
	return ctx, func() {
		s.untrack(hook)
		cancel(nil)
		stop()
	}
}

// canceller ends a dial when the session is over.
type canceller struct {
	session *Session
	cancel  context.CancelCauseFunc
}

func (c *canceller) Close() error {
	c.cancel(c.session.Err())
	return nil
}

// Attempts lists the connections asked for, in the order in which they were settled.
func (s *Session) Attempts() []Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.attempts)
}

// Dials lists where hosts really were: each host, port and address once, in order.
func (s *Session) Dials() []scam.Dial {
	type key struct {
		host string
		port int
		addr string
	}
	seen := map[key]bool{}
	dials := []scam.Dial{}
	for _, a := range s.Attempts() {
		k := key{a.Host, a.Port, a.Addr}
		if a.Err != nil || seen[k] {
			continue
		}
		seen[k] = true
		dials = append(dials, scam.Dial{Host: a.Host, Port: a.Port, Addr: a.Addr, At: a.At})
	}
	return dials
}

// Err tells why the session dials no more: nil while it does, else what wraps
// ErrBudget or, after Close, net.ErrClosed.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// Close ends the proxy and every connection of the session, and waits for them. The
// record stays readable. It may be called again.
func (s *Session) Close() error {
	s.end(net.ErrClosed)
	s.timer.Stop()
	s.mu.Lock()
	fetches, proxy := s.fetches, s.proxy
	s.mu.Unlock()
	if fetches != nil {
		fetches.CloseIdleConnections()
	}
	if proxy == nil {
		return nil
	}
	return proxy.close()
}
