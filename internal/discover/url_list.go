package discover

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"popdown/internal/scam"
)

const (
	listPriority = 50
	maxLine      = 8 << 10 // longer lines are no addresses
)

// urlList gives the inline URLs of a seed and those of its list, which is text with one
// URL a line; empty lines and those that start with '#' are skipped. A line that is no
// web address is left out and counted in the log. The list is fetched because the
// operator named it as a feed for machines, so robots.txt is not asked.
func (d *Discoverer) urlList(f *fetcher, s scam.Seed) ([]lead, error) {
	var found []lead
	for _, raw := range s.URLs {
		found = append(found, lead{url: strings.TrimSpace(raw), found: "listed in the seed", priority: listPriority})
	}
	if s.URL == "" {
		return found, nil
	}
	p, err := f.get(s.URL, want{bytes: d.ListBytes, redirects: maxRedirects})
	if err != nil {
		return found, err
	}
	if err := p.success(); err != nil {
		return found, fmt.Errorf("fetch %s: %w", s.URL, err)
	}
	urls, bad := readList(p.body, p.cut)
	if len(bad) > 0 {
		d.Logger.Warn("lines skipped", "seed", s.Name, "seed_id", s.ID, "count", len(bad), "error", bad[0])
	}
	if len(urls) == 0 && len(bad) > 0 {
		return found, fmt.Errorf("list %s: %w: %s", s.URL, errEmpty, bad[0])
	}
	for _, raw := range urls {
		found = append(found, lead{url: raw, found: "listed by " + scam.Host(s.URL), priority: listPriority})
	}
	return found, nil
}

// readList gives the URLs of a text list, verbatim, and what is wrong with each other
// line. Of a list that was cut off the last line is dropped.
func readList(text []byte, cut bool) (urls, bad []string) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if end := bytes.LastIndexByte(text, '\n'); cut && end >= 0 {
		text = text[:end]
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, max(len(text)+1, bufio.MaxScanTokenSize))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case len(line) > maxLine:
			bad = append(bad, fmt.Sprintf("line %d: longer than %d bytes", n, maxLine))
		case scam.CheckWebURL(line) != nil:
			bad = append(bad, fmt.Sprintf("line %d: %.80q is not an http or https address", n, line))
		default:
			urls = append(urls, line)
		}
	}
	return urls, bad
}

// success is nil for a 2xx answer; else it says what came.
func (p page) success() error {
	if p.status >= 200 && p.status < 300 {
		return nil
	}
	if after := p.header.Get("Retry-After"); after != "" {
		return fmt.Errorf("answered %d %s, come back after %s", p.status, http.StatusText(p.status), after)
	}
	return fmt.Errorf("answered %d %s", p.status, http.StatusText(p.status))
}
