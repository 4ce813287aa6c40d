package review

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"popdown/internal/scam"
)

// maxReason is how long a written reason may be, in characters.
const maxReason = 500

// dismissals are the common reasons not to report; the last needs words of its own.
func dismissals() []string {
	return []string{
		"A harmless page",
		"The brand's own page",
		"Already gone",
		"Not enough evidence",
		otherReason,
	}
}

const otherReason = "Another reason"

// findingPage is all that is known of one finding, and the decision.
type findingPage struct {
	page
	Finding    scam.Finding
	Sum        int // of the signals' weights, before it is held to 0..100
	Visits     []scam.Visit
	Events     []scam.Event
	Reasons    []string
	MaxReason  int
	CanConfirm bool
	CanDismiss bool
}

func (a *app) showFinding(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f, err := a.Store.Finding(r.Context(), id)
	if err != nil {
		return fmt.Errorf("finding %d: %w", id, err)
	}
	p := findingPage{
		Finding: f, Reasons: dismissals(), MaxReason: maxReason,
		CanConfirm: f.State.CanBecome(scam.FindingConfirmed) == nil,
		CanDismiss: f.State.CanBecome(scam.FindingDismissed) == nil,
	}
	for _, s := range f.Verdict.Signals {
		p.Sum += s.Weight
	}
	// Strongest reason first; the store's slice is left as it is.
	p.Finding.Verdict.Signals = slices.SortedStableFunc(slices.Values(f.Verdict.Signals),
		func(x, y scam.Signal) int { return y.Weight - x.Weight })
	if p.Visits, err = a.Store.FindingVisits(r.Context(), id); err != nil {
		return fmt.Errorf("visits of finding %d: %w", id, err)
	}
	if p.Events, err = a.timeline(r.Context(), noun{"finding", id}); err != nil {
		return err
	}
	if p.page, err = a.frame(r, user, "queue", fmt.Sprintf("Finding %d", id), string(f.State)); err != nil {
		return err
	}
	return a.views.render(w, http.StatusOK, "finding", p)
}

// confirm opens or joins a case and leads to it.
func (a *app) confirm(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := formError(r); err != nil {
		return err
	}
	note, err := noteOf(r)
	if err != nil {
		return err
	}
	caseID, err := a.Store.Decide(r.Context(), id, scam.FindingConfirmed, user.Name, note, a.Now())
	if err != nil {
		return fmt.Errorf("confirm finding %d: %w", id, err)
	}
	a.Logger.InfoContext(r.Context(), "finding decided", "finding_id", id, "state", scam.FindingConfirmed, "by", user.Name, "case_id", caseID)
	done(w, r, fmt.Sprintf("/cases/%d", caseID), "confirmed")
	return nil
}

// dismiss leads back to the queue: the next finding waits there.
func (a *app) dismiss(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := formError(r); err != nil {
		return err
	}
	reason, err := dismissalOf(r)
	if err != nil {
		return err
	}
	if _, err := a.Store.Decide(r.Context(), id, scam.FindingDismissed, user.Name, reason, a.Now()); err != nil {
		return fmt.Errorf("dismiss finding %d: %w", id, err)
	}
	a.Logger.InfoContext(r.Context(), "finding decided", "finding_id", id, "state", scam.FindingDismissed, "by", user.Name)
	done(w, r, "/", "dismissed")
	return nil
}

// dismissalOf joins the chosen reason and the note to it.
func dismissalOf(r *http.Request) (string, error) {
	choice := r.PostForm.Get("reason")
	note, err := noteOf(r)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(dismissals(), choice):
		return "", fmt.Errorf("%w: choose the reason for dismissing", scam.ErrInvalid)
	case choice == otherReason && note == "":
		return "", fmt.Errorf("%w: write the reason in the note", scam.ErrInvalid)
	case choice == otherReason:
		return note, nil
	case note == "":
		return choice, nil
	}
	return choice + ": " + note, nil
}

// noteOf is what an analyst wrote, in one line.
func noteOf(r *http.Request) (string, error) {
	note := strings.Join(strings.Fields(r.PostForm.Get("note")), " ")
	if !utf8.ValidString(note) || utf8.RuneCountInString(note) > maxReason {
		return "", fmt.Errorf("%w: the note is text of at most %d characters", scam.ErrInvalid, maxReason)
	}
	return strings.ReplaceAll(note, "\x00", ""), nil
}
