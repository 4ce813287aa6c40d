package practice

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"popdown/internal/practice/site"
	"popdown/internal/scam"
)

func start(t *testing.T, change func(*Options)) *Internet {
	t.Helper()
	o := Options{Sites: os.DirFS("../../testdata/sites"), Dir: t.TempDir()}
	if change != nil {
		change(&o)
	}
	n, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// env finds a value that the programs would be given.
func env(t *testing.T, n *Internet, name string) string {
	t.Helper()
	for _, line := range n.Env() {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	t.Fatalf("no %s in the environment", name)
	return ""
}

// client dials what POPDOWN_MAP says and trusts the CA file alone. It follows no redirect.
func client(t *testing.T, n *Internet) *http.Client {
	t.Helper()
	_, addr, _ := strings.Cut(env(t, n, "POPDOWN_MAP"), "=")
	raw, err := os.ReadFile(env(t, n, "POPDOWN_CA_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		t.Fatal("no certificate in the CA file")
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: pool},
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, addr)
			},
		},
	}
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestEveryLandingIsServedOverHTTPAndHTTPS(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	c := client(t, n)
	count := map[site.Label]int{}
	for _, s := range n.Sites() {
		count[s.Label]++
		for _, landing := range s.Landings {
			_, rest, _ := strings.Cut(landing, "://")
			plain, body := get(t, c, "http://"+rest)
			secure, same := get(t, c, "https://"+rest)
			if plain.StatusCode != 200 || secure.StatusCode != 200 || body != same || !strings.Contains(body, "<title>") {
				t.Errorf("%s: http %d, https %d, same body %t", landing, plain.StatusCode, secure.StatusCode, body == same)
			}
		}
	}
	if count[site.Scam] < 6 || count[site.Harmless] < 5 {
		t.Errorf("sites by label: %v, want at least 6 scams and 5 harmless ones", count)
	}
}

func TestUnknownHostIsParked(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	resp, body := get(t, client(t, n), "http://nobody-home.example/")
	if resp.StatusCode != 404 || !strings.Contains(body, "Parked") {
		t.Errorf("unknown host: %d %.80s", resp.StatusCode, body)
	}
}

func TestTakeDownIsSeenOnWebDNSAndRDAP(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	c := client(t, n)
	for _, p := range []string{"northhost", "domainquay"} {
		if err := n.TakeDown("win-alert.example", p); err != nil {
			t.Fatal(err)
		}
	}
	resp, body := get(t, c, "http://win-alert.example/scan/")
	if resp.StatusCode != 410 || resp.Header.Get("Server") != "Apache" || !strings.Contains(body, "NorthHost") {
		t.Errorf("after takedown: %d %s %.80s", resp.StatusCode, resp.Header.Get("Server"), body)
	}
	query := new(mdns.Msg).SetQuestion("win-alert.example.", mdns.TypeA)
	answer, _, err := new(mdns.Client).ExchangeContext(t.Context(), query, env(t, n, "POPDOWN_RESOLVER"))
	if err != nil || answer.Rcode != mdns.RcodeNameError {
		t.Errorf("suspended domain resolves: %v %v", answer, err)
	}
	if _, body = get(t, c, "https://rdap.registry.example/domain/win-alert.example"); !strings.Contains(body, "client hold") {
		t.Errorf("no client hold in %s", body)
	}
	state := n.State("win-alert.example")
	if state.Up || len(state.Acts) != 2 || state.Acts[0].Provider != "northhost" || state.Acts[0].At.IsZero() {
		t.Errorf("state: %+v", state)
	}
	if !n.State("riverton-courier.example").Up {
		t.Error("another host went down with it")
	}
	if n.TakeDown("win-alert.example", "quaynet") == nil {
		t.Error("a provider took down what is not its own")
	}
}

func TestRegistrarSuspendsTheWholeDomain(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	if err := n.TakeDown("tag.popmetrics.example", "namebarn"); err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, client(t, n), "http://serve.popmetrics.example/pop?zoneid=31"); !strings.Contains(body, "This domain has been suspended") {
		t.Errorf("the domain's other host answers %.80s", body)
	}
}

func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	req, _ := http.NewRequest(http.MethodGet, "https://win-alert.example/scan/?a=1", nil)
	req.Header.Set("Referer", "http://gate.quickroute.example/x")
	resp, err := client(t, n).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	log := n.Requests()
	if len(log) != 1 || log[0].Scheme != "https" || log[0].Host != "win-alert.example" || log[0].URI != "/scan/?a=1" ||
		log[0].Status != 200 || log[0].Referer != "http://gate.quickroute.example/x" {
		t.Errorf("log: %+v", log)
	}
}

func TestOccupiedPortIsNamed(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, change := range map[string]func(*Options){
		"web":  func(o *Options) { o.WebAddr = l.Addr().String() },
		"dns":  func(o *Options) { o.DNSAddr = l.Addr().String() },
		"smtp": func(o *Options) { o.SMTPAddr = l.Addr().String() },
	} {
		o := Options{Sites: os.DirFS("../../testdata/sites"), Dir: t.TempDir()}
		change(&o)
		_, err := Start(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), l.Addr().String()+" is occupied") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Sites: os.DirFS("../../testdata/sites"), Dir: t.TempDir(), WebAddr: "0.0.0.0:0"})
	if err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("listening on every address: %v", err)
	}
}

func TestServersEndWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	n, err := Start(ctx, Options{Sites: os.DirFS("../../testdata/sites"), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := net.Dial("tcp", n.web.Addr().String())
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("still listening after the context ended")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestSecretsStayPrivate(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	info, err := os.Stat(env(t, n, "POPDOWN_SMTP_PASSWORD_FILE"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v %v", info, err)
	}
	if strings.Contains(n.Guide(), n.password) {
		t.Error("the guide prints the password")
	}
}

func TestLandingHostsAreRegistrableAlone(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	for _, s := range n.Sites() {
		for _, host := range s.LandingHosts() {
			target := scam.Target(host)
			for _, other := range n.Sites() {
				for _, h := range other.LandingHosts() {
					if h != host && scam.Target(h) == target {
						t.Errorf("%s and %s share the registrable domain %s: taking one down would count for both", host, h, target)
					}
				}
			}
		}
	}
}
