package scam

import (
	"fmt"
	"time"
)

// CaseState is how far a takedown has come.
type CaseState string

const (
	CaseOpen     CaseState = "open"     // confirmed; nothing sent yet
	CaseReported CaseState = "reported" // at least one report was sent
	CaseDown     CaseState = "down"     // several agreeing checks found nothing left
	CaseClosed   CaseState = "closed"   // an analyst ended it
)

// CanBecome tells whether a case may move to the given state. The error wraps ErrTransition.
func (s CaseState) CanBecome(to CaseState) error {
	return canBecome(map[CaseState][]CaseState{
		CaseOpen:     {CaseReported, CaseDown, CaseClosed},
		CaseReported: {CaseDown, CaseClosed},
		CaseDown:     {CaseReported, CaseClosed}, // back to reported: it came up again
	}, s, to)
}

// Case is the takedown of one registrable target within one campaign.
type Case struct {
	ID          int64     `json:"id"`
	Target      string    `json:"target"` // registrable domain, or a platform customer's subdomain
	CampaignID  int64     `json:"campaign_id"`
	State       CaseState `json:"state"`
	FirstSeenAt time.Time `json:"first_seen_at"` // of its oldest finding
	OpenedAt    time.Time `json:"opened_at"`
	ReportedAt  time.Time `json:"reported_at,omitzero"` // first report sent
	DownAt      time.Time `json:"down_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	NextRunAt   time.Time `json:"next_run_at,omitzero"` // next check; zero: none is due
	Brand       string    `json:"brand"`
	Findings    []Finding `json:"findings,omitempty"`
}

// Ref is the case's name in letters and pages: "PD-2026-0042".
func (c Case) Ref() string { return fmt.Sprintf("PD-%d-%04d", c.OpenedAt.UTC().Year(), c.ID) }
