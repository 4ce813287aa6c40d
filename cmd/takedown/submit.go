package main

import (
	"context"
	"fmt"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/scam"
)

type submitCmd struct {
	database
	URL      string `arg:"" help:"URL to look at, with its query and fragment: pages read the number from them."`
	Referrer string `help:"Page on which the link stood; many scams show themselves only to who comes from there." placeholder:"URL"`
	Persona  string `help:"Who looks." placeholder:"NAME"`
	Words    string `help:"What the submitter said; kept with the candidate."`
}

// submitted is the priority of what a person asks for: before everything from seeds.
const submitted = 1000

func (c *submitCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if c.Referrer != "" {
		if err := scam.CheckWebURL(c.Referrer); err != nil {
			return fmt.Errorf("--referrer: %w", err)
		}
	}
	c.URL = scam.Refang(c.URL)
	found := "submitted by hand"
	if c.Words != "" {
		found += ": " + c.Words
	}
	return c.with(ctx, g, s, func(db *postgres.DB) error {
		err := db.EnqueueCandidate(ctx, scam.Candidate{
			URL: c.URL, Referrer: c.Referrer, Persona: c.Persona, Found: found, Priority: submitted, FoundAt: time.Now().UTC(),
		})
		if err != nil {
			return fmt.Errorf("submit: %w", err)
		}
		_, err = fmt.Fprintln(s.Out, "queued: the crawler looks at it next")
		return err
	})
}
