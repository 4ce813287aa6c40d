package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"popdown/internal/cli"
	"popdown/internal/crawl"
	"popdown/internal/detect"
	"popdown/internal/evidence"
	"popdown/internal/scam"
	"popdown/internal/setup"
)

type scanCmd struct {
	setup.Egress
	browserFlags
	URLs        []string `arg:"" name:"url" help:"URLs to look at; - reads them from standard input, one a line."`
	JSON        bool     `help:"One JSON object a line, in the order in which visits end."`
	Persona     []string `help:"Who visits (repeatable: each URL is visited by each). Default: a person in the USA at a Windows desktop with Chrome." placeholder:"NAME"`
	Referrer    string   `help:"Page that the visitor comes from." placeholder:"URL"`
	Out         string   `help:"Folder to keep the evidence in, one plain folder a visit. Empty: nothing is kept." placeholder:"DIR" type:"path"`
	Concurrency int      `help:"Visits at once." default:"4"`
}

func (c *scanCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	requests, err := c.requests(s.In)
	if err != nil {
		return err
	}
	if err := cli.AtLeast("--concurrency", c.Concurrency, 1); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if c.Referrer != "" {
		if err := scam.CheckWebURL(c.Referrer); err != nil {
			return fmt.Errorf("--referrer: %w", err)
		}
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	guard, err := c.Guard()
	if err != nil {
		return err
	}
	browser, end, err := c.open(ctx, guard, c.Concurrency, g.Logger(s.Err))
	if err != nil {
		return err
	}
	defer end()
	scan := &scan{cmd: c, renderer: browser, out: s.Out, progress: progress(len(requests), "scanning", s.Err)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.Concurrency)
	for i, r := range requests {
		group.Go(func() error { return scan.one(ctx, i, r) })
	}
	return group.Wait()
}

// requests pairs every URL with every persona.
func (c *scanCmd) requests(stdin io.Reader) ([]scam.Request, error) {
	urls := c.URLs
	if len(urls) == 1 && urls[0] == "-" {
		var err error
		if urls, err = readLines(stdin); err != nil {
			return nil, fmt.Errorf("read URLs: %w", err)
		}
	}
	personas := c.Persona
	if len(personas) == 0 {
		personas = []string{""}
	}
	var requests []scam.Request
	for _, u := range urls {
		u = scam.Refang(u)
		if err := scam.CheckWebURL(u); err != nil {
			return nil, err
		}
		for _, p := range personas {
			requests = append(requests, scam.Request{URL: u, Referrer: c.Referrer, Persona: p, Purpose: scam.PurposeManual})
		}
	}
	if len(requests) == 0 {
		return nil, cli.Usagef("no URL to look at")
	}
	return requests, nil
}

func readLines(r io.Reader) ([]string, error) {
	var lines []string
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, in.Err()
}

// scan is one run of the command.
type scan struct {
	cmd      *scanCmd
	renderer crawl.Renderer
	progress *progressbar.ProgressBar

	mu  sync.Mutex // one line at a time
	out io.Writer
}

func (s *scan) one(ctx context.Context, i int, r scam.Request) error {
	v, verdicts, err := crawl.Look(ctx, s.renderer, r)
	if err != nil {
		return fmt.Errorf("look at %s: %w", r.URL, err)
	}
	line := newResult(v, verdicts)
	if s.cmd.Out != "" {
		if line.Evidence, err = s.keep(i, v, detect.Worst(verdicts)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.progress.Clear(); err != nil { // the bar and the results may share a terminal
		return err
	}
	if err := s.print(line); err != nil {
		return err
	}
	return s.progress.Add(1)
}

func (s *scan) print(line result) error {
	if s.cmd.JSON {
		return json.NewEncoder(s.out).Encode(line)
	}
	return printResult(s.out, line)
}

// keep writes the visit's folder, named by time, number and host, so that several runs may share --out.
func (s *scan) keep(i int, v scam.Visit, worst int) (evidencePaths, error) {
	dir := fmt.Sprintf("%s-%04d-%s", v.StartedAt.UTC().Format("20060102-150405"), i+1, scam.Host(v.RequestedURL))
	files, manifest, err := evidence.WriteFolder(filepath.Join(s.cmd.Out, dir), v)
	if err != nil {
		return evidencePaths{}, fmt.Errorf("keep the evidence: %w", err)
	}
	paths := evidencePaths{Dir: dir, Manifest: filepath.Join(dir, filepath.Base(manifest))}
	suffix := ""
	if worst > 0 {
		suffix = fmt.Sprintf("-%d", worst+1)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		switch f.Name {
		case "screenshot" + suffix + ".png":
			paths.Screenshot = path
		case "dom" + suffix + ".html":
			paths.DOM = path
		case "visit.har":
			paths.HAR = path
		}
	}
	return paths, nil
}

// printResult is the form for people.
func printResult(w io.Writer, r result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s %3d  %s\n", r.Verdict.Class, r.Verdict.Score, scam.Defang(r.RequestedURL))
	if r.LandingURL != r.RequestedURL {
		fmt.Fprintf(&b, "  landing  %s (%d hops)\n", scam.Defang(r.LandingURL), len(r.Chain))
	}
	if r.Outcome != scam.OutcomeLoaded {
		fmt.Fprintf(&b, "  outcome  %s %s\n", r.Outcome, r.Error)
	}
	if r.Verdict.Brand != "" {
		fmt.Fprintf(&b, "  brand    %s\n", r.Verdict.Brand)
	}
	for _, n := range r.Numbers {
		fmt.Fprintf(&b, "  number   %s (%s %s) %q\n", n.E164, n.Region, n.Kind, n.Raw)
	}
	for _, s := range r.Verdict.Signals {
		fmt.Fprintf(&b, "  %+4d     %s: %q\n", s.Weight, s.Rule, s.Excerpt)
	}
	if r.Evidence.Dir != "" {
		fmt.Fprintf(&b, "  evidence %s\n", r.Evidence.Dir)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// progress draws a bar on a terminal when there is more than one thing to do.
func progress(total int, what string, w io.Writer) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionSetVisibility(total > 1 && cli.IsTerminal(w)))
}
