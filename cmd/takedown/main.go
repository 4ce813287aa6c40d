// Command takedown gets pages down: it shows findings to analysts, finds who can act,
// writes reports, sends what a person approved, and follows up until the page is down.
// It never opens a suspect page.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/setup"
)

type grammar struct {
	cli.Log
	setup.Data

	Serve    serveCmd    `cmd:"" help:"The analysts' application and the engine behind it."`
	Contacts contactsCmd `cmd:"" help:"Who can act on a URL, in order, and why. Needs no database."`
	Submit   submitCmd   `cmd:"" help:"Have the crawler look at a URL."`
	Finding  findingCmd  `cmd:"" help:"List, show, confirm and dismiss findings."`
	Case     caseCmd     `cmd:"" help:"List, show and close cases."`
	Report   reportCmd   `cmd:"" help:"List, preview, approve and withdraw reports."`
	Sending  sendingCmd  `cmd:"" help:"The kill switch: whether approved reports leave."`
	User     userCmd     `cmd:"" help:"Who may log in."`
	Doctor   doctorCmd   `cmd:"" help:"Check what is set up and say what is missing."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date, as its owner."`
}

func main() { os.Exit(cli.Main(run)) }

func run(ctx context.Context, args []string, s cli.Streams) error {
	var g grammar
	return cli.Run(ctx, "takedown", "Reports fake-support popups to those who can act, and follows up.", &g, args, s, &g)
}

// database is embedded by commands that need the store.
type database struct{ setup.Database }

// with opens the database for one command.
func (d database) with(ctx context.Context, g *grammar, s cli.Streams, do func(db *postgres.DB) error) error {
	log := g.Logger(s.Err)
	dir, err := g.Dir(log)
	if err != nil {
		return err
	}
	return d.in(ctx, dir, log, do)
}

func (d database) in(ctx context.Context, dir string, log *slog.Logger, do func(db *postgres.DB) error) error {
	db, closeDB, err := d.Open(ctx, dir, postgres.RoleTakedown, log)
	if err != nil {
		return err
	}
	defer closeDB()
	return do(db)
}

type migrateCmd struct{ database }

func (c *migrateCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	log := g.Logger(s.Err)
	dir, err := g.Dir(log)
	if err != nil {
		return err
	}
	if err := c.Migrate(ctx, dir, log); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = fmt.Fprintln(s.Out, "schema is up to date")
	return err
}
