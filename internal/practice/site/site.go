package site

import (
	"net/http"
	"net/netip"
	"net/url"
	"sort"
	"strings"
	"time"

	"popdown/internal/scam"
)

// Label is what a site's landings truly are. No program under test may read it.
type Label string

const (
	Scam     Label = "scam"     // should be found, reported and taken down
	Harmless Label = "harmless" // easy to mistake; must never be reported
)

// Site is one file: a publisher, the ad chain behind it, and where the chain ends.
type Site struct {
	Name     string   // file name without .txtar
	Label    Label    // what the landings are; publisher and ad network are neither
	Brand    string   // slug of the imitated brand; empty for harmless sites
	Numbers  []string // E.164, as the landings print them
	Landings []string // absolute URLs at which chains end, verbatim with query
	Notes    string
	Hosts    []string // hosts that the file introduces, in its order
}

// LandingHosts are the hosts of the landings, each once, in the order of the landings.
func (s Site) LandingHosts() []string {
	var hosts []string
	seen := map[string]bool{}
	for _, l := range s.Landings {
		if h := scam.Host(l); !seen[h] {
			seen[h] = true
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// Host is one name on the offline Internet and who runs it.
type Host struct {
	Name       string     // lower case, below .example
	Address    netip.Addr // a documentation address (RFC 5737, RFC 3849)
	Network    string     // name of the provider that owns the address
	Registrar  string     // name of the provider that the domain is registered with
	Registered time.Time  // day of registration, UTC
	Where      string     // file:line of its host line
}

// Page is one answer of a host.
type Page struct {
	Host   string
	Path   string
	Query  url.Values // the page answers only to requests that carry all of these; nil: to any
	Status int
	Header http.Header
	Body   []byte
	Where  string // file:line of its entry
}

// Set is all that was read from one folder. It is not changed after Load.
type Set struct {
	Sites     []Site // by name
	Hosts     map[string]Host
	Providers map[string]Provider
	pages     map[string][]Page // by host/path; the most demanding query first
}

// Page finds the answer to a request. A page that names a query goes before one that does not.
func (s *Set) Page(host, path string, query url.Values) (Page, bool) {
	for _, p := range s.pages[host+path] {
		if carries(query, p.Query) {
			return p, true
		}
	}
	return Page{}, false
}

// Pages lists every page, by host, path and the order of lookup.
func (s *Set) Pages() []Page {
	keys := make([]string, 0, len(s.pages))
	for k := range s.pages {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var all []Page
	for _, k := range keys {
		all = append(all, s.pages[k]...)
	}
	return all
}

// Domain gives the registration of a registrable domain (scam.Target): the facts of
// its hosts, of which any will do, as they agree.
func (s *Set) Domain(domain string) (Host, bool) {
	for _, name := range s.HostsUnder(domain) {
		return s.Hosts[name], true
	}
	return Host{}, false
}

// HostsUnder lists the hosts of a registrable domain, sorted.
func (s *Set) HostsUnder(domain string) []string {
	var names []string
	for name := range s.Hosts {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// Nameservers are the name servers that a registrable domain is delegated to: its
// registrar's, or the registry's for the net's own names.
func (s *Set) Nameservers(domain string) []string {
	home := "registry.example"
	if h, ok := s.Domain(domain); ok {
		home = s.Providers[h.Registrar].Domain()
	}
	return []string{"ns1." + home, "ns2." + home}
}

func carries(have, want url.Values) bool {
	for key, values := range want {
		if have.Get(key) != values[0] {
			return false
		}
	}
	return true
}
