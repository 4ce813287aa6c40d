package review

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"popdown/internal/scam"
)

//go:embed templates
var templateFiles embed.FS

// page is what every page shows around its own part.
type page struct {
	Title string
	State string    // data-state of <main>
	Nav   string    // entry of the navigation that is marked: queue, cases
	User  string    // who is logged in; empty: nobody
	Mode  scam.Mode // what an approval given now would do
	Flash flash
}

// views are the parsed templates, by page name.
type views struct{ pages map[string]*template.Template }

// loadViews parses each page with the layout and the parts that pages share.
func loadViews(now func() time.Time, s *static) (*views, error) {
	names, err := fs.Glob(templateFiles, "templates/page_*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	v := &views{pages: map[string]*template.Template{}}
	for _, file := range names {
		t := template.New("layout.html").Funcs(funcs(now)).Funcs(template.FuncMap{"asset": s.path})
		t, err := t.ParseFS(templateFiles, "templates/layout.html", "templates/part_*.html", file)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "page_"), ".html")
		v.pages[name] = t
	}
	return v, nil
}

// render writes a whole page or none. Every character that hides is made visible at
// this one place, so no template can forget it.
func (v *views) render(w http.ResponseWriter, status int, name string, data any) error {
	t, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("no page named %q", name)
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return fmt.Errorf("fill page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(visible(b.String()))) // a client that left is no error of ours
	return nil
}

// frame is the part of a page that does not depend on its content.
func (a *app) frame(r *http.Request, user scam.User, nav, title, state string) (page, error) {
	sending, err := a.Store.Sending(r.Context())
	if err != nil {
		return page{}, fmt.Errorf("read the sending switch: %w", err)
	}
	return page{Title: title, State: state, Nav: nav, User: user.Name, Mode: modeOf(sending), Flash: flashOf(r)}, nil
}

func modeOf(sending bool) scam.Mode {
	if sending {
		return scam.ModeLive
	}
	return scam.ModeDryRun
}
