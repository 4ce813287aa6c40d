package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/scam"
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
	sick := 0
	check := func(what string, do func() (string, error)) {
		detail, err := do()
		mark := "ok  "
		if err != nil {
			mark, detail = "FAIL", cli.OneLine(err)
			sick++
		}
		fmt.Fprintf(s.Out, "%s  %-14s %s\n", mark, what, detail)
	}
	var dir string
	check("data folder", func() (_ string, err error) { dir, err = g.Dir(log); return dir, err })
	check("evidence", func() (string, error) { return c.evidence(ctx, dir) })
	check("database", func() (string, error) {
		_, closeDB, err := c.Database.Open(ctx, dir, postgres.RoleCrawler, log)
		if err != nil {
			return "", err
		}
		closeDB()
		return "opened as the crawler", nil
	})
	check("egress", c.egress)
	check("chrome", func() (string, error) { return c.chrome(ctx, g, s) })
	check("tesseract", func() (string, error) {
		path, err := exec.LookPath("tesseract")
		if err != nil {
			return "", fmt.Errorf("%w: apt-get install tesseract-ocr", err)
		}
		return path, nil
	})
	if sick > 0 {
		return fmt.Errorf("%d of 6 parts are not well", sick)
	}
	return nil
}

func (c *doctorCmd) evidence(ctx context.Context, dir string) (string, error) {
	store, err := setup.Evidence(dir)
	if err != nil {
		return "", err
	}
	_, err = store.Put(ctx, scam.Capture{Name: "doctor.txt", ContentType: "text/plain", Data: []byte("crawler doctor wrote this\n")})
	return filepath.Join(dir, "evidence"), err
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
	return fmt.Sprintf("sandboxed, started by user id %d", os.Getuid()), nil
}
