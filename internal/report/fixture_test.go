package report

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// us is the reporter of every test.
func us() Composer {
	return Composer{
		Org: "Popdown Practice Desk", Name: "Robin Doe", From: "reports@desk.example", ReplyTo: "answers@desk.example",
		PolicyURL: "https://desk.example/how-we-report",
		NewID:     func() string { return "550e8400-e29b-41d4-a716-446655440000" },
	}
}

func microsoftCase() scam.Case {
	number := scam.CallbackNumber{E164: "+18445550143", Raw: "+1 (844) 555-0143", Region: "US", Kind: "toll_free", Sources: []scam.Source{scam.SourceText}}
	f := scam.Finding{
		ID: 7, URL: "https://alert.win-secure.example/win/?phone=%2B18445550143", LandingURL: "https://alert.win-secure.example/win/?phone=%2B18445550143#x",
		StartURL: "https://films.example/", Host: "alert.win-secure.example", State: scam.FindingConfirmed,
		Verdict: scam.Verdict{
			Class: scam.ClassScam, Score: 93, Brand: "microsoft", FraudType: "tech_support", Language: "en",
			Signals: []scam.Signal{
				{Rule: "wording/pc-blocked", Weight: 30, Excerpt: "Access to this PC has been blocked, see https://help.example"},
				{Rule: "benign/contact-page", Weight: -5, Excerpt: "Contact"},
			},
			Numbers: []scam.CallbackNumber{number},
		},
		Chain: []scam.Hop{
			{Seq: 0, URL: "https://films.example/", Via: scam.ViaStart, Status: 200, IP: "192.0.2.8:443"},
			{Seq: 1, URL: "https://serve.adnet.example/c?id=1", Via: scam.ViaClick, Status: 302, IP: "198.51.100.4:443"},
			{Seq: 2, URL: "https://alert.win-secure.example/win/?phone=%2B18445550143#x", Via: scam.ViaHTTP, Status: 200, IP: "203.0.113.9:443"},
		},
		Dialogs:   []scam.Dialog{{Type: "alert", Text: "** MICROSOFT ALERT **\nCall +1 (844) 555-0143", Count: 12}},
		Behaviors: []scam.Behavior{{Name: "fullscreen"}, {Name: "dialog_loop"}, {Name: "fullscreen"}, {Name: "unheard_of"}},
		Title:     "Security Warning", Persona: "us-windows-chrome", Referrer: "https://films.example/",
		FirstSeenAt: noon.Add(-3 * time.Hour), LastSeenAt: noon.Add(-20 * time.Minute), Visits: 3, DecidedBy: "robin",
		Files:    []scam.File{{Name: "screenshot.png", SHA256: "aa11", Size: 9}, {Name: "dom.html", SHA256: "bb22", Size: 9}},
		Dials:    []scam.Dial{{Host: "alert.win-secure.example", Port: 443, Addr: "203.0.113.9:443"}},
		Manifest: "cc33",
	}
	return scam.Case{ID: 42, Target: "win-secure.example", CampaignID: 5, State: scam.CaseOpen, OpenedAt: noon.Add(-time.Hour),
		FirstSeenAt: f.FirstSeenAt, Brand: "microsoft", Findings: []scam.Finding{f}}
}

func sheet() scam.ContactSheet {
	return scam.ContactSheet{
		Target: "https://alert.win-secure.example/win/", RegistrationType: "malicious_registration",
		Registrar: "Sample Names Ltd", RegisteredAt: noon.AddDate(0, 0, -4), Nameservers: []string{"ns1.samplehost.example"},
		Addresses: []string{"203.0.113.9", "2001:db8::9"}, Network: "Sample Hosting BV", Country: "NL",
		Contacts: []scam.Contact{network(), registrar()},
	}
}

func network() scam.Contact {
	return scam.Contact{ID: 1, Rank: 1, Scope: scam.ScopeNetwork, Org: "Sample Hosting BV", Channel: scam.ChannelEmail, Address: "abuse@samplehost.example", Source: "rdap"}
}

func registrar() scam.Contact {
	return scam.Contact{ID: 2, Rank: 2, Scope: scam.ScopeRegistrar, Org: "Sample Names Ltd", Channel: scam.ChannelEmail, Address: "abuse@samplenames.example", Source: "rdap"}
}

// screenshot is a picture that resembles a page: areas of one colour and some noise.
func screenshot(t testing.TB, width, height int, noise float64) []byte {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{0x00, 0x60, uint8(y * 255 / height), 0xff}
			if dice.Float64() < noise {
				c = color.RGBA{uint8(dice.Uint32()), uint8(dice.Uint32()), uint8(dice.Uint32()), 0xff}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// golden compares with testdata/name, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", path, diff)
	}
}
