package review

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// pagePolicy lets a page load our pictures and stylesheet and post to us, nothing else.
const pagePolicy = "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// maxForm is what a form may weigh, in bytes; the longest holds a reason.
const maxForm = 64 << 10

// protect puts the headers on every answer, and turns away what no page of ours sends:
// other hosts' names, other sites' forms, forms too large.
func (a *app) protect(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(a.denyCrossSite))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		defer a.recoverPanic(w, r)
		if !a.hostAllowed(r) {
			http.Error(w, "This name is not served here.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		inner.ServeHTTP(w, r)
	})
}

// setHeaders starts with the strictest; static files and evidence relax the caching only.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Nothing is told to other sites. Not "no-referrer": with it browsers send our own
	// forms with "Origin: null" (Fetch standard, "append a request Origin header"), which
	// over plain HTTP can't be told from another site's.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
}

// hostAllowed passes health checks under any name: they come by address and tell nothing.
func (a *app) hostAllowed(r *http.Request) bool {
	if len(a.Hosts) == 0 || r.URL.Path == "/healthz" {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	return slices.ContainsFunc(a.Hosts, func(allowed string) bool {
		return strings.EqualFold(strings.Trim(allowed, "[]"), host)
	})
}

func (a *app) denyCrossSite(w http.ResponseWriter, r *http.Request) {
	a.Logger.WarnContext(r.Context(), "cross-site request refused", "path", r.URL.Path, "origin", r.Header.Get("Origin"))
	http.Error(w, "This form was sent by another site. Open the page here and send it again.", http.StatusForbidden)
}

// recoverPanic answers with an error page where the standard server would cut the line.
func (a *app) recoverPanic(w http.ResponseWriter, r *http.Request) {
	switch v := recover(); v {
	case nil:
	case http.ErrAbortHandler:
		panic(v) // the standard way to cut the line on purpose
	default:
		a.Logger.ErrorContext(r.Context(), "page panicked", "path", r.URL.Path, "error", v)
		http.Error(w, "Something went wrong here. It has been logged.", http.StatusInternalServerError)
	}
}
