package rdap

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/openrdap/rdap"
	iana "github.com/openrdap/rdap/bootstrap"

	"popdown/internal/practice/site"
)

// network serves the hosts and gives a client that finds them by their names, with
// https links served over http: TLS is the web server's part.
func network(t *testing.T, o Options) *http.Client {
	t.Helper()
	set, err := site.Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	o.Sites = set
	hosts := Hosts(o)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hosts[r.Host].ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	proxy, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: plain{&http.Transport{Proxy: http.ProxyURL(proxy)}}}
}

type plain struct{ next http.RoundTripper }

func (p plain) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	return p.next.RoundTrip(r)
}

func rdapClient(t *testing.T, o Options) *client.Client {
	t.Helper()
	h := network(t, o)
	base, _ := url.Parse("http://" + BootstrapHost + "/rdap/")
	return &client.Client{HTTP: h, Bootstrap: &iana.Client{HTTP: h, BaseURL: base}}
}

func abuse(entities []client.Entity) []string {
	var found []string
	for _, e := range entities {
		if slices.Contains(e.Roles, "abuse") && e.VCard != nil {
			found = append(found, e.VCard.Email())
		}
		found = append(found, abuse(e.Entities)...)
	}
	return found
}

func TestDomainNamesItsRegistrarsAbuseDesk(t *testing.T) {
	t.Parallel()
	d, err := rdapClient(t, Options{}).QueryDomain("stopcode-help.example")
	if err != nil {
		t.Fatal(err)
	}
	if got := abuse(d.Entities); !slices.Equal(got, []string{"abuse@namebarn.example"}) {
		t.Errorf("abuse contacts: %v", got)
	}
	if d.Events[0].Action != "registration" || !strings.HasPrefix(d.Events[0].Date, "2026-11-12T") {
		t.Errorf("events: %+v", d.Events)
	}
	if len(d.Nameservers) != 2 || d.Entities[0].PublicIDs[0].Identifier != "9901" {
		t.Errorf("nameservers %+v, registrar %+v", d.Nameservers, d.Entities[0])
	}
}

func TestThinRegistryOnlyLinksToTheRegistrar(t *testing.T) {
	t.Parallel()
	c := rdapClient(t, Options{})
	d, err := c.QueryDomain("amzn-account-review.example")
	if err != nil {
		t.Fatal(err)
	}
	if got := abuse(d.Entities); got != nil {
		t.Errorf("the registry names %v", got)
	}
	i := slices.IndexFunc(d.Links, func(l client.Link) bool { return l.Rel == "related" })
	if i < 0 || d.Links[i].Type != "application/rdap+json" {
		t.Fatalf("no related link in %+v", d.Links)
	}
	resp, err := c.HTTP.Get(d.Links[i].Href)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := client.NewDecoder(raw).Decode()
	if err != nil {
		t.Fatal(err)
	}
	full, ok := decoded.(*client.Domain)
	if !ok {
		t.Fatalf("not a domain: %s", raw)
	}
	if got := abuse(full.Entities); !slices.Equal(got, []string{"abuse@tinyname.example"}) {
		t.Errorf("the registrar names %v", got)
	}
}

func TestAddressNamesItsNetwork(t *testing.T) {
	t.Parallel()
	c := rdapClient(t, Options{})
	for addr, want := range map[string]string{
		"203.0.113.9":    "abuse@northhost.example",
		"203.0.113.140":  "noc-abuse@quaynet.example",
		"198.51.100.23":  "abuse@cloudbarge.example", // over a redirect to another registry
		"2001:db8:40::7": "abuse@northhost.example",
	} {
		n, err := c.QueryIP(addr)
		if err != nil {
			t.Fatalf("%s: %v", addr, err)
		}
		if got := abuse(n.Entities); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", addr, got, want)
		}
	}
	n, _ := c.QueryIP("203.0.113.140")
	if n.StartAddress != "203.0.113.128" || n.EndAddress != "203.0.113.191" {
		t.Errorf("range %s to %s", n.StartAddress, n.EndAddress)
	}
}

func TestTransferredAddressIsRedirected(t *testing.T) {
	t.Parallel()
	h := network(t, Options{})
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := h.Get("http://" + RIRHost + "/ip/198.51.100.23")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 302 || resp.Header.Get("Location") != "https://"+NorthRIRHost+"/ip/198.51.100.23" {
		t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestUnregisteredIsAnErrorObject(t *testing.T) {
	t.Parallel()
	_, err := rdapClient(t, Options{}).QueryDomain("nobody.example")
	var typed *client.ClientError
	if !errors.As(err, &typed) || typed.Type != client.ObjectDoesNotExist {
		t.Errorf("unknown domain: %v", err)
	}
	h := network(t, Options{})
	for path, want := range map[string]int{
		"/domain/nobody.example": 404, "/domain/ads.clicknet.example": 404, "/domain/": 400, "/entity/x": 400,
	} {
		resp, err := h.Get("http://" + RegistryHost + path)
		if err != nil {
			t.Fatal(err)
		}
		var object struct{ ErrorCode int }
		err = json.NewDecoder(resp.Body).Decode(&object)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || object.ErrorCode != want || resp.Header.Get("Content-Type") != "application/rdap+json" {
			t.Errorf("%s: %d, object %+v, %v", path, resp.StatusCode, object, err)
		}
	}
}

func TestSuspendedDomainIsOnHold(t *testing.T) {
	t.Parallel()
	held := func(d string) bool { return d == "win-alert.example" }
	d, err := rdapClient(t, Options{Held: held}).QueryDomain("win-alert.example")
	if err != nil || !slices.Contains(d.Status, "client hold") {
		t.Errorf("status %v, %v", d.Status, err)
	}
}

func TestTooManyQueriesAreRefusedUntilASecondLater(t *testing.T) {
	t.Parallel()
	var seconds atomic.Int64
	h := network(t, Options{PerSecond: 3, Now: func() time.Time { return time.Unix(1795435200+seconds.Load(), 0) }})
	ask := func() *http.Response {
		resp, err := h.Get("http://" + RegistryHost + "/domain/win-alert.example")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	for range 3 {
		if resp := ask(); resp.StatusCode != 200 {
			t.Fatalf("within the limit: %d", resp.StatusCode)
		}
	}
	if resp := ask(); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" {
		t.Errorf("above the limit: %d %v", resp.StatusCode, resp.Header)
	}
	seconds.Add(1)
	if resp := ask(); resp.StatusCode != 200 {
		t.Errorf("a second later: %d", resp.StatusCode)
	}
}
