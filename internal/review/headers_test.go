package review

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestHeadersStandOnEverything(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for _, path := range []string{"/", "/findings/1", "/nowhere", "/healthz", "/login", "/static/style.css", "/static/nothing", "/reports/1"} {
		h := s.get(t, path).Header
		for name, want := range map[string]string{
			"Content-Security-Policy": pagePolicy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
	}
}

func TestStylesheetIsCachedByItsVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, rest, _ := strings.Cut(s.get(t, "/login").body, `<link rel="stylesheet" href="`)
	path, _, _ := strings.Cut(rest, `"`)
	res := s.get(t, path)
	res.want(t, http.StatusOK, "")
	if res.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %v", path, res.Header)
	}
}

func TestOtherSitesFormsAreRefused(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/findings/1/confirm", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header
		s.do(t, r).want(t, http.StatusForbidden, "")
	}
	if s.findings[0].State != scam.FindingNew {
		t.Error("another site confirmed a finding")
	}
}

func TestOtherHostNamesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.Hosts = []string{"127.0.0.1", "::1", "review.example"} })
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "review.example": 200, "REVIEW.example.:443": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "127.0.0.1.evil.example": 421, "review.example.evil.example:80": 421, "": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/login", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
		r = httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Host = host
		w = httptest.NewRecorder()
		if s.handler.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("health under %q: %d", host, w.Code)
		}
	}
}

func TestHealthFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.get(t, "/healthz").want(t, http.StatusOK, "")
	s.broken = errors.New("connection refused")
	s.get(t, "/healthz").want(t, http.StatusServiceUnavailable, "")
}

func TestErrorsBecomeStatuses(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for path, want := range map[string]int{"/findings/99": 404, "/findings/x": 404, "/findings/0": 404, "/cases/99": 404, "/reports/99": 404, "/?state=maybe": 404, "/findings/1/confirm": 404} {
		s.get(t, path).want(t, want, "")
	}
	s.broken = errors.New("connection refused: secret-dsn")
	res := s.get(t, "/findings/1")
	res.want(t, http.StatusInternalServerError, "")
	if strings.Contains(res.body, "secret-dsn") {
		t.Error("an inner error is shown")
	}
}

func TestFormsHaveAnEnd(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	s.post(t, "/findings/1/dismiss", url.Values{"reason": {otherReason}, "note": {strings.Repeat("x", maxForm)}}).want(t, http.StatusRequestEntityTooLarge, "")
}

func TestPagesThatWaitReload(t *testing.T) {
	t.Parallel()
	s := loggedIn(t, func(o *Options) { o.Reload = 5 * time.Second })
	for path, want := range map[string]string{
		"/": "5; url=/", "/?state=confirmed&done=dismissed": "5; url=/?state=confirmed", "/cases": "5; url=/cases",
		"/cases/5?done=confirmed": "5; url=/cases/5", "/cases/5?close=1": "", "/cases/3": "", "/findings/1": "", "/reports/1": "", "/reports/4": "5; url=/reports/4",
	} {
		if got := s.get(t, path).Header.Get("Refresh"); got != want {
			t.Errorf("%s: Refresh %q, want %q", path, got, want)
		}
	}
	if got := loggedIn(t).get(t, "/").Header.Get("Refresh"); got != "" {
		t.Errorf("Refresh %q although it is off", got)
	}
}

func TestFlashSaysFixedTextsOnly(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	if body := s.get(t, "/?done=dismissed").body; !strings.Contains(body, "It will not be reported.") {
		t.Error("no flash after dismissing")
	}
	if body := s.get(t, "/?done=Your+account+is+locked").body; strings.Contains(body, "locked") || strings.Contains(body, `class="flash"`) {
		t.Error("the address puts words on the page")
	}
}

func TestPanicsBecomeErrors(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	s.cases = nil
	s.findings[0].CaseID = 1
	res := s.post(t, "/findings/1/confirm", nil) // the fake store panics without a case
	res.want(t, http.StatusInternalServerError, "")
}

func TestNewNeedsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("no error without a store")
	}
}
