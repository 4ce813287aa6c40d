package render

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func TestPersonaNames(t *testing.T) {
	t.Parallel()
	want := []string{"us-windows-chrome", "us-windows-edge", "us-mac-chrome"}
	if diff := cmp.Diff(want, PersonaNames()); diff != "" {
		t.Error(diff)
	}
	personas, err := Personas()
	if err != nil {
		t.Fatal(err)
	}
	_, err = pick(personas, "us-windows-crome")
	if !errors.Is(err, scam.ErrInvalid) || !strings.Contains(err.Error(), strings.Join(want, ", ")) {
		t.Errorf("unknown name gave %v", err)
	}
}

func TestPersonaIsWhatPagesSee(t *testing.T) {
	t.Parallel()
	type seen struct {
		UA, Platform, Zone, Locale string
		Languages                  []string
		Webdriver                  bool
		Cores, Touch               int
		Size                       []int
	}
	const mozilla = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/MAJOR.0.0.0 Safari/537.36"
	tests := map[string]struct {
		seen
		hints string // in the client hints
	}{
		"": {seen{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + mozilla, "Win32", "America/New_York", "en-US", []string{"en-US", "en"}, false, 8, 0, []int{1280, 800, 1920, 1080}},
			`{"brand":"Google Chrome","version":"FULL"}`},
		"us-windows-edge": {seen{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + mozilla + " Edg/MAJOR.0.0.0", "Win32", "America/Chicago", "en-US", []string{"en-US", "en"}, false, 4, 0, []int{1280, 800, 1920, 1080}},
			`{"brand":"Microsoft Edge","version":"MAJOR.0.0.0"}`},
		"us-mac-chrome": {seen{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + mozilla, "MacIntel", "America/Los_Angeles", "en-US", []string{"en-US", "en"}, false, 8, 0, []int{1280, 800, 1440, 900}},
			`"platform":"macOS"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := world.browser.Visit(t.Context(), scam.Request{URL: "https://x.secure.example/persona", Persona: name})
			if err != nil {
				t.Fatal(err)
			}
			fill := world.version(t)
			for where, text := range map[string]string{"page": v.Landings[0].Text, "cross-site frame": v.Landings[0].Frames[0].Text} {
				var got seen
				if err := json.Unmarshal([]byte(text), &got); err != nil {
					t.Fatal(where, err, text)
				}
				want := tt.seen
				want.UA = fill.Replace(want.UA)
				if where != "page" {
					want.Size = got.Size // its own
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(where, diff)
				}
				if hints := fill.Replace(tt.hints); !strings.Contains(text, hints) || strings.Contains(text, "Headless") {
					t.Errorf("%s: client hints lack %s: %s", where, hints, text)
				}
			}
		})
	}
}

func TestBrandsFollowTheVersion(t *testing.T) {
	t.Parallel()
	low, full := brands("Google Chrome", "132.0.6834.84", "132.0.6834.84")
	text := func(list any) string {
		raw, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	// As Chrome 132 sends them.
	if want := `[{"brand":"Not A(Brand","version":"8"},{"brand":"Chromium","version":"132"},{"brand":"Google Chrome","version":"132"}]`; text(low) != want {
		t.Errorf("got %s, want %s", text(low), want)
	}
	if want := `{"brand":"Not A(Brand","version":"8.0.0.0"}`; !strings.Contains(text(full), want) {
		t.Errorf("got %s, want %s", text(full), want)
	}
	if low, _ := brands("x", "1", "unknown"); low != nil {
		t.Errorf("brands of an unknown version: %v", low)
	}
}
