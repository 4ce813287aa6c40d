package scam

import "time"

// FindingState is what an analyst has said of a finding.
type FindingState string

const (
	FindingNew       FindingState = "new"       // waits for a decision
	FindingConfirmed FindingState = "confirmed" // a scam: its case may report it
	FindingDismissed FindingState = "dismissed" // not to be reported
)

// CanBecome tells whether an analyst may move a finding to the given state.
// The error wraps ErrTransition.
func (s FindingState) CanBecome(to FindingState) error {
	return canBecome(map[FindingState][]FindingState{
		FindingNew:       {FindingConfirmed, FindingDismissed},
		FindingDismissed: {FindingConfirmed}, // a new decision
		FindingConfirmed: {FindingDismissed}, // withdraws what has not been sent
	}, s, to)
}

// Finding is one normalised landing URL that looked like a scam. Later visits add to it.
type Finding struct {
	ID           int64        `json:"id"`
	URL          string       `json:"url"`         // normalised: the key
	LandingURL   string       `json:"landing_url"` // verbatim, of the last visit that saw it
	StartURL     string       `json:"start_url"`   // where the chain of the first visit began
	Host         string       `json:"host"`        // lower case, punycode
	State        FindingState `json:"state"`
	Verdict      Verdict      `json:"verdict"` // highest-scoring one; Numbers are all ever seen
	Chain        []Hop        `json:"chain"`   // of the first visit
	Dialogs      []Dialog     `json:"dialogs"`
	Behaviors    []Behavior   `json:"behaviors"`
	Title        string       `json:"title"`
	Persona      string       `json:"persona"`  // who saw it first
	Referrer     string       `json:"referrer"` // that the first visit sent
	FirstSeenAt  time.Time    `json:"first_seen_at"`
	LastSeenAt   time.Time    `json:"last_seen_at"`
	Visits       int          `json:"visits"` // visits that saw it
	FirstVisitID int64        `json:"first_visit_id"`
	LastVisitID  int64        `json:"last_visit_id"`
	Screenshot   File         `json:"screenshot"` // of the first visit
	Files        []File       `json:"files"`      // of the first visit
	Dials        []Dial       `json:"dials"`      // of the first visit
	Manifest     string       `json:"manifest"`   // of the first visit
	CampaignID   int64        `json:"campaign_id"`
	CampaignWhy  string       `json:"campaign_why"`
	CaseID       int64        `json:"case_id"` // 0: none
	DecidedBy    string       `json:"decided_by,omitempty"`
	DecidedAt    time.Time    `json:"decided_at,omitzero"`
	Reason       string       `json:"reason,omitempty"` // of the decision
}

// Campaign is a group of findings run by the same people, as far as we can tell.
type Campaign struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}
