package report

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"popdown/internal/scam"
)

func TestComposeLetters(t *testing.T) {
	t.Parallel()
	noBrand := microsoftCase()
	noBrand.Brand, noBrand.Findings[0].Verdict.Brand = "", ""
	several := microsoftCase()
	second := several.Findings[0]
	second.LandingURL = "https://alert2.win-secure.example/"
	second.Verdict.Numbers = append([]scam.CallbackNumber{{E164: "+448081570987", Raw: "0808 157 0987", Kind: "toll_free"}}, second.Verdict.Numbers...)
	several.Findings = append(several.Findings, second)
	onPlatform := sheet()
	onPlatform.RegistrationType, onPlatform.Registrar, onPlatform.RegisteredAt = "platform_subdomain", "", time.Time{}

	for name, tc := range map[string]struct {
		c     scam.Case
		sheet scam.ContactSheet
		to    scam.Contact
	}{
		"network":               {microsoftCase(), sheet(), network()},
		"network_platform":      {microsoftCase(), onPlatform, network()},
		"network_several_pages": {several, sheet(), network()},
		"registrar":             {microsoftCase(), sheet(), registrar()},
		"registrar_no_brand":    {noBrand, sheet(), registrar()},
		"network_nothing_known": {microsoftCase(), scam.ContactSheet{RegistrationType: "unknown"}, network()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, attached, err := us().Compose(tc.c, tc.sheet, tc.to, nil, noon)
			if err != nil {
				t.Fatal(err)
			}
			letter := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\n\n%s", r.From, strings.Join(r.To, ", "), r.Subject, r.Body)
			golden(t, name+".letter", regexp.MustCompile(`sha256 [0-9a-f]{64}`).ReplaceAllString(letter, "sha256 …"))
			golden(t, name+".report.txt", string(attached[0].Data))
			golden(t, name+".xarf.json", string(attached[1].Data))
		})
	}
}

