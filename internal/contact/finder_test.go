package contact

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

// brief is a contact in one line.
func brief(contacts []scam.Contact) []string {
	var list []string
	for _, c := range contacts {
		list = append(list, fmt.Sprintf("%d %s %s <%s> %s %s %.1f", c.Rank, c.Scope, c.Org, c.Address, c.Channel, c.Source, c.Confidence))
	}
	return list
}

// lacks names what the notes do not say.
func lacks(notes []string, wanted ...string) []string {
	var missing []string
	all := strings.Join(notes, "\n")
	for _, w := range wanted {
		if !strings.Contains(all, w) {
			missing = append(missing, w)
		}
	}
	return missing
}

func TestFindAsksEveryRegistryInItsShape(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	f := New(w.options)
	for name, tc := range map[string]struct {
		url     string
		want    []string
		network string
		country string
		notes   []string
	}{
		"ARIN lists the desk twice": {"http://192.0.2.10/", []string{"1 network Sample Cloud, Inc. <abuse@samplecloud.example> email rdap 0.9"}, "Sample Cloud, Inc.", "", nil},
		"RIPE, by longest prefix":   {"http://192.0.2.70/", []string{"1 network Sample Hosting BV <abuse@samplehost.example> email rdap 0.9"}, "Sample Hosting BV", "NL", nil},
		"RIPE over IPv6":            {"http://[2001:db8:1::5]/", []string{"1 network SAMPLE-V6 <abuse@six.example> email rdap 0.9"}, "SAMPLE-V6", "DE", nil},
		"APNIC prefers by pref":     {"http://198.51.100.10/", []string{"1 network SAMPLE-AP <abuse@sample-ap.example> email rdap 0.9"}, "SAMPLE-AP", "JP", []string{"also listed: helpdesk@sample-ap.example"}},
		"LACNIC has a placeholder":  {"http://198.51.100.200/", nil, "Muestra S.A.", "AR", []string{`"removed@lacnic.example" is a placeholder`, "no abuse address is listed"}},
		"AFRINIC has no desk":       {"http://203.0.113.10/", nil, "SAMPLE-AF", "ZA", []string{"203.0.113.10 (rdap.afrinic.example): no abuse address is listed"}},
		"registro.br has no e-mail": {"http://203.0.113.200/", nil, "Amostra Ltda", "BR", []string{"no abuse address is listed"}},
		"answer about another net":  {"http://203.0.113.20/", nil, "", "", []string{"the answer is about 192.0.2.0 to 192.0.2.255"}},
		"address of no registry":    {"http://198.18.0.1/", nil, "", "", []string{"nobody to write to was found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := f.Find(t.Context(), tc.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, brief(got.Contacts)); diff != "" {
				t.Errorf("contacts (-want +got):\n%s", diff)
			}
			if got.Network != tc.network || got.Country != tc.country {
				t.Errorf("network %q in %q", got.Network, got.Country)
			}
			if missing := lacks(got.Notes, tc.notes...); missing != nil {
				t.Errorf("notes lack %q: %q", missing, got.Notes)
			}
		})
	}
}

func TestFindNetworkAndRegistrar(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, map[string][]string{"alert.win-secure.example": {"192.0.2.70", "10.0.0.1", "2001:db8:1::5"}})
	got, err := New(w.options).Find(t.Context(), "https://alert.win-secure.example/win/?a=b#c", []string{"127.0.0.1:8443", "192.0.2.71:443", "[::1]:443", "junk"})
	if err != nil {
		t.Fatal(err)
	}
	want := scam.ContactSheet{
		Target: "https://alert.win-secure.example/win/?a=b#c", RegistrationType: "malicious_registration", Registrar: "Sample Names Ltd",
		RegisteredAt: time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC), Nameservers: []string{"ns1.samplehost.example", "ns2.samplehost.example"},
		Addresses: []string{"192.0.2.71", "192.0.2.70", "2001:db8:1::5"}, Network: "SAMPLE-V6", Country: "DE",
		Contacts: []scam.Contact{
			{Rank: 1, Scope: "network", Org: "Sample Hosting BV", Channel: "email", Address: "abuse@samplehost.example", Source: "rdap", Confidence: 0.9,
				Why: "abuse contact of 192.0.2.64 to 192.0.2.127, which holds 192.0.2.70 (RDAP of rdap.ripe.example)", FetchedAt: noon},
			{Rank: 2, Scope: "network", Org: "SAMPLE-V6", Channel: "email", Address: "abuse@six.example", Source: "rdap", Confidence: 0.9,
				Why: "abuse contact of 2001:db8:1:: to 2001:db8:1:ffff:ffff:ffff:ffff:ffff, which holds 2001:db8:1::5 (RDAP of rdap.ripe.example)", FetchedAt: noon},
			{Rank: 3, Scope: "registrar", Org: "Sample Names Ltd", Channel: "email", Address: "abuse@samplenames.example", Source: "rdap", Confidence: 0.9,
				Why: "abuse contact of Sample Names Ltd, registrar of win-secure.example (RDAP of rdap.registry.example)", FetchedAt: noon},
		},
		Notes: []string{"192.0.2.71, asked of rdap.ripe.example: the registry has no record of it"},
	}
	want.Network, want.Country = "Sample Hosting BV", "NL"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sheet (-want +got):\n%s", diff)
	}
}

