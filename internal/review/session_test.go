package review

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

func credentials(name, password string) url.Values {
	return url.Values{"name": {name}, "password": {password}}
}

func TestPagesAskForALogin(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for path, login := range map[string]string{
		"/": "/login", "/findings/1": "/login?next=%2Ffindings%2F1", "/cases": "/login?next=%2Fcases", "/cases/5": "/login?next=%2Fcases%2F5",
		"/reports/1": "/login?next=%2Freports%2F1", "/evidence/" + strings.Repeat("a", 64): "/login?next=%2Fevidence%2F" + strings.Repeat("a", 64),
		"/nowhere": "/login?next=%2Fnowhere",
	} {
		s.get(t, path).want(t, http.StatusSeeOther, login)
	}
	for _, path := range []string{"/findings/1/confirm", "/findings/1/dismiss", "/cases/5/close", "/reports/1/approve", "/reports/4/reopen", "/reports/3/settle"} {
		s.post(t, path, url.Values{"hash": {s.reports[0].ContentHash}, "reason": {"A harmless page"}, "note": {"x"}}).want(t, http.StatusSeeOther, "/login")
	}
	if s.findings[0].State != scam.FindingNew || s.reports[0].State != scam.ReportDraft {
		t.Error("a stranger decided something")
	}
}

func TestLoginLastsUntilLogout(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	res := s.post(t, "/login", url.Values{"name": {" Ana "}, "password": {"correct horse"}, "next": {"/cases/5"}})
	res.want(t, http.StatusSeeOther, "/cases/5")
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" || c.MaxAge != 12*3600 || len(c.Value) != 43 {
		t.Errorf("cookie %+v", c)
	}
	stored, ok := s.sessions[tokenHash(c.Value)]
	if !ok || len(s.sessions) != 1 || stored.expires != noon().Add(12*time.Hour) {
		t.Errorf("sessions %v", s.sessions)
	}
	if s.get(t, "/cases/5").want(t, http.StatusOK, ""); t.Failed() {
		return
	}
	s.get(t, "/login").want(t, http.StatusSeeOther, "/")
	s.post(t, "/logout", nil).want(t, http.StatusSeeOther, "/login?done=logged_out")
	if len(s.sessions) != 0 {
		t.Error("the session outlives the logout")
	}
	s.get(t, "/").want(t, http.StatusSeeOther, "/login")
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	now := noon()
	s := newSite(t, func(o *Options) { o.SessionTTL = time.Hour; o.Now = func() time.Time { return now } })
	s.post(t, "/login", credentials("ana", "correct horse")).want(t, http.StatusSeeOther, "/")
	now = now.Add(59 * time.Minute)
	s.get(t, "/").want(t, http.StatusOK, "")
	now = now.Add(time.Minute)
	s.get(t, "/").want(t, http.StatusSeeOther, "/login")
}

func TestWrongNameAndWrongPasswordLookAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wrong := s.post(t, "/login", credentials("ana", "guess"))
	unknown := s.post(t, "/login", credentials("eva", "guess"))
	wrong.want(t, http.StatusUnauthorized, "")
	if unknown.StatusCode != wrong.StatusCode || strings.ReplaceAll(unknown.body, "eva", "ana") != wrong.body {
		t.Errorf("told apart:\n%s\n%s", wrong.body, unknown.body)
	}
	if len(wrong.Cookies())+len(unknown.Cookies()) != 0 {
		t.Error("a failed login sets a cookie")
	}
}

// A dummy that could not be read would answer at once, and so tell which names exist.
func TestUnknownUsersCostAsMuchAsKnownOnes(t *testing.T) {
	t.Parallel()
	c, salt, key, err := parsePHC(newPasswords().dummy)
	if err != nil || c != standardCost() || len(salt) != saltBytes || len(key) != keyBytes {
		t.Errorf("the dummy costs %+v, %v; want %+v", c, err, standardCost())
	}
	if newPasswords().match(scam.User{PasswordHash: hashAt("right", cost{64, 1, 1})}, false, "right") {
		t.Error("an unknown user logs in")
	}
}

func TestGuessingIsSlowedByNameAndAddress(t *testing.T) {
	t.Parallel()
	now := noon()
	s := newSite(t, func(o *Options) { o.Now = func() time.Time { return now } })
	for range maxFailures {
		s.post(t, "/login", credentials("ana", "guess")).want(t, http.StatusUnauthorized, "")
	}
	res := s.post(t, "/login", credentials("ana", "correct horse"))
	res.want(t, http.StatusTooManyRequests, "")
	if res.Header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After %q", res.Header.Get("Retry-After"))
	}
	now = now.Add(failureWindow)
	s.post(t, "/login", credentials("ana", "correct horse")).want(t, http.StatusSeeOther, "/")
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	a := newAttempts()
	ana := attempt{"ana", "192.0.2.1"}
	for range maxFailures {
		if !a.begin(ana, noon()) {
			t.Fatal("refused too early")
		}
	}
	if a.begin(ana, noon()) || !a.begin(attempt{"ana", "192.0.2.2"}, noon()) || !a.begin(attempt{"eva", "192.0.2.1"}, noon()) {
		t.Error("the limit is not one of name and address")
	}
	for i := range maxTracked + 50 {
		a.begin(attempt{strings.Repeat("x", i%7) + string(rune(i+0x4e00)), "192.0.2.9"}, noon())
	}
	if len(a.failed) > maxTracked {
		t.Errorf("%d names tracked", len(a.failed))
	}
}

func TestClientAddr(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:5000": "192.0.2.1", "[::ffff:192.0.2.1]:5000": "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:5000": "2001:db8:1:2::/64", "@": "@",
	} {
		if got := clientAddr(remote); got != want {
			t.Errorf("clientAddr(%q) = %q, want %q", remote, got, want)
		}
	}
}

func TestCookieIsSecureOverTLS(t *testing.T) {
	t.Parallel()
	direct, proxied := newSite(t), newSite(t, func(o *Options) { o.BehindTLS = true })
	overTLS := httptest.NewRequest(http.MethodPost, "https://review.example/login", strings.NewReader(credentials("ana", "correct horse").Encode()))
	overTLS.TLS = &tls.ConnectionState{}
	plain := httptest.NewRequest(http.MethodPost, "http://review.example/login", strings.NewReader(credentials("ana", "correct horse").Encode()))
	for r, h := range map[*http.Request]http.Handler{overTLS: direct.handler, plain: proxied.handler} {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		c := w.Result().Cookies()
		if len(c) != 1 || !c[0].Secure || c[0].Name != "__Host-popdown_session" {
			t.Errorf("cookies %v", c)
		}
	}
}

func TestLoginLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/cases/5": "/cases/5", "/?state=all": "/?state=all", "": "/", "cases": "/", "//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example/": "/", "/\t/evil.example": "/", "/%2Fevil.example": "/%2Fevil.example", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, want %q", next, got, want)
		}
	}
}
