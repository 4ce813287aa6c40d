package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"popdown/internal/scam"
)

func TestVerifyEventsSeesWhatWasTamperedWith(t *testing.T) {
	tests := []struct{ name, sql, want string }{
		{"changed actor", "UPDATE events SET actor = 'nobody' WHERE id = 2", "event 2 of crawler was changed"},
		{"changed detail", `UPDATE events SET detail = '{"url":  "x"}' WHERE id = 2`, "event 2 of crawler was changed"},
		{"changed time", "UPDATE events SET at = at + interval '1 microsecond' WHERE id = 3", "event 3 of crawler was changed"},
		{"removed line", "DELETE FROM events WHERE id = 2", "event 3 of crawler does not follow"},
		{"removed first", "DELETE FROM events WHERE id = 1", "event 2 of crawler does not follow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.found("https://a.example/", number)
			w.found("https://b.example/", number)
			w.ok(w.crawler.VerifyEvents(w.ctx(), "crawler"))
			w.ok(w.raw("ALTER TABLE events DISABLE TRIGGER USER"))
			w.ok(w.raw(tt.sql))
			err := w.takedown.VerifyEvents(w.ctx(), "crawler")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestEventsOfManyAtOnceMakeOneChain(t *testing.T) {
	w := newWorld(t)
	var seeds []scam.Seed
	for i := range 8 {
		seeds = append(seeds, seed(fmt.Sprintf("s%d", i), w.now()))
	}
	var wg sync.WaitGroup
	for _, s := range seeds {
		wg.Go(func() {
			if err := w.crawler.AddSeeds(w.ctx(), []scam.Seed{s}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := w.takedown.AddUser(w.ctx(), s.Name, "x", w.at); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.chainsHold()
	w.same(16, value[int](w, "SELECT count(*) FROM events"))
	head, err := w.crawler.EventHead(w.ctx(), "crawler")
	w.ok(err)
	w.same(value[string](w, "SELECT hash FROM events WHERE program = 'crawler' ORDER BY id DESC LIMIT 1"), head)
	events, err := w.crawler.Events(w.ctx(), "seed", 1)
	w.ok(err)
	w.same(1, len(events))
}
