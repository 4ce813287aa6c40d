package site

import (
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// encodingHeader says how a body is written in the file; it is not served.
const encodingHeader = "Content-Encoding-In-File"

// parseEntry reads one page: an optional status line, headers, an empty line, the body.
// On an error, the second result is the line of it, counted from the entry's marker.
func parseEntry(entry txtar.File) (Page, int, error) {
	page, err := parseName(entry.Name)
	if err != nil {
		return Page{}, 0, err
	}
	page.Status, page.Header = http.StatusOK, http.Header{}
	rest, line := string(entry.Data), 0
	for {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		line++
		text = strings.TrimRight(text, "\r")
		if text == "" {
			break
		}
		if err := page.headLine(text, line == 1); err != nil {
			return Page{}, line, err
		}
	}
	if page.Body, err = decodeBody(page.Header.Get(encodingHeader), rest); err != nil {
		return Page{}, line + 1, err
	}
	page.Header.Del(encodingHeader)
	if page.Header.Get("Content-Type") == "" && len(page.Body) > 0 {
		page.Header.Set("Content-Type", contentType(page.Path))
	}
	return page, 0, nil
}

// parseName reads "host/path" or "host/path?query".
func parseName(name string) (Page, error) {
	u, err := url.Parse("http://" + name)
	if err != nil {
		return Page{}, fmt.Errorf("not host/path: %w", err)
	}
	if u.Path == "" || u.Port() != "" || u.Fragment != "" {
		return Page{}, errors.New("want host/path, without port or fragment")
	}
	page := Page{Host: u.Host, Path: u.Path}
	if u.RawQuery != "" {
		if page.Query, err = url.ParseQuery(u.RawQuery); err != nil {
			return Page{}, fmt.Errorf("query: %w", err)
		}
	}
	return page, nil
}

// headLine reads a status line ("HTTP/1.1 302 Found", "302 Found" or "302") or a header.
func (p *Page) headLine(text string, first bool) error {
	status := strings.TrimPrefix(text, "HTTP/1.1 ")
	code, _, _ := strings.Cut(status, " ")
	if n, err := strconv.Atoi(code); first && err == nil {
		if n < 200 || n > 599 {
			return fmt.Errorf("status %d (want 200 to 599)", n)
		}
		p.Status = n
		return nil
	}
	key, value, ok := strings.Cut(text, ":")
	if !ok || key == "" || strings.ContainsAny(key, " \t<") {
		return fmt.Errorf("want a header or an empty line before the body, found %q", shorten(text))
	}
	p.Header.Add(key, strings.TrimSpace(value))
	return nil
}

func decodeBody(encoding, body string) ([]byte, error) {
	switch encoding {
	case "":
		return []byte(body), nil
	case "base64":
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body), ""))
		if err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		return raw, nil
	}
	return nil, fmt.Errorf("%s: %q (want base64)", encodingHeader, encoding)
}

func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "text/html; charset=utf-8"
}

func shorten(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}
