package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/scam"
)

type findingCmd struct {
	database
	List    findingListCmd    `cmd:"" help:"The queue, highest score first."`
	Show    findingShowCmd    `cmd:"" help:"One finding."`
	Confirm findingConfirmCmd `cmd:"" help:"Say that a finding is a scam: opens a case."`
	Dismiss findingDismissCmd `cmd:"" help:"Say that a finding is not to be reported."`
}

type findingListCmd struct {
	State scam.FindingState `help:"new, confirmed, dismissed, or all." enum:"new,confirmed,dismissed,all" default:"new"`
	Limit int               `help:"At most so many." default:"100"`
	JSON  bool              `help:"One JSON object a line."`
}

func (c *findingListCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if err := cli.AtLeast("--limit", c.Limit, 1); err != nil {
		return err
	}
	state := c.State
	if state == "all" {
		state = ""
	}
	return g.Finding.with(ctx, g, s, func(db *postgres.DB) error {
		findings, _, err := db.Queue(ctx, state, c.Limit, 0)
		if err != nil {
			return err
		}
		if c.JSON {
			return encodeLines(s, findings)
		}
		table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tSTATE\tCLASS\tSCORE\tBRAND\tNUMBERS\tURL")
		for _, f := range findings {
			var numbers []string
			for _, n := range f.Verdict.Numbers {
				numbers = append(numbers, n.E164)
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%s\t%v\t%s\n", f.ID, f.State, f.Verdict.Class, f.Verdict.Score, f.Verdict.Brand, numbers, scam.Defang(f.LandingURL))
		}
		return table.Flush()
	})
}

// encodeLines prints one JSON object a line.
func encodeLines[T any](s cli.Streams, rows []T) error {
	out := json.NewEncoder(s.Out)
	for _, row := range rows {
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

type findingShowCmd struct {
	ID   int64 `arg:"" help:"The finding."`
	JSON bool  `help:"Print all of it as one JSON object."`
}

func (c *findingShowCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Finding.with(ctx, g, s, func(db *postgres.DB) error {
		f, err := db.Finding(ctx, c.ID)
		if err != nil {
			return fmt.Errorf("finding %d: %w", c.ID, err)
		}
		if c.JSON {
			return encodeIndented(s, f)
		}
		return printFinding(s, f)
	})
}

func printFinding(s cli.Streams, f scam.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "finding %d, %s: %s, score %d\n  page       %s\n  title      %q\n  imitates   %s\n  first seen %s by %s, %d visits\n",
		f.ID, f.State, f.Verdict.Class, f.Verdict.Score, scam.Defang(f.LandingURL), f.Title, f.Verdict.Brand, f.FirstSeenAt.UTC().Format(time.RFC3339), f.Persona, f.Visits)
	for _, n := range f.Verdict.Numbers {
		fmt.Fprintf(&b, "  call       %s, %s %s, printed %q\n", n.E164, n.Region, n.Kind, n.Raw)
	}
	for _, h := range f.Chain {
		fmt.Fprintf(&b, "  hop        %-11s %3d  %s\n", h.Via, h.Status, scam.Defang(h.URL))
	}
	for _, g := range f.Verdict.Signals {
		fmt.Fprintf(&b, "  %+4d       %s: %q\n", g.Weight, g.Rule, g.Excerpt)
	}
	_, err := fmt.Fprint(s.Out, b.String())
	return err
}

func encodeIndented(s cli.Streams, v any) error {
	out := json.NewEncoder(s.Out)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// decision is who says so, and why.
type decision struct {
	As     string `help:"User who decides; see takedown user list." required:"" placeholder:"USER"`
	Reason string `help:"Why."`
	JSON   bool   `help:"Print the outcome as one JSON object."`
}

func (d decision) check(ctx context.Context, db *postgres.DB) error { return knownUser(ctx, db, d.As) }

// print says what was decided, to a person or to a program.
func (d decision) print(s cli.Streams, words string, fields map[string]any) error {
	if d.JSON {
		return json.NewEncoder(s.Out).Encode(fields)
	}
	_, err := fmt.Fprintln(s.Out, words)
	return err
}

func knownUser(ctx context.Context, db *postgres.DB, name string) error {
	if _, err := db.User(ctx, name); err != nil {
		return fmt.Errorf("--as %s: %w (see takedown user list)", name, err)
	}
	return nil
}

type findingConfirmCmd struct {
	decision
	ID int64 `arg:"" help:"The finding."`
}

func (c *findingConfirmCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Finding.with(ctx, g, s, func(db *postgres.DB) error {
		if err := c.check(ctx, db); err != nil {
			return err
		}
		caseID, err := db.Decide(ctx, c.ID, scam.FindingConfirmed, c.As, c.Reason, time.Now().UTC())
		if err != nil {
			return fmt.Errorf("confirm finding %d: %w", c.ID, err)
		}
		return c.print(s, fmt.Sprintf("confirmed: case %d", caseID), map[string]any{"finding_id": c.ID, "state": scam.FindingConfirmed, "case_id": caseID})
	})
}

type findingDismissCmd struct {
	decision
	ID int64 `arg:"" help:"The finding."`
}

func (c *findingDismissCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if c.Reason == "" {
		return cli.Usagef("a dismissal needs --reason")
	}
	return g.Finding.with(ctx, g, s, func(db *postgres.DB) error {
		if err := c.check(ctx, db); err != nil {
			return err
		}
		if _, err := db.Decide(ctx, c.ID, scam.FindingDismissed, c.As, c.Reason, time.Now().UTC()); err != nil {
			return fmt.Errorf("dismiss finding %d: %w", c.ID, err)
		}
		return c.print(s, "dismissed", map[string]any{"finding_id": c.ID, "state": scam.FindingDismissed})
	})
}
