package contact

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// Options says how a Finder asks.
type Options struct {
	Guard        *egress.Guard    // through which registries are asked; nil: as Offline
	BootstrapURL string           // folder of dns.json, ipv4.json and ipv6.json; empty: https://data.iana.org/rdap/
	Resolver     string           // DNS server, "IP:port", asked directly; empty: the system's
	CacheDir     string           // keeps the bootstrap files for a day and for bad times; empty: memory alone
	Offline      bool             // asks nobody: what dialled says and the public suffix list is all
	Spacing      time.Duration    // between two queries to one server; 0: 300 ms, and 6 s for LACNIC, which allows ten a minute
	Patience     time.Duration    // longest Retry-After that is waited for; 0: 15 s
	Logger       *slog.Logger     // nil: discards
	Now          func() time.Time // nil: time.Now
}

// Finder finds contacts. It is safe for concurrent use, and keeps a registry's answers
// for a day.
type Finder struct {
	options  Options
	resolver *net.Resolver
	files    map[string]*bootFile // by kind: dns, ipv4, ipv6

	mu      sync.Mutex
	turn    map[string]time.Time // when a server may be asked next, by host
	answers map[string]kept      // by URL
}

// kept is an answer and when it came.
type kept struct {
	answer answer
	at     time.Time
}

const (
	answerAge   = 24 * time.Hour
	answersKept = 1000
	youngDomain = 90 * 24 * time.Hour // registered for the abuse, as far as age tells
	maxNetworks = 3                   // networks asked about for one URL
)

// New makes a Finder. Nothing is asked before Find.
func New(o Options) *Finder {
	if o.BootstrapURL == "" {
		o.BootstrapURL = "https://data.iana.org/rdap/"
	}
	if o.Patience == 0 {
		o.Patience = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Guard == nil {
		o.Offline = true
	}
	f := &Finder{options: o, resolver: newResolver(o.Resolver), files: map[string]*bootFile{}, turn: map[string]time.Time{}, answers: map[string]kept{}}
	for _, kind := range []string{"dns", "ipv4", "ipv6"} {
		f.files[kind] = &bootFile{kind: kind}
	}
	return f
}

// Find tells who can act on a URL, best first. Dialled are addresses (IP:port) at which
// its host was met; DNS adds what it answers now. What could not be asked stands in the
// sheet's Notes, in words. The error wraps scam.ErrInvalid for a URL that has no host, or
// is the context's when the caller stopped.
func (f *Finder) Find(ctx context.Context, url string, dialled []string) (scam.ContactSheet, error) {
	if _, err := scam.ParseWebURL(url); err != nil {
		return scam.ContactSheet{}, err
	}
	host := scam.Host(url)
	if host == "" {
		return scam.ContactSheet{}, fmt.Errorf("%w: %q has no usable host", scam.ErrInvalid, url)
	}
	q := &query{
		finder: f, host: host, target: scam.Target(host),
		sheet: scam.ContactSheet{Target: url, RegistrationType: "unknown", Contacts: []scam.Contact{}},
	}
	if scam.IsPlatform(host) {
		q.sheet.RegistrationType = "platform_subdomain"
	}
	q.addresses = publicAddresses(dialled)
	if f.options.Offline {
		q.note("offline: neither DNS nor the registries were asked")
	} else {
		q.online(ctx)
	}
	if err := ctx.Err(); err != nil {
		return scam.ContactSheet{}, err // what is missing is our doing, not the registries'
	}
	for _, a := range q.addresses {
		q.sheet.Addresses = append(q.sheet.Addresses, a.String())
	}
	q.rank()
	f.options.Logger.Debug("contacts looked up", "host", host, "count", len(q.sheet.Contacts), "notes", q.sheet.Notes)
	return q.sheet, nil
}

// query is one run of Find.
type query struct {
	finder    *Finder
	session   *egress.Session
	host      string // lower case, punycode, or an address
	target    string // scam.Target of the host
	addresses []netip.Addr
	sheet     scam.ContactSheet
}

// online asks DNS and the registries. The engine gives a minute in all.
func (q *query) online(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Second)
	defer cancel()
	q.session = q.finder.options.Guard.Session(egress.Limits{Bytes: 16 << 20, Hosts: 20, Time: 50 * time.Second})
	defer q.session.Close()
	q.resolve(ctx)
	q.askNetworks(ctx)
	if _, err := netip.ParseAddr(q.host); err == nil {
		return // an address has no registrar
	}
	if q.sheet.RegistrationType == "platform_subdomain" {
		q.note("%s belongs to a platform's customer: the registrar of the platform's domain is not to be asked", q.target)
		return
	}
	q.askDomain(ctx)
}

func (q *query) note(format string, args ...any) {
	q.sheet.Notes = append(q.sheet.Notes, fmt.Sprintf(format, args...))
}
