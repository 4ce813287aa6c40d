package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"popdown/internal/campaign"
	"popdown/internal/detect"
	"popdown/internal/scam"
)

// maxAttempts is how often a candidate is tried until a visit of it can be stored.
const maxAttempts = 3

// visitNext claims the best candidate and looks at it. A failure of ours leaves the
// candidate claimed: it comes again when its lease ends, and the others go first.
func (e *Engine) visitNext(ctx context.Context) (more bool, err error) {
	select {
	case e.looks <- struct{}{}:
		defer func() { <-e.looks }()
	case <-ctx.Done():
		return false, nil
	}
	c, err := e.Store.ClaimCandidate(ctx, e.Now().UTC(), e.Lease)
	if errors.Is(err, scam.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("claim candidate: %w", err)
	}
	if c.Attempts > maxAttempts {
		return true, e.giveUp(ctx, c)
	}
	v, verdicts, err := e.look(ctx, scam.Request{
		URL: c.URL, Referrer: c.Referrer, Persona: cmp.Or(c.Persona, e.Persona),
		Purpose: scam.PurposeCrawl, CandidateID: c.ID,
	})
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if ctx.Err() != nil { // stopped: what was seen may be half of it
		if err := e.Store.ReleaseCandidate(finish, c.ID); err != nil {
			e.Logger.Error("candidate not released", "candidate_id", c.ID, "error", err)
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at candidate %d: %w", c.ID, err)
	}
	if err := e.save(finish, v, verdicts); err != nil {
		return false, fmt.Errorf("save visit of candidate %d: %w", c.ID, err)
	}
	return true, nil
}

// giveUp stores that a candidate can't be visited: its page kills the browser or us each
// time, or shows what can't be kept. No evidence is put away, as that may be what fails.
func (e *Engine) giveUp(ctx context.Context, c scam.Candidate) error {
	v := scam.Visit{
		CandidateID: c.ID, Purpose: scam.PurposeCrawl, RequestedURL: c.URL, Referrer: c.Referrer,
		Persona: cmp.Or(c.Persona, e.Persona), StartedAt: e.Now().UTC(),
		Outcome: scam.OutcomeCrashed, Error: fmt.Sprintf("gave up after %d tries", maxAttempts),
	}
	if _, err := e.Store.SaveVisit(ctx, v, nil, campaign.Join); err != nil {
		return fmt.Errorf("give up candidate %d: %w", c.ID, err)
	}
	e.Logger.Error("candidate given up", "candidate_id", c.ID, "url", c.URL, "count", maxAttempts)
	return nil
}

// save keeps a visit's evidence, then stores it and what it found.
func (e *Engine) save(ctx context.Context, v scam.Visit, verdicts []scam.Verdict) error {
	if err := e.Keeper.KeepVisit(ctx, &v); err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	seen, nowhere := findings(v, verdicts)
	if nowhere != nil {
		e.Logger.Error("landing without an address, not accused", "candidate_id", v.CandidateID, "url", v.RequestedURL, "error", nowhere)
	}
	stored, err := e.Store.SaveVisit(ctx, v, seen, campaign.Join)
	if err != nil {
		return err
	}
	e.logVisit(v, verdicts)
	for _, f := range stored {
		numbers := make([]string, 0, len(f.Verdict.Numbers))
		for _, n := range f.Verdict.Numbers {
			numbers = append(numbers, n.E164)
		}
		e.Logger.Info("finding seen", "finding_id", f.ID, "class", f.Verdict.Class, "score", f.Verdict.Score,
			"brand", f.Verdict.Brand, "numbers", numbers, "host", f.Host, "persona", v.Persona, "url", f.URL)
	}
	return nil
}

func (e *Engine) logVisit(v scam.Visit, verdicts []scam.Verdict) {
	landing, verdict := scam.Landing{}, scam.Verdict{}
	if at := detect.Worst(verdicts); at >= 0 {
		landing, verdict = v.Landings[at], verdicts[at]
	}
	e.Logger.Info("visit done", "url", v.RequestedURL, "landing_url", landing.URL, "outcome", v.Outcome,
		"hops", len(landing.Chain), "took_ms", v.Took.Milliseconds(), "class", verdict.Class, "score", verdict.Score,
		"persona", v.Persona, "candidate_id", v.CandidateID, "error", v.Error)
}
