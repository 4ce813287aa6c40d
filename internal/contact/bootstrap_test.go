package contact

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBootstrapIsKeptForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.options.CacheDir = filepath.Join(t.TempDir(), "cache")
	find := func(wantNotes ...string) {
		t.Helper()
		got, err := New(w.options).Find(t.Context(), "https://win-secure.example/", nil) // a new one each time: nothing in memory
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Contacts) != 1 || lacks(got.Notes, wantNotes...) != nil {
			t.Errorf("contacts %q, notes %q", brief(got.Contacts), got.Notes)
		}
	}
	const list = "data.iana.example/rdap/dns.json"
	find()
	w.pass(23 * time.Hour)
	find()
	if n := w.count(list); n != 1 {
		t.Errorf("fetched %d times within a day", n)
	}
	w.pass(2 * time.Hour)
	find()
	if n := w.count(list); n != 2 {
		t.Errorf("fetched %d times in two days", n)
	}
	w.own = map[string]http.HandlerFunc{list: func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(500) }}
	w.pass(72 * time.Hour)
	find("could not be refreshed (status 500): used the one of 2026-11-24 13:00 UTC")
}

func TestBootstrapServersHaveCopiesOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := New(Options{CacheDir: dir}), New(Options{CacheDir: dir, BootstrapURL: "http://data.iana.example/rdap/"})
	if a.cachePath("dns") == b.cachePath("dns") {
		t.Errorf("both use %s", a.cachePath("dns"))
	}
}

func TestBootstrapFailureIsNotAskedAgainAtOnce(t *testing.T) {
	t.Parallel()
	const list = "data.iana.example/rdap/dns.json"
	w := newWorld(t, map[string]http.HandlerFunc{list: func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`{"services":[]}`)) }}, nil)
	f := New(w.options)
	for range 3 {
		got, err := f.Find(t.Context(), "https://win-secure.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if missing := lacks(got.Notes, "no services): used the one of the release", "no RDAP server is known for .example"); missing != nil {
			t.Errorf("notes lack %q: %q", missing, got.Notes)
		}
	}
	if n := w.count(list); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.pass(11 * time.Minute)
	if _, err := f.Find(t.Context(), "https://win-secure.example/", nil); err != nil {
		t.Fatal(err)
	}
	if n := w.count(list); n != 2 {
		t.Errorf("asked %d times after ten minutes", n)
	}
}

func TestBootstrapDamagedCopyIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.options.CacheDir = t.TempDir()
	f := New(w.options)
	path := f.cachePath("dns")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(t.Context(), "https://win-secure.example/", nil); err != nil {
		t.Fatal(err)
	}
	if body, err := os.ReadFile(path); err != nil || !strings.Contains(string(body), "rdap.registry.example") {
		t.Errorf("%s, %v", body, err)
	}
}

func TestSnapshotKnowsBigDomainsAndAllRegistries(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"dns shop.com":      "https://rdap.verisign.com/com/v1/",
		"dns shop.xyz":      "https://rdap.centralnic.com/xyz/",
		"ipv4 20.1.2.3":     "https://rdap.arin.net/registry/",
		"ipv4 185.1.2.3":    "https://rdap.db.ripe.net/",
		"ipv4 1.1.1.1":      "https://rdap.apnic.net/",
		"ipv4 200.1.2.3":    "https://rdap.lacnic.net/rdap/",
		"ipv4 102.1.2.3":    "https://rdap.afrinic.net/rdap/",
		"ipv6 2600::1":      "https://rdap.arin.net/registry/",
		"ipv6 2a00::1":      "https://rdap.db.ripe.net/",
		"ipv6 2400::1":      "https://rdap.apnic.net/",
		"ipv6 2800::1":      "https://rdap.lacnic.net/rdap/",
		"ipv6 2c0f::1":      "https://rdap.afrinic.net/rdap/",
		"dns shop.nowhere":  "",
		"dns notcom":        "",
		"ipv4 2600::1":      "",
		"ipv6 not-an-addr.": "",
	} {
		kind, key, _ := strings.Cut(key, " ")
		b := &bootFile{kind: kind}
		if err := b.load(""); err != nil {
			t.Fatal(err)
		}
		if got, _ := b.data.lookup(kind, key); got != want {
			t.Errorf("%s %s: %q, want %q", kind, key, got, want)
		}
	}
}

func TestLookupPrefersTheLongestFitAndHTTPS(t *testing.T) {
	t.Parallel()
	s, err := readServices([]byte(`{"services":[
		[["Deep.example"],["http://c.example"]],
		[["example"],["http://a.example/","https://b.example/x"]],
		[["dead.example"],["gopher://d.example/","::"]],
		[["half"]],[]]}`))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"shop.example": "https://b.example/x/", "shop.deep.example": "http://c.example/", "notdeep.example": "https://b.example/x/",
		"x.dead.example": "https://b.example/x/", "x.half": "",
	} {
		if got, _ := s.lookup("dns", key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}
