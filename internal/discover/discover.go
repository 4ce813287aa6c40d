package discover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

// userAgent names us to publishers, so that their robots.txt can speak to us.
const userAgent = "Popdown/1.0 (looks for fake support alerts in ads)"

// Options is what a Discoverer is made of. Guard is required.
type Options struct {
	Guard  *egress.Guard
	Logger *slog.Logger     // nil: discarded
	Now    func() time.Time // nil: time.Now

	// UserAgent is sent with every fetch; robots.txt groups are matched against its
	// first word. Empty: Popdown's own.
	UserAgent string
	// Timeout bounds one run of a seed. Zero: 60 s.
	Timeout time.Duration
	// PageBytes bounds a page or a script; what is longer is read that far. Zero: 4 MiB.
	PageBytes int
	// ListBytes bounds a fetched URL list; what is longer is read that far. Zero: 16 MiB.
	ListBytes int
}

// Discoverer turns seeds into candidates. It is safe for concurrent use.
type Discoverer struct {
	Options
	rules rules
}

// New fills in the defaults. It panics when the shipped ad rules do not parse, which a
// test of this package excludes.
func New(o Options) *Discoverer {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = userAgent
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.PageBytes == 0 {
		o.PageBytes = 4 << 20
	}
	if o.ListBytes == 0 {
		o.ListBytes = 16 << 20
	}
	r, err := parseRules(shippedRules)
	if err != nil {
		panic(err) // shipped with the program
	}
	return &Discoverer{Options: o, rules: r}
}

// Discover runs a seed once. An error means that its page or list could not be read, or
// holds nothing that can be; candidates found before that are returned with it. All
// carry the seed's id and persona and the page on which they stood as Referrer, the best
// first, each normalised URL once.
func (d *Discoverer) Discover(ctx context.Context, s scam.Seed) ([]scam.Candidate, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	run := d.Guard.Session(egress.Limits{Bytes: int64(d.ListBytes) + 8<<20, Hosts: 30, Time: d.Timeout})
	defer run.Close()
	f := d.newFetcher(ctx, run)
	defer f.close()

	var found []lead
	var err error
	switch s.Kind {
	case scam.SeedAdPage:
		found, err = d.adPage(f, s)
	case scam.SeedURLList:
		found, err = d.urlList(f, s)
	default:
		err = fmt.Errorf("%w: seed kind %q", scam.ErrInvalid, s.Kind)
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w (%w)", err, context.Cause(ctx))
	}
	return d.candidates(s, found), err
}

// lead is a URL that may be worth a look, before it is a candidate.
type lead struct {
	url      string // verbatim
	referrer string // page on which it stood
	found    string // in words
	priority int
}

func (d *Discoverer) candidates(s scam.Seed, found []lead) []scam.Candidate {
	now := d.Now().UTC()
	seen := make(map[string]bool, len(found))
	out := make([]scam.Candidate, 0, len(found))
	for _, l := range found {
		key, err := scam.NormalizeURL(l.url)
		if err != nil || seen[key] {
			continue // kinds of seed check their URLs; what is left has no stable name
		}
		seen[key] = true
		out = append(out, scam.Candidate{
			URL: l.url, Referrer: l.referrer, Persona: s.Persona, SeedID: s.ID,
			Found: l.found, Priority: l.priority, State: scam.CandidateQueued, FoundAt: now,
		})
		if s.Kind == scam.SeedAdPage && len(out) == maxClicks(s) {
			break
		}
	}
	return out
}

// maxClicks is the budget of one run: honest advertisers pay for clicks.
func maxClicks(s scam.Seed) int {
	if s.MaxClicks > 0 {
		return s.MaxClicks
	}
	return 10
}

var errEmpty = errors.New("no http or https address in it")
