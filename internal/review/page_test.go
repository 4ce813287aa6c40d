package review

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"popdown/internal/scam"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestPagesLookAsAgreed(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	live := loggedIn(t)
	live.sending = true
	empty := loggedIn(t)
	empty.findings, empty.cases = nil, empty.cases[1:2]
	anonymous := newSite(t)
	for _, tc := range []struct {
		name, path string
		site       *site
	}{
		{"login", "/login?next=/cases/5", anonymous},
		{"queue", "/", s},
		{"queue-all", "/?state=all&done=dismissed", s},
		{"queue-empty", "/", empty},
		{"finding-new", "/findings/1", s},
		{"finding-dismissed", "/findings/3", s},
		{"cases", "/cases", s},
		{"case-reported", "/cases/5", s},
		{"case-open-closing", "/cases/6?close=1", s},
		{"case-down", "/cases/4", s},
		{"report-draft-dry-run", "/reports/1", s},
		{"report-draft-live", "/reports/1", live},
		{"report-uncertain", "/reports/3", s},
		{"report-rehearsed", "/reports/6", s},
		{"error", "/findings/99", s},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := normalise(tc.site.get(t, tc.path).body)
			file := filepath.Join("testdata", tc.name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the page changed (-want +got); look at it, then run with -update\n%s", diff)
			}
		})
	}
}

var (
	version = regexp.MustCompile(`\?v=[0-9a-f]+`)
	blanks  = regexp.MustCompile(`(?m)^[ \t]+|[ \t]+$|\n{2,}`)
)

// normalise leaves out what may change without anybody seeing it.
func normalise(page string) string {
	return strings.ReplaceAll(blanks.ReplaceAllString(version.ReplaceAllString(page, ""), "\n"), "\n\n", "\n")
}

// Every template has a page struct that fills it, also when there is nothing to tell.
func TestTemplatesFitTheirPages(t *testing.T) {
	t.Parallel()
	static, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	v, err := loadViews(noon, static)
	if err != nil {
		t.Fatal(err)
	}
	empty := map[string]any{
		"login": loginPage{}, "error": errorPage{}, "queue": queuePage{}, "finding": findingPage{},
		"cases": casesPage{}, "case": casePage{}, "report": reportPage{},
	}
	for name := range v.pages {
		if empty[name] == nil {
			t.Errorf("page_%s.html has no page struct", name)
		}
	}
	for name, data := range empty {
		if err := v.render(httptest.NewRecorder(), http.StatusOK, name, data); err != nil {
			t.Error(err)
		}
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	for _, path := range []string{"/?state=all", "/?state=dismissed", "/findings/1", "/findings/2", "/findings/3", "/cases", "/cases/5",
		"/reports/1", "/reports/2", "/reports/3", "/reports/7", "/login?next=" + url.QueryEscape(hostile), "/login?next=" + url.QueryEscape("javascript:alert(1)")} {
		res := s.get(t, path)
		if res.StatusCode != http.StatusOK && !strings.HasPrefix(path, "/login") {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
		checkHarmless(t, path, res.body)
	}
}

func FuzzFindingPage(f *testing.F) {
	static, err := loadStatic()
	if err != nil {
		f.Fatal(err)
	}
	v, err := loadViews(noon, static)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hostile)
	f.Add("javascript:alert(1)")
	f.Add("https://a.example/\u2028\" onmouseover=\"x")
	f.Fuzz(func(t *testing.T, s string) {
		file := scam.File{Name: s, ContentType: s, SHA256: s}
		p := findingPage{page: page{Title: s, State: s, User: s}, Reasons: []string{s}, CanDismiss: true, CanConfirm: true, Finding: scam.Finding{
			URL: s, Host: s, Title: s, Persona: s, Referrer: s, CampaignWhy: s, CampaignID: 1, DecidedBy: s, Reason: s, State: scam.FindingState(s),
			Screenshot: file, Files: []scam.File{file}, Manifest: s,
			Chain:     []scam.Hop{{URL: s, Via: scam.Via(s), IP: s}},
			Dialogs:   []scam.Dialog{{Type: s, Text: s}},
			Behaviors: []scam.Behavior{{Name: s, Arguments: s}},
			Verdict: scam.Verdict{Class: scam.Class(s), Brand: s, Language: s, FraudType: s, RulesVersion: s,
				Signals: []scam.Signal{{Rule: s, Excerpt: s}},
				Numbers: []scam.CallbackNumber{{E164: s, Raw: s, Region: s, Kind: s, Excerpt: s, Sources: []scam.Source{scam.Source(s)}}}},
		}, Events: []scam.Event{{Actor: s, Verb: s, Noun: s, Detail: []byte(s)}}}
		w := httptest.NewRecorder()
		if err := v.render(w, http.StatusOK, "finding", p); err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, "finding", w.Body.String())
	})
}

// checkHarmless reads a page as a browser does and looks for anything that a template
// of ours never says.
func checkHarmless(t *testing.T, name, page string) {
	t.Helper()
	if i := strings.IndexFunc(page, hides); i >= 0 {
		t.Errorf("%s: hidden character %q", name, page[i:min(len(page), i+8)])
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" || n.Data == "style" || n.Data == "iframe" || n.Data == "object" || n.Data == "base" {
			t.Errorf("%s: element %s", name, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "formaction" {
				t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
			}
			local := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") && !strings.HasPrefix(a.Val, "/\\")
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !local {
				t.Errorf("%s: <%s %s=%q> leads out", name, n.Data, a.Key, a.Val)
			}
		}
	}
}
