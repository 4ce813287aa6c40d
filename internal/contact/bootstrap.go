package contact

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"popdown/internal/egress"
)

// snapshot lets a first start work while IANA is out of reach. Written on 2026-11-23: the
// five regional registries by IANA's assignments (they redirect for what they transferred
// among each other), and the top-level domains that most scams of this kind use. A full
// file comes from IANA at the first question.
//
//go:embed snapshot/*.json
var snapshot embed.FS

const (
	bootAge   = 24 * time.Hour
	bootRetry = 10 * time.Minute // after a failed refresh
	bootLimit = 4 << 20          // bytes
)

// services is a bootstrap file (RFC 9224): each entry has keys and server URLs.
type services struct {
	Publication string       `json:"publication"`
	Services    [][][]string `json:"services"`
}

// bootFile is the present copy of one bootstrap file.
type bootFile struct {
	kind string // dns, ipv4 or ipv6

	mu      sync.Mutex
	data    services
	loaded  bool
	at      time.Time // when data came from the bootstrap server; zero: it is the snapshot
	retryAt time.Time // no refresh before this
	failure error     // of the last refresh
}

// server returns the RDAP base URL for a domain or an address. A failure to refresh
// the file is noted; no entry in it is the error.
func (q *query) server(ctx context.Context, kind, key string) (string, error) {
	b := q.finder.files[kind]
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := q.finder.refresh(ctx, b, q.session); err != nil {
		q.note("the list of RDAP servers could not be refreshed (%v): used the one of %s", err, b.age())
	}
	base, ok := b.data.lookup(kind, key)
	if !ok {
		return "", errors.New("no RDAP server is known")
	}
	return base, nil
}

// refresh brings a file up to date: from memory, disk, the server, or else whatever is
// at hand, with the reason why it is old.
func (f *Finder) refresh(ctx context.Context, b *bootFile, s *egress.Session) error {
	now := f.options.Now()
	if !b.loaded {
		if err := b.load(f.cachePath(b.kind)); err != nil {
			return err
		}
	}
	if age := now.Sub(b.at); age >= 0 && age < bootAge {
		return nil
	}
	if now.Before(b.retryAt) {
		return b.failure
	}
	data, err := f.fetchBootstrap(ctx, b.kind, s)
	if err != nil {
		if ctx.Err() == nil { // else it was us who stopped
			b.retryAt, b.failure = now.Add(bootRetry), err
		}
		return err
	}
	b.data, b.at = data, now
	if err := f.keepBootstrap(b); err != nil {
		f.options.Logger.Warn("bootstrap copy not kept", "error", err)
	}
	return nil
}

func (f *Finder) fetchBootstrap(ctx context.Context, kind string, s *egress.Session) (services, error) {
	from, err := url.JoinPath(f.options.BootstrapURL, kind+".json")
	if err != nil {
		return services{}, err
	}
	body, _, err := f.get(ctx, s, from, bootLimit)
	if err != nil {
		return services{}, err
	}
	return readServices(body)
}

func readServices(body []byte) (services, error) {
	var data services
	if err := json.Unmarshal(body, &data); err != nil {
		return services{}, fmt.Errorf("not a bootstrap file: %w", err)
	}
	if len(data.Services) == 0 {
		return services{}, errors.New("not a bootstrap file: no services")
	}
	return data, nil
}

// load reads the copy on disk, or the snapshot.
func (b *bootFile) load(path string) error {
	if info, err := os.Stat(path); path != "" && err == nil {
		body, err := os.ReadFile(path)
		if err == nil {
			b.data, err = readServices(body)
		}
		if err == nil {
			b.at, b.loaded = info.ModTime(), true
			return nil
		} // a damaged copy is as good as none: the server has it anew
	}
	body, err := snapshot.ReadFile("snapshot/" + b.kind + ".json")
	if err != nil {
		return fmt.Errorf("read shipped list: %w", err)
	}
	b.data, err = readServices(body)
	b.at, b.loaded = time.Time{}, err == nil
	return err
}

// cachePath names the copy of a file; another bootstrap server has copies of its own.
func (f *Finder) cachePath(kind string) string {
	if f.options.CacheDir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(f.options.BootstrapURL))
	return filepath.Join(f.options.CacheDir, "rdap-"+kind+"-"+hex.EncodeToString(sum[:4])+".json")
}

// keepBootstrap writes the copy, whole or not at all; its time is that of the refresh.
func (f *Finder) keepBootstrap(b *bootFile) error {
	path := f.cachePath(b.kind)
	if path == "" {
		return nil
	}
	body, err := json.Marshal(b.data)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path+".new", body, 0o644)
	}
	if err == nil {
		err = os.Chtimes(path+".new", b.at, b.at)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func (b *bootFile) age() string {
	if b.at.IsZero() {
		return "the release"
	}
	return b.at.UTC().Format("2006-01-02 15:04 UTC")
}

// lookup finds the entry that fits best: the longest suffix of a domain's labels, or the
// longest prefix that holds an address (RFC 9224, sections 4 and 5).
func (s services) lookup(kind, key string) (string, bool) {
	best, base := -1, ""
	for _, service := range s.Services {
		if len(service) < 2 {
			continue
		}
		for _, k := range service[0] {
			if n := fit(kind, k, key); n > best {
				if u := preferred(service[1]); u != "" {
					best, base = n, u
				}
			}
		}
	}
	return base, base != ""
}

// fit tells how closely an entry fits a key; -1: not at all.
func fit(kind, entry, key string) int {
	if kind == "dns" {
		entry = strings.ToLower(entry)
		if key == entry || strings.HasSuffix(key, "."+entry) {
			return len(entry)
		}
		return -1
	}
	prefix, err := netip.ParsePrefix(entry)
	if err != nil {
		return -1
	}
	if a, err := netip.ParseAddr(key); err != nil || !prefix.Contains(a) {
		return -1
	}
	return prefix.Bits()
}

// preferred picks the https URL of several, else the first http one, ending in a slash.
func preferred(urls []string) string {
	var plain string
	for _, raw := range urls {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			continue
		}
		raw = strings.TrimSuffix(raw, "/") + "/"
		if u.Scheme == "https" {
			return raw
		}
		if u.Scheme == "http" && plain == "" {
			plain = raw
		}
	}
	return plain
}
