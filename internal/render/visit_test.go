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

func TestDialogsAreRecordedAndAnswered(t *testing.T) {
	t.Parallel()
	alert := func(text string) scam.Dialog { return scam.Dialog{Type: "alert", Text: text} }
	tests := []struct {
		page string
		want []scam.Dialog
		text string
		loop bool
	}{
		{"alert-loop", []scam.Dialog{alert("Virus! call 844-555-0143")}, "Loop", true},
		{"alert-stubborn", []scam.Dialog{alert("Virus!")}, "Stubborn", true},
		{"alert-timer", []scam.Dialog{alert("again 1"), alert("again 2"), alert("again 0")}, "Timer", true},
		{"ask", []scam.Dialog{{Type: "confirm", Text: "Scan now?"}, {Type: "prompt", Text: "Your name?"}}, "true", false},
		{"auth", []scam.Dialog{{Type: "auth", Text: "Microsoft support 1-844-555-0143"}}, "Denied", false},
	}
	for _, tt := range tests {
		t.Run(tt.page, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, "http://site.example/"+tt.page)
			l := v.Landings[0]
			if diff := cmp.Diff(tt.want, l.Dialogs, cmpopts.IgnoreFields(scam.Dialog{}, "Count")); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(l.Text, tt.text) {
				t.Errorf("text %q, want %q", l.Text, tt.text)
			}
			if _, loop := behavior(l, "dialog_loop"); loop != tt.loop || loop && l.Dialogs[0].Count < 2 {
				t.Errorf("behaviors %+v, dialogs %+v", l.Behaviors, l.Dialogs)
			}
			if captureNames(v)[0] != "screenshot.png" {
				t.Errorf("captures %q: no picture", captureNames(v))
			}
		})
	}
}

func behavior(l scam.Landing, name string) (string, bool) {
	for _, b := range l.Behaviors {
		if b.Name == name {
			return b.Arguments, true
		}
	}
	return "", false
}

func TestBehaviorsAreObserved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url  string
		want map[string]string
	}{
		{"https://x.secure.example/full", map[string]string{"fullscreen": "html", "keyboard_lock": "[]", "pointer_lock": "body"}},
		{"http://site.example/trap", map[string]string{
			"history_trap": "#t4", "notification_prompt": "", "print": "", "speech": "call 844 555 0143", "audio": "http://site.example/beep.mp3",
		}},
		{"http://site.example/leave", map[string]string{
			"beforeunload": "Write something clever here", "contextmenu_blocked": "", "cursor_hidden": "none", "keys_blocked": "Escape F5 F11 F12",
		}},
		{"http://site.example/download", map[string]string{"download": "support.exe http://site.example/file.exe"}},
		{"http://site.example/auth", map[string]string{"auth_prompt": "basic http://site.example"}},
		{"http://site.example/plain", map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, b := range visitURL(t, tt.url).Landings[0].Behaviors {
				got[b.Name] = b.Arguments
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInstrumentCannotBeSeen(t *testing.T) {
	t.Parallel()
	want := "function alert() { [native code] }|function toString() { [native code] }|function pushState() { [native code] }|alert|0||false"
	if got := visitURL(t, "http://site.example/native").Landings[0].Text; got != want {
		t.Errorf("the page sees %q\nwant %q", got, want)
	}
}

func TestPagesThatNeverYield(t *testing.T) {
	t.Parallel()
	for page, text := range map[string]string{"busy": "Busy", "busy-later": "Busy later", "endless": ""} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, "http://site.example/"+page)
			if v.Outcome != scam.OutcomeLoaded || v.Landings[0].Text != text || captureNames(v)[0] != "screenshot.png" {
				t.Errorf("outcome %s, text %q, captures %q", v.Outcome, v.Landings[0].Text, captureNames(v))
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
