package egress

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"popdown/internal/scam"
)

// Options says what a guard lets pass. The zero value lets only the public web pass.
type Options struct {
	// Allow names addresses that pass though they are not public. Danger: pages then
	// reach what listens there on web ports, on this machine too if loopback is named.
	Allow []netip.Prefix
	// Map dials a fixed address for some hosts, with any port. The address must be public
	// or allowed, like any other.
	Map []Mapping
	// Resolver is the DNS server to ask, as "IP:port". It is the operator's choice and is
	// not judged. Empty: the system's.
	Resolver string
	// RootCAs are trusted by Session.Transport. Nil: the system's.
	RootCAs *x509.CertPool
	// Now tells the time of attempts. Nil: time.Now.
	Now func() time.Time
}

// Guard judges connections. It is safe for concurrent use.
type Guard struct {
	allow    []netip.Prefix
	mappings map[string]netip.AddrPort // by pattern
	resolver *net.Resolver
	roots    *x509.CertPool
	now      func() time.Time
	public   *ssrf.Guardian
	own      func() ([]net.Addr, error) // addresses of this machine

	mu      sync.Mutex
	proxies map[uint16]bool // ports that our own proxies listen on
}

// New makes a guard. The error wraps scam.ErrInvalid.
func New(o Options) (*Guard, error) {
	g := &Guard{
		mappings: map[string]netip.AddrPort{},
		roots:    o.RootCAs,
		now:      o.Now,
		public: ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(
			netip.MustParsePrefix("168.63.129.16/32"), // Azure's host agent, from inside its machines (learn.microsoft.com: "What is IP address 168.63.129.16?")
		)),
		own:     net.InterfaceAddrs,
		proxies: map[uint16]bool{},
	}
	if g.now == nil {
		g.now = time.Now
	}
	for _, prefix := range o.Allow {
		if !prefix.IsValid() || prefix.Addr().Is4In6() {
			return nil, fmt.Errorf("%w: %v is not a range of addresses to allow (write IPv4 as IPv4)", scam.ErrInvalid, prefix)
		}
		g.allow = append(g.allow, prefix)
	}
	for _, m := range o.Map {
		checked, err := ParseMapping(m.String())
		if err != nil {
			return nil, err
		}
		if to, twice := g.mappings[checked.Pattern]; twice && to != checked.Addr {
			return nil, fmt.Errorf("%w: %s is mapped both to %s and to %s", scam.ErrInvalid, checked.Pattern, to, checked.Addr)
		}
		g.mappings[checked.Pattern] = checked.Addr
	}
	var err error
	g.resolver, err = newResolver(o.Resolver)
	return g, err
}

// dialer returns a dialer that judges each address at the moment it is connected to.
func (g *Guard) dialer(mapped bool) *net.Dialer {
	return &net.Dialer{Control: func(network, address string, _ syscall.RawConn) error {
		if network != "tcp4" && network != "tcp6" {
			return blocked("%s is not TCP", network)
		}
		addr, err := netip.ParseAddrPort(address)
		if err != nil {
			return blocked("%q is not an address", address)
		}
		return g.judge(addr, mapped)
	}}
}

// judge tells whether an address may be dialled; the error wraps ErrBlocked.
func (g *Guard) judge(to netip.AddrPort, mapped bool) error {
	addr, port := to.Addr().Unmap(), to.Port()
	if addr.Zone() != "" {
		return blocked("%s is of one network only", addr)
	}
	if g.isProxy(port) && (addr.IsLoopback() || addr.IsUnspecified()) {
		return blocked("port %d is our own proxy", port)
	}
	if !mapped && !isWebPort(port) {
		return blocked("port %d is not one of the web (80, 443, 8080, 8443)", port)
	}
	for _, prefix := range g.allow {
		if prefix.Contains(addr) {
			return nil
		}
	}
	if err := g.public.SafeAddr(addr); err != nil {
		if errors.Is(err, ssrf.ErrProhibitedIP) {
			return blocked("%s is not a public address", addr)
		}
		return blocked("%v", err)
	}
	return g.judgeOwn(addr)
}

// judgeOwn refuses this machine's public addresses: what listens there may trust us
// because we come from within.
func (g *Guard) judgeOwn(addr netip.Addr) error {
	own, err := g.own()
	if err != nil {
		return blocked("the addresses of this machine are unknown: %v", err)
	}
	for _, a := range own {
		prefix, err := netip.ParsePrefix(a.String())
		if err == nil && prefix.Addr().Unmap() == addr {
			return blocked("%s is this machine", addr)
		}
	}
	return nil
}

func isWebPort(port uint16) bool {
	return port == 80 || port == 443 || port == 8080 || port == 8443
}

func (g *Guard) isProxy(port uint16) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.proxies[port]
}

func (g *Guard) setProxy(port uint16, listening bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if listening {
		g.proxies[port] = true
	} else {
		delete(g.proxies, port)
	}
}
