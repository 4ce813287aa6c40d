package evaluate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/evaluate"
	"popdown/internal/scam"
)

var update = flag.Bool("update", false, "write golden files anew")

// writeCorpus writes files by their names below a new folder.
func writeCorpus(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tiny is a corpus whose pages hold the verdict that the fake look gives on them, so
// that the golden files don't change with the detector's weights.
func tiny() map[string]string {
	return map[string]string{
		"scam/found/index.html":    `{"class":"scam","score":90,"brand":"microsoft","language":"en","numbers":[{"e164":"+18445550143"}]}`,
		"scam/found/meta.json":     `{"label":"scam","brand":"Microsoft","language":"en","numbers":["+18445550143"],"notes":"plain"}`,
		"scam/param/index.html":    `{"class":"scam","score":70,"brand":"amazon","language":"en","numbers":[{"e164":"+18555550143"},{"e164":"+18665550143"}]}`,
		"scam/param/meta.json":     `{"label":"scam","brand":"amazon","language":"en-GB","numbers":["+18555550143"],"query":"?phone=18555550143","fragment":"#top"}`,
		"scam/doubted/index.html":  `{"class":"suspicious","score":41,"language":"de","signals":[{"rule":"a","weight":1},{"rule":"b","weight":-20},{"rule":"c","weight":60}]}`,
		"scam/doubted/meta.json":   `{"label":"scam","brand":"geek squad","language":"de","numbers":["+49305555143"]}`,
		"scam/down/index.html":     "",
		"scam/down/meta.json":      `{"label":"scam"}`,
		"harmless/own/index.html":  `{"class":"benign"}`,
		"harmless/own/meta.json":   `{"label":"benign","host":"www.amazon.com"}`,
		"harmless/own2/index.html": `{"class":"benign"}`,
		"harmless/own2/a.png":      `{"title":"picture"}`,
		"harmless/own2/meta.json":  `{"label":"benign","host":"www.amazon.com","brand":"amazon,apple"}`,
		"harmless/gone/index.html": `{"class":"gone"}`,
		"harmless/gone/meta.json":  `{"label":"benign","language":"en-GB"}`,
		"harmless/odd/index.html":  `{"class":"scam","score":55,"signals":[{"rule":"wording/infected","weight":55}],"numbers":[{"e164":"+18445550143"}]}`,
		"harmless/odd/meta.json":   `{"label":"benign"}`,
		"harmless/down/index.html": "",
		"harmless/down/meta.json":  `{"label":"benign"}`,
		"notes/index.html":         "no labels here",
	}
}

// fetch looks at pages with a plain HTTP client and believes what they say of
// themselves; an empty page is not shown.
func fetch(addr string) evaluate.Look {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}}}
	return func(ctx context.Context, r scam.Request) (scam.Visit, []scam.Verdict, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
		if err != nil {
			return scam.Visit{}, nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return scam.Visit{}, nil, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return scam.Visit{}, nil, err
		}
		if len(body) == 0 {
			return scam.Visit{Outcome: scam.OutcomeTimeout, Error: "no answer"}, nil, nil
		}
		var verdict scam.Verdict
		if resp.StatusCode == http.StatusOK {
			if err := json.Unmarshal(body, &verdict); err != nil {
				return scam.Visit{}, nil, err
			}
		}
		v := scam.Visit{Outcome: scam.OutcomeLoaded, Landings: []scam.Landing{{URL: r.URL, Status: resp.StatusCode, Text: string(body)}}}
		return v, []scam.Verdict{{Class: scam.ClassBenign}, verdict}, nil
	}
}

func serve(t *testing.T, files map[string]string) (*evaluate.Corpus, string, []string) {
	t.Helper()
	corpus, err := evaluate.Load(writeCorpus(t, files))
	if err != nil {
		t.Fatal(err)
	}
	addr, hosts, stop, err := corpus.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return corpus, addr.String(), hosts
}

