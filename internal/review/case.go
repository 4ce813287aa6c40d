package review

import (
	"fmt"
	"net/http"

	"popdown/internal/scam"
)

// casesPage is the list of takedowns.
type casesPage struct {
	page
	Cases []scam.Case
	Pages paging
}

func (a *app) showCases(w http.ResponseWriter, r *http.Request, user scam.User) error {
	number := pageNumber(r)
	cases, total, err := a.Store.Cases(r.Context(), pageSize, (number-1)*pageSize)
	if err != nil {
		return fmt.Errorf("read cases: %w", err)
	}
	p := casesPage{Cases: cases, Pages: pagesOf(r, number, len(cases), total)}
	if p.page, err = a.frame(r, user, "cases", "Cases", "cases"); err != nil {
		return err
	}
	a.reload(w, r)
	return a.views.render(w, http.StatusOK, "cases", p)
}

// casePage is one takedown with all that belongs to it.
type casePage struct {
	page
	Case      scam.Case
	Contacts  []scam.Contact
	Reports   []scam.Report
	Checks    []scam.Check
	Timeline  []scam.Event
	MaxReason int
	CanClose  bool
	Closing   bool // the form that asks for a reason is shown
	Looking   bool // who can act is still being looked up
}

func (a *app) showCase(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	p, err := a.casePage(r, id)
	if err != nil {
		return err
	}
	if p.page, err = a.frame(r, user, "cases", p.Case.Ref(), string(p.Case.State)); err != nil {
		return err
	}
	p.Closing = p.CanClose && r.URL.Query().Has("close")
	if p.moving() && !p.Closing { // a reload would lose what is being written
		a.reload(w, r)
	}
	return a.views.render(w, http.StatusOK, "case", p)
}

func (a *app) casePage(r *http.Request, id int64) (casePage, error) {
	c, err := a.Store.Case(r.Context(), id)
	if err != nil {
		return casePage{}, fmt.Errorf("case %d: %w", id, err)
	}
	p := casePage{Case: c, MaxReason: maxReason, CanClose: c.State.CanBecome(scam.CaseClosed) == nil}
	if p.Contacts, err = a.Store.CaseContacts(r.Context(), id); err != nil {
		return casePage{}, fmt.Errorf("contacts of case %d: %w", id, err)
	}
	if p.Reports, err = a.Store.CaseReports(r.Context(), id); err != nil {
		return casePage{}, fmt.Errorf("reports of case %d: %w", id, err)
	}
	if p.Checks, err = a.Store.Checks(r.Context(), id); err != nil {
		return casePage{}, fmt.Errorf("checks of case %d: %w", id, err)
	}
	nouns := []noun{{"case", id}}
	for _, f := range c.Findings {
		nouns = append(nouns, noun{"finding", f.ID})
	}
	for _, report := range p.Reports {
		nouns = append(nouns, noun{"report", report.ID})
	}
	if p.Timeline, err = a.timeline(r.Context(), nouns...); err != nil {
		return casePage{}, err
	}
	p.Looking = c.State == scam.CaseOpen && len(p.Contacts) == 0 && len(p.Reports) == 0
	return p, nil
}

// moving tells whether a program is about to change what the page shows.
func (p casePage) moving() bool {
	if p.Case.State == scam.CaseReported || p.Looking {
		return true
	}
	for _, r := range p.Reports {
		if leaving(r) {
			return true
		}
	}
	return false
}

// leaving tells whether a report is about to be handed over.
func leaving(r scam.Report) bool {
	return r.State == scam.ReportApproved || r.State == scam.ReportSending
}

func (a *app) closeCase(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := formError(r); err != nil {
		return err
	}
	reason, err := noteOf(r)
	if err != nil {
		return err
	}
	if reason == "" {
		return fmt.Errorf("%w: write the reason for closing", scam.ErrInvalid)
	}
	if err := a.Store.CloseCase(r.Context(), id, user.Name, reason, a.Now()); err != nil {
		return fmt.Errorf("close case %d: %w", id, err)
	}
	done(w, r, fmt.Sprintf("/cases/%d", id), "closed")
	return nil
}
