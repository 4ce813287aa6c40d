package site

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const providers = `
- name: net1
  kind: network
  org: Net One
  abuse: abuse@net1.example
  behaviour: acts
  prefixes: [203.0.113.0/24]
  page: {status: 410, body: "{{host}} is gone"}
- name: reg1
  kind: registrar
  org: Reg One
  abuse: abuse@reg1.example
  behaviour: silent
  iana_id: "9999"
  page: {status: 200, body: suspended}
`

const good = `label: scam
brand: microsoft
numbers: +18445550143, +18885550118
landing: http://bad.example/win?x=1
# a remark
notes: one
notes: two
host bad.example: address=203.0.113.9 network=net1 registrar=reg1 registered=2026-11-02
-- bad.example/win --
HTTP/1.1 200 OK
X-Powered-By: PHP

<h1>any</h1>
-- bad.example/win?zone=7 --
302 Found
Location: http://bad.example/win
-- bad.example/dot.gif --
Content-Encoding-In-File: base64

R0lG
ODlh
-- bad.example/style.css --

body{}
`

func load(site string) (*Set, error) {
	return Load(fstest.MapFS{"one.txtar": {Data: []byte(site)}, ProvidersFile: {Data: []byte(providers)}})
}

func TestLoadReadsASite(t *testing.T) {
	t.Parallel()
	set, err := load(good)
	if err != nil {
		t.Fatal(err)
	}
	want := Site{
		Name: "one", Label: Scam, Brand: "microsoft", Numbers: []string{"+18445550143", "+18885550118"},
		Landings: []string{"http://bad.example/win?x=1"}, Notes: "one two", Hosts: []string{"bad.example"},
	}
	if diff := cmp.Diff(want, set.Sites[0]); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		path, query string
		status      int
		kind, body  string
	}{
		{"/win", "", 200, "text/html; charset=utf-8", "<h1>any</h1>\n"},
		{"/win", "zone=8", 200, "text/html; charset=utf-8", "<h1>any</h1>\n"},
		{"/win", "pub=1&zone=7", 302, "", ""},
		{"/dot.gif", "", 200, "image/gif", "GIF89a"},
		{"/style.css", "v=2", 200, "text/css; charset=utf-8", "body{}\n"},
	} {
		query, _ := url.ParseQuery(c.query)
		p, ok := set.Page("bad.example", c.path, query)
		if !ok || p.Status != c.status || p.Header.Get("Content-Type") != c.kind || string(p.Body) != c.body {
			t.Errorf("%s?%s: %t %d %v %q", c.path, c.query, ok, p.Status, p.Header, p.Body)
		}
	}
	if p, ok := set.Page("bad.example", "/other", nil); ok {
		t.Errorf("unknown path answers %+v", p)
	}
}

