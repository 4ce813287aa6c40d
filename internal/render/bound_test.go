package render

import (
	"encoding/json"
	"strings"
	"testing"

	"popdown/internal/scam"
)

func TestOneVisitCanAlwaysBeStored(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	url := "https://a.example/#" + long
	full := func() scam.Landing {
		l := scam.Landing{Title: long, Text: long, TelLinks: []string{long}, Dialogs: []scam.Dialog{{Text: "call us"}, {Text: long}}, Behaviors: []scam.Behavior{{Arguments: long}}}
		for range 200 {
			l.Chain = append(l.Chain, scam.Hop{URL: url})
			l.Frames = append(l.Frames, scam.Frame{URL: url, Text: long})
		}
		return l
	}
	landings := []scam.Landing{full(), full(), {Text: long}}
	bound(landings, 9<<20)
	raw, err := json.Marshal(landings)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 13<<20 { // the last steps and what the form adds come on top
		t.Errorf("%d bytes", len(raw))
	}
	if l := landings[1]; l.Chain[199].URL != url || l.Dialogs[0].Text != "call us" || len(l.Chain[0].URL) < minHopURL {
		t.Error("what counts most was cut")
	}
	if landings[2].Text != long {
		t.Error("a small landing was cut for a large one's sake")
	}
}

func TestVisitIsBounded(t *testing.T) {
	t.Parallel()
	b := own(t, func(o *Options) { o.Words = 12 })
	v, err := b.Visit(t.Context(), scam.Request{URL: "http://site.example/plain"})
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Landings[0]; got.Title+got.Text+strings.Join(got.TelLinks, "") != "test"+"tel:+184" {
		t.Errorf("%q %q %q", got.Title, got.Text, got.TelLinks)
	}
}
