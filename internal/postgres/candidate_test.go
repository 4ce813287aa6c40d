package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestClaimCandidateTakesTheBestFirst(t *testing.T) {
	w := newWorld(t)
	for i, priority := range []int{0, 5, 5} {
		w.ok(w.crawler.EnqueueCandidate(w.ctx(), scam.Candidate{URL: fmt.Sprintf("https://c%d.example/", i), Priority: priority, FoundAt: w.now(), Found: "by hand"}))
	}
	var got []string
	for range 3 {
		c, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Hour)
		w.ok(err)
		got = append(got, c.URL)
	}
	w.same([]string{"https://c1.example/", "https://c2.example/", "https://c0.example/"}, got)
	_, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Hour)
	w.want(err, scam.ErrNotFound)
}

func TestClaimOfAKilledCrawlerEndsWithItsLease(t *testing.T) {
	w := newWorld(t)
	w.ok(w.crawler.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://c.example/"}))
	first, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), 90*time.Second)
	w.ok(err)
	_, err = w.crawler.ClaimCandidate(w.ctx(), w.now(), 90*time.Second)
	w.want(err, scam.ErrNotFound)
	second, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), 90*time.Second)
	w.ok(err)
	w.same(first.ID, second.ID)

	w.ok(w.crawler.ReleaseCandidate(w.ctx(), second.ID))
	third, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Hour)
	w.ok(err)
	w.same(first.ID, third.ID)
	w.ok(w.crawler.ReleaseCandidate(w.ctx(), 4711))
}

func TestClaimsByManyAtOnceNeverMeet(t *testing.T) {
	w := newWorld(t)
	for i := range 40 {
		w.ok(w.crawler.EnqueueCandidate(w.ctx(), scam.Candidate{URL: fmt.Sprintf("https://c%d.example/", i)}))
	}
	var mu sync.Mutex
	claims := map[int64]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				c, err := w.crawler.ClaimCandidate(w.ctx(), w.at, time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				claims[c.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	w.same(40, len(claims))
}

func TestSubmissionQueuesAVisitedPageAgain(t *testing.T) {
	w := newWorld(t)
	w.ok(w.takedown.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://c.example/"}))
	c, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Hour)
	w.ok(err)
	v := w.visit("https://c.example/")
	v.CandidateID = c.ID
	_, err = w.crawler.SaveVisit(w.ctx(), v, nil, byAny)
	w.ok(err)
	w.ok(w.takedown.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://c.example/", Priority: 9}))
	c, err = w.crawler.ClaimCandidate(w.ctx(), w.now(), time.Hour)
	w.ok(err)
	w.same(9, c.Priority)
	w.want(w.takedown.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "mailto:a@b.example"}), scam.ErrInvalid)
}

func TestCandidateThatFailsGoesBehindTheOthers(t *testing.T) {
	w := newWorld(t)
	w.ok(w.crawler.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://poison.example/", Priority: 9}))
	w.ok(w.crawler.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://plain.example/"}))
	claim := func(lease time.Duration) scam.Candidate {
		c, err := w.crawler.ClaimCandidate(w.ctx(), w.now(), lease)
		w.ok(err)
		return c
	}
	first := claim(time.Nanosecond) // and nothing comes of it
	w.same("https://poison.example/", first.URL)
	w.same(1, first.Attempts)
	plain := claim(time.Hour)
	w.same("https://plain.example/", plain.URL)
	again := claim(time.Hour)
	w.same([]any{first.ID, 2}, []any{again.ID, again.Attempts})
	w.ok(w.crawler.ReleaseCandidate(w.ctx(), again.ID)) // we stop: that was no try
	again = claim(time.Hour)
	w.same([]any{first.ID, 2}, []any{again.ID, again.Attempts})

	v := w.visit("https://poison.example/")
	v.CandidateID, v.Outcome, v.Landings, v.Dials, v.Files, v.Manifest = first.ID, scam.OutcomeCrashed, nil, nil, nil, ""
	_, err := w.crawler.SaveVisit(w.ctx(), v, nil, byAny)
	w.ok(err)
	w.same("visited", value[string](w, "SELECT state FROM candidates WHERE id = $1", first.ID))
	w.ok(w.takedown.EnqueueCandidate(w.ctx(), scam.Candidate{URL: "https://poison.example/"}))
	w.same(1, claim(time.Hour).Attempts)
}
