package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"popdown/internal/scam"
)

// open wraps a page that needs no login.
func (a *app) open(show func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := show(w, r); err != nil {
			a.fail(w, r, scam.User{}, err)
		}
	})
}

// known wraps a page that needs a login; without one it leads to the login page, and
// from there back here.
func (a *app) known(show func(http.ResponseWriter, *http.Request, scam.User) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := a.sessionUser(r)
		if errors.Is(err, scam.ErrNotFound) {
			http.Redirect(w, r, loginPath(r), http.StatusSeeOther)
			return
		}
		if err == nil {
			err = show(w, r, user)
		}
		if err != nil {
			a.fail(w, r, user, err)
		}
	})
}

func loginPath(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/login"
	}
	return "/login?next=" + url.QueryEscape(r.URL.Path)
}

// errorPage says what went wrong and what to do.
type errorPage struct {
	page
	Status   int
	Headline string
	Advice   string
	Back     string // path of the page to look at again
}

// fail is the one place where errors become HTTP.
func (a *app) fail(w http.ResponseWriter, r *http.Request, user scam.User, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // nobody listens any more
	}
	p := describe(err)
	p.Back = path.Dir(r.URL.Path)
	if r.Method == http.MethodGet {
		p.Back = "/"
	}
	p.page = page{Title: p.Headline, User: user.Name, State: "error"}
	if p.Status == http.StatusInternalServerError {
		a.Logger.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err)
	}
	if err := a.views.render(w, p.Status, "error", p); err != nil {
		a.Logger.ErrorContext(r.Context(), "error page failed", "path", r.URL.Path, "error", err)
	}
}

func describe(err error) errorPage {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, scam.ErrNotFound):
		return errorPage{Status: http.StatusNotFound, Headline: "Not found",
			Advice: "There is nothing at this address. It may have been mistyped, or its retention date has passed."}
	case errors.Is(err, scam.ErrConflict):
		return errorPage{Status: http.StatusConflict, Headline: "Somebody else changed this: look again",
			Advice: "What you decided on is not what stands there now. Nothing was done. Look at it as it is, then decide anew."}
	case errors.Is(err, scam.ErrTransition), errors.Is(err, scam.ErrUncertain):
		return errorPage{Status: http.StatusConflict, Headline: "Not possible in this state",
			Advice: "It has moved on since you opened the page. Nothing was done. Look at it as it is now."}
	case errors.Is(err, scam.ErrSendingOff):
		return errorPage{Status: http.StatusConflict, Headline: "Sending is switched off",
			Advice: "Nothing was done. An operator switches it with “takedown sending on”."}
	case errors.Is(err, scam.ErrInvalid):
		return errorPage{Status: http.StatusUnprocessableEntity, Headline: "That can't be done yet", Advice: sentence(err)}
	case errors.As(err, &tooLarge):
		return errorPage{Status: http.StatusRequestEntityTooLarge, Headline: "Too long", Advice: "Shorten the text and send it again."}
	}
	return errorPage{Status: http.StatusInternalServerError, Headline: "Something went wrong here",
		Advice: "It has been logged. If it stays, “takedown doctor” tells what is missing."}
}

// sentence is what an ErrInvalid says after its sentinel: the field and the mend.
func sentence(err error) string {
	_, after, found := strings.Cut(err.Error(), scam.ErrInvalid.Error()+": ")
	if !found || after == "" {
		return "Something that you entered is not valid."
	}
	first, size := utf8.DecodeRuneInString(after)
	return strings.ToUpper(string(first)) + after[size:] + "."
}

func notFound(http.ResponseWriter, *http.Request, scam.User) error { return scam.ErrNotFound }

// idOf reads the {id} of a path; anything but a positive number names nothing.
func idOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("id in the path: %w", scam.ErrNotFound)
	}
	return id, nil
}

// reload makes the browser ask again for this page, without its flash message.
func (a *app) reload(w http.ResponseWriter, r *http.Request) {
	if a.Reload <= 0 {
		return
	}
	query := r.URL.Query()
	query.Del("done")
	target := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
	w.Header().Set("Refresh", fmt.Sprintf("%d; url=%s", max(1, int(a.Reload.Seconds())), target.String()))
}

// formError tells a form that is too large from one that can't be read.
func formError(r *http.Request) error {
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	if err == nil || errors.As(err, &tooLarge) {
		return err
	}
	return fmt.Errorf("%w: the form can't be read", scam.ErrInvalid)
}