func TestBrokenSiteNamesFileAndLine(t *testing.T) {
	t.Parallel()
	replace := func(old, by string) string { return strings.Replace(good, old, by, 1) }
	for name, c := range map[string]struct{ site, want string }{
		"unknown key":         {replace("notes: one", "note: one"), `one.txtar:6: unknown key "note"`},
		"no colon":            {replace("notes: one", "notes"), `one.txtar:6: want "key: value"`},
		"label missing":       {replace("label: scam\n", ""), "one.txtar:1: label is missing"},
		"label unknown":       {replace("label: scam", "label: bad"), `one.txtar:1: label "bad"`},
		"number not E.164":    {replace("+18885550118", "888-555-0118"), "one.txtar:3: number"},
		"landing not a URL":   {replace("http://bad.example/win?x=1", "bad.example/win"), "one.txtar:4: "},
		"landing not served":  {replace("http://bad.example/win?x=1", "http://bad.example/nope"), "one.txtar:1: no entry serves the landing"},
		"brand missing":       {replace("brand: microsoft\n", ""), "one.txtar:1: a scam needs a brand"},
		"real address":        {replace("203.0.113.9", "8.8.8.8"), "one.txtar:8: host bad.example: 8.8.8.8 is not a documentation address"},
		"address elsewhere":   {replace("203.0.113.9", "192.0.2.1"), "one.txtar:8: host bad.example: 192.0.2.1 is outside the prefixes of net1"},
		"unknown network":     {replace("network=net1", "network=reg1"), `one.txtar:8: host bad.example: providers.yaml has no network "reg1"`},
		"unknown registrar":   {replace("registrar=reg1", "registrar=x"), `one.txtar:8: host bad.example: providers.yaml has no registrar "x"`},
		"bad date":            {replace("2026-11-02", "2 Nov"), "one.txtar:8: host bad.example: registered=2"},
		"fact missing":        {replace("registrar=reg1 ", ""), "one.txtar:8: host bad.example: address, network"},
		"real host":           {replace("host bad.example", "host bad.com"), `one.txtar:8: host "bad.com" is not`},
		"no host line":        {replace("-- bad.example/style.css", "-- new.example/style.css"), `one.txtar:22: no file has a line "host new.example: ..."`},
		"page twice":          {replace("-- bad.example/style.css", "-- bad.example/win"), "one.txtar:22: bad.example/win is already served from one.txtar:9"},
		"body without a head": {replace("\nbody{}", "body{}"), "one.txtar:23: bad.example/style.css: want a header or an empty line"},
		"status out of range": {replace("302 Found", "99 Bottles"), "one.txtar:15: bad.example/win?zone=7: status 99"},
		"broken base64":       {replace("R0lG", "?"), "one.txtar:20: bad.example/dot.gif: body: "},
		"unknown encoding":    {replace("base64", "rot13"), `one.txtar:20: bad.example/dot.gif: Content-Encoding-In-File: "rot13"`},
		"entry without path":  {replace("-- bad.example/style.css", "-- bad.example"), "one.txtar:22: bad.example: want host/path"},
	} {
		_, err := load(c.site)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestBrokenProvidersNameFileAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, by, want string }{
		"unknown field":     {"iana_id", "iana", "providers.yaml: "},
		"unknown behaviour": {"behaviour: silent", "behaviour: sleeps", `providers.yaml:9: provider "reg1": behaviour "sleeps"`},
		"no prefixes":       {"  prefixes: [203.0.113.0/24]\n", "", `providers.yaml:2: provider "net1": a network needs prefixes`},
		"bad prefix":        {"203.0.113.0/24", "203.0.113.0", "providers.yaml: "},
		"real mail domain":  {"abuse@net1.example", "abuse@net1.com", `providers.yaml:2: provider "net1": abuse`},
		"twice":             {"name: reg1", "name: net1", `providers.yaml:9: provider "net1" stands twice`},
	} {
		_, err := Load(fstest.MapFS{
			"one.txtar":   {Data: []byte(good)},
			ProvidersFile: {Data: []byte(strings.Replace(providers, c.old, c.by, 1))},
		})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestEmptyFolderIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Load(fstest.MapFS{ProvidersFile: {Data: []byte(providers)}}); err == nil || !strings.Contains(err.Error(), "no practice site") {
		t.Errorf("no sites: %v", err)
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), ProvidersFile) {
		t.Errorf("no providers: %v", err)
	}
}

// Each scam can come down: the provider of its address or of its name acts on reports.
func TestEveryShippedScamHasAProviderThatActs(t *testing.T) {
	t.Parallel()
	set, err := Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Behaviour]bool{}
	for _, s := range set.Sites {
		for _, host := range s.LandingHosts() {
			network, registrar := set.Providers[set.Hosts[host].Network], set.Providers[set.Hosts[host].Registrar]
			acts := func(p Provider) bool { return p.Behaviour == Acts || p.Behaviour == Ticket }
			if !acts(network) && (!acts(registrar) || registrar.Thin) {
				t.Errorf("%s: neither %s nor %s acts", host, network.Name, registrar.Name)
			}
			if s.Label == Scam {
				seen[network.Behaviour], seen[registrar.Behaviour] = true, true
			}
		}
	}
	if len(seen) != 4 {
		t.Errorf("the scams' providers behave in %d ways, want all four: %v", len(seen), seen)
	}
}

func TestShippedNumbersAreFictional(t *testing.T) {
	t.Parallel()
	set, err := Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set.Sites {
		for _, n := range s.Numbers {
			if len(n) != 12 || !strings.HasPrefix(n, "+1") || n[5:10] != "55501" {
				t.Errorf("%s: %s is not a 555-01xx number", s.Name, n)
			}
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("-- a.example/ --\nHTTP/1.1 200\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := parseFile("f.txtar", raw); err != nil && !strings.HasPrefix(err.Error(), "f.txtar:") {
			t.Errorf("error without file and line: %v", err)
		}
	})
}
