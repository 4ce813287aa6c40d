// Package demo runs the whole loop on the practice Internet: both programs as children,
// the person at the review pages or an automatic analyst, and the closing account of
// what was found, reported and taken down. It knows of the programs only what they
// print and serve.
package demo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"popdown/internal/practice"
	"popdown/internal/scam"
)

// Options says how the demo runs.
type Options struct {
	Internet *practice.Internet // started; its log goes to Record
	Programs string             // folder of crawler and takedown
	Seeds    string             // seed file to import
	Dir      string             // data folder of the programs
	Listen   string             // review address; the port is kept over restarts
	Auto     bool               // play the analyst from the start
	Limit    time.Duration      // how long the loop may take; 0: 5 min (none when not Auto)
	Offer    time.Duration      // silence after which the demo offers to take over; 0: 60 s
	In       io.Reader          // where a person accepts the offer
	Out      io.Writer
}

// Demo is one run. Internet records may be shown through Record while it runs.
type Demo struct {
	Options
	screen   *screen
	password string
	base     string
	env      []string
}

// New prepares a run; the clock of its lines starts now.
func New(o Options) *Demo {
	if o.Offer == 0 {
		o.Offer = time.Minute
	}
	if o.Limit == 0 {
		o.Limit = 5 * time.Minute
	}
	return &Demo{Options: o, screen: newScreen(o.Out, time.Now()), password: rand.Text()}
}

// Record shows a line of the practice Internet's own JSON log.
func (d *Demo) Record(line []byte) { d.screen.show(parse("practice", line)) }

// Run sets both programs up, keeps them running, and ends when every page that should
// be down is down. It fails when a harmless page was reported or a letter came twice.
func (d *Demo) Run(ctx context.Context) error {
	if d.Auto {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Limit)
		defer cancel()
	}
	if err := d.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	running, stop := context.WithCancel(ctx)
	group, running := errgroup.WithContext(running)
	for _, c := range []*child{
		{name: "takedown", args: []string{"serve"}},
		{name: "crawler", args: []string{"run"}},
	} {
		c.path, c.env, c.line, c.note = filepath.Join(d.Programs, c.name), d.env, d.screen.show, d.screen.say
		group.Go(func() error { return c.run(running) })
	}
	group.Go(func() error { return d.analyse(running) })
	var rows []caseRow
	group.Go(func() error {
		defer stop()
		var err error
		if rows, err = d.untilDown(running); err == nil && !d.Auto && len(d.missing(rows)) == 0 {
			d.screen.say("every page is down; the review page stays at %s/ until you press Ctrl-C", d.base)
			<-running.Done()
		}
		return err
	})
	err := group.Wait()
	if errors.Is(ctx.Err(), context.Canceled) && len(d.missing(rows)) > 0 {
		return fmt.Errorf("stopped before every page was down; go on with: practice demo --data-dir %s", d.Dir)
	}
	return errors.Join(err, d.account(rows))
}

// prepare names the address, makes the login, switches sending on and imports the seeds.
func (d *Demo) prepare(ctx context.Context) error {
	addr, err := freeAddress(ctx, d.Listen)
	if err != nil {
		return err
	}
	d.base = "http://" + addr
	d.env = append(clean(os.Environ()), d.Internet.Env()...)
	d.env = append(d.env, "POPDOWN_DATA_DIR="+d.Dir, "POPDOWN_LOG_FORMAT=json", "POPDOWN_LISTEN="+addr,
		"POPDOWN_TICK=500ms", "POPDOWN_CHECK_EVERY=2s", "POPDOWN_RETRY=2s", "POPDOWN_REFRESH=5s", "POPDOWN_TIMEOUT=20s", "POPDOWN_SLOTS=6")
	d.screen.say("review page  %s", d.base+"/")
	d.screen.say("login        name analyst, password %s (of this run)", d.password)
	takedown, crawler := filepath.Join(d.Programs, "takedown"), filepath.Join(d.Programs, "crawler")
	if _, err := command(ctx, d.env, d.password+"\n", takedown, "user", "add", "analyst"); err != nil {
		if _, err := command(ctx, d.env, d.password+"\n", takedown, "user", "passwd", "analyst"); err != nil {
			return fmt.Errorf("make the login: %w", err)
		}
	}
	if _, err := command(ctx, d.env, "", takedown, "sending", "on"); err != nil {
		return fmt.Errorf("switch sending on: %w", err)
	}
	if _, err := command(ctx, d.env, "", crawler, "seed", "import", d.Seeds); err != nil {
		return fmt.Errorf("import the seeds: %w", err)
	}
	return nil
}

// clean leaves out settings of another Popdown.
func clean(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "POPDOWN_") })
}

// freeAddress gives the wanted address, or one with another port when it is taken.
func freeAddress(ctx context.Context, wanted string) (string, error) {
	host, _, err := net.SplitHostPort(wanted)
	if err != nil {
		return "", fmt.Errorf("%w: --listen %q: want ADDR:PORT", scam.ErrInvalid, wanted)
	}
	for _, addr := range []string{wanted, net.JoinHostPort(host, "0")} {
		var l net.Listener
		if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", addr); err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
	}
	return "", fmt.Errorf("no free port for the review page: %w", err)
}

// analyse plays the analyst: from the start, or when the person accepts the offer.
func (d *Demo) analyse(ctx context.Context) error {
	if !d.Auto {
		if !d.offer(ctx) {
			return nil
		}
	}
	d.screen.say("playing the analyst: confirming what the queue calls scam, approving every draft")
	a, err := newAnalyst(d.base, "analyst", d.password, d.received)
	if err != nil {
		return err
	}
	a.work(ctx, func(err error) { d.screen.say("the analyst waits: %v", err) })
	return nil
}

// offer waits for silence, offers to take over, and tells whether that was accepted.
func (d *Demo) offer(ctx context.Context) bool {
	accepted := make(chan struct{})
	go func() { // a read from a terminal can't be cut short; it ends with the program
		if bufio.NewScanner(d.In).Scan() {
			close(accepted)
		}
	}()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for offered := false; ; {
		select {
		case <-ctx.Done():
			return false
		case <-accepted:
			return true
		case <-tick.C:
			if !offered && d.screen.idle() > d.Offer {
				offered = true
				d.screen.say("nobody has clicked for %s: press Enter to let the demo play the analyst", d.Offer)
			}
		}
	}
}

func (d *Demo) received(messageID string) bool {
	for _, m := range d.Internet.Messages() {
		if m.MessageID == strings.Trim(messageID, "<>") {
			return true
		}
	}
	return false
}

// untilDown asks takedown for its cases until every scam page's case is down.
func (d *Demo) untilDown(ctx context.Context) ([]caseRow, error) {
	var rows []caseRow
	for {
		select {
		case <-ctx.Done():
			return rows, nil
		case <-time.After(2 * time.Second):
		}
		out, err := command(ctx, d.env, "", filepath.Join(d.Programs, "takedown"), "case", "list", "--json")
		if err != nil {
			continue // it or its database may just be starting anew
		}
		rows = rows[:0]
		for in := json.NewDecoder(bytes.NewReader(out)); in.More(); {
			var row caseRow
			if err := in.Decode(&row); err != nil {
				return nil, fmt.Errorf("read the cases: %w", err)
			}
			rows = append(rows, row)
		}
		if len(d.missing(rows)) == 0 {
			return rows, nil
		}
	}
}
