package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"popdown/internal/cli"
	"popdown/internal/contact"
	"popdown/internal/evidence"
	"popdown/internal/postgres"
	"popdown/internal/review"
	"popdown/internal/scam"
	"popdown/internal/setup"
	"popdown/internal/takedown"
)

type serveCmd struct {
	database
	setup.Egress
	contactFlags
	mailFlags
	Listen     string        `help:"Address of the analysts' application. Put a TLS proxy before it when it is not loopback." default:"127.0.0.1:8088"`
	Hosts      []string      `help:"Host names under which it may be asked for, besides the address." placeholder:"NAME"`
	BehindTLS  bool          `help:"A proxy in front ends TLS: cookies are for TLS only."`
	Tick       time.Duration `help:"How often due cases are looked for." default:"5s"`
	CheckEvery time.Duration `help:"Time between the checks of a reported case." default:"15m"`
	WatchEvery time.Duration `help:"Time between the checks of a case that is down." default:"24h"`
	Retry      time.Duration `help:"Wait before a failed job is tried again; it grows with each try." default:"30s"`
	Refresh    time.Duration `help:"How often list pages reload themselves. 0: never." default:"30s"`
}

// contactFlags say how contacts are found.
type contactFlags struct {
	RDAPBootstrap string `help:"Where the registries of RDAP servers are (RFC 9224)." default:"https://data.iana.org/rdap/" placeholder:"URL"`
}

func (f contactFlags) finder(e setup.Egress, cacheDir string, offline bool, log *slog.Logger) (*contact.Finder, error) {
	guard, err := e.Guard()
	if err != nil {
		return nil, err
	}
	return contact.New(contact.Options{
		Guard: guard, BootstrapURL: f.RDAPBootstrap, Resolver: e.Resolver, CacheDir: cacheDir, Offline: offline, Logger: log,
	}), nil
}

func (c *serveCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if err := c.check(); err != nil {
		return err
	}
	log := g.Logger(s.Err)
	dir, err := g.Dir(log)
	if err != nil {
		return err
	}
	store, err := setup.Evidence(dir)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w: choose another address with --listen", err)
	}
	defer listener.Close()
	return c.in(ctx, dir, log, func(db *postgres.DB) error {
		engine, err := c.engine(db, store, dir, log)
		if err != nil {
			return err
		}
		app, err := review.New(review.Options{
			Store: db, Evidence: store, Logger: log, NextCheck: c.CheckEvery, Reload: c.Refresh,
			Hosts: c.hosts(), BehindTLS: c.BehindTLS,
		})
		if err != nil {
			return err
		}
		return c.serve(ctx, db, engine, app, listener, log)
	})
}

// check refuses values that nothing can run with.
func (c *serveCmd) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return cli.Usagef("--listen %q: write ADDR:PORT", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.SMTPAddr); c.SMTPAddr != "" && err != nil {
		return cli.Usagef("--smtp-addr %q: write HOST:PORT", c.SMTPAddr)
	}
	if err := scam.CheckWebURL(c.RDAPBootstrap); err != nil {
		return fmt.Errorf("--rdap-bootstrap: %w", err)
	}
	return cmp.Or(cli.AtLeast("--tick", c.Tick, 100*time.Millisecond), cli.AtLeast("--check-every", c.CheckEvery, time.Second),
		cli.AtLeast("--watch-every", c.WatchEvery, time.Minute), cli.AtLeast("--retry", c.Retry, 100*time.Millisecond), cli.AtLeast("--refresh", c.Refresh, 0))
}

// hosts are the names under which the application answers; others are refused, which
// stops DNS rebinding. None are known when it listens on every address.
func (c *serveCmd) hosts() []string {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case err != nil || host == "" || ip != nil && ip.IsUnspecified():
		return c.Hosts
	case ip != nil && ip.IsLoopback():
		return append([]string{host, "localhost"}, c.Hosts...)
	}
	return append([]string{host}, c.Hosts...)
}

// engine wires the takedown engine to the rooms that it needs.
func (c *serveCmd) engine(db *postgres.DB, store *evidence.Store, dir string, log *slog.Logger) (*takedown.Engine, error) {
	finder, err := c.finder(c.Egress, filepath.Join(dir, "rdap"), false, log)
	if err != nil {
		return nil, err
	}
	composer, err := c.composer()
	if err != nil {
		return nil, err
	}
	mail, err := c.channel(c.Egress, filepath.Join(dir, "mail"))
	if err != nil {
		return nil, err
	}
	return takedown.New(takedown.Options{
		Store: db, Finder: finder, Composer: composer, Channel: mail, Evidence: store, Logger: log, Domain: c.domain(),
		Tick: c.Tick, CheckEvery: c.CheckEvery, WatchEvery: c.WatchEvery,
	})
}

// serve runs the application, the engine and its jobs until ctx ends or one of them fails.
func (c *serveCmd) serve(ctx context.Context, db *postgres.DB, engine *takedown.Engine, app http.Handler, l net.Listener, log *slog.Logger) error {
	workers, err := engine.Workers()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: app, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return engine.Run(ctx) })
	group.Go(func() error {
		return db.RunJobs(ctx, workers, postgres.JobOptions{Logger: log, Retry: c.Retry, JobTimeout: 3 * time.Minute})
	})
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the application: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return server.Shutdown(ctx)
	})
	group.Go(func() error { setup.LogAuditHead(ctx, db, "takedown", log); return nil })
	log.Info("listening", "url", "http://"+l.Addr().String()+"/")
	return group.Wait()
}
