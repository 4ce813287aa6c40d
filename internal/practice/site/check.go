package site

import (
	"fmt"
	"net/netip"
	"net/url"

	"popdown/internal/scam"
)

// check holds the files against each other.
func (s *Set) check() error {
	for _, name := range s.HostsUnder("example") {
		h := s.Hosts[name]
		if err := s.checkHost(h); err != nil {
			return fmt.Errorf("%s: host %s: %w", h.Where, h.Name, err)
		}
	}
	for _, p := range s.Pages() {
		if _, ok := s.Hosts[p.Host]; !ok {
			return fmt.Errorf("%s: no file has a line \"host %s: ...\"", p.Where, p.Host)
		}
	}
	for _, site := range s.Sites {
		if err := s.checkSite(site); err != nil {
			return fmt.Errorf("%s.txtar:1: %w", site.Name, err)
		}
	}
	return nil
}

func (s *Set) checkHost(h Host) error {
	network, ok := s.Providers[h.Network]
	if !ok || network.Kind != Network {
		return fmt.Errorf("%s has no network %q", ProvidersFile, h.Network)
	}
	if registrar, ok := s.Providers[h.Registrar]; !ok || registrar.Kind != Registrar {
		return fmt.Errorf("%s has no registrar %q", ProvidersFile, h.Registrar)
	}
	if !documentation(h.Address) {
		return fmt.Errorf("%s is not a documentation address (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32)", h.Address)
	}
	if owner, ok := s.NetworkOf(h.Address); !ok || owner.Name != h.Network {
		return fmt.Errorf("%s is outside the prefixes of %s", h.Address, h.Network)
	}
	if first, _ := s.Domain(scam.Target(h.Name)); first.Registrar != h.Registrar || !first.Registered.Equal(h.Registered) {
		return fmt.Errorf("its domain is registered otherwise at %s", first.Where)
	}
	return nil
}

func (s *Set) checkSite(site Site) error {
	if len(site.Landings) == 0 {
		return fmt.Errorf("landing is missing")
	}
	if site.Label == Scam && site.Brand == "" {
		return fmt.Errorf("a scam needs a brand")
	}
	for _, l := range site.Landings {
		u, err := url.Parse(l)
		if err != nil {
			return fmt.Errorf("landing: %w", err)
		}
		if page, ok := s.Page(u.Hostname(), u.Path, u.Query()); !ok || page.Status != 200 {
			return fmt.Errorf("no entry serves the landing %s with status 200", l)
		}
	}
	return nil
}

// NetworkOf finds who owns an address.
func (s *Set) NetworkOf(addr netip.Addr) (Provider, bool) {
	for _, p := range s.Providers {
		for _, prefix := range p.Prefixes {
			if prefix.Contains(addr) {
				return p, true
			}
		}
	}
	return Provider{}, false
}

// documentation tells whether an address is reserved for documentation (RFC 5737, RFC 3849).
func documentation(addr netip.Addr) bool {
	for _, prefix := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(prefix).Contains(addr) {
			return true
		}
	}
	return false
}
