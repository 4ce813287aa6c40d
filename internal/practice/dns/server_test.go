package dns

import (
	"net/netip"
	"os"
	"testing"

	mdns "github.com/miekg/dns"

	"popdown/internal/practice/site"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	set, err := site.Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), Options{
		Sites: set, Mail: []string{"desk.example"}, Held: func(d string) bool { return d == "popmetrics.example" },
		Extra: map[string]netip.Addr{"data.iana.example": netip.MustParseAddr("192.0.2.250")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, c := range []struct {
		name  string
		qtype uint16
		rcode int
		want  string // data of the first answer; empty: none
	}{
		{"win-alert.example.", mdns.TypeA, mdns.RcodeSuccess, "203.0.113.9"},
		{"WIN-Alert.Example.", mdns.TypeA, mdns.RcodeSuccess, "203.0.113.9"},
		{"win-alert.example.", mdns.TypeAAAA, mdns.RcodeSuccess, ""},
		{"win-alert.example.", mdns.TypeNS, mdns.RcodeSuccess, "ns1.domainquay.example."},
		{"win-alert.example.", mdns.TypeTXT, mdns.RcodeSuccess, `"v=spf1 -all"`},
		{"win-alert.example.", mdns.TypeMX, mdns.RcodeSuccess, ""},
		{"ads.clicknet.example.", mdns.TypeA, mdns.RcodeSuccess, "192.0.2.131"},
		{"ads.clicknet.example.", mdns.TypeNS, mdns.RcodeSuccess, ""},
		{"clicknet.example.", mdns.TypeA, mdns.RcodeSuccess, ""}, // above a host: exists, without an address
		{"northhost.example.", mdns.TypeMX, mdns.RcodeSuccess, "10 mail.practice.example."},
		{"_dmarc.desk.example.", mdns.TypeTXT, mdns.RcodeSuccess, `"v=DMARC1; p=reject"`},
		{"data.iana.example.", mdns.TypeA, mdns.RcodeSuccess, "192.0.2.250"},
		{"nobody.example.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"nobody.test.", mdns.TypeA, mdns.RcodeNameError, ""},
		{"tag.popmetrics.example.", mdns.TypeA, mdns.RcodeNameError, ""}, // suspended
	} {
		for _, network := range []string{"udp", "tcp"} {
			query := new(mdns.Msg).SetQuestion(c.name, c.qtype)
			got, _, err := (&mdns.Client{Net: network}).ExchangeContext(t.Context(), query, s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			data := ""
			if len(got.Answer) > 0 {
				data = got.Answer[0].String()[len(got.Answer[0].Header().String()):]
			}
			if got.Rcode != c.rcode || data != c.want {
				t.Errorf("%s %s over %s: %s %q, want %s %q", c.name, mdns.TypeToString[c.qtype], network,
					mdns.RcodeToString[got.Rcode], data, mdns.RcodeToString[c.rcode], c.want)
			}
			if len(got.Answer) == 0 && c.name != "nobody.test." && len(got.Ns) == 0 {
				t.Errorf("%s: a negative answer without SOA", c.name)
			}
		}
	}
}
