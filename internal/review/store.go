package review

import (
	"context"
	"io"
	"time"

	"popdown/internal/scam"
)

// Findings is the analysts' queue.
type Findings interface {
	// Queue returns findings in the given state ("" for any), highest score first, then
	// newest, and how many there are in all.
	Queue(ctx context.Context, state scam.FindingState, limit, offset int) ([]scam.Finding, int, error)
	Finding(ctx context.Context, id int64) (scam.Finding, error)
	// FindingVisits returns the visits that saw a finding, newest first.
	FindingVisits(ctx context.Context, id int64) ([]scam.Visit, error)
	// Decide confirms or dismisses a finding, with an Event. Confirming opens the case of its
	// target and campaign, or joins the one that is open or reported, and enqueues
	// scam.FindContacts; it returns the case's id. Dismissing returns 0.
	Decide(ctx context.Context, id int64, to scam.FindingState, by, reason string, at time.Time) (int64, error)
}

// Cases is what the case pages read and decide.
type Cases interface {
	// Cases returns cases, newest first, without findings, and how many there are in all.
	Cases(ctx context.Context, limit, offset int) ([]scam.Case, int, error)
	Case(ctx context.Context, id int64) (scam.Case, error)
	// CaseContacts returns a case's contacts in rank order.
	CaseContacts(ctx context.Context, id int64) ([]scam.Contact, error)
	CloseCase(ctx context.Context, id int64, by, reason string, at time.Time) error
}

// History is what the pages tell of the past.
type History interface {
	// Checks returns a case's checks, newest first.
	Checks(ctx context.Context, caseID int64) ([]scam.Check, error)
	// Events returns what happened to a noun, oldest first.
	Events(ctx context.Context, noun string, id int64) ([]scam.Event, error)
}

// Reports is what the approval pages read.
type Reports interface {
	CaseReports(ctx context.Context, caseID int64) ([]scam.Report, error)
	Report(ctx context.Context, id int64) (scam.Report, error)
	// Sending tells whether reports may leave; false until an operator switches it on.
	Sending(ctx context.Context) (bool, error)
}

// Approvals is what the approval pages decide.
type Approvals interface {
	// ApproveReport approves exactly what hash names, in the mode that the preview showed (it
	// is scam.ErrConflict if sending was switched since), and
	// enqueues scam.SendReport. Another hash is scam.ErrConflict; a rehearsed, failed or
	// uncertain report must be reopened first.
	ApproveReport(ctx context.Context, id int64, hash string, shown scam.Mode, by string, at time.Time) error
	// ReopenReport takes an approved, rehearsed, failed or uncertain report back to draft
	// (withdrawn, or to be approved anew).
	ReopenReport(ctx context.Context, id int64, by string, at time.Time) error
	// SettleReport says of an uncertain report that it was sent after all; the first sent
	// report makes the case reported and due for a check at nextCheck.
	SettleReport(ctx context.Context, id int64, by string, at, nextCheck time.Time) error
}

// Users is who may log in.
type Users interface {
	// User returns scam.ErrNotFound for an unknown name.
	User(ctx context.Context, name string) (scam.User, error)
	// CreateSession stores the SHA-256 (hex) of a session's token.
	CreateSession(ctx context.Context, tokenHash string, userID int64, expires time.Time) error
	// SessionUser returns scam.ErrNotFound for an unknown or expired session.
	SessionUser(ctx context.Context, tokenHash string, now time.Time) (scam.User, error)
	DeleteSession(ctx context.Context, tokenHash string) error
}

// Store is all that the application needs of the database.
type Store interface {
	Findings
	Cases
	History
	Reports
	Approvals
	Users
}

// Evidence is the write-once store, read only.
type Evidence interface {
	// Open returns scam.ErrNotFound for an unknown hash.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}
