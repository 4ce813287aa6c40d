package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

// trail is a chain as "via status url" lines.
func trail(chain []scam.Hop) []string {
	var lines []string
	for _, h := range chain {
		lines = append(lines, string(h.Via)+" "+strings.TrimSpace(strings.TrimPrefix(h.URL, "http://")))
	}
	return lines
}

func TestChainNamesEveryHop(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, url string
		want      [][]string // of each landing
	}{
		{"redirect, refresh, script, form", "http://one.example/chain", [][]string{{
			"start one.example/chain", "http two.example/chain-meta?x=1#frag", "meta three.example/chain-script",
			"script four.example/chain-form", "form five.example/chain-end?phone=844-555-0143",
		}}},
		{"our click leads on, and the gate is kept", "http://site.example/gate", [][]string{
			{"start site.example/gate"},
			{"start site.example/gate", "click behind.example/behind"},
		}},
		{"popup", "http://site.example/opener", [][]string{
			{"start site.example/opener"},
			{"start site.example/opener", "window_open popup.example/popup?n=1"},
		}},
		{"popup without a URL", "http://site.example/blank-opener", [][]string{
			{"start site.example/blank-opener"},
			{"start site.example/blank-opener", "window_open about:blank"},
		}},
		{"a download is no hop", "http://site.example/download", [][]string{{"start site.example/download"}}},
		{"history is no hop", "http://site.example/trap", [][]string{{"start site.example/trap"}}},
		{"a phone link is not clicked", "http://site.example/forbidden", [][]string{{"start site.example/forbidden"}}},
		{"a form is not sent", "http://site.example/form", [][]string{{"start site.example/form"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, tt.url)
			var got [][]string
			for _, l := range v.Landings {
				got = append(got, trail(l.Chain))
				if last := l.Chain[len(l.Chain)-1]; last.URL != l.URL || last.Status != l.Status {
					t.Errorf("landing %s (%d) ends its chain with %+v", l.URL, l.Status, last)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPopupIsALandingOfItsOwn(t *testing.T) {
	t.Parallel()
	v := visitURL(t, "http://site.example/opener")
	want := []string{"screenshot.png", "dom.html", "screenshot-2.png", "dom-2.html", "visit.har"}
	if got := captureNames(v); !slices.Equal(got, want) {
		t.Errorf("captures %q, want %q", got, want)
	}
	popup := v.Landings[1]
	if !strings.Contains(popup.Text, "+1 855 555 0142") {
		t.Errorf("text %q", popup.Text)
	}
	if diff := cmp.Diff([]scam.Dialog{{Type: "alert", Text: "in popup", Count: 1}}, popup.Dialogs); diff != "" {
		t.Error(diff)
	}
}

func TestPopupsAreBounded(t *testing.T) {
	t.Parallel()
	if v := visitURL(t, "http://site.example/many"); len(v.Landings) != 1+maxPopups {
		t.Errorf("%d landings, want the own tab and %d popups", len(v.Landings), maxPopups)
	}
}
