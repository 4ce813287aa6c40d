package review

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	maxFailures   = 5                // failed logins of one name from one address
	failureWindow = 15 * time.Minute // from the first of them
	maxTracked    = 10_000           // names and addresses remembered at once
)

// attempts counts failed logins by name and address, in memory: a restart forgives.
type attempts struct {
	mu     sync.Mutex
	failed map[attempt]failures
}

type attempt struct{ name, addr string }

type failures struct {
	count int
	since time.Time
}

func newAttempts() *attempts { return &attempts{failed: map[attempt]failures{}} }

// begin books a try and tells whether it may be made; a success takes it back. Booking
// first keeps many tries at the same instant within the limit.
func (a *attempts) begin(key attempt, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.failed[key]
	if !ok || now.Sub(f.since) >= failureWindow {
		a.makeRoom(now)
		f = failures{since: now}
	}
	if f.count >= maxFailures {
		return false
	}
	f.count++
	a.failed[key] = f
	return true
}

// succeeded forgets a name's failures from an address.
func (a *attempts) succeeded(key attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.failed, key)
}

// makeRoom keeps the table within bounds: first what has expired goes, then anything.
func (a *attempts) makeRoom(now time.Time) {
	if len(a.failed) < maxTracked {
		return
	}
	for key, f := range a.failed {
		if now.Sub(f.since) >= failureWindow {
			delete(a.failed, key)
		}
	}
	for key := range a.failed {
		if len(a.failed) < maxTracked {
			return
		}
		delete(a.failed, key)
	}
}

// clientAddr is the address that a request came from: an IPv4 address or an IPv6 /64,
// as one customer has at least that many.
func clientAddr(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}
