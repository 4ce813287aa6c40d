package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"popdown/internal/cli"
	"popdown/internal/confine"
	"popdown/internal/practice"
	"popdown/internal/practice/demo"
)

// world says what the practice Internet is made of.
type world struct {
	Sites      string        `help:"Folder of the sites, one .txtar each." default:"testdata/sites" type:"existingdir"`
	ActAfter   time.Duration `help:"How long a provider takes to act on a valid report." default:"1s"`
	MailAnswer time.Duration `help:"How long the mail server takes to say that it took a message." default:"0s"`
}

type demoCmd struct {
	world
	Auto     bool          `help:"Play the analyst too. Without a terminal it is always on."`
	DataDir  string        `help:"Data folder; a run that was stopped goes on there. Empty: a new one below ./var/practice, removed when an automatic run has closed." placeholder:"DIR" env:"-"`
	Programs string        `help:"Folder of crawler and takedown. Empty: where this program is." placeholder:"DIR" type:"existingdir"`
	Seeds    string        `help:"Seeds to import." default:"seeds/practice.yaml" type:"existingfile"`
	Listen   string        `help:"Address of the review page." default:"127.0.0.1:8088"`
	Limit    time.Duration `help:"How long --auto may take." default:"5m" env:"POPDOWN_DEMO_LIMIT"`
}

func (c *demoCmd) Run(ctx context.Context, s cli.Streams) error {
	if c.Programs == "" {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find crawler and takedown: %w", err)
		}
		c.Programs = filepath.Dir(self)
	}
	if err := cli.AtLeast("--limit", c.Limit, time.Second); err != nil {
		return err
	}
	fresh := c.DataDir == ""
	if fresh {
		c.DataDir = filepath.Join(runsDir(), time.Now().UTC().Format("20060102-150405"))
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	show := func([]byte) {} // until the demo listens
	// The programs are stopped first: to them it must not look as if every page had gone.
	internet, err := practice.Start(context.WithoutCancel(ctx), practice.Options{
		Sites: os.DirFS(c.Sites), Dir: filepath.Join(dir, "practice"), ActAfter: c.ActAfter, MailAnswer: c.MailAnswer,
		Logger: slog.New(slog.NewJSONHandler(writer(func(line []byte) { show(line) }), nil)),
	})
	if err != nil {
		return err
	}
	defer internet.Close()
	d := demo.New(demo.Options{
		Internet: internet, Programs: c.Programs, Seeds: c.Seeds, Dir: dir, Listen: c.Listen,
		Auto: c.Auto || !cli.IsTerminal(s.In), Limit: c.Limit, In: s.In, Out: s.Out,
	})
	show = d.Record
	if err := d.Run(ctx); err != nil || !fresh {
		return err
	}
	return os.RemoveAll(dir) // of a run that closed; with --data-dir it would stay
}

// runsDir is where runs keep their data: below the checkout, or, as root where Chrome's
// and PostgreSQL's users can't reach that, in the system's folder.
func runsDir() string {
	dir := filepath.Join("var", "practice")
	user, err := confine.Unprivileged("postgres", "nobody")
	if err == nil && errors.Is(confine.Reachable(dir, user), fs.ErrPermission) {
		return "/var/lib/popdown/practice"
	}
	return dir
}

// writer hands each line of a log to a func.
type writer func([]byte)

func (w writer) Write(line []byte) (int, error) { w(line); return len(line), nil }
