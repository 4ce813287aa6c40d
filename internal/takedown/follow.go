package takedown

import (
	"context"
	"errors"
	"fmt"
	"time"

	"popdown/internal/scam"
)

// followUp reads what the checks of due cases say, and asks for the next ones.
func (e *Engine) followUp(ctx context.Context) error {
	now := e.Now().UTC()
	cases, err := e.Store.TakeDueCases(ctx, now, e.CheckEvery)
	if err != nil {
		return fmt.Errorf("take due cases: %w", err)
	}
	var failures []error // one case's trouble must not stop the others
	for _, c := range cases {
		if err := e.followCase(ctx, c, now); err != nil {
			failures = append(failures, fmt.Errorf("follow %s: %w", c.Ref(), err))
		}
	}
	return errors.Join(failures...)
}

func (e *Engine) followCase(ctx context.Context, c scam.Case, now time.Time) error {
	checks, err := e.Store.Checks(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("load checks: %w", err)
	}
	state, why := e.judge(c, checks)
	next := now.Add(e.CheckEvery)
	if state == scam.CaseDown {
		next = now.Add(e.WatchEvery)
	}
	if state != c.State {
		if err := e.Store.SetCaseState(ctx, c, state, why, now, next); err != nil {
			return fmt.Errorf("store state: %w", err)
		}
		e.Logger.Info("case moved", "case_id", c.ID, "state", state, "host", c.Target, "reason", why,
			"first_seen_to_now", now.Sub(c.FirstSeenAt).Round(time.Second).String())
		if state == scam.CaseDown {
			return nil
		}
	}
	ask := e.nextChecks(c, checks)
	ids, err := e.Store.AskChecks(ctx, c.ID, ask, next)
	if err != nil {
		return fmt.Errorf("ask checks: %w", err)
	}
	for i, id := range ids {
		e.Logger.Info("check asked", "check_id", id, "case_id", c.ID, "finding_id", ask[i].FindingID, "persona", ask[i].Persona)
	}
	return nil
}

// judge says where a case stands by its checks (newest first): down when every finding
// is, reported again when a page that was down is back, else as it was.
func (e *Engine) judge(c scam.Case, checks []scam.Check) (scam.CaseState, string) {
	down := 0
	for _, f := range c.Findings {
		answers := answered(checks, f.ID)
		if c.State == scam.CaseDown && len(answers) > 0 && answers[0].State == scam.CheckUp {
			return scam.CaseReported, "up again: " + answers[0].Reason
		}
		if e.isDown(f, answers) {
			down++
		}
	}
	if c.State == scam.CaseReported && down > 0 && down == len(c.Findings) {
		return scam.CaseDown, fmt.Sprintf("%d checks in a row found it gone", e.AgreeingChecks)
	}
	return c.State, ""
}

// isDown is law 6: several agreeing checks in a row, among them one by the persona that first saw the page.
func (e *Engine) isDown(f scam.Finding, answers []scam.Check) bool {
	if len(answers) < e.AgreeingChecks {
		return false
	}
	exposed := false
	for _, a := range answers[:e.AgreeingChecks] {
		if a.State != scam.CheckDown {
			return false
		}
		exposed = exposed || a.Persona == f.Persona
	}
	return exposed
}

// lostAfter is how long a check may stay unanswered before another is asked for: its
// visit may have been given up.
const lostAfter = time.Hour

// nextChecks asks for a look at each finding that none is under way for: in turn by the
// persona that first saw it and by the control.
func (e *Engine) nextChecks(c scam.Case, checks []scam.Check) []scam.Check {
	var ask []scam.Check
	for _, f := range c.Findings {
		done, pending := 0, false
		for _, k := range checks {
			if k.FindingID != f.ID {
				continue
			}
			pending = pending || k.State == scam.CheckAsked && e.Now().Sub(k.AskedAt) < lostAfter
			done++
		}
		if pending {
			continue
		}
		persona := f.Persona
		if done%2 == 1 {
			persona = e.ControlPersona
		}
		ask = append(ask, scam.Check{
			CaseID: c.ID, FindingID: f.ID, URL: f.LandingURL, Persona: persona, Referrer: f.Referrer,
			AskedAt: e.Now().UTC(), State: scam.CheckAsked,
		})
	}
	return ask
}

func answered(checks []scam.Check, findingID int64) []scam.Check {
	var out []scam.Check
	for _, k := range checks {
		if k.FindingID == findingID && k.State != scam.CheckAsked {
			out = append(out, k)
		}
	}
	return out
}
