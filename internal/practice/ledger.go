package practice

import (
	"slices"
	"sync"
	"time"

	"popdown/internal/practice/site"
	"popdown/internal/scam"
)

// Act is what one provider did to one host.
type Act struct {
	Provider string    // its name in providers.yaml
	Org      string    // its name as people know it
	How      string    // "removed by host network", "domain suspended by registrar"
	At       time.Time // UTC
}

// State is whether a host still shows its own pages.
type State struct {
	Up   bool
	Acts []Act // oldest first; the first one brought it down
}

// ledger is the one truth about what is down.
type ledger struct {
	mu        sync.Mutex
	sites     *site.Set
	acts      map[string][]Act // by host
	suspended map[string]bool  // by registrable domain
}

func newLedger(sites *site.Set) *ledger {
	return &ledger{sites: sites, acts: map[string][]Act{}, suspended: map[string]bool{}}
}

// takeDown notes that a provider acted: a network against the host, a registrar against
// its whole domain. It returns the hosts concerned, none if it had acted before.
func (l *ledger) takeDown(p site.Provider, host string, at time.Time) ([]string, string) {
	hosts, how := []string{host}, "removed by host network"
	if p.Kind == site.Registrar {
		hosts, how = l.sites.HostsUnder(scam.Target(host)), "domain suspended by registrar"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	acted := func(a Act) bool { return a.Provider == p.Name }
	if slices.ContainsFunc(l.acts[host], acted) {
		return nil, how
	}
	for _, h := range hosts {
		l.acts[h] = append(l.acts[h], Act{Provider: p.Name, Org: p.Org, How: how, At: at.UTC()})
	}
	if p.Kind == site.Registrar {
		l.suspended[scam.Target(host)] = true
	}
	return hosts, how
}

// down tells who answers for a host in its stead.
func (l *ledger) down(host string) (site.Provider, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if acts := l.acts[host]; len(acts) > 0 {
		return l.sites.Providers[acts[0].Provider], true
	}
	return site.Provider{}, false
}

// held tells whether a registrar suspended a domain.
func (l *ledger) held(domain string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.suspended[domain]
}

func (l *ledger) state(host string) State {
	l.mu.Lock()
	defer l.mu.Unlock()
	acts := slices.Clone(l.acts[host])
	return State{Up: len(acts) == 0, Acts: acts}
}
