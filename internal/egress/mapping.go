package egress

import (
	"fmt"
	"net/netip"
	"strings"

	"popdown/internal/scam"
)

// Mapping dials one address, http and https alike, whenever a page asks for a host.
type Mapping struct {
	// Pattern is a host name in lower case ("shop.example"), or "*." and a name for
	// everything below it at any depth ("*.example"). Never an IP address.
	Pattern string
	// Addr is judged like any other address, except that any port will do.
	Addr netip.AddrPort
}

// ParseMapping reads HOST=ADDR:PORT, such as "*.example=127.0.0.1:8080" or
// "shop.example=[::1]:8080". The error wraps scam.ErrInvalid.
func ParseMapping(s string) (Mapping, error) {
	host, addr, found := strings.Cut(s, "=")
	if !found {
		return Mapping{}, fmt.Errorf("%w: mapping %q is not HOST=ADDR:PORT", scam.ErrInvalid, s)
	}
	pattern, err := parsePattern(host)
	if err != nil {
		return Mapping{}, fmt.Errorf("%w in mapping %q", err, s)
	}
	to, err := netip.ParseAddrPort(addr)
	if err != nil || to.Port() == 0 || to.Addr().Zone() != "" {
		return Mapping{}, fmt.Errorf("%w: %q in mapping %q is not an IP address and port", scam.ErrInvalid, addr, s)
	}
	return Mapping{Pattern: pattern, Addr: netip.AddrPortFrom(to.Addr().Unmap(), to.Port())}, nil
}

func parsePattern(host string) (string, error) {
	name, wild := strings.CutPrefix(host, "*.")
	if strings.ContainsAny(name, "/\\:?#@[]% ") {
		return "", fmt.Errorf("%w: %q is not a host name", scam.ErrInvalid, host)
	}
	name = scam.Host("http://" + name) // lower case, punycode, no final dot
	if endsInNumber(name) {
		return "", fmt.Errorf("%w: %q is an IP address, and those are never mapped", scam.ErrInvalid, host)
	}
	if !isHostName(name) {
		return "", fmt.Errorf("%w: %q is not a host name", scam.ErrInvalid, host)
	}
	if wild {
		name = "*." + name
	}
	return name, nil
}

// String gives the form that ParseMapping reads.
func (m Mapping) String() string { return m.Pattern + "=" + m.Addr.String() }

// mapped finds where a host is mapped to: by its own name first, then by the longest
// suffix. A host that is an IP address finds nothing, because no pattern is one.
func (g *Guard) mapped(host string) (netip.AddrPort, bool) {
	if addr, ok := g.mappings[host]; ok {
		return addr, true
	}
	for rest := host; ; {
		_, suffix, found := strings.Cut(rest, ".")
		if !found {
			return netip.AddrPort{}, false
		}
		if addr, ok := g.mappings["*."+suffix]; ok {
			return addr, true
		}
		rest = suffix
	}
}
