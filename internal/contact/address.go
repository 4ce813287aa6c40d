package contact

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

// maxAddresses bounds how many addresses of one host are looked at.
const maxAddresses = 8

// publicAddresses reads "IP:port" or bare addresses and keeps those that a registry can
// know, each once.
func publicAddresses(list []string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		a, err := netip.ParseAddr(s)
		if err != nil {
			ap, err := netip.ParseAddrPort(s)
			if err != nil {
				continue
			}
			a = ap.Addr()
		}
		if a = a.Unmap().WithZone(""); isPublic(a) && !slices.Contains(out, a) && len(out) < maxAddresses {
			out = append(out, a)
		}
	}
	return out
}

// isPublic tells whether a registry can be asked about an address. It only ever names an
// address in a question and dials none, so the documentation ranges (RFC 5737, RFC 3849)
// pass: the practice Internet lives there.
func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8",      // this network, RFC 791
		"100.64.0.0/10",  // shared by carriers, RFC 6598
		"192.0.0.0/24",   // protocol assignments, RFC 6890
		"198.18.0.0/15",  // benchmarks, RFC 2544
		"240.0.0.0/4",    // reserved, RFC 1112
		"64:ff9b::/96",   // translated IPv4, RFC 6052
		"64:ff9b:1::/48", // the same, for one network, RFC 8215
		"100::/64",       // discarded, RFC 6666
	} {
		if netip.MustParsePrefix(special).Contains(a) {
			return false
		}
	}
	return true
}

// newResolver asks one DNS server, or the system's.
func newResolver(server string) *net.Resolver {
	r := &net.Resolver{PreferGo: true}
	if server != "" {
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server)
		}
	}
	return r
}

// resolve adds the addresses that the host has now.
func (q *query) resolve(ctx context.Context) {
	if a, err := netip.ParseAddr(q.host); err == nil {
		q.addresses = publicAddresses([]string{a.String()})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	found, err := q.finder.resolver.LookupNetIP(ctx, "ip", q.host+".") // the dot: no search domains
	if err != nil {
		q.note("DNS has no address for %s now: %v", q.host, err)
		return
	}
	slices.SortFunc(found, func(a, b netip.Addr) int { return a.Unmap().Compare(b.Unmap()) }) // IPv4 first, and the same each time
	names := make([]string, 0, len(q.addresses)+len(found))
	for _, a := range append(slices.Clone(q.addresses), found...) {
		names = append(names, a.String())
	}
	q.addresses = publicAddresses(names)
	if len(q.addresses) == 0 {
		q.note("%s has no public address", q.host)
	}
}
