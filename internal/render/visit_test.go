package render

import (
	"encoding/json"
	"errors"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"popdown/internal/scam"
)

func TestPlainPageIsBroughtHome(t *testing.T) {
	t.Parallel()
	const url = "http://site.example/plain?phone=844#top"
	v, err := world.browser.Visit(t.Context(), scam.Request{URL: url, CandidateID: 7, Purpose: scam.PurposeCrawl})
	if err != nil {
		t.Fatal(err)
	}
	where := world.plain
	want := scam.Visit{
		CandidateID: 7, Purpose: scam.PurposeCrawl, RequestedURL: url, Persona: "us-windows-chrome", Outcome: scam.OutcomeLoaded,
		Landings: []scam.Landing{{
			URL: url, Title: "test", Status: 200, Text: "Plain page\n\nCall +1 844 555 0143\n\ncall", TelLinks: []string{"tel:+18445550143"},
			Chain:   []scam.Hop{{URL: url, Via: scam.ViaStart, Status: 200, IP: where}},
			Dialogs: []scam.Dialog{}, Behaviors: []scam.Behavior{},
		}},
		Dials: []scam.Dial{{Host: "site.example", Port: 80, Addr: where}},
	}
	if diff := cmp.Diff(want, v, cmpopts.IgnoreFields(scam.Visit{}, "StartedAt", "Took", "Captures"),
		cmpopts.IgnoreFields(scam.Landing{}, "HTML"), cmpopts.IgnoreFields(scam.Dial{}, "At")); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(v.Landings[0].HTML, "<!DOCTYPE html>\n<html>") || v.Took <= 0 || v.StartedAt.IsZero() {
		t.Errorf("HTML %q, took %v, started %v", v.Landings[0].HTML, v.Took, v.StartedAt)
	}
	if got, want := captureNames(v), []string{"screenshot.png", "dom.html", "visit.har"}; !slices.Equal(got, want) {
		t.Fatalf("captures %q, want %q", got, want)
	}
	picture, err := png.DecodeConfig(strings.NewReader(string(v.Captures[0].Data)))
	if err != nil || picture.Width != 1280 || picture.Height != 800 {
		t.Errorf("screenshot %d x %d, %v", picture.Width, picture.Height, err)
	}
}

func captureNames(v scam.Visit) []string {
	var all []string
	for _, c := range v.Captures {
		all = append(all, c.Name)
	}
	return all
}

func TestHARLogsEveryRequest(t *testing.T) {
	t.Parallel()
	v := visitURL(t, "http://one.example/chain")
	data := v.Captures[len(v.Captures)-1].Data
	var har struct {
		Log struct {
			Version string
			Entries []struct {
				Request struct {
					Method, URL string
					Headers     []harPair
				}
				Response struct {
					Status      int
					RedirectURL string
				}
				ServerIPAddress string
			}
		}
	}
	if err := json.Unmarshal(data, &har); err != nil {
		t.Fatal(err)
	}
	if har.Log.Version != "1.2" || len(har.Log.Entries) < 5 {
		t.Fatalf("version %q, %d entries", har.Log.Version, len(har.Log.Entries))
	}
	first := har.Log.Entries[0]
	if first.Request.Method != "GET" || first.Request.URL != "http://one.example/chain" || first.Response.Status != 302 ||
		first.Response.RedirectURL != "http://two.example/chain-meta?x=1#frag" || first.ServerIPAddress != "127.0.0.1" {
		t.Errorf("first entry %+v", first)
	}
	if strings.Contains(strings.ToLower(string(data)), "proxy-authorization") {
		t.Error("the proxy's secret is in the log")
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, url string
		outcome   scam.Outcome
		why       string // part of Error
		text      string // part of the landing's
	}{
		{"not found is looked at", "http://site.example/nowhere", scam.OutcomeHTTPError, "404", "404 here"},
		{"broken server is looked at", "http://site.example/broken", scam.OutcomeHTTPError, "500", "Broken"},
		{"login refused is looked at", "http://site.example/auth", scam.OutcomeHTTPError, "401", "Denied"},
		{"bad certificate is looked at", "https://x.secure.example/plain", scam.OutcomeLoaded, "", "Plain page"},
		{"no such name", "http://none.test/", scam.OutcomeDNSError, "does not resolve", ""},
		{"no such name, https", "https://none.test/", scam.OutcomeDNSError, "does not resolve", ""},
		{"nobody listens", "http://closed.example/", scam.OutcomeRefused, "refused", ""},
		{"nobody listens, https", "https://closed.example/", scam.OutcomeRefused, "refused", ""},
		{"no TLS there", "https://site.example/plain", scam.OutcomeTLSError, "ERR_SSL", ""},
		{"private address", "http://10.0.0.1/", scam.OutcomeBlocked, "not a public address", ""},
		{"redirect to a dead host", "http://site.example/to-dead", scam.OutcomeDNSError, "does not resolve", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, tt.url)
			if v.Outcome != tt.outcome || !strings.Contains(v.Error, tt.why) || (tt.why == "") != (v.Error == "") {
				t.Errorf("outcome %s (%s), want %s (%s)", v.Outcome, v.Error, tt.outcome, tt.why)
			}
			if got := v.Landings[0].Text; !strings.Contains(got, tt.text) || (tt.text == "") != (got == "") {
				t.Errorf("text %q, want %q", got, tt.text)
			}
		})
	}
}

