package review

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"popdown/internal/scam"
)

// loginPage asks for name and password.
type loginPage struct {
	page
	Next    string // path to go to afterwards
	Name    string // as typed
	Problem string // why the last try failed; empty: there was none
}

func (a *app) showLogin(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.FormValue("next"))
	if _, err := a.sessionUser(r); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	return a.renderLogin(w, r, http.StatusOK, loginPage{Next: next})
}

func (a *app) renderLogin(w http.ResponseWriter, r *http.Request, status int, p loginPage) error {
	p.page = page{Title: "Log in", State: "login", Flash: flashOf(r)}
	return a.views.render(w, status, "login", p)
}

// login answers a wrong name and a wrong password alike.
func (a *app) login(w http.ResponseWriter, r *http.Request) error {
	name := strings.ToLower(strings.TrimSpace(r.PostFormValue("name")))
	next := localPath(r.PostFormValue("next"))
	key := attempt{name: name, addr: clientAddr(r.RemoteAddr)}
	if !a.attempts.begin(key, a.Now()) {
		w.Header().Set("Retry-After", fmt.Sprint(int(failureWindow.Seconds())))
		return a.renderLogin(w, r, http.StatusTooManyRequests, loginPage{Next: next, Name: name,
			Problem: "Too many failed logins. Wait a quarter of an hour, then try again."})
	}
	user, err := a.Store.User(r.Context(), name)
	if err != nil && !errors.Is(err, scam.ErrNotFound) {
		return fmt.Errorf("find user: %w", err)
	}
	if !a.passwords.match(user, err == nil, r.PostFormValue("password")) {
		a.Logger.WarnContext(r.Context(), "login failed", "user", name, "remote", key.addr)
		return a.renderLogin(w, r, http.StatusUnauthorized, loginPage{Next: next, Name: name,
			Problem: "Name and password don't match."})
	}
	a.attempts.succeeded(key)
	if err := a.startSession(w, r, user); err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// startSession hands out a random token, of which only the hash is stored.
func (a *app) startSession(w http.ResponseWriter, r *http.Request, user scam.User) error {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	token := base64.RawURLEncoding.EncodeToString(raw)
	if err := a.Store.CreateSession(r.Context(), tokenHash(token), user.ID, a.Now().Add(a.SessionTTL)); err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	http.SetCookie(w, a.cookie(r, token, int(a.SessionTTL.Seconds())))
	return nil
}

func (a *app) logout(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(a.cookieName(r)); err == nil {
		if err := a.Store.DeleteSession(r.Context(), tokenHash(c.Value)); err != nil && !errors.Is(err, scam.ErrNotFound) {
			return fmt.Errorf("delete session: %w", err)
		}
	}
	http.SetCookie(w, a.cookie(r, "", -1))
	http.Redirect(w, r, "/login?done=logged_out", http.StatusSeeOther)
	return nil
}

// sessionUser returns scam.ErrNotFound when nobody is logged in.
func (a *app) sessionUser(r *http.Request) (scam.User, error) {
	c, err := r.Cookie(a.cookieName(r))
	if err != nil {
		return scam.User{}, fmt.Errorf("session cookie: %w", scam.ErrNotFound)
	}
	user, err := a.Store.SessionUser(r.Context(), tokenHash(c.Value), a.Now())
	if err != nil {
		return scam.User{}, fmt.Errorf("find session: %w", err)
	}
	return user, nil
}

func (a *app) secure(r *http.Request) bool { return r.TLS != nil || a.BehindTLS }

// cookieName takes the prefix that makes browsers refuse the cookie from other hosts of
// the domain (RFC 6265bis, section 4.1.3.2), which is possible over TLS only.
func (a *app) cookieName(r *http.Request) string {
	if a.secure(r) {
		return "__Host-popdown_session"
	}
	return "popdown_session"
}

func (a *app) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: a.cookieName(r), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: a.secure(r), SameSite: http.SameSiteStrictMode}
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// localPath keeps a redirect on this site: anything but a plain path becomes "/".
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return "/"
	}
	if strings.ContainsFunc(next, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '\\' }) {
		return "/"
	}
	return next
}
