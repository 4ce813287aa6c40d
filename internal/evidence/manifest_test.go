package evidence

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func visit() scam.Visit {
	at := time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.FixedZone("", -5*3600))
	return scam.Visit{
		ID: 7, CandidateID: 8, Purpose: scam.PurposeCrawl, RequestedURL: "http://ad.example/c?x=1&y=<2>", Referrer: "http://news.example/",
		Persona: "us-windows-chrome", StartedAt: at, Took: 4567 * time.Millisecond, Outcome: scam.OutcomeLoaded,
		Landings: []scam.Landing{
			{
				URL: "https://win-alert.example/", Title: "Security \"Alert\" ⚠", Status: 200,
				Chain: []scam.Hop{
					{URL: "http://ad.example/c?x=1&y=<2>", Via: scam.ViaStart, Status: 302, IP: "203.0.113.5:80"},
					{Seq: 1, URL: "https://win-alert.example/", Via: scam.ViaHTTP, Status: 200, IP: "203.0.113.6:443"},
				},
				Text: "in the DOM", HTML: "<p>in the DOM</p>", TelLinks: []string{"tel:+18445550143"},
				Frames:    []scam.Frame{{URL: "https://frame.example/", Text: "Call +1 844 555 0143"}},
				Dialogs:   []scam.Dialog{{Type: "alert", Text: "Call now", Count: 3}},
				Behaviors: []scam.Behavior{{Name: "fullscreen", AtMS: 900}},
			},
			{URL: "about:blank"},
		},
		Dials: []scam.Dial{{Host: "ad.example", Port: 80, Addr: "203.0.113.5:80", At: at.UTC()}},
		Captures: []scam.Capture{
			{Name: "screenshot.png", ContentType: "image/png", Data: []byte("png")},
			{Name: "dom.html", ContentType: "text/html", Data: []byte("hello")},
			{Name: "dom-2.html", ContentType: "text/html", Data: []byte("hello")},
		},
	}
}

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("testdata", t.Name()+".golden.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestKeepVisit(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	v := visit()
	if err := s.KeepVisit(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	golden(t, content(t, s, v.Manifest))
	want := []scam.File{
		{Name: "screenshot.png", ContentType: "image/png", SHA256: "8f8cbb7dcf46e0bc7d53265749a6c17d116093a6ba95e442764060c76fd4a86c", Size: 3},
		{Name: "dom.html", ContentType: "text/html", SHA256: helloSum, Size: 5},
		{Name: "dom-2.html", ContentType: "text/html", SHA256: helloSum, Size: 5},
	}
	if diff := cmp.Diff(want, v.Files); diff != "" {
		t.Error(diff)
	}
	for i, f := range v.Files {
		if got := content(t, s, f.SHA256); got != string(v.Captures[i].Data) {
			t.Errorf("%s holds %q", f.Name, got)
		}
	}

	again := visit()
	if err := s.KeepVisit(t.Context(), &again); err != nil || again.Manifest != v.Manifest {
		t.Errorf("the same visit: %s, %v; want the manifest %s", again.Manifest, err, v.Manifest)
	}
	again.Landings[0].Title = "other"
	if err := s.KeepVisit(t.Context(), &again); err != nil || again.Manifest == v.Manifest {
		t.Errorf("another visit: %s, %v; want another manifest", again.Manifest, err)
	}
}

func TestManifestOfNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	v := scam.Visit{RequestedURL: "http://gone.example/", Outcome: scam.OutcomeDNSError, Error: "name does not resolve"}
	if err := s.KeepVisit(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	golden(t, content(t, s, v.Manifest))
}

func TestNamesThatCannotBeFiles(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	top := t.TempDir()
	for _, name := range []string{"", ".", "..", "/", "../x", "a/b", "a/", "/etc/x", `a\b`, ".hidden", "a\x00b", "manifest.json", "twice"} {
		v := scam.Visit{Captures: []scam.Capture{{Name: "twice"}, {Name: name, Data: []byte("x")}}}
		if err := s.KeepVisit(t.Context(), &v); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("kept %q: %v", name, err)
		}
		if _, _, err := WriteFolder(filepath.Join(top, "sub", "visit"), v); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("wrote %q: %v", name, err)
		}
	}
	if left := files(t, top); len(left) != 0 {
		t.Errorf("written: %v", left)
	}
}

func TestWriteFolder(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir := filepath.Join(top, "out", "0001-ad.example")
	v := visit()
	got, path, err := WriteFolder(dir, v)
	if err != nil {
		t.Fatal(err)
	}
	kept := visit()
	s := open(t, t.TempDir())
	if err := s.KeepVisit(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept.Files, got); diff != "" {
		t.Error(diff)
	}
	if path != filepath.Join(dir, "manifest.json") {
		t.Errorf("manifest %s", path)
	}
	manifest, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content(t, s, kept.Manifest), string(manifest)); diff != "" {
		t.Errorf("the folder's manifest is not the store's: %s", diff)
	}
	for _, c := range v.Captures {
		if data, err := os.ReadFile(filepath.Join(dir, c.Name)); err != nil || string(data) != string(c.Data) {
			t.Errorf("%s: %q, %v", c.Name, data, err)
		}
	}
	if left := files(t, top); len(left) != 4 {
		t.Errorf("written: %v", left)
	}

	if _, _, err := WriteFolder(dir, scam.Visit{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a folder that is full: %v", err)
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(manifest) {
		t.Errorf("the first folder was changed: %v", err)
	}
}
