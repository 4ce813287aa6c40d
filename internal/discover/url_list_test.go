package discover

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/egress"
	"popdown/internal/scam"
)

func TestURLList(t *testing.T) {
	t.Parallel()
	feed := "\xef\xbb\xbf# a feed\r\nhttp://one.example/Win?phone=+1-844-555-0143#call\r\n\n  https://two.example/  \n" +
		"not a url\nftp://three.example/\nhttps://user:pw@four.example/\nHTTPS://TWO.example\nhttp://five.example/last"
	tests := map[string]struct {
		answers map[string]answer
		seed    scam.Seed
		options Options
		want    []brief
		err     string
		logged  string
	}{
		"inline and fetched, verbatim, each once": {
			answers: map[string]answer{"feeds.example/list.txt": {header: map[string]string{"Content-Type": "text/plain"}, body: feed}},
			seed:    scam.Seed{URL: "http://feeds.example/list.txt", URLs: []string{"http://zero.example/", "http://five.example/last"}},
			want: []brief{
				{"http://zero.example/", "", "listed in the seed", 50},
				{"http://five.example/last", "", "listed in the seed", 50},
				{"http://one.example/Win?phone=+1-844-555-0143#call", "", "listed by feeds.example", 50},
				{"https://two.example/", "", "listed by feeds.example", 50},
			},
			logged: `count=3 error="line 5:`,
		},
		"a list that does not answer leaves the inline ones": {
			seed: scam.Seed{URL: "http://feeds.example/list.txt", URLs: []string{"http://zero.example/"}},
			want: []brief{{"http://zero.example/", "", "listed in the seed", 50}},
			err:  "answered 404",
		},
		"a page instead of a list is an error": {
			answers: map[string]answer{"feeds.example/list.txt": {body: "<html>\nwe have moved\n</html>"}},
			seed:    scam.Seed{URL: "http://feeds.example/list.txt"},
			err:     "no http or https address in it: line 1:",
		},
		"an empty list is no error": {
			answers: map[string]answer{"feeds.example/list.txt": {body: "# nothing today\n"}},
			seed:    scam.Seed{URL: "http://feeds.example/list.txt"},
		},
		"the last line of a list that was cut off is dropped": {
			answers: map[string]answer{"feeds.example/list.txt": {body: "http://one.example/\nhttp://two.example/path"}},
			seed:    scam.Seed{URL: "http://feeds.example/list.txt"},
			options: Options{ListBytes: 38},
			want:    []brief{{"http://one.example/", "", "listed by feeds.example", 50}},
		},
		"robots.txt does not bind a feed that the operator named": {
			answers: map[string]answer{
				"feeds.example/robots.txt": {body: "User-agent: *\nDisallow: /"},
				"feeds.example/list.txt":   {body: "http://one.example/"},
			},
			seed: scam.Seed{URL: "http://feeds.example/list.txt"},
			want: []brief{{"http://one.example/", "", "listed by feeds.example", 50}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			tt.options.Logger = slog.New(slog.NewTextHandler(&log, nil))
			tt.seed.Kind = scam.SeedURLList
			got, err := serve(t, &testWeb{answers: tt.answers}, tt.options).Discover(t.Context(), tt.seed)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("error %v, want one with %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, briefs(got)); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
			if !strings.Contains(log.String(), tt.logged) {
				t.Errorf("log %q, want %q in it", log.String(), tt.logged)
			}
		})
	}
}

func TestUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := serve(t, &testWeb{}, Options{}).Discover(t.Context(), scam.Seed{Kind: "ct_log"}); err == nil {
		t.Error("no error")
	}
}

// hang gives a guard whose web accepts connections and says nothing.
func hang(t *testing.T, release <-chan struct{}) *egress.Guard {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { <-release; c.Close() }()
		}
	}()
	guard, err := egress.New(egress.Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Map:   []egress.Mapping{{Pattern: "*.example", Addr: netip.MustParseAddrPort(l.Addr().String())}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return guard
}
