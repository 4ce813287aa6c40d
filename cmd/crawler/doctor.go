package main

import (
	"context"
	"fmt"
	"os/exec"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/setup"
)

type doctorCmd struct {
	setup.Database
	setup.Egress
	browserFlags
}

// Run checks each part by using it, prints a line a part, and fails if one is not well.
func (c *doctorCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	log := g.Logger(s.Err)
	checkup := cli.Checkup{Out: s.Out}
	var dir string
	checkup.Part("data folder", func() (_ string, err error) { dir, err = g.Dir(log); return dir, err })
	checkup.Part("evidence", func() (string, error) { return setup.CheckEvidence(ctx, dir) })
	checkup.Part("database", func() (string, error) {
		db, closeDB, err := c.Database.Open(ctx, dir, postgres.RoleCrawler, log)
		if err != nil {
			return "", err
		}
		defer closeDB()
		return "opened as the crawler, its audit trail is whole", db.VerifyEvents(ctx, "crawler")
	})
	checkup.Part("egress", c.egress)
	checkup.Part("chrome", func() (string, error) { return c.chrome(ctx, g, s) })
	checkup.Part("tesseract", func() (string, error) {
		path, err := exec.LookPath("tesseract")
		if err != nil {
			return "", fmt.Errorf("%w: apt-get install tesseract-ocr", err)
		}
		return path, nil
	})
	return checkup.Verdict()
}

func (c *doctorCmd) egress() (string, error) {
	if _, err := c.Guard(); err != nil {
		return "", err
	}
	return fmt.Sprintf("public addresses only, %d exceptions, %d mapped hosts", len(c.Allow), len(c.Map)), nil
}

// chrome starts a browser, looks at a page, and reads its processes' confinement.
func (c *doctorCmd) chrome(ctx context.Context, g *grammar, s cli.Streams) (string, error) {
	guard, err := c.Guard()
	if err != nil {
		return "", err
	}
	browser, end, err := c.open(ctx, guard, 1, g.Logger(s.Err))
	if err != nil {
		return "", err
	}
	defer end()
	if err := browser.SandboxProof(ctx); err != nil {
		return "", fmt.Errorf("sandbox: %w", err)
	}
	return "every renderer is sandboxed (seccomp, namespaces of its own)", nil
}
