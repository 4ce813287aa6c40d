package discover

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

const pageURL = "http://news.example/today"

func adSeed() scam.Seed {
	return scam.Seed{ID: 7, Name: "news", Kind: scam.SeedAdPage, URL: pageURL, Persona: "us-windows-edge"}
}

func TestAdPageGivesCandidatesWithTheirReferrer(t *testing.T) {
	t.Parallel()
	web := &testWeb{answers: map[string]answer{
		"news.example/today": {body: `<html><body class="has-ads">
			<a href="/yesterday" target="_blank">Yesterday</a>
			<a href="http://weather.example/" target="_blank">Weather</a>
			<div class="ad-slot"><a href="http://offers.example/win" target="_blank">Win</a></div>
			<a href="http://track.adnet.example/click?zoneid=4&amp;campaign=9">A deal</a>
			<iframe src="http://serve.adnet.example/serve?zoneid=7"></iframe>
			<script src="http://serve.adnet.example/tag.js?zoneid=8"></script>
			<script src="http://silent.example/serve.js?zoneid=8"></script>
		</body></html>`},
		"serve.adnet.example/serve?zoneid=7": {body: `<a href="http://track.adnet.example/click?campaign=10" target="_blank"><img src="x.png"></a>
			<a href="http://news.example/advertise">Advertise here</a>`},
		"serve.adnet.example/tag.js?zoneid=8": {
			header: map[string]string{"Content-Type": "text/javascript"},
			body:   `window.open("http:\/\/track.adnet.example\/go\/77?c=1"); var css = "http://cdn.adnet.example/serve/look.css?zoneid=1";`,
		},
		"silent.example/serve.js?zoneid=8": {header: map[string]string{"Content-Type": "text/javascript"}, body: `atob("aHR0cA==")`},
	}}
	d := serve(t, web, Options{})
	got, err := d.Discover(t.Context(), adSeed())
	if err != nil {
		t.Fatal(err)
	}
	frame := "http://serve.adnet.example/serve?zoneid=7"
	want := []brief{
		{"http://track.adnet.example/click?zoneid=4&campaign=9", pageURL, "link to track.adnet.example (path of click-counter, parameter of ad-zone)", 50},
		{"http://track.adnet.example/click?campaign=10", frame, "link to track.adnet.example (path of click-counter, parameter of campaign, in an ad container)", 70},
		{"http://track.adnet.example/go/77?c=1", pageURL, "link to track.adnet.example (path of redirector, named by a script of serve.adnet.example)", 20},
		{"http://offers.example/win", pageURL, "link to offers.example (in an ad container)", 20},
		{frame, pageURL, "iframe of serve.adnet.example (path of ad-server, parameter of ad-zone)", 10},
		{pageURL, "", "script of serve.adnet.example (parameter of ad-zone)", 10},
	}
	byPriority := []brief{want[1], want[0], want[3], want[2], want[4], want[5]}
	if diff := cmp.Diff(byPriority, briefs(got)); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	first := got[0]
	first.URL, first.Referrer, first.Found, first.Priority = "", "", "", 0
	rest := scam.Candidate{Persona: "us-windows-edge", SeedID: 7, State: scam.CandidateQueued, FoundAt: testNow}
	if diff := cmp.Diff(rest, first); diff != "" {
		t.Errorf("rest of a candidate (-want +got):\n%s", diff)
	}
	asked := []string{
		"news.example/today", "serve.adnet.example/serve?zoneid=7",
		"serve.adnet.example/tag.js?zoneid=8", "silent.example/serve.js?zoneid=8",
	}
	if diff := cmp.Diff(asked, web.requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if ref := web.headers[len(web.headers)-1].Get("Referer"); ref != pageURL {
		t.Errorf("Referer of an ad script: %q", ref)
	}
}

func TestAdPageIsAGoodCitizen(t *testing.T) {
	t.Parallel()
	ad := `<a href="http://ads.example/click?zoneid=1">ad</a>`
	frames, inner := "", []string{"news.example/today"}
	for i := range 12 {
		address := fmt.Sprintf("ads.example/serve?zoneid=%d", i/2) // each twice
		frames += `<iframe src="http://` + address + `"></iframe>`
		if i%2 == 0 && i/2 < maxInner {
			inner = append(inner, address)
		}
	}
	for i := range 20 {
		frames += fmt.Sprintf(`<iframe src="http://more.example/serve?zoneid=%d"></iframe>`, i)
	}
	links := strings.Repeat(`<a href="http://other.example/a">x</a>`, 5000) + strings.Repeat(`<a href="http://ads.example/click?zoneid=1">x</a>`, 5000)
	many := ""
	for i := range 50 {
		many += fmt.Sprintf(`<a href="http://ads.example/click?zoneid=%d">x</a>`, i)
	}
	tests := map[string]struct {
		answers map[string]answer
		max     int
		want    int    // candidates
		err     string // part of the error
		asked   []string
	}{
		"robots.txt is obeyed": {
			answers: map[string]answer{"news.example/robots.txt": {body: "User-agent: *\nDisallow: /today"}, "news.example/today": {body: ad}},
			err:     "robots.txt",
		},
		"robots.txt that names us is obeyed": {
			answers: map[string]answer{"news.example/robots.txt": {body: "User-agent: popdown\nDisallow: /\n\nUser-agent: *\nAllow: /"}, "news.example/today": {body: ad}},
			err:     "robots.txt",
		},
		"robots.txt is asked again where a redirect leads": {
			answers: map[string]answer{
				"news.example/today":          {status: 302, header: map[string]string{"Location": "http://www.news.example/x"}},
				"www.news.example/robots.txt": {body: "User-agent: *\nDisallow: /x"},
				"www.news.example/x":          {body: ad},
			},
			err: "robots.txt", asked: []string{"news.example/today"},
		},
		"a robots.txt that fails forbids": {
			answers: map[string]answer{"news.example/robots.txt": {status: 503}, "news.example/today": {body: ad}},
			err:     "robots.txt",
		},
		"a robots.txt that moved is followed": {
			answers: map[string]answer{
				"news.example/robots.txt":     {status: 301, header: map[string]string{"Location": "http://www.news.example/robots.txt"}},
				"www.news.example/robots.txt": {body: "User-agent: *\nDisallow: /"},
				"news.example/today":          {body: ad},
			},
			err: "robots.txt",
		},
		"a redirect is followed": {
			answers: map[string]answer{
				"news.example/today": {status: 301, header: map[string]string{"Location": "/now"}},
				"news.example/now":   {body: ad},
			},
			want: 1, asked: []string{"news.example/today", "news.example/now"},
		},
		"a redirect loop ends": {
			answers: map[string]answer{"news.example/today": {status: 302, header: map[string]string{"Location": "/today"}}},
			err:     "more than 5 redirects",
		},
		"429 is reported with its Retry-After and not tried again": {
			answers: map[string]answer{"news.example/today": {status: 429, header: map[string]string{"Retry-After": "120"}}},
			err:     "answered 429 Too Many Requests, come back after 120", asked: []string{"news.example/today"},
		},
		"a 404 is an error":              {err: "answered 404 Not Found", asked: []string{"news.example/today"}},
		"a picture is no page":           {answers: map[string]answer{"news.example/today": {header: map[string]string{"Content-Type": "image/png"}}}, err: "image/png is not a page"},
		"few frames are read, each once": {answers: map[string]answer{"news.example/today": {body: frames}}, max: 100, want: 26, asked: inner},
		"the click budget is kept":       {answers: map[string]answer{"news.example/today": {body: many}}, max: 3, want: 3},
		"the default budget is ten":      {answers: map[string]answer{"news.example/today": {body: many}}, want: 10},
		"10,000 links are one ad":        {answers: map[string]answer{"news.example/today": {body: links}}, want: 1, asked: []string{"news.example/today"}},
		"an ad's own robots.txt does not hide it, and its redirect is left to the browser": {
			answers: map[string]answer{
				"news.example/today":         {body: `<iframe src="http://ads.example/serve?zoneid=1"></iframe>`},
				"ads.example/robots.txt":     {body: "User-agent: *\nDisallow: /"},
				"ads.example/serve?zoneid=1": {status: 302, header: map[string]string{"Location": "http://land.example/"}},
			},
			want: 1, asked: []string{"news.example/today", "ads.example/serve?zoneid=1"},
		},
		"a frame that does not answer is a candidate all the same": {
			answers: map[string]answer{"news.example/today": {body: `<iframe src="http://ads.example/serve?zoneid=1"></iframe>`}},
			want:    1,
		},
		"a page that nests without end is refused": {
			answers: map[string]answer{"news.example/today": {body: strings.Repeat("<div>", 100_000) + ad}},
			err:     "read http://news.example/today",
		},
		"a gzip bomb is not unpacked": {
			answers: map[string]answer{"news.example/today": {header: map[string]string{"Content-Type": "application/gzip"}, body: bomb()}},
			err:     "did not ask for",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			web := &testWeb{answers: tt.answers}
			s := adSeed()
			s.MaxClicks = tt.max
			got, err := serve(t, web, Options{}).Discover(t.Context(), s)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("error %v, want one with %q", err, tt.err)
			}
			if len(got) != tt.want {
				t.Errorf("%d candidates, want %d: %v", len(got), tt.want, briefs(got))
			}
			if diff := cmp.Diff(tt.asked, web.requests()); tt.asked != nil && diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiscoverEndsWithItsContextAndItsTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	// A robots.txt that never answers: colly asks for it without a context.
	d := serve(t, &testWeb{}, Options{Timeout: 200 * time.Millisecond})
	stuck := hang(t, release)
	d.Guard = stuck
	if _, err := d.Discover(t.Context(), adSeed()); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("a silent server: error %v, want the deadline", err)
	}
	d.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	done := make(chan error, 1)
	go func() {
		_, err := d.Discover(ctx, adSeed())
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled run: error %v", err)
		}
	case <-time.After(fetchTimeout / 2):
		t.Error("a cancelled run waits for its server")
	}
}

func TestNothingPrivateIsFetched(t *testing.T) {
	t.Parallel()
	d := serve(t, &testWeb{}, Options{})
	s := adSeed()
	s.URL = "http://127.0.0.2/"
	if got, err := d.Discover(t.Context(), s); err == nil {
		t.Errorf("a private address was fetched: %v", got)
	}
}

func bomb() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(bytes.Repeat([]byte("a"), 1<<20))
	z.Close()
	return b.String()
}
