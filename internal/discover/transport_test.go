package discover

import (
	"strings"
	"testing"

	"popdown/internal/egress"
)

// Colly unpacks by itself what net/http leaves packed, and its limit is on the packed bytes.
func TestNothingIsUnpackedBeyondTheLimit(t *testing.T) {
	t.Parallel()
	gz := func(name, value string) map[string]string { return map[string]string{name: value} }
	web := &testWeb{answers: map[string]answer{
		"news.example/gzip":           {header: gz("Content-Encoding", "gzip"), body: bomb()},
		"news.example/x-gzip":         {header: gz("Content-Encoding", "x-gzip"), body: bomb()},
		"news.example/twice":          {header: gz("Content-Encoding", "gzip, gzip"), body: bomb()},
		"news.example/type":           {header: gz("Content-Type", "text/html+GZIP"), body: bomb()},
		"news.example/sitemap.XML.gz": {body: bomb()},
		"news.example/moved":          {status: 302, header: gz("Location", "/sitemap.XML.gz")},
	}}
	d := serve(t, web, Options{})
	session := d.Guard.Session(egress.Limits{})
	t.Cleanup(func() { _ = session.Close() })
	f := d.newFetcher(t.Context(), session)
	for path := range web.answers {
		p, err := f.get("http://"+path, want{bytes: 1000, redirects: 2})
		if path == "news.example/gzip" { // net/http's own, which the limit counts unpacked
			if err != nil || len(p.body) != 1000 || !p.cut {
				t.Errorf("%s: %d bytes, %v", path, len(p.body), err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "did not ask for") {
			t.Errorf("%s: %d bytes, %v", path, len(p.body), err)
		}
	}
}
