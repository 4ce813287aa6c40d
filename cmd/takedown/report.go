package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/scam"
)

type reportCmd struct {
	database
	List     reportListCmd     `cmd:"" help:"The reports of a case."`
	Preview  reportPreviewCmd  `cmd:"" help:"Exactly what would leave, and the hash that an approval names."`
	Approve  reportApproveCmd  `cmd:"" help:"Approve exactly what a hash names."`
	Withdraw reportWithdrawCmd `cmd:"" help:"Take a report back to draft."`
}

type reportListCmd struct {
	Case int64 `arg:"" help:"The case."`
	JSON bool  `help:"One JSON object a line."`
}

func (c *reportListCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Report.with(ctx, g, s, func(db *postgres.DB) error {
		if _, err := db.Case(ctx, c.Case); err != nil {
			return fmt.Errorf("case %d: %w", c.Case, err)
		}
		reports, err := db.CaseReports(ctx, c.Case)
		if err != nil {
			return err
		}
		if c.JSON {
			return encodeLines(s, reports)
		}
		table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tSTATE\tSCOPE\tTO\tSUBJECT")
		for _, r := range reports {
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Contact.Scope, strings.Join(r.To, ", "), r.Subject)
		}
		return table.Flush()
	})
}

type reportPreviewCmd struct {
	ID int64 `arg:"" help:"The report."`
}

func (c *reportPreviewCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Report.with(ctx, g, s, func(db *postgres.DB) error {
		r, err := db.Report(ctx, c.ID)
		if err != nil {
			return fmt.Errorf("report %d: %w", c.ID, err)
		}
		fmt.Fprintf(s.Out, "State: %s\nFrom: %s\nTo: %s\nSubject: %s\n\n%s\n", r.State, r.From, strings.Join(r.To, ", "), r.Subject, r.Body)
		for _, a := range r.Attachments {
			fmt.Fprintf(s.Out, "Attachment: %s (%s, %d bytes, sha256 %s)\n", a.Name, a.ContentType, a.Size, a.SHA256)
		}
		_, err = fmt.Fprintf(s.Out, "Hash: %s\n", r.ContentHash)
		return err
	})
}

type reportApproveCmd struct {
	As   string `help:"User who approves." required:"" placeholder:"USER"`
	ID   int64  `arg:"" help:"The report."`
	Hash string `arg:"" help:"Hash that takedown report preview printed."`
	Live bool   `help:"Approve that it leaves. Without it the approval is for a dry run; either is refused unless sending is switched so."`
}

func (c *reportApproveCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Report.with(ctx, g, s, func(db *postgres.DB) error {
		if err := knownUser(ctx, db, c.As); err != nil {
			return err
		}
		mode, what := scam.ModeDryRun, "it will be written to disk, and nothing leaves"
		if c.Live {
			mode, what = scam.ModeLive, "it will be sent"
		}
		if err := db.ApproveReport(ctx, c.ID, c.Hash, mode, c.As, time.Now().UTC()); err != nil {
			return fmt.Errorf("approve report %d as %s: %w (see takedown sending status)", c.ID, mode, err)
		}
		_, err := fmt.Fprintf(s.Out, "approved: %s\n", what)
		return err
	})
}

type reportWithdrawCmd struct {
	As string `help:"User who withdraws." required:"" placeholder:"USER"`
	ID int64  `arg:"" help:"The report."`
}

func (c *reportWithdrawCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Report.with(ctx, g, s, func(db *postgres.DB) error {
		if err := knownUser(ctx, db, c.As); err != nil {
			return err
		}
		if err := db.ReopenReport(ctx, c.ID, c.As, time.Now().UTC()); err != nil {
			return fmt.Errorf("withdraw report %d: %w", c.ID, err)
		}
		_, err := fmt.Fprintln(s.Out, "back to draft")
		return err
	})
}
