package crawl

import (
	"context"
	"time"

	"popdown/internal/scam"
)

// Seeds is what the engine needs of the stored seeds.
type Seeds interface {
	// TakeDueSeeds moves every enabled seed whose next_run_at is not after now to the
	// run that next computes, and enqueues scam.RunSeed for it in the same transaction.
	// A tick that was missed is made up for once. Processes may call it at the same time.
	// A seed whose next fails is disabled with the error in LastError.
	TakeDueSeeds(ctx context.Context, now time.Time, next func(scam.Seed) (time.Time, error)) ([]scam.Seed, error)
	// Seed returns scam.ErrNotFound for an unknown id.
	Seed(ctx context.Context, id int64) (scam.Seed, error)
	// FinishSeed stores a run's candidates and its outcome (failure empty: it went well).
	// A candidate known within revisit is left alone; one visited before that is queued again.
	// It returns how many were queued.
	FinishSeed(ctx context.Context, id int64, at time.Time, found []scam.Candidate, revisit time.Duration, failure string) (int, error)
}

// Frontier is the table of candidates that wait for a look.
type Frontier interface {
	// ClaimCandidate takes the best queued candidate, or one whose lease ran out, and
	// holds it until now+lease. The claim counts as an attempt, and those with fewer go
	// first. It returns scam.ErrNotFound when none waits.
	ClaimCandidate(ctx context.Context, now time.Time, lease time.Duration) (scam.Candidate, error)
	// ReleaseCandidate gives a claimed candidate back unvisited (we are stopping); the
	// attempt does not count.
	ReleaseCandidate(ctx context.Context, id int64) error
	// SaveVisit stores a visit, marks its candidate visited, and adds what it saw to the
	// findings (by normalised URL), each joined to a campaign, all in one transaction.
	// The returned findings are as stored, in the order given.
	SaveVisit(ctx context.Context, v scam.Visit, seen []scam.Finding, join Join) ([]scam.Finding, error)
}

// Join decides which campaign a finding belongs to, given stored findings that share a
// number or a host with it. A zero id opens a new campaign.
type Join = func(f scam.Finding, related []scam.Finding) (campaignID int64, why string)

// Checks is what the engine needs to answer takedown's questions.
type Checks interface {
	// Check returns a check that was asked for and the finding that it is about.
	Check(ctx context.Context, id int64) (scam.Check, scam.Finding, error)
	// SaveCheck stores the visit and the check's result, if it is still unanswered.
	SaveCheck(ctx context.Context, c scam.Check, v scam.Visit) error
}

// Store is all that the engine needs of the database.
type Store interface {
	Seeds
	Frontier
	Checks
}

// Renderer looks at a URL. A page that does not load is a visit with its outcome; an
// error means that we could not do our job (no browser).
type Renderer interface {
	Visit(ctx context.Context, r scam.Request) (scam.Visit, error)
}

// Discoverer turns a seed into candidates.
type Discoverer interface {
	Discover(ctx context.Context, s scam.Seed) ([]scam.Candidate, error)
}

// Keeper stores a visit's captures and its manifest, and fills in Files and Manifest.
type Keeper interface {
	KeepVisit(ctx context.Context, v *scam.Visit) error
}
