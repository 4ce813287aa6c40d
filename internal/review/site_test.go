package review

import (
	"flag"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

// site is the application with the sample data, and a browser's view of it.
type site struct {
	*memory
	shelf   shelf
	handler http.Handler
	base    string
	client  *http.Client // keeps cookies, follows no redirect
}

func newSite(tb testing.TB, change ...func(*Options)) *site {
	tb.Helper()
	m, kept := sample(tb)
	o := Options{Store: m, Evidence: kept, Now: noon}
	for _, c := range change {
		c(&o)
	}
	h, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &site{memory: m, shelf: kept, handler: h, base: server.URL, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// loggedIn is a site with a session of ana's.
func loggedIn(tb testing.TB, change ...func(*Options)) *site {
	tb.Helper()
	s := newSite(tb, change...)
	s.sessions[tokenHash("token")] = session{user: 7, expires: noon().Add(time.Hour)}
	u, err := url.Parse(s.base)
	if err != nil {
		tb.Fatal(err)
	}
	s.client.Jar.SetCookies(u, []*http.Cookie{{Name: "popdown_session", Value: "token"}})
	return s
}

type answer struct {
	*http.Response
	body string
}

func (s *site) do(tb testing.TB, r *http.Request) answer {
	tb.Helper()
	res, err := s.client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer{res, string(body)}
}

func (s *site) get(tb testing.TB, path string) answer {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return s.do(tb, r)
}

func (s *site) post(tb testing.TB, path string, form url.Values) answer {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(tb, r)
}

// want stops the test unless an answer has the status and, for redirects, the place.
func (a answer) want(tb testing.TB, status int, location string) {
	tb.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != status || got != location {
		tb.Fatalf("got %d to %q, want %d to %q\n%s", a.StatusCode, got, status, location, a.body)
	}
}

var storybook = flag.String("storybook", "", "serve the sample data at this address until interrupted, logged in")

// TestStorybook shows every page with sample data to whoever works on the templates:
//
//	go test ./internal/review -run Storybook -timeout 0 -storybook 127.0.0.1:8089
func TestStorybook(t *testing.T) {
	if *storybook == "" {
		t.Skip("for people: give -storybook ADDRESS")
	}
	s := loggedIn(t)
	s.findings = append(s.findings, s.findings[0], s.findings[3])
	s.findings[4].ID, s.findings[5].ID = 5, 6
	s.findings[5].Host = strings.Repeat("long-name.", 9) + "example"
	live := loggedIn(t)
	live.sending = true
	empty := loggedIn(t)
	empty.findings, empty.cases, empty.reports = nil, empty.cases[1:2], nil
	empty.cases[0].State = scam.CaseOpen
	mux := http.NewServeMux()
	mux.Handle("/", s.handler)
	mux.Handle("/live/", http.StripPrefix("/live", live.handler))
	mux.Handle("/empty/", http.StripPrefix("/empty", empty.handler))
	mux.Handle("/anonymous/", http.StripPrefix("/anonymous", newSite(t).handler))
	known := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/anonymous/") {
			r.AddCookie(&http.Cookie{Name: "popdown_session", Value: "token"})
		}
		mux.ServeHTTP(w, r)
	})
	server := &http.Server{Addr: *storybook, Handler: known, ReadHeaderTimeout: time.Second}
	t.Log(server.ListenAndServe())
}
