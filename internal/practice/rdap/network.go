package rdap

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"popdown/internal/practice/site"
)

// northern is the range whose record another registry holds, as happens to transferred
// addresses: RIRHost answers with a redirect (RFC 7480, 5.2).
const northern = "198.51.100.0/24"

// rir answers for addresses, or says who does.
func (s server) rir() http.Handler {
	return lookup("/ip/", func(w http.ResponseWriter, key string) {
		addr, err := address(key)
		if err == nil && netip.MustParsePrefix(northern).Contains(addr) {
			w.Header().Set("Location", "https://"+NorthRIRHost+"/ip/"+key)
			w.WriteHeader(http.StatusFound)
			return
		}
		s.network(w, key, RIRHost)
	})
}

func (s server) northRIR() http.Handler {
	return lookup("/ip/", func(w http.ResponseWriter, key string) { s.network(w, key, NorthRIRHost) })
}

// network writes the record of the range that holds an address.
func (s server) network(w http.ResponseWriter, key, host string) {
	addr, err := address(key)
	if err != nil {
		writeError(w, http.StatusBadRequest, "Bad Request", "Not an IP address: "+key)
		return
	}
	p, ok := s.Sites.NetworkOf(addr)
	if !ok {
		writeError(w, http.StatusNotFound, "Not Found", "No network holds "+key+".")
		return
	}
	for _, prefix := range p.Prefixes {
		if prefix.Contains(addr) {
			write(w, http.StatusOK, s.record(p, prefix.Masked(), host))
			return
		}
	}
}

func (s server) record(p site.Provider, prefix netip.Prefix, host string) networkObject {
	name := strings.ToUpper(p.Name)
	self := "https://" + host + "/ip/" + prefix.String()
	n := networkObject{
		Conformance: conformance(),
		Class:       "ip network",
		Handle:      "NET-" + strings.ReplaceAll(prefix.Addr().String(), ".", "-") + "-1",
		Start:       prefix.Addr().String(),
		End:         last(prefix).String(),
		IPVersion:   "v4",
		Name:        name + "-NET",
		Type:        "DIRECT ALLOCATION",
		Country:     p.Country,
		Status:      []string{"active"},
		CIDR:        []cidr{{V4: prefix.Addr().String(), Length: prefix.Bits()}},
		Events: []event{
			{"registration", stamp(time.Date(2019, 3, 14, 8, 0, 0, 0, time.UTC))},
			{"last changed", stamp(time.Date(2025, 6, 2, 8, 0, 0, 0, time.UTC))},
		},
		Entities: []entity{
			{Class: "entity", Handle: name + "-1", Roles: []string{"registrant"}, VCard: vcard(p.Org, "org", "", "", p.Country)},
			abuseEntity(p, name+"-ABUSE"),
		},
		Links: []link{{Value: self, Rel: "self", Href: self, Type: "application/rdap+json"}},
	}
	if prefix.Addr().Is6() {
		n.IPVersion = "v6"
		n.CIDR = []cidr{{V6: prefix.Addr().String(), Length: prefix.Bits()}}
	}
	return n
}

// address reads the key of an /ip/ query: an address, or a prefix by its first address.
func address(key string) (netip.Addr, error) {
	if prefix, err := netip.ParsePrefix(key); err == nil {
		return prefix.Masked().Addr(), nil
	}
	return netip.ParseAddr(key)
}

// last is a prefix's last address.
func last(prefix netip.Prefix) netip.Addr {
	raw := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	addr, _ := netip.AddrFromSlice(raw)
	return addr
}
