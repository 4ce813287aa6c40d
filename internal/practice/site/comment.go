package site

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"popdown/internal/scam"
)

// file is one parsed .txtar.
type file struct {
	site  Site
	hosts []Host
	pages []Page
}

// parseFile reads one archive. Errors begin with file:line.
func parseFile(name string, raw []byte) (file, error) {
	archive := txtar.Parse(raw)
	f := file{site: Site{Name: strings.TrimSuffix(name, ".txtar")}}
	line := 1
	for text := range strings.Lines(string(archive.Comment)) {
		if err := f.comment(strings.TrimSpace(text), fmt.Sprintf("%s:%d", name, line)); err != nil {
			return file{}, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		line++
	}
	if f.site.Label == "" {
		return file{}, fmt.Errorf("%s:1: label is missing (want %s or %s)", name, Scam, Harmless)
	}
	for _, entry := range archive.Files {
		page, at, err := parseEntry(entry)
		if err != nil {
			return file{}, fmt.Errorf("%s:%d: %s: %w", name, line+at, entry.Name, err)
		}
		page.Where = fmt.Sprintf("%s:%d", name, line)
		f.pages = append(f.pages, page)
		line += 1 + strings.Count(string(entry.Data), "\n")
	}
	return f, nil
}

// comment reads one line of the archive's comment.
func (f *file) comment(text, where string) error {
	if text == "" || strings.HasPrefix(text, "#") {
		return nil
	}
	key, value, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("want \"key: value\", found %q", text)
	}
	value = strings.TrimSpace(value)
	if name, isHost := strings.CutPrefix(key, "host "); isHost {
		host, err := parseHost(strings.TrimSpace(name), value)
		host.Where = where
		f.hosts = append(f.hosts, host)
		return err
	}
	switch key {
	case "label":
		f.site.Label = Label(value)
		if f.site.Label != Scam && f.site.Label != Harmless {
			return fmt.Errorf("label %q (want %s or %s)", value, Scam, Harmless)
		}
	case "brand":
		f.site.Brand = value
	case "notes":
		f.site.Notes = strings.TrimSpace(f.site.Notes + " " + value)
	case "landing":
		f.site.Landings = append(f.site.Landings, value)
		return scam.CheckWebURL(value)
	case "numbers":
		return f.numbers(value)
	default:
		return fmt.Errorf("unknown key %q (want label, brand, numbers, landing, notes or host NAME)", key)
	}
	return nil
}

func (f *file) numbers(value string) error {
	e164 := regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	for _, n := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !e164.MatchString(n) {
			return fmt.Errorf("number %q is not E.164 (want +18445550143)", n)
		}
		f.site.Numbers = append(f.site.Numbers, n)
	}
	return nil
}

// parseHost reads "address=203.0.113.9 network=northhost registrar=namebarn registered=2026-11-02".
func parseHost(name, facts string) (Host, error) {
	h := Host{Name: name}
	if name != strings.ToLower(name) || !strings.HasSuffix(name, ".example") {
		return h, fmt.Errorf("host %q is not a lower-case name below .example", name)
	}
	for _, fact := range strings.Fields(facts) {
		key, value, _ := strings.Cut(fact, "=")
		var err error
		switch key {
		case "address":
			h.Address, err = netip.ParseAddr(value)
		case "network":
			h.Network = value
		case "registrar":
			h.Registrar = value
		case "registered":
			h.Registered, err = time.Parse(time.DateOnly, value)
		default:
			err = errors.New("want address, network, registrar or registered")
		}
		if err != nil {
			return h, fmt.Errorf("host %s: %s: %w", name, fact, err)
		}
	}
	if !h.Address.IsValid() || h.Network == "" || h.Registrar == "" || h.Registered.IsZero() {
		return h, fmt.Errorf("host %s: address, network, registrar and registered are all needed", name)
	}
	return h, nil
}
