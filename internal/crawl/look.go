package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// Look visits a URL and judges what was seen: one verdict per landing, in their order.
// It needs no database. A page that does not load, or on which we fall over, is a visit
// with its outcome; an error means that we could not do our job.
func Look(ctx context.Context, r Renderer, req scam.Request) (scam.Visit, []scam.Verdict, error) {
	req.Purpose = cmp.Or(req.Purpose, scam.PurposeManual)
	v, err := r.Visit(ctx, req)
	if err != nil {
		return scam.Visit{}, nil, fmt.Errorf("visit %s: %w", req.URL, err)
	}
	v.Purpose, v.CandidateID = req.Purpose, req.CandidateID
	v.RequestedURL, v.Referrer = req.URL, req.Referrer
	v.Persona = cmp.Or(v.Persona, req.Persona)
	return v, detect.Judge(v), nil
}

// look is Look within the lease. What would fail again the same way is its result: a
// page that makes us panic, a request that makes no sense (an unknown persona).
func (e *Engine) look(ctx context.Context, req scam.Request) (scam.Visit, []scam.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Lease-e.Lease/8)
	defer cancel()
	result := scam.Visit{
		CandidateID: req.CandidateID, Purpose: req.Purpose, RequestedURL: req.URL, Referrer: req.Referrer,
		Persona: req.Persona, StartedAt: e.Now().UTC(),
	}
	var verdicts []scam.Verdict
	seen, err := guarded(func() (v scam.Visit, err error) {
		v, verdicts, err = Look(ctx, e.Renderer, req)
		return v, err
	})
	_, panicked := errors.AsType[*panicError](err)
	switch {
	case panicked:
		result.Outcome = scam.OutcomeCrashed
	case errors.Is(err, scam.ErrInvalid):
		result.Outcome = scam.OutcomeBlocked
	default:
		return seen, verdicts, err
	}
	e.Logger.Error("visit not possible", "url", req.URL, "candidate_id", req.CandidateID, "persona", req.Persona, "error", err)
	result.Took, result.Error = e.Now().UTC().Sub(result.StartedAt), firstLine(err)
	return result, nil, nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
