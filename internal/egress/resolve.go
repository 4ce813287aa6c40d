package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// newResolver asks the given DNS server, or the system's. It is always Go's own: the
// C library's takes 0x7f.1 for an address.
func newResolver(server string) (*net.Resolver, error) {
	r := &net.Resolver{PreferGo: true}
	if server == "" {
		return r, nil
	}
	if _, err := netip.ParseAddrPort(server); err != nil {
		return nil, fmt.Errorf("%w: DNS server %q is not IP:port", scam.ErrInvalid, server)
	}
	r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}
	return r, nil
}

// resolve lists the addresses of a host, IPv4 first, and whether they come from the map.
func (g *Guard) resolve(ctx context.Context, host string, port int) ([]netip.AddrPort, bool, error) {
	if to, ok := g.mapped(host); ok {
		return []netip.AddrPort{to}, true, nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(addr.Unmap(), uint16(port))}, false, nil
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761, section 6.3: never asked of DNS
		return []netip.AddrPort{
			netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port)),
			netip.AddrPortFrom(netip.IPv6Loopback(), uint16(port)),
		}, false, nil
	}
	if endsInNumber(host) {
		return nil, false, blocked("%q is an address in disguise", host)
	}
	if !isHostName(host) {
		return nil, false, blocked("%q is not a host name", host)
	}
	found, err := g.lookup(ctx, host+".") // the dot: no search domains
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int {
		return a.Unmap().BitLen() - b.Unmap().BitLen()
	})
	list := make([]netip.AddrPort, len(found))
	for i, addr := range found {
		list[i] = netip.AddrPortFrom(addr.Unmap(), uint16(port))
	}
	return list, false, nil
}

// lookup asks for both kinds of address. Of two failures the library keeps one, and "no
// such host" may be the answer to the kind that the host never had: before a name counts
// as gone, both are asked for alone.
func (g *Guard) lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	found, err := g.resolver.LookupNetIP(ctx, "ip", name)
	for _, kind := range []string{"ip4", "ip6"} {
		dns, isDNS := errors.AsType[*net.DNSError](err)
		if !isDNS || !dns.IsNotFound {
			break
		}
		found, err = g.resolver.LookupNetIP(ctx, kind, name)
	}
	return found, err
}
