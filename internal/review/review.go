package review

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Options configures the application. Store and Evidence are required.
type Options struct {
	Store    Store
	Evidence Evidence
	// Logger gets what went wrong and failed logins; nil: nothing is logged.
	Logger *slog.Logger
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// SessionTTL is how long a login lasts; 0: 12 hours.
	SessionTTL time.Duration
	// NextCheck is the time from an analyst's "it was sent after all" to the case's
	// first check; 0: 10 minutes.
	NextCheck time.Duration
	// Reload makes lists, and pages that wait for a program, load themselves anew after
	// this time (whole seconds); 0: off.
	Reload time.Duration
	// Hosts are the names or addresses, without port, under which the application may be
	// asked for; others get 421, which stops DNS rebinding. Empty: any.
	Hosts []string
	// BehindTLS says that a proxy in front ends TLS: cookies are Secure although the
	// requests come in plain. Danger: over plain HTTP nobody stays logged in.
	BehindTLS bool
}

// app is the running application.
type app struct {
	Options
	views     *views
	static    *static
	attempts  *attempts
	passwords *passwords
}

// New returns the application as one handler, with headers, host check, protection
// against cross-site requests and sessions in place.
func New(o Options) (http.Handler, error) {
	if o.Store == nil || o.Evidence == nil {
		return nil, errors.New("review needs a store and the evidence")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionTTL == 0 {
		o.SessionTTL = 12 * time.Hour
	}
	if o.NextCheck == 0 {
		o.NextCheck = 10 * time.Minute
	}
	now := o.Now
	o.Now = func() time.Time { return now().UTC() }
	a := &app{Options: o, attempts: newAttempts(), passwords: newPasswords()}
	var err error
	if a.static, err = loadStatic(); err != nil {
		return nil, fmt.Errorf("load stylesheet: %w", err)
	}
	if a.views, err = loadViews(o.Now, a.static); err != nil {
		return nil, fmt.Errorf("load templates: %w", err)
	}
	return a.protect(a.routes()), nil
}

// routes is the map of the site. Everything but login, health and the stylesheet
// asks for a session.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.health)
	mux.Handle("GET /static/{name}", a.static)
	mux.Handle("GET /login", a.open(a.showLogin))
	mux.Handle("POST /login", a.open(a.login))
	mux.Handle("POST /logout", a.open(a.logout))

	mux.Handle("GET /{$}", a.known(a.showQueue))
	mux.Handle("GET /findings/{id}", a.known(a.showFinding))
	mux.Handle("POST /findings/{id}/confirm", a.known(a.confirm))
	mux.Handle("POST /findings/{id}/dismiss", a.known(a.dismiss))
	mux.Handle("GET /cases", a.known(a.showCases))
	mux.Handle("GET /cases/{id}", a.known(a.showCase))
	mux.Handle("POST /cases/{id}/close", a.known(a.closeCase))
	mux.Handle("GET /reports/{id}", a.known(a.showReport))
	mux.Handle("POST /reports/{id}/approve", a.known(a.approve))
	mux.Handle("POST /reports/{id}/reopen", a.known(a.reopen))
	mux.Handle("POST /reports/{id}/settle", a.known(a.settle))
	mux.Handle("GET /evidence/{sha256}", a.known(a.showEvidence))
	mux.Handle("/", a.known(notFound))
	return mux
}

// health answers without a login: 200 when the database answers, 503 when it does not.
func (a *app) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := a.Store.Sending(r.Context()); err != nil {
		a.Logger.ErrorContext(r.Context(), "health check failed", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n")) // a client that left is no error of ours
}
