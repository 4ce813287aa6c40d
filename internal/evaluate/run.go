package evaluate

import (
	"context"
	"fmt"
	"sync"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// Look visits a URL and judges its landings, one verdict each. A page that does not
// load is a visit with its outcome; an error means that the look could not be made.
type Look func(ctx context.Context, r scam.Request) (scam.Visit, []scam.Verdict, error)

// Options says how a corpus is looked at. The zero value is useful.
type Options struct {
	Persona     string                // who visits; empty: the default persona
	Concurrency int                   // looks at a time; 0: 1
	Progress    func(done, total int) // called after each look, never twice at a time; nil: nobody watches
}

// Run has every page looked at while Serve serves it, and compares. The first look
// that could not be made ends the run with its error.
func (c *Corpus) Run(ctx context.Context, look Look, opts Options) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]answer, len(c.Pages))
	next := make(chan int)
	progress := counter(len(c.Pages), opts.Progress)
	var workers sync.WaitGroup
	for range max(1, min(opts.Concurrency, len(c.Pages))) {
		workers.Go(func() {
			for i := range next {
				p := c.Pages[i]
				v, verdicts, err := look(ctx, scam.Request{URL: p.URL, Persona: opts.Persona, Purpose: scam.PurposeManual})
				if err != nil {
					cancel(fmt.Errorf("look at %s: %w", p.Name, err))
					continue
				}
				answers[i] = answerOf(v, verdicts)
				progress()
			}
		})
	}
	for i := range c.Pages {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	return compare(c.Pages, answers), nil
}

// counter calls report with one more each time.
func counter(total int, report func(done, total int)) func() {
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		if report != nil {
			report(done, total)
		}
	}
}

// answer is what was said of a page.
type answer struct {
	verdict scam.Verdict
	failure string // why nothing could be judged; empty: it could
}

func answerOf(v scam.Visit, verdicts []scam.Verdict) answer {
	worst := detect.Worst(verdicts)
	if worst < 0 {
		return answer{failure: fmt.Sprintf("nothing was shown: %s %s", v.Outcome, v.Error)}
	}
	return answer{verdict: verdicts[worst]}
}
