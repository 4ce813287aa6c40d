package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"popdown/internal/cli"
	"popdown/internal/crawl"
	"popdown/internal/egress"
	"popdown/internal/evaluate"
	"popdown/internal/scam"
)

type evalCmd struct {
	browserFlags
	Dir         string `arg:"" optional:"" help:"Corpus: every folder below it that holds index.html and meta.json is one labelled page." type:"existingdir"`
	Texts       string `help:"Score lines of labelled text (JSON) instead, without Chrome." placeholder:"FILE" type:"existingfile"`
	JSON        bool   `help:"Print one JSON object."`
	Persona     string `help:"Who visits." placeholder:"NAME"`
	Concurrency int    `help:"Visits at once." default:"4"`
}

func (c *evalCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if err := cli.AtLeast("--concurrency", c.Concurrency, 1); err != nil {
		return err
	}
	result, err := c.evaluate(ctx, g, s)
	if err != nil {
		return err
	}
	if c.JSON {
		return result.WriteJSON(s.Out)
	}
	return result.Write(s.Out)
}

func (c *evalCmd) evaluate(ctx context.Context, g *grammar, s cli.Streams) (evaluate.Result, error) {
	switch {
	case c.Texts != "" && c.Dir == "":
		f, err := os.Open(c.Texts)
		if err != nil {
			return evaluate.Result{}, err
		}
		defer f.Close()
		return evaluate.Texts(f)
	case c.Texts == "" && c.Dir != "":
		return c.corpus(ctx, g, s)
	}
	return evaluate.Result{}, cli.Usagef("name either a corpus folder or --texts FILE")
}

// corpus serves the labelled pages on loopback, which the guard opens for this run
// alone, and looks at each.
func (c *evalCmd) corpus(ctx context.Context, g *grammar, s cli.Streams) (evaluate.Result, error) {
	corpus, err := evaluate.Load(c.Dir)
	if err != nil {
		return evaluate.Result{}, err
	}
	addr, hosts, stop, err := corpus.Serve(ctx)
	if err != nil {
		return evaluate.Result{}, fmt.Errorf("serve the corpus: %w", err)
	}
	defer stop()
	o := egress.Options{Allow: []netip.Prefix{netip.PrefixFrom(addr.Addr(), addr.Addr().BitLen())}}
	for _, host := range hosts {
		o.Map = append(o.Map, egress.Mapping{Pattern: host, Addr: addr})
	}
	guard, err := egress.New(o)
	if err != nil {
		return evaluate.Result{}, err
	}
	browser, end, err := c.open(ctx, guard, c.Concurrency, g.Logger(s.Err))
	if err != nil {
		return evaluate.Result{}, err
	}
	defer end()
	look := func(ctx context.Context, r scam.Request) (scam.Visit, []scam.Verdict, error) {
		return crawl.Look(ctx, browser, r)
	}
	bar := progress(len(hosts), "evaluating", s.Err)
	return corpus.Run(ctx, look, evaluate.Options{
		Persona: c.Persona, Concurrency: c.Concurrency,
		Progress: func(done, _ int) { _ = bar.Set(done) }, // a bar that can't be drawn is no reason to stop
	})
}
