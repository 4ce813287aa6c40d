package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

func goodXARF(t testing.TB) XARF {
	t.Helper()
	m, err := newMatter(microsoftCase(), sheet(), network(), noon)
	if err != nil {
		t.Fatal(err)
	}
	m.picture = []byte("picture")
	by, err := us().complete()
	if err != nil {
		t.Fatal(err)
	}
	return m.xarf(by, by.NewID())
}

func item(n int) XARFEvidence {
	p := bytes.Repeat([]byte{'x'}, n)
	return XARFEvidence{ContentType: "text/plain", Payload: p, Size: n, Hash: "sha256:" + sha256Hex(p)}
}

func items(count, size int) []XARFEvidence {
	var list []XARFEvidence
	for range count {
		list = append(list, item(size))
	}
	return list
}

func TestXARFRules(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*XARF)
		field string // named in the error; empty: still valid
	}{
		"a good report passes":             {func(*XARF) {}, ""},
		"version other than 4.2.0":         {func(x *XARF) { x.Version = "4" }, "xarf_version"},
		"report id that is no UUID":        {func(x *XARF) { x.ReportID = "PD-1" }, "report_id"},
		"report id in braces":              {func(x *XARF) { x.ReportID = "{" + x.ReportID + "}" }, "report_id"},
		"no time":                          {func(x *XARF) { x.Timestamp = time.Time{} }, "timestamp"},
		"reporter without organisation":    {func(x *XARF) { x.Reporter.Org = "" }, "reporter.org"},
		"organisation of 201 characters":   {func(x *XARF) { x.Sender.Org = strings.Repeat("ö", 201) }, "sender.org"},
		"organisation of 200 characters":   {func(x *XARF) { x.Sender.Org = strings.Repeat("ö", 200) }, ""},
		"contact with a name":              {func(x *XARF) { x.Reporter.Contact = "Desk <a@desk.example>" }, "reporter.contact"},
		"domain that is no host name":      {func(x *XARF) { x.Sender.Domain = "desk_1 .example" }, "sender.domain"},
		"no source":                        {func(x *XARF) { x.SourceIdentifier = "" }, "source_identifier"},
		"port out of range":                {func(x *XARF) { x.SourcePort = 70000 }, "source_port"},
		"another category":                 {func(x *XARF) { x.Category = "messaging" }, "category"},
		"another type":                     {func(x *XARF) { x.Type = "malware" }, "type"},
		"relative URL":                     {func(x *XARF) { x.URL = "/win" }, "url"},
		"URL with a space":                 {func(x *XARF) { x.URL = "https://a.example/ b" }, "url"},
		"URL with letters beyond ASCII":    {func(x *XARF) { x.URL = "https://a.example/ü" }, "url"},
		"punycode domain":                  {func(x *XARF) { x.Domain = "xn--bcher-kva.example" }, "domain"},
		"upper-case domain":                {func(x *XARF) { x.Domain = "A.example" }, "domain"},
		"unknown fraud type":               {func(x *XARF) { x.FraudType = "popup" }, "fraud_type"},
		"fraud with a lure":                {func(x *XARF) { x.LureType = "security_alert" }, "lure_type"},
		"phishing with a fraud type":       {func(x *XARF) { x.Type = "phishing" }, "fraud_type"},
		"phishing with an unknown lure":    {func(x *XARF) { x.Type, x.FraudType, x.LureType = "phishing", "", "alarm" }, "lure_type"},
		"phishing with a spaced chain":     {func(x *XARF) { x.Type, x.FraudType, x.RedirectChain = "phishing", "", []string{"https://a b/"} }, "redirect_chain"},
		"tag with a plus in front":         {func(x *XARF) { x.Tags = []string{"phone:+18445550143"} }, "tags"},
		"tag in upper case":                {func(x *XARF) { x.Tags = []string{"case:PD-1"} }, "tags"},
		"tag without a namespace":          {func(x *XARF) { x.Tags = []string{"scam"} }, "tags"},
		"tag with a plus inside":           {func(x *XARF) { x.Tags = []string{"language:c++"} }, ""},
		"21 tags":                          {func(x *XARF) { x.Tags = strings.Split(strings.Repeat("a:b ", 20)+"a:b", " ") }, "tags"},
		"confidence above 1":               {func(x *XARF) { x.Confidence = 93 }, "confidence"},
		"description of 1001 characters":   {func(x *XARF) { x.Description = strings.Repeat("é", 1001) }, "description"},
		"description of 1000 characters":   {func(x *XARF) { x.Description = strings.Repeat("é", 1000) }, ""},
		"country in lower case":            {func(x *XARF) { x.CountryCode = "nl" }, "country_code"},
		"unknown verification":             {func(x *XARF) { x.VerificationMethod = "guess" }, "verification_method"},
		"IPv6 among the A records":         {func(x *XARF) { x.DNSRecords = &XARFDNS{A: []string{"2001:db8::1"}} }, "dns_records.a"},
		"IPv4 among the AAAA records":      {func(x *XARF) { x.DNSRecords = &XARFDNS{AAAA: []string{"192.0.2.1"}} }, "dns_records.aaaa"},
		"registrar contact that is none":   {func(x *XARF) { x.Whois = &XARFWhois{RegistrarAbuseContact: "none"} }, "whois"},
		"51 pieces of evidence":            {func(x *XARF) { x.Evidence = items(51, 1) }, "evidence"},
		"50 pieces of evidence":            {func(x *XARF) { x.Evidence = items(50, 1) }, ""},
		"a piece of more than 5 MiB":       {func(x *XARF) { x.Evidence = items(1, 5<<20+1) }, "evidence[0]"},
		"more than 15 MiB in all":          {func(x *XARF) { x.Evidence = items(4, 4<<20) }, "evidence"},
		"evidence without a type":          {func(x *XARF) { x.Evidence[0].ContentType = "" }, "evidence[0]"},
		"evidence without a payload":       {func(x *XARF) { x.Evidence[0].Payload = nil }, "evidence[0]"},
		"size that is not the payload's":   {func(x *XARF) { x.Evidence[0].Size++ }, "evidence[0].size"},
		"bare hash":                        {func(x *XARF) { x.Evidence[0].Hash = strings.TrimPrefix(x.Evidence[0].Hash, "sha256:") }, "evidence[0].hash"},
		"hash of something else":           {func(x *XARF) { x.Evidence[0].Hash = "sha256:" + sha256Hex(nil) }, "evidence[0].hash"},
		"evidence text of 501 characters":  {func(x *XARF) { x.Evidence[0].Description = strings.Repeat("x", 501) }, "evidence[0].description"},
		"number that is not E.164":         {func(x *XARF) { x.PhoneNumbers = []string{"1-800"} }, "scam_phone_numbers"},
		"further URL that is not absolute": {func(x *XARF) { x.AdditionalURLs = []string{"a.example"} }, "additional_urls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := goodXARF(t)
			tc.spoil(&x)
			_, err := x.Encode()
			switch {
			case tc.field == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.field != "" && (!errors.Is(err, scam.ErrInvalid) || !strings.Contains(err.Error(), "xarf "+tc.field)):
				t.Errorf("error %v, want one about %s", err, tc.field)
			}
		})
	}
}

func TestXARFOfPunycodeHostLeavesDomainOut(t *testing.T) {
	t.Parallel()
	c := microsoftCase()
	c.Findings[0].Host = "xn--bcher-kva.example"
	c.Findings[0].LandingURL = "https://bücher.example/"
	_, attached, err := us().Compose(c, sheet(), network(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	var got XARF
	if err := json.Unmarshal(attached[1].Data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Domain != "" || got.URL != "https://xn--bcher-kva.example/" {
		t.Errorf("domain %q, url %q", got.Domain, got.URL)
	}
}

func TestXARFCarriesThePicture(t *testing.T) {
	t.Parallel()
	_, attached, err := us().Compose(microsoftCase(), sheet(), network(), screenshot(t, 320, 200, 0), noon)
	if err != nil {
		t.Fatal(err)
	}
	var got XARF
	if err := json.Unmarshal(attached[2].Data, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Evidence) != 1 || !bytes.Equal(got.Evidence[0].Payload, attached[0].Data) {
		t.Error("the picture in xarf.json is not alert.png")
	}
}