func TestFindRegistrar(t *testing.T) {
	t.Parallel()
	card := `[["fn",{},"text","Busy Names"],["email",{},"text","abuse@busynames.example"]]`
	record := `{"objectClassName":"domain","ldhName":"%s","entities":[{"roles":["registrar","abuse"],"vcardArray":["vcard",` + card + `]}]}`
	say := func(status int, header, value, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			if header != "" {
				rw.Header().Set(header, value)
			}
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(body))
		}
	}
	busy := 0
	w := newWorld(t, map[string]http.HandlerFunc{
		"rdap.registry.example/domain/busy.example": func(rw http.ResponseWriter, r *http.Request) {
			if busy++; busy == 1 {
				say(429, "Retry-After", "1", "")(rw, r)
				return
			}
			say(200, "", "", fmt.Sprintf(record, "busy.example"))(rw, r)
		},
		"rdap.registry.example/domain/shut.example":     say(429, "Retry-After", "3600", ""),
		"rdap.registry.example/domain/always.example":   say(429, "Retry-After", "0", ""),
		"rdap.registry.example/domain/mute.example":     say(429, "", "", ""),
		"rdap.registry.example/domain/broken.example":   say(500, "", "", "oops"),
		"rdap.registry.example/domain/garbage.example":  say(200, "", "", "<html>\x00\xff"),
		"rdap.registry.example/domain/list.example":     say(200, "", "", `[1,2]`),
		"rdap.registry.example/domain/person.example":   say(200, "", "", `{"objectClassName":"entity"}`),
		"rdap.registry.example/domain/big.example":      say(200, "", "", `{"objectClassName":"domain","x":"`+strings.Repeat("x", 5<<20)+`"}`),
		"rdap.registry.example/domain/moved.example":    say(302, "Location", "http://rdap.new.example/domain/moved.example", ""),
		"rdap.new.example/domain/moved.example":         say(200, "", "", fmt.Sprintf(record, "moved.example")),
		"rdap.registry.example/domain/round.example":    say(302, "Location", "http://rdap.registry.example/domain/round.example", ""),
		"rdap.registry.example/domain/inward.example":   say(302, "Location", "http://127.0.0.1:80/domain/inward.example", ""),
		"rdap.deep.example/v1/domain/young.example":     say(200, "", "", `{"objectClassName":"domain","ldhName":"young.example","events":[{"eventAction":"Registration","eventDate":"2026-08-26"}]}`),
		"rdap.registry.example/domain/old.example":      say(200, "", "", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2026-08-25T11:59:59Z"}]}`),
		"rdap.registry.example/domain/undated.example":  say(200, "", "", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"yesterday"}]}`),
		"rdap.registry.example/domain/operator.example": say(200, "", "", `{"objectClassName":"domain","entities":[{"roles":["registrant"],"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","scammer@free.example"]]]}]}]}`),
		"rdap.registry.example/domain/downlink.example": say(200, "", "", `{"objectClassName":"domain","links":[{"rel":"related","href":"ftp://x.example/"},{"rel":"related","href":"http://u:p@x.example/"},{"rel":"related","href":"::"}]}`),
	}, nil)
	f := New(w.options)
	contact := func(org, address string) []string {
		return []string{"1 registrar " + org + " <" + address + "> email rdap 0.6"}
	}
	for host, tc := range map[string]struct {
		want  []string
		kind  string
		notes []string
	}{
		"busy.example":       {contact("Busy Names", "abuse@busynames.example"), "unknown", nil},
		"shut.example":       {nil, "unknown", []string{"status 429, asks to wait 1h0m0s"}},
		"always.example":     {nil, "unknown", []string{"status 429, asks to wait 0s"}},
		"mute.example":       {nil, "unknown", []string{"rdap.registry.example: status 429"}},
		"broken.example":     {nil, "unknown", []string{"broken.example, asked of rdap.registry.example: status 500"}},
		"garbage.example":    {nil, "unknown", []string{"not JSON"}},
		"list.example":       {nil, "unknown", []string{"not about a domain"}},
		"person.example":     {nil, "unknown", []string{"not about a domain"}},
		"big.example":        {nil, "unknown", []string{"more than 1048576 bytes"}},
		"missing.example":    {nil, "unknown", []string{"the registry has no record of it"}},
		"other.example":      {nil, "unknown", []string{"the answer is about another.example"}},
		"moved.example":      {contact("Busy Names", "abuse@busynames.example"), "unknown", nil},
		"round.example":      {nil, "unknown", []string{"too many redirects"}},
		"inward.example":     {nil, "unknown", []string{"inward.example, asked of"}},
		"thin.example":       {contact("Thin Names", "abuse@thinnames.example"), "unknown", []string{"second@thinnames.example", `"noreply@thinnames.example" is a placeholder`, "at the reported domain itself"}},
		"loop.example":       {nil, "unknown", []string{"no abuse address is listed"}},
		"untidy.example":     {contact("Untidy Names", "abuse@untidy-names.example"), "unknown", nil},
		"young.example":      {nil, "malicious_registration", []string{"(rdap.deep.example): no abuse address is listed"}},
		"old.example":        {nil, "unknown", []string{"no abuse address is listed"}},
		"undated.example":    {nil, "unknown", nil},
		"downlink.example":   {nil, "unknown", []string{"no abuse address is listed"}},
		"operator.example":   {nil, "unknown", []string{"no abuse address is listed"}},
		"shop.nowhere":       {nil, "unknown", []string{"no RDAP server is known for .nowhere"}},
		"customer.github.io": {nil, "platform_subdomain", []string{"is not to be asked"}},
		"github.io":          {nil, "platform_subdomain", []string{"is not to be asked"}},
	} {
		got, err := f.Find(t.Context(), "https://"+host+"/", nil)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if diff := cmp.Diff(tc.want, brief(got.Contacts)); diff != "" {
			t.Errorf("%s: contacts (-want +got):\n%s", host, diff)
		}
		if missing := lacks(got.Notes, tc.notes...); missing != nil || got.RegistrationType != tc.kind {
			t.Errorf("%s: type %s, notes lack %q: %q", host, got.RegistrationType, missing, got.Notes)
		}
	}
	if n := w.count("rdap.registry.example/domain/shut.example"); n != 1 {
		t.Errorf("a server that asked for an hour was asked %d times", n)
	}
	if n := w.count("rdap.registry.example/domain/always.example"); n != 2 {
		t.Errorf("a server that stays busy was asked %d times, want 2", n)
	}
	if n := w.count("rdap.thinnames.example/domain/thin.example"); n != 1 {
		t.Errorf("the registrar's own record was asked for %d times", n)
	}
}

func TestFindWritesOneLetterToOneDeskInTwoRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, map[string]http.HandlerFunc{
		"rdap.registry.example/domain/both.example": func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte(`{"objectClassName":"domain","entities":[{"roles":["registrar"],"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@samplehost.example"]]]}]}]}`))
		},
	}, map[string][]string{"both.example": {"192.0.2.70"}})
	got, err := New(w.options).Find(t.Context(), "https://both.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Contacts) != 1 || !strings.Contains(got.Contacts[0].Why, "; also abuse contact of the registrar") {
		t.Errorf("%+v", got.Contacts)
	}
}

func TestFindRemembersAnswersForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	f := New(w.options)
	find := func() {
		t.Helper()
		if _, err := f.Find(t.Context(), "https://win-secure.example/", nil); err != nil {
			t.Fatal(err)
		}
	}
	find()
	find()
	if n := w.count("rdap.registry.example/domain/win-secure.example"); n != 1 {
		t.Errorf("asked %d times within a day", n)
	}
	w.pass(25 * time.Hour)
	find()
	if n := w.count("rdap.registry.example/domain/win-secure.example"); n != 2 {
		t.Errorf("asked %d times in two days", n)
	}
}

func TestFindOfflineAsksNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, map[string][]string{"win-secure.example": {"192.0.2.70"}})
	w.options.Offline = true
	got, err := New(w.options).Find(t.Context(), "https://win-secure.example/", []string{"192.0.2.70:443"})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.asked) != 0 || len(got.Contacts) != 0 || got.Contacts == nil || cmp.Diff([]string{"192.0.2.70"}, got.Addresses) != "" || lacks(got.Notes, "offline") != nil {
		t.Errorf("asked %q, sheet %+v", w.asked, got)
	}
}

func TestFindRefusesOnlyUnusableURLs(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	for _, url := range []string{"", "win-secure.example", "ftp://win-secure.example/", "https:///x", "https://a\x00b/"} {
		if _, err := f.Find(t.Context(), url, nil); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%q: %v, want scam.ErrInvalid", url, err)
		}
	}
}

func TestFindStoppedIsAnErrorNotAGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(w.options).Find(ctx, "https://win-secure.example/", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}
