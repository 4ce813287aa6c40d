package crawl

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

var update = flag.Bool("update", false, "write golden files")

func TestReadSeeds(t *testing.T) {
	t.Parallel()
	got, err := ReadSeeds("some.yaml", strings.NewReader(`
- name: news
  kind: ad_page
  url: https://news.example/
  schedule: "*/10 * * * *"
- name: list
  kind: url_list
  urls: [https://a.example/, "https://b.example/?phone=+1-844-555-0143"]
  schedule: "@every 1h"
  time_zone: America/New_York
  persona: us-windows-edge
  max_clicks: 3
  enabled: false
  notes: by hand
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []scam.Seed{
		{Name: "news", Kind: scam.SeedAdPage, URL: "https://news.example/", Schedule: "*/10 * * * *", TimeZone: "UTC", Enabled: true},
		{
			Name: "list", Kind: scam.SeedURLList, URLs: []string{"https://a.example/", "https://b.example/?phone=+1-844-555-0143"},
			Schedule: "@every 1h", TimeZone: "America/New_York", Persona: "us-windows-edge", MaxClicks: 3, Notes: "by hand",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
}

// Each testdata/bad-*.yaml has beside it what ReadSeeds says of it.
func TestBadSeedFilesSayWhatToMend(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		seeds, err := ReadSeeds(filepath.Base(name), f)
		if !errors.Is(err, scam.ErrInvalid) || seeds != nil {
			t.Errorf("%s: %d seeds, error %v, want none and scam.ErrInvalid", name, len(seeds), err)
			continue
		}
		golden := strings.TrimSuffix(name, ".yaml") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, readErr := os.ReadFile(golden)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestShippedSeedsAreGoodAndThoseOfTheRealWebAreOff(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../seeds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		seeds, err := ReadSeeds(filepath.Base(name), f)
		if err != nil || len(seeds) == 0 {
			t.Errorf("%d seeds, error %v", len(seeds), err)
		}
		for _, s := range seeds {
			for _, address := range append(s.URLs, s.URL) {
				if s.Enabled && address != "" && !strings.HasSuffix(scam.Host(address), ".example") {
					t.Errorf("%s: seed %q would ask %s without being switched on", name, s.Name, scam.Host(address))
				}
			}
		}
	}
}

func FuzzReadSeeds(f *testing.F) {
	for _, pattern := range []string{"testdata/bad-*.yaml", "../../seeds/*.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte("- &a [*a]\n- {<<: *a, name: x}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		seeds, err := ReadSeeds("fuzz.yaml", strings.NewReader(string(text)))
		if err != nil && (!errors.Is(err, scam.ErrInvalid) || seeds != nil) {
			t.Errorf("%d seeds, error %v", len(seeds), err)
		}
		names := map[string]bool{}
		for _, s := range seeds {
			if err := s.Validate(); err != nil {
				t.Errorf("let through: %v", err)
			}
			if names[s.Name] {
				t.Errorf("%q twice", s.Name)
			}
			names[s.Name] = true
			if _, err := NextRun(s, s.NextRunAt); err != nil {
				t.Errorf("let through: %v", err)
			}
		}
	})
}
