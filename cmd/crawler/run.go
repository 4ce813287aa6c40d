package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"popdown/internal/cli"
	"popdown/internal/crawl"
	"popdown/internal/discover"
	"popdown/internal/postgres"
	"popdown/internal/setup"
)

type runCmd struct {
	setup.Database
	setup.Egress
	browserFlags
	Slots   int           `help:"Visits at once." default:"4"`
	Tick    time.Duration `help:"How often due seeds and waiting candidates are looked for." default:"2s"`
	Revisit time.Duration `help:"How long a visited candidate is not visited again." default:"24h"`
	Retry   time.Duration `help:"Wait before a failed job is tried again; it grows with each try." default:"10s"`
	Health  string        `help:"Address that answers GET /healthz. Empty: none." placeholder:"ADDR:PORT"`
}

func (c *runCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if err := c.checkAll(); err != nil {
		return err
	}
	log := g.Logger(s.Err)
	guard, err := c.Guard()
	if err != nil {
		return err
	}
	dir, err := g.Dir(log)
	if err != nil {
		return err
	}
	store, err := setup.Evidence(dir)
	if err != nil {
		return err
	}
	db, closeDB, err := c.Database.Open(ctx, dir, postgres.RoleCrawler, log)
	if err != nil {
		return err
	}
	defer closeDB()
	browser, end, err := c.open(ctx, guard, c.Slots, log)
	if err != nil {
		return err
	}
	defer end()
	engine, err := crawl.New(crawl.Options{
		Store: db, Renderer: browser, Keeper: store, Discoverer: discover.New(discover.Options{Guard: guard, Logger: log}),
		Logger: log, Slots: c.Slots, Tick: c.Tick, Revisit: c.Revisit, Lease: c.Timeout + 15*time.Second,
	})
	if err != nil {
		return err
	}
	workers, err := engine.Workers()
	if err != nil {
		return err
	}
	log.Info("crawler running", "dir", dir, "slots", c.Slots)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return engine.Run(ctx) })
	group.Go(func() error {
		return db.RunJobs(ctx, workers, postgres.JobOptions{Logger: log, Retry: c.Retry, JobTimeout: c.Timeout + 30*time.Second})
	})
	group.Go(func() error { setup.LogAuditHead(ctx, db, "crawler", log); return nil })
	if c.Health != "" {
		group.Go(func() error { return serveHealth(ctx, c.Health) })
	}
	return group.Wait()
}

func (c *runCmd) checkAll() error {
	return cmp.Or(c.check(), cli.AtLeast("--slots", c.Slots, 1), cli.AtLeast("--tick", c.Tick, 100*time.Millisecond),
		cli.AtLeast("--revisit", c.Revisit, 0), cli.AtLeast("--retry", c.Retry, 100*time.Millisecond))
}

// serveHealth answers GET /healthz until ctx ends. The crawler listens on nothing else.
func serveHealth(ctx context.Context, addr string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("--health: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); ctx.Err() == nil {
		return fmt.Errorf("serve health: %w", err)
	}
	return nil
}
