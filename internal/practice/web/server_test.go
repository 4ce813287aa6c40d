package web

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"popdown/internal/practice/site"
)

func server(t *testing.T, o Options) (*Server, *http.Client) {
	t.Helper()
	var err error
	if o.Sites, err = site.Load(os.DirFS("../../../testdata/sites")); err != nil {
		t.Fatal(err)
	}
	if o.CA, err = NewCA(time.Now); err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Addr().String())
	}
	return s, &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: o.CA.Pool()}, ForceAttemptHTTP2: true},
	}
}

func TestEachHostHasItsOwnCertificate(t *testing.T) {
	t.Parallel()
	_, c := server(t, Options{})
	for _, host := range []string{"win-alert.example", "ads.clicknet.example"} {
		resp, err := c.Get("https://" + host + "/go?zone=7")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if names := resp.TLS.PeerCertificates[0].DNSNames; len(names) != 1 || names[0] != host || resp.ProtoMajor != 2 {
			t.Errorf("%s: certificate for %v over %s", host, names, resp.Proto)
		}
	}
}

func TestNoCertificateOutsideExample(t *testing.T) {
	t.Parallel()
	_, c := server(t, Options{})
	if resp, err := c.Get("https://www.microsoft.com/"); err == nil {
		resp.Body.Close()
		t.Error("a certificate for a real name was accepted")
	}
}

func TestAuthorityVouchesForNothingReal(t *testing.T) {
	t.Parallel()
	ca, err := NewCA(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if leaf, err := ca.Leaf("bank.test"); err == nil {
		t.Errorf("a leaf for bank.test: %v", leaf)
	}
	if got := ca.cert.PermittedDNSDomains; len(got) != 2 || got[0] != "example" {
		t.Errorf("name constraints: %v", got)
	}
}

func TestSilentConnectionHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s, c := server(t, Options{})
	c.Timeout = sniffTime - time.Second // behind a silent connection the answer would come later
	for range 5 {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	resp, err := c.Get("http://win-alert.example/scan/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestPagesAnswerAsTheFileSays(t *testing.T) {
	t.Parallel()
	_, c := server(t, Options{})
	for _, test := range []struct {
		url    string
		status int
		header string
		want   string
	}{
		{"http://ads.clicknet.example/go?zone=7&pubid=1", 302, "Location", "http://trk.adpivot.example/r/8f21?src=clicknet&zone=7&clickid=c4e09b1f77"},
		{"http://ads.clicknet.example/go?zone=9", 302, "Location", "http://millstreet-pc.example/fake-popups?utm_source=clicknet"},
		{"http://ads.clicknet.example/go?zone=99", 404, "Server", "nginx"},
		{"http://win-alert.example/scan/beep.wav", 200, "Content-Type", "audio/wav"},
		{"http://WIN-ALERT.example:80/scan/", 200, "Server", "nginx/1.18.0 (Ubuntu)"},
		{"http://freecup-streams.example/robots.txt", 200, "Content-Type", "text/plain"},
	} {
		resp, err := c.Get(test.url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.status || resp.Header.Get(test.header) != test.want || resp.Header.Get("Content-Encoding-In-File") != "" {
			t.Errorf("%s: %d %s: %s", test.url, resp.StatusCode, test.header, resp.Header.Get(test.header))
		}
	}
}

func TestTakenDownHostAnswersAsItsProvider(t *testing.T) {
	t.Parallel()
	providers, err := site.Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"northhost": 410, "cloudbarge": 404, "helmstack": 403, "namebarn": 200} {
		_, c := server(t, Options{Down: func(string) (site.Provider, bool) { return providers.Providers[name], true }})
		resp, err := c.Get("http://win-alert.example/scan/")
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 4096)
		n, _ := resp.Body.Read(body)
		resp.Body.Close()
		text := string(body[:n])
		if resp.StatusCode != want || !strings.Contains(text, "win-alert.example") || strings.Contains(text, "{{host}}") || strings.Contains(text, "555-0143") {
			t.Errorf("%s: %d %s", name, resp.StatusCode, text)
		}
	}
}
