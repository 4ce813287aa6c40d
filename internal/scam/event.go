package scam

import (
	"encoding/json"
	"time"
)

// Event is one line of the audit trail: what a person decided or a program did to
// others. Each carries the hash of the one before it, so a missing or changed line shows.
type Event struct {
	ID      int64           `json:"id"`
	Program string          `json:"program"` // crawler or takedown: each has a chain of its own
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"` // a user's name, or the program's
	Verb    string          `json:"verb"`  // "confirmed", "approved", "sent"
	Noun    string          `json:"noun"`  // "finding", "report", "case"
	NounID  int64           `json:"noun_id"`
	Detail  json.RawMessage `json:"detail"`
	Prev    string          `json:"prev"` // hash of the event before; empty for the first
	Hash    string          `json:"hash"` // SHA-256, hex
}
