package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"popdown/internal/cli"
	"popdown/internal/crawl"
	"popdown/internal/postgres"
	"popdown/internal/render"
	"popdown/internal/scam"
	"popdown/internal/setup"
)

type seedCmd struct {
	setup.Database
	List    seedListCmd    `cmd:"" help:"Every seed with its schedule, next and last run, and yield."`
	Add     seedAddCmd     `cmd:"" help:"Add one seed."`
	Import  seedImportCmd  `cmd:"" help:"Add or change the seeds of YAML files: all of them, or none if a row is wrong."`
	Enable  seedEnableCmd  `cmd:"" help:"Switch a seed's schedule on."`
	Disable seedDisableCmd `cmd:"" help:"Switch a seed's schedule off."`
	Run     seedRunCmd     `cmd:"" help:"Run a seed now, beside its schedule."`
}

// with opens the database for one command.
func (c *seedCmd) with(ctx context.Context, g *grammar, s cli.Streams, do func(db *postgres.DB) error) error {
	log := g.Logger(s.Err)
	dir, err := g.Dir(log)
	if err != nil {
		return err
	}
	db, closeDB, err := c.Open(ctx, dir, postgres.RoleCrawler, log)
	if err != nil {
		return err
	}
	defer closeDB()
	return do(db)
}

type seedListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

func (c *seedListCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error {
		seeds, err := db.Seeds(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(s.Out)
			for _, seed := range seeds {
				if err := out.Encode(seed); err != nil {
					return err
				}
			}
			return nil
		}
		if len(seeds) == 0 {
			fmt.Fprintln(s.Err, "no seeds yet: crawler seed import seeds/web.yaml")
			return nil
		}
		table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "NAME\tKIND\tSCHEDULE\tNEXT RUN\tLAST RUN\tCANDIDATES\tFINDINGS\tSTATE")
		for _, seed := range seeds {
			fmt.Fprintf(table, "%s\t%s\t%s %s\t%s\t%s\t%d\t%d\t%s\n", seed.Name, seed.Kind, seed.Schedule, seed.TimeZone,
				nextRun(seed), when(seed.LastRunAt), seed.Candidates, seed.Findings, health(seed))
		}
		return table.Flush()
	})
}

func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// nextRun is empty for a seed that is switched off, whatever its schedule says.
func nextRun(s scam.Seed) string {
	if !s.Enabled {
		return "-"
	}
	return when(s.NextRunAt)
}

func health(s scam.Seed) string {
	switch {
	case s.LastError != "":
		return "failing: " + s.LastError
	case !s.Enabled:
		return "disabled"
	}
	return "ok"
}

type seedAddCmd struct {
	Name      string        `arg:"" help:"Unique name."`
	URL       string        `arg:"" help:"Page to crawl, or list to fetch."`
	Kind      scam.SeedKind `help:"ad_page or url_list." default:"ad_page"`
	Schedule  string        `help:"Cron expression: 5 fields, optional leading seconds, or @every 1h." default:"@every 6h"`
	TimeZone  string        `help:"The schedule's clock." default:"UTC"`
	Persona   string        `help:"Who visits what it yields." placeholder:"NAME"`
	MaxClicks int           `help:"Ad links taken from one run." default:"10"`
}

func (c *seedAddCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	seed := scam.Seed{
		Name: c.Name, Kind: c.Kind, URL: c.URL, Schedule: c.Schedule, TimeZone: c.TimeZone,
		Persona: c.Persona, MaxClicks: c.MaxClicks, Enabled: true,
	}
	if err := seed.Validate(); err != nil {
		return err
	}
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error {
		known, err := db.Seeds(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, func(k scam.Seed) bool { return k.Name == c.Name }) {
			return cli.Usagef("a seed %q exists already: change it in a file, and crawler seed import it", c.Name)
		}
		return addSeeds(ctx, db, []scam.Seed{seed}, s)
	})
}

type seedImportCmd struct {
	Files []string `arg:"" name:"file" help:"YAML files." type:"existingfile"`
}

func (c *seedImportCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	var seeds []scam.Seed
	var failures []error
	for _, name := range c.Files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		rows, err := crawl.ReadSeeds(name, f)
		failures = append(failures, err, f.Close())
		seeds = append(seeds, rows...)
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error { return addSeeds(ctx, db, seeds, s) })
}

// addSeeds computes each seed's first run and stores them all, or none.
func addSeeds(ctx context.Context, db *postgres.DB, seeds []scam.Seed, s cli.Streams) error {
	for i := range seeds {
		if p := seeds[i].Persona; p != "" && !slices.Contains(render.PersonaNames(), p) {
			return fmt.Errorf("%w: seed %q: no persona is called %q; there are %s", scam.ErrInvalid, seeds[i].Name, p, strings.Join(render.PersonaNames(), ", "))
		}
		next, err := crawl.NextRun(seeds[i], time.Now())
		if err != nil {
			return fmt.Errorf("seed %q: %w", seeds[i].Name, err)
		}
		seeds[i].NextRunAt = next
	}
	if err := db.AddSeeds(ctx, seeds); err != nil {
		return fmt.Errorf("store the seeds: %w", err)
	}
	_, err := fmt.Fprintf(s.Out, "seeds stored: %d\n", len(seeds))
	return err
}

type seedEnableCmd struct {
	Name string `arg:"" help:"The seed."`
}

func (c *seedEnableCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error {
		seeds, err := db.Seeds(ctx)
		if err != nil {
			return err
		}
		for _, seed := range seeds {
			if seed.Name != c.Name {
				continue
			}
			next, err := crawl.NextRun(seed, time.Now())
			if err != nil {
				return fmt.Errorf("seed %q: %w", seed.Name, err)
			}
			return db.SetSeedEnabled(ctx, c.Name, true, next)
		}
		return fmt.Errorf("seed %q: %w (see crawler seed list)", c.Name, scam.ErrNotFound)
	})
}

type seedDisableCmd struct {
	Name string `arg:"" help:"The seed."`
}

func (c *seedDisableCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error {
		return named(c.Name, db.SetSeedEnabled(ctx, c.Name, false, time.Time{}))
	})
}

type seedRunCmd struct {
	Name string `arg:"" help:"The seed."`
}

func (c *seedRunCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Seed.with(ctx, g, s, func(db *postgres.DB) error { return named(c.Name, db.RunSeedNow(ctx, c.Name)) })
}

func named(name string, err error) error {
	if err != nil {
		return fmt.Errorf("seed %q: %w (see crawler seed list)", name, err)
	}
	return nil
}
