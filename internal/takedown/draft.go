package takedown

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/scam"
)

type contactsWorker struct {
	river.WorkerDefaults[scam.FindContacts]
	engine *Engine
}

func (w *contactsWorker) Timeout(*river.Job[scam.FindContacts]) time.Duration { return time.Minute }

func (w *contactsWorker) Work(ctx context.Context, job *river.Job[scam.FindContacts]) error {
	return w.engine.draft(ctx, job.Args.CaseID)
}

// draft finds who can act on a case and writes a report to each whom a letter reaches.
func (e *Engine) draft(ctx context.Context, caseID int64) error {
	c, err := e.Store.Case(ctx, caseID)
	if err != nil {
		return fmt.Errorf("load case: %w", err)
	}
	if len(c.Findings) == 0 || c.State == scam.CaseClosed {
		return nil // dismissed or closed meanwhile
	}
	sheet, err := e.Finder.Find(ctx, c.Findings[0].LandingURL, dialled(c))
	if err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	e.Logger.Info("contacts found", "case_id", c.ID, "host", c.Target, "count", len(sheet.Contacts),
		"registration_type", sheet.RegistrationType, "notes", sheet.Notes)
	drafts, err := e.compose(ctx, c, sheet)
	if err != nil {
		return err
	}
	added, err := e.Store.SaveDrafts(ctx, c, sheet, drafts)
	if err != nil {
		return fmt.Errorf("save drafts: %w", err)
	}
	for _, r := range added {
		e.Logger.Info("report drafted", "report_id", r.ID, "case_id", c.ID, "to", r.To, "scope", r.Contact.Scope)
	}
	if len(drafts) == 0 {
		return fmt.Errorf("nobody to write to about %s: %v", c.Target, sheet.Notes) // a registry may answer later
	}
	return nil
}

func (e *Engine) compose(ctx context.Context, c scam.Case, sheet scam.ContactSheet) ([]scam.Report, error) {
	screenshot, err := e.read(ctx, c.Findings[0].Screenshot.SHA256)
	if err != nil && !errors.Is(err, scam.ErrNotFound) {
		return nil, fmt.Errorf("read screenshot: %w", err)
	}
	var drafts []scam.Report
	for _, to := range sheet.Contacts {
		if to.Channel != scam.ChannelEmail {
			continue
		}
		r, captures, err := e.Composer.Compose(c, sheet, to, screenshot, e.Now().UTC())
		if err != nil {
			return nil, fmt.Errorf("compose report to %s: %w", to.Address, err)
		}
		for _, capture := range captures {
			file, err := e.Evidence.Put(ctx, capture)
			if err != nil {
				return nil, fmt.Errorf("keep attachment: %w", err)
			}
			r.Attachments = append(r.Attachments, file)
		}
		drafts = append(drafts, r)
	}
	return drafts, nil
}

func (e *Engine) read(ctx context.Context, sha256 string) ([]byte, error) {
	f, err := e.Evidence.Open(ctx, sha256)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// dialled gives the addresses at which the crawler met the case's own hosts.
func dialled(c scam.Case) []string {
	var addrs []string
	for _, f := range c.Findings {
		for _, d := range f.Dials {
			if scam.Target(d.Host) == c.Target {
				addrs = append(addrs, d.Addr)
			}
		}
	}
	return addrs
}