func TestRunScoresACorpus(t *testing.T) {
	t.Parallel()
	corpus, addr, hosts := serve(t, tiny())
	if want := []string{"page-1.example", "page-2.example", "page-3.example", "page-4.example", "page-5.example", "page-6.example", "page-7.example", "www.amazon.com"}; !cmp.Equal(want, hosts) {
		t.Errorf("hosts (-want +got):\n%s", cmp.Diff(want, hosts))
	}
	var calls, last atomic.Int32
	result, err := corpus.Run(t.Context(), fetch(addr), evaluate.Options{Concurrency: 3, Progress: func(done, total int) {
		calls.Add(1)
		last.Store(int32(done*100 + total))
	}})
	if err != nil {
		t.Fatal(err)
	}
	if calls.Load() != 9 || last.Load() != 909 {
		t.Errorf("progress was called %d times and ended with %d", calls.Load(), last.Load())
	}
	result.RulesVersion = "RULES"
	var got bytes.Buffer
	if err := result.Write(&got); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.txt", got.Bytes())
	got.Reset()
	if err := result.WriteJSON(&got); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", got.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestServeGivesEachPageItsFilesAndHidesLabels(t *testing.T) {
	t.Parallel()
	corpus, addr, _ := serve(t, tiny())
	urls := map[string]string{}
	for _, p := range corpus.Pages {
		urls[p.Name] = p.URL
	}
	if got := urls["scam/param"]; !strings.HasSuffix(got, ".example/?phone=18555550143#top") {
		t.Errorf("URL %q lacks the labelled query and fragment", got)
	}
	for _, c := range []struct {
		url    string
		status int
		body   string
	}{
		{urls["harmless/own2"] + "a.png", 200, `{"title":"picture"}`},
		{urls["harmless/own2"], 200, `{"class":"benign"}`},
		{urls["harmless/own"] + "meta.json", 404, ""},
		{urls["harmless/own"] + "../gone/index.html", 404, ""},
		{urls["harmless/own"] + "nothing.js", 404, ""},
		{"http://unknown.example/", 404, ""},
	} {
		v, _, err := fetch(addr)(t.Context(), scam.Request{URL: c.url})
		if err != nil {
			t.Fatal(err)
		}
		if l := v.Landings[0]; l.Status != c.status || c.body != "" && l.Text != c.body {
			t.Errorf("%s: got %d %q, want %d %q", c.url, l.Status, l.Text, c.status, c.body)
		}
	}
}

func TestALookThatCannotBeMadeEndsTheRun(t *testing.T) {
	t.Parallel()
	corpus, _, _ := serve(t, tiny())
	broken := errors.New("no browser")
	_, err := corpus.Run(t.Context(), func(context.Context, scam.Request) (scam.Visit, []scam.Verdict, error) {
		return scam.Visit{}, nil, broken
	}, evaluate.Options{Concurrency: 2})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "look at ") {
		t.Errorf("got error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := corpus.Run(ctx, fetch(""), evaluate.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after a stop: got error %v", err)
	}
}

func TestBadCorporaAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, content, want string }{
		{"no folders", "readme", "x", "no folder below"},
		{"broken JSON", "a/meta.json", "{", filepath.Join("a", "meta.json")},
		{"unknown label", "a/meta.json", `{"label":"spam"}`, `label "spam"`},
		{"missing label", "a/meta.json", `{}`, `label ""`},
		{"number that is not E.164", "a/meta.json", `{"label":"scam","numbers":["844-555-0143"]}`, `"844-555-0143"`},
		{"host that is a URL", "a/meta.json", `{"label":"scam","host":"http://a.example/"}`, `host "http://a.example/"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := evaluate.Load(writeCorpus(t, map[string]string{"a/index.html": "x", c.file: c.content}))
			if !errors.Is(err, scam.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one that names %s", err, c.want)
			}
		})
	}
	if _, err := evaluate.Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: got error %v", err)
	}
}

func TestTextsNamesBadLines(t *testing.T) {
	t.Parallel()
	good := `{"id":"a","label":"benign","text":"hello"}`
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "\n\n", "no line"},
		{"no JSON", good + "\n\nhello\n", "line 3"},
		{"unknown label", good + "\n" + `{"label":"x"}`, "line 2"},
	} {
		if _, err := evaluate.Texts(strings.NewReader(c.in)); !errors.Is(err, scam.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one that names %s", c.name, err, c.want)
		}
	}
	if r, err := evaluate.Texts(strings.NewReader(good)); err != nil || r.Overall.Pages != 1 {
		t.Errorf("got %+v, %v", r.Overall, err)
	}
}

func TestRatesWithoutAnythingToCount(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal([]evaluate.Rate{{}, {Hits: 1, Of: 2}})
	if err != nil || string(got) != "[null,0.5]" {
		t.Errorf("got %s, %v", got, err)
	}
	if s := fmt.Sprint(evaluate.Rate{}, evaluate.Rate{Hits: 2, Of: 3}); s != "- 0.667" {
		t.Errorf("got %q", s)
	}
}
