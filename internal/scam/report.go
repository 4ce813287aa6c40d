package scam

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// ReportState is where a report stands.
type ReportState string

const (
	ReportDraft     ReportState = "draft"     // waits for approval
	ReportApproved  ReportState = "approved"  // waits for its turn to leave
	ReportSending   ReportState = "sending"   // committed before the first byte leaves
	ReportSent      ReportState = "sent"      // the recipient's server took it
	ReportRehearsed ReportState = "rehearsed" // written to disk in dry-run; nothing left
	ReportFailed    ReportState = "failed"    // refused for good
	ReportUncertain ReportState = "uncertain" // may have left; an analyst decides
)

// CanBecome tells whether a report may move to the given state. The error wraps ErrTransition.
func (s ReportState) CanBecome(to ReportState) error {
	return canBecome(map[ReportState][]ReportState{
		ReportDraft:     {ReportApproved},
		ReportApproved:  {ReportSending, ReportRehearsed, ReportDraft},               // draft: withdrawn, edited, or the mode changed
		ReportSending:   {ReportSent, ReportFailed, ReportUncertain, ReportApproved}, // approved: a definite 4xx, same Message-ID
		ReportUncertain: {ReportSent, ReportDraft},                                   // sent after all, or approve anew
		ReportRehearsed: {ReportDraft},                                               // approve anew, to send it
		ReportFailed:    {ReportDraft},
	}, s, to)
}

// Mode is whether an approval lets a report leave.
type Mode string

const (
	ModeDryRun Mode = "dry_run" // written to disk as .eml
	ModeLive   Mode = "live"    // handed to the recipient
)

// Report is one letter to one contact about one case.
type Report struct {
	ID          int64       `json:"id"`
	CaseID      int64       `json:"case_id"`
	ContactID   int64       `json:"contact_id"`
	Contact     Contact     `json:"contact"`
	Kind        string      `json:"kind"` // "initial"
	Step        int         `json:"step"` // of the ladder, from 0
	State       ReportState `json:"state"`
	Mode        Mode        `json:"mode,omitempty"` // of the approval; empty: not approved
	From        string      `json:"from"`
	To          []string    `json:"to"`
	Subject     string      `json:"subject"`
	Body        string      `json:"body"` // text/plain, the same with and without attachments
	Attachments []File      `json:"attachments"`
	ContentHash string      `json:"content_hash"` // what an approval names; see Hash
	MessageID   string      `json:"message_id,omitempty"`
	CreatedAt   time.Time   `json:"created_at"`
	ApprovedBy  string      `json:"approved_by,omitempty"`
	ApprovedAt  time.Time   `json:"approved_at,omitzero"`
	SentAt      time.Time   `json:"sent_at,omitzero"`
	Detail      string      `json:"detail,omitempty"` // the server's answer, or the file written
}

// Hash is the SHA-256 (hex) of exactly what leaves: sender, recipients, subject,
// body and attachments in order. It covers both variants, with attachments and
// without, as they share the rest. Any edit changes it, and so voids an approval.
func (r Report) Hash() string {
	b, err := json.Marshal(struct {
		From, Subject, Body string
		To                  []string
		Attachments         []File
	}{r.From, r.Subject, r.Body, r.To, r.Attachments})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
