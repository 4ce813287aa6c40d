package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func TestResultPutsTheWorstLandingInFront(t *testing.T) {
	t.Parallel()
	v := scam.Visit{
		RequestedURL: "http://start.example/", Persona: "us-windows-chrome", Outcome: scam.OutcomeLoaded,
		StartedAt: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Took: 1500 * time.Millisecond,
		Landings: []scam.Landing{
			{URL: "http://own-tab.example/"},
			{URL: "http://popunder.example/?phone=1", Behaviors: []scam.Behavior{{Name: "fullscreen"}, {Name: "fullscreen"}, {Name: "audio"}}},
		},
	}
	verdicts := []scam.Verdict{{Class: scam.ClassBenign, Score: 3}, {Class: scam.ClassScam, Score: 90, Brand: "microsoft"}}
	r := newResult(v, verdicts)
	if r.LandingURL != "http://popunder.example/?phone=1" || r.Verdict.Score != 90 {
		t.Errorf("front landing is %s with score %d", r.LandingURL, r.Verdict.Score)
	}
	if d := cmp.Diff([]string{"fullscreen", "audio"}, r.Behaviors); d != "" {
		t.Errorf("behaviors (-want +got):\n%s", d)
	}
	if len(r.OtherLandings) != 1 || r.OtherLandings[0].LandingURL != "http://own-tab.example/" {
		t.Errorf("other landings: %+v", r.OtherLandings)
	}
}

// TestResultKeepsItsPromise holds the fields that scripts read, also for a page that did not load.
func TestResultKeepsItsPromise(t *testing.T) {
	t.Parallel()
	line, err := json.Marshal(newResult(scam.Visit{RequestedURL: "http://gone.example/", Outcome: scam.OutcomeDNSError, Error: "no such host"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{
		"requested_url", "landing_url", "persona", "outcome", "started_at", "took_ms", "title", "chain", "verdict", "numbers",
		"behaviors", "behavior_details", "dialogs", "evidence", "error",
	} {
		if v, ok := got[field]; !ok || v == nil {
			t.Errorf("field %s is missing or null in %s", field, line)
		}
	}
	verdict, ok := got["verdict"].(map[string]any)
	if !ok || !slices.Contains([]any{"benign"}, verdict["class"]) {
		t.Errorf("verdict %v", got["verdict"])
	}
}
