package scam

import "time"

// CandidateState is where a candidate stands in the frontier.
type CandidateState string

const (
	CandidateQueued  CandidateState = "queued"  // waits for a visit slot
	CandidateClaimed CandidateState = "claimed" // a crawler is looking; free again when its lease ends
	CandidateVisited CandidateState = "visited" // looked at; the visit is stored
)

// Candidate is a URL worth a look. In the frontier it is unique by (normalised URL, persona).
type Candidate struct {
	ID       int64          `json:"id"`
	URL      string         `json:"url"`      // verbatim, with query and fragment
	Referrer string         `json:"referrer"` // page on which the link stood; sent as Referer
	Persona  string         `json:"persona"`  // who looks; empty: the default persona
	SeedID   int64          `json:"seed_id"`  // 0: asked for by hand
	Found    string         `json:"found"`    // how it was found, in words: "iframe of serve.adnet.example"
	Priority int            `json:"priority"` // higher goes first, among those tried equally often
	State    CandidateState `json:"state"`
	FoundAt  time.Time      `json:"found_at"`
	Attempts int            `json:"attempts"` // claims since it was queued, this one included
}