func TestFramesAreRead(t *testing.T) {
	t.Parallel()
	l := visitURL(t, "http://site.example/frames").Landings[0]
	want := []scam.Frame{
		{URL: "http://deep.test2.example/deep", Text: "Deep"},
		{URL: "http://deep.test2.example/deep", Text: "Deep"},
		{URL: "http://other.test.example/inner?far", Text: "Inner +1 866 555 0123\n\nxtrue"},
		{URL: "http://site.example/inner", Text: "Inner +1 866 555 0123\n\nxtrue"},
	}
	byURL := cmpopts.SortSlices(func(a, b scam.Frame) bool { return a.URL < b.URL })
	if diff := cmp.Diff(want, l.Frames, byURL); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(l.TelLinks, []string{"tel:+18665550123"}) {
		t.Errorf("tel links %q", l.TelLinks)
	}
}

func TestPrivateAddressesAreOutOfReach(t *testing.T) {
	t.Parallel()
	l := visitURL(t, "http://site.example/reach").Landings[0]
	if want := "done 0 of 4"; l.Text != want {
		t.Errorf("page says %q, want %q", l.Text, want)
	}
	select {
	case hit := <-world.web.hits:
		t.Errorf("a request came through: %s", hit)
	default:
	}
}

func TestReferrerIsSent(t *testing.T) {
	t.Parallel()
	v, err := world.browser.Visit(t.Context(), scam.Request{URL: "http://site.example/headers", Referrer: "http://ads.example/page?id=1"})
	if err != nil {
		t.Fatal(err)
	}
	if text := v.Landings[0].Text; !strings.Contains(text, "Referer: http://ads.example/page?id=1\n") || !strings.Contains(text, "Proxy-Authorization: \n") {
		t.Errorf("headers:\n%s", text)
	}
}

func TestRequestsThatAreWrong(t *testing.T) {
	t.Parallel()
	for _, r := range []scam.Request{{URL: "ftp://site.example/"}, {URL: "chrome://settings"}, {URL: "http://site.example/", Persona: "nobody"}} {
		if _, err := world.browser.Visit(t.Context(), r); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// The site is a Go server, which refuses the first of them itself; but it was asked.
func TestURLsThatOnlyBrowsersTake(t *testing.T) {
	t.Parallel()
	for url, outcome := range map[string]scam.Outcome{
		"http://site.example/50%off":           scam.OutcomeHTTPError,
		"http://site.example/plain?a=1%#100%":  scam.OutcomeLoaded,
		"http://user:p%25@site.example/plain#": scam.OutcomeLoaded,
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, url)
			if v.Outcome != outcome || len(v.Landings) != 1 {
				t.Fatalf("%s %s, %d landings", v.Outcome, v.Error, len(v.Landings))
			}
			end := v.Landings[0].Chain[len(v.Landings[0].Chain)-1]
			if end.IP != world.plain || scam.Host(end.URL) != "site.example" {
				t.Errorf("met at %q: %s", end.IP, end.URL)
			}
		})
	}
}
