// Package evaluate tells how good the detector is: it serves a labelled corpus on
// loopback, has every page looked at, and compares verdicts with labels. Lines of
// labelled text are scored without a browser.
package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// Label is what a person said that a page is.
type Label string

const (
	LabelScam   Label = "scam"
	LabelBenign Label = "benign"
)

// Page is one labelled folder of a corpus.
type Page struct {
	Name     string   // the folder, relative to the corpus, with slashes
	Label    Label    // scam or benign
	Brand    string   // slug of the imitated brand; empty: none
	Language string   // BCP 47; empty: not said
	Numbers  []string // E.164, what the page tells people to call
	Host     string   // that it is served on
	URL      string   // that is visited, with the labelled query and fragment

	dir    string
	prefix string // of its paths, where another page has the same host: "/name/"; else "/"
}

// Corpus is a folder of labelled pages, in the order of their names.
type Corpus struct {
	Pages []Page
}

// meta is the shape of meta.json.
type meta struct {
	Label    Label    `json:"label"`
	Brand    string   `json:"brand"`
	Language string   `json:"language"`
	Numbers  []string `json:"numbers"`
	Query    string   `json:"query"`
	Fragment string   `json:"fragment"`
	Host     string   `json:"host"`
	Notes    string   `json:"notes"`
}

// Load reads the labels of every folder at or below dir that holds index.html and
// meta.json. Errors name the file at fault and wrap scam.ErrInvalid where its
// content is.
func Load(dir string) (*Corpus, error) {
	c := &Corpus{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || d.Name() != "meta.json" {
			return nil
		}
		folder := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(folder, "index.html")); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, err := filepath.Rel(dir, folder)
		if err != nil {
			return err
		}
		page, err := loadPage(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		page.Name, page.dir = filepath.ToSlash(name), folder
		c.Pages = append(c.Pages, page)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load corpus: %w", err)
	}
	if len(c.Pages) == 0 {
		return nil, fmt.Errorf("load corpus: %w: no folder below %s holds index.html and meta.json", scam.ErrInvalid, dir)
	}
	slices.SortFunc(c.Pages, func(a, b Page) int { return strings.Compare(a.Name, b.Name) })
	c.settle()
	return c, nil
}

// loadPage reads one meta.json. URL holds only query and fragment until settle.
func loadPage(path string) (Page, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Page{}, err
	}
	var m meta
	if err := json.Unmarshal(data, &m); err != nil {
		return Page{}, fmt.Errorf("%w: %w", scam.ErrInvalid, err)
	}
	p := Page{Label: m.Label, Brand: slug(m.Brand), Language: m.Language}
	if p.Label != LabelScam && p.Label != LabelBenign {
		return Page{}, fmt.Errorf("%w: label %q (want %s or %s)", scam.ErrInvalid, m.Label, LabelScam, LabelBenign)
	}
	if p.Numbers, err = checkNumbers(m.Numbers); err != nil {
		return Page{}, err
	}
	if m.Host != "" {
		if p.Host = scam.Host("http://" + m.Host + "/"); p.Host == "" || strings.ContainsAny(m.Host, "/:@?# ") {
			return Page{}, fmt.Errorf("%w: host %q is no host name", scam.ErrInvalid, m.Host)
		}
	}
	if q := strings.TrimPrefix(m.Query, "?"); q != "" {
		p.URL = "?" + q
	}
	if f := strings.TrimPrefix(m.Fragment, "#"); f != "" {
		p.URL += "#" + f
	}
	return p, nil
}

// settle gives every page its host and URL. A host that several pages ask for is
// shared: all but the first stand in a folder of their own below it.
func (c *Corpus) settle() {
	taken := map[string]bool{}
	for _, p := range c.Pages {
		taken[p.Host] = true
	}
	first := map[string]bool{}
	for i := range c.Pages {
		p := &c.Pages[i]
		if p.Host == "" {
			p.Host = freeHost(taken)
		}
		p.prefix = "/"
		if first[p.Host] {
			p.prefix = fmt.Sprintf("/%s-%d/", hostLabel(p.Name), i)
		}
		first[p.Host] = true
		p.URL = "http://" + p.Host + p.prefix + p.URL
	}
}

// freeHost makes a host name that says nothing to the detector: folders are often
// named for what is in them.
func freeHost(taken map[string]bool) string {
	for n := 1; ; n++ {
		host := fmt.Sprintf("page-%d.example", n)
		if !taken[host] {
			taken[host] = true
			return host
		}
	}
}

func hostLabel(name string) string {
	label := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Trim(label, "-")
}

// checkNumbers wants E.164, as labels are compared letter by letter.
func checkNumbers(numbers []string) ([]string, error) {
	for _, n := range numbers {
		if len(n) < 8 || n[0] != '+' || strings.Trim(n[1:], "0123456789") != "" {
			return nil, fmt.Errorf("%w: number %q is not E.164, such as +18445550143", scam.ErrInvalid, n)
		}
	}
	return numbers, nil
}

func slug(brand string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(brand)), " ", "_")
}
