package takedown

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"popdown/internal/scam"
)

// outbox keeps one report, as the database does.
type outbox struct {
	Store
	report scam.Report
	begin  error
}

func (o *outbox) BeginSending(_ context.Context, _ int64, messageID string, _ time.Time) (scam.Report, error) {
	if o.begin != nil {
		return scam.Report{}, o.begin
	}
	if o.report.Mode == scam.ModeLive {
		o.report.State, o.report.MessageID = scam.ReportSending, messageID
	}
	return o.report, nil
}

func (o *outbox) FinishSending(ctx context.Context, _ int64, to scam.ReportState, detail string, _, _ time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.report.State.CanBecome(to); err != nil {
		return err
	}
	o.report.State, o.report.Detail = to, detail
	return nil
}

// post hands over with a fixed outcome, and counts.
type post struct {
	err   error
	sent  int
	files int
	state func() scam.ReportState // of the stored report while we hand over
	saw   scam.ReportState
}

func (p *post) Send(ctx context.Context, _ scam.Report, captures []scam.Capture) (string, error) {
	p.sent++
	p.files, p.saw = len(captures), p.state()
	if p.err == nil && ctx.Err() != nil {
		return "", ctx.Err()
	}
	return "250 queued as 42", p.err
}

func (p *post) Rehearse(context.Context, scam.Report, []scam.Capture) (string, error) {
	return "mail/report-1.eml", p.err
}

// shelf holds one attachment.
type shelf struct{ Evidence }

func (shelf) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	if sha256 != "known" {
		return nil, scam.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader([]byte("picture"))), nil
}

func TestSend(t *testing.T) {
	t.Parallel()
	approved := func(mode scam.Mode, sha256 string) scam.Report {
		return scam.Report{ID: 1, State: scam.ReportApproved, Mode: mode, Attachments: []scam.File{{Name: "alert.png", SHA256: sha256}}}
	}
	tests := []struct {
		name    string
		report  scam.Report
		begin   error // of BeginSending
		channel error
		want    scam.ReportState
		sent    int
		again   bool // another try is asked for
		last    bool // no other try will come
	}{
		{"taken", approved(scam.ModeLive, "known"), nil, nil, scam.ReportSent, 1, false, false},
		{"refused for now", approved(scam.ModeLive, "known"), nil, fmt.Errorf("451: %w", scam.ErrTemporary), scam.ReportApproved, 1, true, false},
		{"refused for now, for the last time", approved(scam.ModeLive, "known"), nil, fmt.Errorf("451: %w", scam.ErrTemporary), scam.ReportFailed, 1, false, true},
		{"the report is gone", approved(scam.ModeLive, "known"), scam.ErrNotFound, nil, scam.ReportApproved, 0, false, false},
		{"refused for good", approved(scam.ModeLive, "known"), nil, fmt.Errorf("550: %w", scam.ErrRefused), scam.ReportFailed, 1, false, false},
		{"no answer after the last byte", approved(scam.ModeLive, "known"), nil, errors.New("connection reset"), scam.ReportUncertain, 1, false, false},
		{"an attachment is missing", approved(scam.ModeLive, "lost"), nil, nil, scam.ReportApproved, 0, true, false},
		{"dry run", approved(scam.ModeDryRun, "known"), nil, nil, scam.ReportRehearsed, 0, false, false},
		{"dry run on a full disk", approved(scam.ModeDryRun, "known"), nil, errors.New("no space left"), scam.ReportApproved, 0, true, false},
		{"cut off by an earlier crash", approved(scam.ModeLive, "known"), scam.ErrUncertain, nil, scam.ReportApproved, 0, false, false},
		{"sending was switched off", approved(scam.ModeLive, "known"), scam.ErrSendingOff, nil, scam.ReportApproved, 0, false, false},
		{"the database is away", approved(scam.ModeLive, "known"), errors.New("no connection"), nil, scam.ReportApproved, 0, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := &outbox{report: tt.report, begin: tt.begin}
			channel := &post{err: tt.channel, state: func() scam.ReportState { return store.report.State }}
			e := &Engine{Options{Store: store, Channel: channel, Evidence: shelf{}, Logger: slog.New(slog.DiscardHandler), Now: time.Now, SendTimeout: time.Minute, Domain: "desk.example"}}
			err := e.send(t.Context(), 1, tt.last)
			if (err != nil) != tt.again {
				t.Errorf("error %v, want another try: %v", err, tt.again)
			}
			if store.report.State != tt.want || channel.sent != tt.sent {
				t.Errorf("state %s after %d hand-overs, want %s after %d", store.report.State, channel.sent, tt.want, tt.sent)
			}
			if channel.sent > 0 && (channel.saw != scam.ReportSending || channel.files != 1) {
				t.Errorf("handed over %d files while the report was %s", channel.files, channel.saw)
			}
		})
	}
}

// TestSendStoresItsOutcomeWhenStopped stops the program while a letter is under way.
func TestSendStoresItsOutcomeWhenStopped(t *testing.T) {
	t.Parallel()
	store := &outbox{report: scam.Report{ID: 1, State: scam.ReportApproved, Mode: scam.ModeLive}}
	channel := &post{state: func() scam.ReportState { return store.report.State }}
	e := &Engine{Options{Store: store, Channel: channel, Evidence: shelf{}, Logger: slog.New(slog.DiscardHandler), Now: time.Now, SendTimeout: time.Minute, Domain: "desk.example"}}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := e.send(ctx, 1, false); err != nil || store.report.State != scam.ReportSent {
		t.Errorf("state %s, error %v", store.report.State, err)
	}
}