func TestComposeSummaryIsTenLinesAtMost(t *testing.T) {
	t.Parallel()
	r, _, err := us().Compose(microsoftCase(), sheet(), network(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	summary, _, _ := strings.Cut(r.Body, "\n\n")
	if n := strings.Count(summary, "\n") + 1; n > 10 {
		t.Errorf("the summary has %d lines:\n%s", n, summary)
	}
}

func TestComposeAttachesCaptionedPicture(t *testing.T) {
	t.Parallel()
	r, attached, err := us().Compose(microsoftCase(), sheet(), network(), screenshot(t, 640, 360, 0), noon)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range attached {
		names = append(names, a.Name)
		if line := a.Name + ", sha256 " + sha256Hex(a.Data); !strings.Contains(r.Body, line) {
			t.Errorf("the letter does not name %q", line)
		}
	}
	if got := strings.Join(names, " "); got != "alert.png report.txt xarf.json" {
		t.Errorf("attachments: %s", got)
	}
	if r.Kind != "initial" || r.Step != 0 || r.State != scam.ReportDraft || r.Contact.Address != network().Address || r.ContentHash != "" {
		t.Errorf("report: %+v", r)
	}
}

func TestComposeWithoutReadablePictureStillWrites(t *testing.T) {
	t.Parallel()
	r, attached, err := us().Compose(microsoftCase(), sheet(), network(), []byte("no picture"), noon)
	if err != nil {
		t.Fatal(err)
	}
	if len(attached) != 2 || !strings.Contains(r.Body, "- no picture: read screenshot") {
		t.Errorf("%d attachments, letter:\n%s", len(attached), r.Body)
	}
}

func TestComposeTamesHostileText(t *testing.T) {
	t.Parallel()
	c := microsoftCase()
	c.Target = "win-secure.example\r\nBcc: all@victim.example"
	c.Brand = "evil\r\nX-Injected: 1"
	f := &c.Findings[0]
	f.LandingURL = "https://alert.win-secure.example/a\r\nBcc:x@y.example/\u202egnp.exe?q=ü"
	f.Title = "T\r\n\r\nBody\u2066\u200b"
	f.Dialogs[0].Text = "\x1b[31mCALL\x00 \u202eNOW https://WIN.example/x"
	f.Verdict.Signals[0].Excerpt = "a\nRequested: do nothing"
	f.Chain[1].URL = "javascript:alert('\n')"
	f.Referrer = "https://r.example/\r\nEvil: 1"
	s := sheet()
	s.Registrar, s.Network, s.Country = "R\r\nTo: z@y.example", "N\u202e\nX", "\r\n"
	r, attached, err := us().Compose(c, s, registrar(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(r.Subject+r.From, unicode.IsControl) {
		t.Errorf("control characters in %q or %q", r.Subject, r.From)
	}
	texts := map[string]string{"letter": r.Body, attached[0].Name: string(attached[0].Data), attached[1].Name: string(attached[1].Data)}
	for where, text := range texts {
		for _, c := range text {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Errorf("%s contains %U", where, c)
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			for _, start := range []string{"Bcc:", "To:", "X-Injected", "Evil:", "Requested: do nothing"} {
				if strings.HasPrefix(strings.TrimSpace(line), start) {
					t.Errorf("%s has an injected line: %q", where, line)
				}
			}
		}
	}
	if strings.Contains(r.Body, "https://win.example") || strings.Contains(r.Body, "https://WIN.example") {
		t.Error("a web address in a dialog was not defanged")
	}
	if !strings.Contains(string(attached[0].Data), "/a%0D%0ABcc:x@y.example/%E2%80%AEgnp.exe?q=%C3%BC") {
		t.Errorf("report.txt lost the exact URL:\n%s", attached[0].Data)
	}
}

func TestComposeNamesAtMostFiftyPages(t *testing.T) {
	t.Parallel()
	c := microsoftCase()
	for i := range 59 {
		f := c.Findings[0]
		f.LandingURL = fmt.Sprintf("https://a%d.win-secure.example/", i)
		c.Findings = append(c.Findings, f)
	}
	r, attached, err := us().Compose(c, sheet(), network(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Body, "and 10 more.") || strings.Contains(string(attached[0].Data), "== Page 51") {
		t.Error("the list of pages is not cut at fifty")
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	form, header, empty, nobody := network(), network(), microsoftCase(), us()
	form.Channel = scam.ChannelForm
	header.Address = "abuse@samplehost.example\r\nBcc: x@y.example"
	empty.Findings = nil
	nobody.Org = ""
	for name, tc := range map[string]struct {
		by Composer
		c  scam.Case
		to scam.Contact
	}{
		"a contact that takes no mail":   {us(), microsoftCase(), form},
		"an address with a line break":   {us(), microsoftCase(), header},
		"a case without findings":        {us(), empty, network()},
		"a reporter without a name":      {nobody, microsoftCase(), network()},
		"a reporter without a good From": {Composer{Org: "X", From: "nobody"}, microsoftCase(), network()},
	} {
		if _, _, err := tc.by.Compose(tc.c, sheet(), tc.to, nil, noon); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%s: %v, want scam.ErrInvalid", name, err)
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("https://alert.example/a b", "title", "text https://x.example")
	f.Add("https://xn--80ak6aa92e.example/\u202e", "\xff\x00", "\r\n")
	f.Fuzz(func(t *testing.T, url, title, text string) {
		c := microsoftCase()
		c.Findings[0].LandingURL, c.Findings[0].Title = url, title
		c.Findings[0].Dialogs[0].Text, c.Findings[0].Verdict.Signals[0].Excerpt = text, text
		r, attached, err := us().Compose(c, sheet(), network(), nil, noon)
		if err != nil {
			if !errors.Is(err, scam.ErrInvalid) {
				t.Fatal(err)
			}
			return // not a URL: the XARF rules say so
		}
		if strings.ContainsFunc(r.Subject, unicode.IsControl) || len(attached) != 2 {
			t.Fatalf("%+v", r)
		}
	})
}
