package scam

import (
	"fmt"
	"time"
)

// SeedKind says how a seed is turned into candidates.
type SeedKind string

const (
	// SeedAdPage is a publisher's page known for low-tier ads: it is crawled for ad links.
	SeedAdPage SeedKind = "ad_page"
	// SeedURLList is a list of suspected URLs, given inline or fetched from URL (one a line).
	SeedURLList SeedKind = "url_list"
)

// Seed is a place where scams come from, looked at on a schedule.
type Seed struct {
	ID         int64     `json:"id"`
	Name       string    `json:"name"` // unique
	Kind       SeedKind  `json:"kind"`
	URL        string    `json:"url,omitempty"`     // page or list to fetch
	URLs       []string  `json:"urls,omitempty"`    // inline list (url_list only)
	Schedule   string    `json:"schedule"`          // robfig/cron: 5 fields, optional leading seconds, or @every
	TimeZone   string    `json:"time_zone"`         // IANA name; the schedule's clock
	Persona    string    `json:"persona,omitempty"` // who visits the candidates; empty: the default persona
	MaxClicks  int       `json:"max_clicks"`        // ad links taken from one run; 0: 10
	Enabled    bool      `json:"enabled"`
	Notes      string    `json:"notes,omitempty"`
	NextRunAt  time.Time `json:"next_run_at,omitzero"` // zero: not scheduled
	LastRunAt  time.Time `json:"last_run_at,omitzero"` // zero: never
	LastError  string    `json:"last_error,omitempty"` // why the last run failed; empty: it did not
	Candidates int       `json:"candidates"`           // found so far, in all runs
	Findings   int       `json:"findings"`             // findings that came from its candidates
}

// Validate checks everything but the schedule and its time zone, which the engine parses.
// Errors wrap ErrInvalid and name the field.
func (s Seed) Validate() error {
	if s.Name == "" {
		return fmt.Errorf("%w: seed without a name", ErrInvalid)
	}
	if s.Schedule == "" {
		return fmt.Errorf("%w: seed %q: schedule is missing", ErrInvalid, s.Name)
	}
	if s.MaxClicks < 0 {
		return fmt.Errorf("%w: seed %q: max_clicks is negative", ErrInvalid, s.Name)
	}
	switch s.Kind {
	case SeedAdPage:
		if s.URL == "" {
			return fmt.Errorf("%w: seed %q: an ad_page needs url", ErrInvalid, s.Name)
		}
	case SeedURLList:
		if s.URL == "" && len(s.URLs) == 0 {
			return fmt.Errorf("%w: seed %q: a url_list needs url or urls", ErrInvalid, s.Name)
		}
	default:
		return fmt.Errorf("%w: seed %q: kind %q (want %s or %s)", ErrInvalid, s.Name, s.Kind, SeedAdPage, SeedURLList)
	}
	for _, raw := range append([]string{s.URL}, s.URLs...) {
		if raw == "" {
			continue
		}
		if err := CheckWebURL(raw); err != nil {
			return fmt.Errorf("seed %q: %w", s.Name, err)
		}
	}
	return nil
}
