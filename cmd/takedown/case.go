package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/scam"
)

type caseCmd struct {
	database
	List  caseListCmd  `cmd:"" help:"Cases, newest first."`
	Show  caseShowCmd  `cmd:"" help:"One case with its findings, contacts, reports and checks."`
	Close caseCloseCmd `cmd:"" help:"End a case."`
}

type caseListCmd struct {
	Limit int  `help:"At most so many." default:"100"`
	JSON  bool `help:"One JSON object a line."`
}

func (c *caseListCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if err := cli.AtLeast("--limit", c.Limit, 1); err != nil {
		return err
	}
	return g.Case.with(ctx, g, s, func(db *postgres.DB) error {
		cases, _, err := db.Cases(ctx, c.Limit, 0)
		if err != nil {
			return err
		}
		if c.JSON {
			return encodeLines(s, cases)
		}
		table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tREF\tSTATE\tTARGET\tBRAND\tFIRST SEEN\tDOWN AFTER")
		for _, k := range cases {
			after := "-"
			if !k.DownAt.IsZero() {
				after = k.DownAt.Sub(k.FirstSeenAt).Round(time.Second).String()
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Ref(), k.State, scam.Defang(k.Target), k.Brand,
				k.FirstSeenAt.UTC().Format(time.RFC3339), after)
		}
		return table.Flush()
	})
}

type caseShowCmd struct {
	ID   int64 `arg:"" help:"The case."`
	JSON bool  `help:"As one JSON object, which so far is the only form."`
}

func (c *caseShowCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Case.with(ctx, g, s, func(db *postgres.DB) error {
		var file struct {
			Case     scam.Case      `json:"case"`
			Contacts []scam.Contact `json:"contacts"`
			Reports  []scam.Report  `json:"reports"`
			Checks   []scam.Check   `json:"checks"`
			Events   []scam.Event   `json:"events"`
		}
		var err error
		if file.Case, err = db.Case(ctx, c.ID); err != nil {
			return fmt.Errorf("case %d: %w", c.ID, err)
		}
		if file.Contacts, err = db.CaseContacts(ctx, c.ID); err != nil {
			return err
		}
		if file.Reports, err = db.CaseReports(ctx, c.ID); err != nil {
			return err
		}
		if file.Checks, err = db.Checks(ctx, c.ID); err != nil {
			return err
		}
		if file.Events, err = db.Events(ctx, "case", c.ID); err != nil {
			return err
		}
		return encodeIndented(s, file)
	})
}

type caseCloseCmd struct {
	decision
	ID int64 `arg:"" help:"The case."`
}

func (c *caseCloseCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Case.with(ctx, g, s, func(db *postgres.DB) error {
		if err := c.check(ctx, db); err != nil {
			return err
		}
		if err := db.CloseCase(ctx, c.ID, c.As, c.Reason, time.Now().UTC()); err != nil {
			return fmt.Errorf("close case %d: %w", c.ID, err)
		}
		return c.print(s, "closed", map[string]any{"case_id": c.ID, "state": scam.CaseClosed})
	})
}
