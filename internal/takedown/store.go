package takedown

import (
	"context"
	"io"
	"time"

	"popdown/internal/scam"
)

// Cases is what the engine needs of the stored cases.
type Cases interface {
	// Case returns a case with its confirmed findings (oldest first).
	Case(ctx context.Context, id int64) (scam.Case, error)
	// SaveDrafts stores who can act on a case, ranked, and the drafts of the reports to
	// them, written from the case as given: scam.ErrConflict if its findings have changed
	// since. A draft takes the new words. An approval, a rehearsal or a refusal of a letter
	// that lacks a page confirmed since goes back to draft and takes them too; where a letter
	// was sent before that, a supplement is drafted. What is leaving, or may have left, is
	// left alone.
	// Each draft names its contact by Contact.Channel and Contact.Address.
	// It returns the drafts that are new or reworded.
	SaveDrafts(ctx context.Context, c scam.Case, sheet scam.ContactSheet, drafts []scam.Report) ([]scam.Report, error)
	// TakeDueCases returns the reported and down cases whose next_run_at is not after now,
	// with their findings, and moves their next_run_at to now+hold, so that no other process
	// takes them meanwhile.
	TakeDueCases(ctx context.Context, now time.Time, hold time.Duration) ([]scam.Case, error)
	// SetCaseState moves a case that was judged as given, with an Event that says why.
	// It is scam.ErrConflict if the case's findings have changed since.
	SetCaseState(ctx context.Context, c scam.Case, to scam.CaseState, why string, at, nextRun time.Time) error
}

// Checks is what the engine needs to ask the crawler for looks.
type Checks interface {
	// Checks returns a case's checks, newest first.
	Checks(ctx context.Context, caseID int64) ([]scam.Check, error)
	// AskChecks stores checks (state asked), enqueues scam.Recheck in the crawler's queue
	// for each, and sets the case's next_run_at, in one transaction. It returns their ids.
	AskChecks(ctx context.Context, caseID int64, checks []scam.Check, nextRun time.Time) ([]int64, error)
}

// Outbox is what the engine needs to send a report at most once.
type Outbox interface {
	// BeginSending commits an approved live report to sending, under the given Message-ID
	// unless it has one from an earlier try, before the first byte leaves.
	// A dry-run approval is returned as it stands (Mode dry_run, still approved).
	// A live approval while sending is off goes back to draft: scam.ErrSendingOff.
	// A report found in sending was cut off: it becomes uncertain: scam.ErrUncertain.
	// Any other state: scam.ErrTransition.
	BeginSending(ctx context.Context, id int64, messageID string, at time.Time) (scam.Report, error)
	// FinishSending moves a report from sending (or, for rehearsed, from approved) to where
	// the attempt left it, with an Event. The first sent report makes an open case reported
	// and sets its next_run_at to nextCheck.
	FinishSending(ctx context.Context, id int64, to scam.ReportState, detail string, at, nextCheck time.Time) error
}

// Store is all that the engine needs of the database.
type Store interface {
	Cases
	Checks
	Outbox
}

// Finder finds who can act on a URL. Dialled are the addresses (IP:port) at which the
// crawler met its host. What could not be asked stands in the sheet's Notes.
type Finder interface {
	Find(ctx context.Context, url string, dialled []string) (scam.ContactSheet, error)
}

// Composer writes the report of a case to one contact. The screenshot may be nil. The
// captures are the attachments' bytes, in the order of the letter; the report's
// Attachments are left to the engine, which stores them first.
type Composer interface {
	Compose(c scam.Case, sheet scam.ContactSheet, to scam.Contact, screenshot []byte, now time.Time) (scam.Report, []scam.Capture, error)
}

// Channel hands reports over. Errors wrap scam.ErrTemporary (nothing was handed over),
// scam.ErrRefused (for good), or anything else: it may have left.
type Channel interface {
	Send(ctx context.Context, r scam.Report, attachments []scam.Capture) (receipt string, err error)
	// Rehearse writes exactly what Send would hand over to a file and returns its path. It opens no socket.
	Rehearse(ctx context.Context, r scam.Report, attachments []scam.Capture) (path string, err error)
}

// Evidence is the write-once store.
type Evidence interface {
	Put(ctx context.Context, c scam.Capture) (scam.File, error)
	// Open returns scam.ErrNotFound for an unknown hash.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}
