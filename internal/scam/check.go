package scam

import "time"

// CheckState is what a look at a reported page found.
type CheckState string

const (
	CheckAsked       CheckState = "asked"       // takedown wants it; the crawler has not looked yet
	CheckUp          CheckState = "up"          // the scam is there
	CheckCloaked     CheckState = "cloaked"     // there for one persona, hidden from another; said by whoever compares checks
	CheckChanged     CheckState = "changed"     // a page is there, and it is not the scam
	CheckUnreachable CheckState = "unreachable" // no answer; says nothing yet
	CheckMitigated   CheckState = "mitigated"   // a warning stands before it; the page may live
	CheckDown        CheckState = "down"        // removed, suspended, or the name is gone
)

// Check is one look at a page that was asked for by takedown and done by the crawler.
type Check struct {
	ID         int64      `json:"id"`
	CaseID     int64      `json:"case_id"`
	FindingID  int64      `json:"finding_id"`
	URL        string     `json:"url"` // landing URL to look at, verbatim
	Persona    string     `json:"persona"`
	Referrer   string     `json:"referrer"`
	AskedAt    time.Time  `json:"asked_at"`
	State      CheckState `json:"state"`
	Reason     string     `json:"reason"` // in words
	DoneAt     time.Time  `json:"done_at,omitzero"`
	VisitID    int64      `json:"visit_id"` // 0: none yet
	Screenshot File       `json:"screenshot"`
}
