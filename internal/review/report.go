package review

import (
	"context"
	"fmt"
	"net/http"

	"popdown/internal/scam"
)

// reportPage is the preview of exactly what leaves, and the approval of it.
type reportPage struct {
	page
	Report      scam.Report
	Case        scam.Case
	Siblings    []scam.Report // of the same case, this one too
	Attachments []attachment
	Leaves      scam.Mode // what its approval does or did
	Problem     string    // why the preview can't be approved; empty: it can
	CanApprove  bool
	CanSettle   bool
	CanReopen   bool
}

func (a *app) showReport(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	p, err := a.reportPage(r.Context(), id)
	if err != nil {
		return err
	}
	if p.page, err = a.frame(r, user, "cases", fmt.Sprintf("Report %d", id), string(p.Report.State)); err != nil {
		return err
	}
	if p.Leaves = p.Report.Mode; p.Leaves == "" || p.Report.State == scam.ReportDraft {
		p.Leaves = p.page.Mode
	}
	if leaving(p.Report) {
		a.reload(w, r)
	}
	return a.views.render(w, http.StatusOK, "report", p)
}

func (a *app) reportPage(ctx context.Context, id int64) (reportPage, error) {
	report, err := a.Store.Report(ctx, id)
	if err != nil {
		return reportPage{}, fmt.Errorf("report %d: %w", id, err)
	}
	p := reportPage{Report: report}
	if p.Case, err = a.Store.Case(ctx, report.CaseID); err != nil {
		return reportPage{}, fmt.Errorf("case of report %d: %w", id, err)
	}
	if p.Siblings, err = a.Store.CaseReports(ctx, report.CaseID); err != nil {
		return reportPage{}, fmt.Errorf("reports of case %d: %w", report.CaseID, err)
	}
	for _, f := range report.Attachments {
		p.Attachments = append(p.Attachments, a.attachment(ctx, f))
	}
	p.Problem = problemOf(report, p.Attachments)
	p.CanApprove = p.Problem == "" && report.State == scam.ReportDraft
	p.CanSettle = report.State == scam.ReportUncertain
	p.CanReopen = report.State != scam.ReportSending && report.State.CanBecome(scam.ReportDraft) == nil
	return p, nil
}

// problemOf says why the preview is not exactly what would leave.
func problemOf(r scam.Report, attached []attachment) string {
	if r.Hash() != r.ContentHash {
		return "The letter and its content hash don't belong together. Nothing here can be approved."
	}
	for _, at := range attached {
		if at.Problem != "" {
			return "An attachment can't be shown as it would leave: " + at.Problem
		}
	}
	return ""
}

// approve passes the hash on that the form showed: if anything else stands there by
// now, the store refuses. The mode shown is held to as well: a page that promised a dry
// run must not send.
func (a *app) approve(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := formError(r); err != nil {
		return err
	}
	if err := a.Store.ApproveReport(r.Context(), id, r.PostForm.Get("hash"), scam.Mode(r.PostForm.Get("mode")), user.Name, a.Now()); err != nil {
		return fmt.Errorf("approve report %d: %w", id, err)
	}
	a.Logger.InfoContext(r.Context(), "report approved", "report_id", id, "by", user.Name)
	done(w, r, fmt.Sprintf("/reports/%d", id), "approved")
	return nil
}

func (a *app) reopen(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := a.Store.ReopenReport(r.Context(), id, user.Name, a.Now()); err != nil {
		return fmt.Errorf("reopen report %d: %w", id, err)
	}
	done(w, r, fmt.Sprintf("/reports/%d", id), "reopened")
	return nil
}

func (a *app) settle(w http.ResponseWriter, r *http.Request, user scam.User) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	now := a.Now()
	if err := a.Store.SettleReport(r.Context(), id, user.Name, now, now.Add(a.NextCheck)); err != nil {
		return fmt.Errorf("settle report %d: %w", id, err)
	}
	done(w, r, fmt.Sprintf("/reports/%d", id), "settled")
	return nil
}
