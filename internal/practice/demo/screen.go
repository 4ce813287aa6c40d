package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"popdown/internal/scam"
)

// event says how one log message is told to a person.
type event struct {
	stage string // row of the closing table
	text  func(r record) string
}

// story maps the programs' log messages to what the demo shows. Messages that are not
// in it are left out, unless they are warnings.
func story() map[string]event {
	return map[string]event{
		"seed due":         {"seeds due", tell("seed due: $seed")},
		"seed crawled":     {"pages crawled", tell("crawled $seed: $count links to look at")},
		"visit done":       {"visits", tell("looked at $url: $outcome, $hops hops, $class $score")},
		"finding seen":     {"findings", findingSeen},
		"finding decided":  {"decisions", tell("finding $finding_id $state by $by")},
		"contacts found":   {"contact look-ups", tell("RDAP for $host: $count contacts")},
		"report drafted":   {"drafts", tell("report $report_id drafted to $to ($scope)")},
		"report approved":  {"approvals", tell("report $report_id approved by $by")},
		"report sent":      {"reports sent", tell("report $report_id left for $to")},
		"report rehearsed": {"rehearsals", tell("report $report_id written to $path")},
		"report uncertain": {"uncertain", tell("report $report_id may have left: a person must look")},
		"report refused":   {"refusals", tell("a report to $to was refused: $reason$detail")},
		"report received":  {"mails received", tell("$to received: $subject")},
		"page taken down":  {"pages removed", tell("$provider took $host down: $how")},
		"check asked":      {"checks asked", tell("check $check_id asked for, as $persona")},
		"check done":       {"checks done", tell("check $check_id: $state ($reason)")},
		"case moved":       {"cases moved", caseMoved},
	}
}

// tell fills a record's fields into a sentence; what names a page is defanged.
func tell(sentence string) func(record) string {
	return func(r record) string {
		return os.Expand(sentence, func(key string) string {
			if key == "host" || key == "url" {
				return scam.Defang(shorten(r.text(key), 60))
			}
			return r.text(key)
		})
	}
}

func caseMoved(r record) string {
	host := scam.Defang(r.text("host"))
	if r.text("state") == string(scam.CaseDown) {
		return fmt.Sprintf("DOWN: %s, %s after it was first seen", host, r.text("first_seen_to_now"))
	}
	return fmt.Sprintf("%s is %s: %s", host, r.text("state"), r.text("reason"))
}

func findingSeen(r record) string {
	text := fmt.Sprintf("FOUND %s %s at %s", r.text("class"), r.text("score"), scam.Defang(r.text("host")))
	if brand := r.text("brand"); brand != "" {
		text += ", imitates " + brand
	}
	if numbers := r.text("numbers"); numbers != "" {
		text += ", says to call " + numbers
	}
	return text
}

func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}

// stage is a row of the closing table: how often, first and last since the start.
type stage struct {
	Name  string        `json:"stage"`
	Count int           `json:"count"`
	First time.Duration `json:"-"`
	Last  time.Duration `json:"-"`
}

// screen prints events as lines and counts them.
type screen struct {
	out   io.Writer
	start time.Time
	story map[string]event

	mu       sync.Mutex
	stages   []*stage        // in the order in which they first happened
	told     map[string]bool // what schedules repeat is told once, and counted after that
	lastWord time.Time       // of the person: the last decision or approval
}

func newScreen(out io.Writer, start time.Time) *screen {
	return &screen{out: out, start: start, story: story(), told: map[string]bool{}, lastWord: start}
}

// say prints a line of the demo's own.
func (s *screen) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print("demo", fmt.Sprintf(format, args...))
}

func (s *screen) print(program, text string) {
	fmt.Fprintf(s.out, "%6.1fs  %-8s  %s\n", time.Since(s.start).Seconds(), program, text)
}

// show tells a program's log record, if it belongs to the story or is a warning.
func (s *screen) show(r record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.story[r.Msg]
	switch {
	case known:
		s.count(e.stage)
		text := e.text(r)
		if repeats := r.Msg == "seed due" || r.Msg == "seed crawled"; !repeats || !s.told[text] {
			s.told[text] = true
			s.print(r.Program, text)
		}
	case r.Level == "WARN" || r.Level == "ERROR":
		words := []string{r.Level + ": " + r.Msg}
		for _, key := range []string{"reason", "error", "dir", "report_id", "url"} {
			if text := r.text(key); text != "" {
				words = append(words, key+" "+text)
			}
		}
		s.print(r.Program, strings.Join(words, ", "))
	}
	if r.Msg == "finding decided" || r.Msg == "report approved" {
		s.lastWord = time.Now()
	}
}

func (s *screen) count(name string) {
	at := time.Since(s.start)
	for _, g := range s.stages {
		if g.Name == name {
			g.Count++
			g.Last = at
			return
		}
	}
	s.stages = append(s.stages, &stage{name, 1, at, at})
}

// idle tells how long the person has said nothing.
func (s *screen) idle() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.lastWord)
}

// table prints the stages.
func (s *screen) table() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\nSTAGE\tCOUNT\tFIRST\tLAST")
	for _, g := range s.stages {
		fmt.Fprintf(t, "%s\t%d\t%.1fs\t%.1fs\n", g.Name, g.Count, g.First.Seconds(), g.Last.Seconds())
	}
	return t.Flush()
}
