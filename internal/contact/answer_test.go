package contact

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/tools/txtar"

	"popdown/internal/egress"
)

func TestUnusableAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"abuse@host.example":             "",
		"a.b+c@mail.host.example":        "",
		"abuse@notwin.example":           "",
		"no-reply@host.example":          "placeholder",
		"do_not_reply@host.example":      "placeholder",
		"removed@lacnic.net":             "placeholder",
		"gdpr-redacted@host.example":     "placeholder",
		"abuse@host.invalid":             "placeholder",
		"abuse@win.example":              "reported domain",
		"abuse@mail.win.example":         "reported domain",
		"data redacted":                  "not an e-mail",
		"":                               "not an e-mail",
		"@host.example":                  "not an e-mail",
		"abuse@localhost":                "not an e-mail",
		"abuse@host.example, b@c.exampl": "not an e-mail",
		"abuse@host.example\r\nbcc: x@y": "not an e-mail",
		"\"a b\"@host.example":           "not an e-mail",
		"abuse@hôst.example":             "not an e-mail",
	} {
		if got := unusable(address, "win.example"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	got := publicAddresses([]string{
		"192.0.2.1:443", "192.0.2.1", "[2001:db8::1]:80", "::ffff:203.0.113.5", "198.51.100.7",
		"127.0.0.1:1", "10.1.1.1", "192.168.0.1:2", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
		"224.0.0.1", "[::1]:1", "fe80::1%eth0", "fd00::1", "::", "64:ff9b::a00:1", "x", "",
	})
	var names []string
	for _, a := range got {
		names = append(names, a.String())
	}
	if s := strings.Join(names, " "); s != "192.0.2.1 2001:db8::1 203.0.113.5 198.51.100.7" {
		t.Error(s)
	}
}

func TestRetryAfterReadsSecondsAndDates(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"5": 5 * time.Second, " 0 ": 0, noon.Add(time.Minute).Format(http.TimeFormat): time.Minute, noon.Add(-time.Hour).Format(http.TimeFormat): 0,
		"": -1, "soon": -1, "-1": -1, "99999999999999": -1,
	} {
		got, ok := retryAfter(value, noon)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v %v, want %v", value, got, ok, want)
		}
	}
}

func TestRedirectOutOfTLSIsNotFollowed(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.RedirectHandler("http://rdap.other.example.com/domain/x", http.StatusFound))
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	guard, err := egress.New(egress.Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, RootCAs: pool,
		Map: []egress.Mapping{{Pattern: "*.example.com", Addr: netip.MustParseAddrPort(s.Listener.Addr().String())}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := New(Options{Guard: guard, Spacing: time.Nanosecond})
	session := guard.Session(egress.Limits{})
	defer session.Close()
	if _, _, err := f.get(t.Context(), session, "https://rdap.example.com/domain/x", 100); err == nil || !strings.Contains(err.Error(), "redirect from https to http") {
		t.Errorf("%v", err)
	}
}

func TestDeepEntitiesEndSomewhere(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(`{"objectClassName":"domain","roles":["x"],"entities":[`, 500) + strings.Repeat(`]}`, 500)
	a, err := readAnswer([]byte(body), "domain")
	if err != nil {
		t.Fatal(err)
	}
	if d := abuseDesk(a.Entities, "x.example"); len(d.addresses) != 0 {
		t.Errorf("%+v", d)
	}
}

// FuzzReadAnswer holds that no answer crashes the reader, and that every address and
// name it yields can stand in a letter.
func FuzzReadAnswer(f *testing.F) {
	data, err := os.ReadFile("testdata/registries.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range txtar.Parse(data).Files {
		f.Add(file.Data)
	}
	f.Add([]byte(`{"objectClassName":"domain","entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{"pref":[]},"text",[],["a@b.c"]]]]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, class := range []string{"domain", "ip network"} {
			a, err := readAnswer(body, class)
			if err != nil {
				continue
			}
			d := abuseDesk(a.Entities, "win.example", "registrant")
			for _, address := range d.addresses {
				if unusable(address, "win.example") != "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
					t.Errorf("address %q", address)
				}
			}
			e, _ := find(a.Entities, "registrar", 0)
			for _, text := range append(d.rejected, e.name(), network(a), country(a.Country), span(a)) {
				if strings.ContainsFunc(text, unicode.IsControl) || len(text) > 1000 {
					t.Errorf("text %q", text)
				}
			}
			_ = a.registered()
			_ = a.holds(netip.MustParseAddr("192.0.2.1"))
			_, _ = related(a, "https://rdap.example/domain/x")
		}
		_ = card(json.RawMessage(body))
	})
}
