package crawl

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	chain := []scam.Hop{{URL: "https://ad.example/click"}, {Seq: 1, URL: "HTTPS://Alert.Example/?phone=1"}}
	files := []scam.File{{Name: "screenshot.png", SHA256: "a"}, {Name: "screenshot-2.png", SHA256: "b"}}
	dials := []scam.Dial{{Host: "alert.example"}}
	v := scam.Visit{
		RequestedURL: "https://ad.example/click", Referrer: "https://news.example/", Persona: "us-windows-chrome",
		StartedAt: when, Files: files, Dials: dials, Manifest: "m",
		Landings: []scam.Landing{
			{URL: "https://shop.example/"},
			{URL: "HTTPS://Alert.Example/?phone=1", Title: "Alert", Chain: chain, Dialogs: []scam.Dialog{{Text: "d"}}, Behaviors: []scam.Behavior{{Name: "fullscreen"}}},
			{URL: "https://alert.example/?phone=1"},
			{URL: "about:blank", Chain: []scam.Hop{{URL: "https://popup.example/x"}, {Seq: 1, URL: "about:blank"}}},
			{URL: "https://old.example/"},
		},
	}
	bad := scam.Verdict{Class: scam.ClassScam, Score: 80}
	verdicts := []scam.Verdict{
		{Class: scam.ClassBenign}, bad, {Class: scam.ClassScam, Score: 60},
		{Class: scam.ClassSuspicious, Score: 30}, {Class: scam.ClassGone},
	}
	want := []scam.Finding{
		{
			URL: "https://alert.example/?phone=1", LandingURL: "HTTPS://Alert.Example/?phone=1", StartURL: "https://ad.example/click",
			Host: "alert.example", State: scam.FindingNew, Verdict: bad, Chain: chain,
			Dialogs: []scam.Dialog{{Text: "d"}}, Behaviors: []scam.Behavior{{Name: "fullscreen"}}, Title: "Alert",
			Persona: "us-windows-chrome", Referrer: "https://news.example/", FirstSeenAt: when, LastSeenAt: when, Visits: 1,
			Screenshot: files[1], Files: files, Dials: dials, Manifest: "m",
		},
		{
			URL: "https://popup.example/x", LandingURL: "https://popup.example/x", StartURL: "https://popup.example/x",
			Host: "popup.example", State: scam.FindingNew, Verdict: verdicts[3], Chain: v.Landings[3].Chain,
			Persona: "us-windows-chrome", Referrer: "https://news.example/", FirstSeenAt: when, LastSeenAt: when, Visits: 1,
			Files: files, Dials: dials, Manifest: "m",
		},
	}
	got, err := findings(v, verdicts)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("findings (-want +got):\n%s%v", diff, err)
	}
	verdicts[2].Score = 90
	if got, _ := findings(v, verdicts); got[0].Verdict.Score != 90 || len(got) != 2 {
		t.Errorf("of one address the higher score is kept: %+v", got)
	}
}

func TestTheAccusedIsTheOneWhoShowedIt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ landing, want string }{
		"stray % in the path":              {"https://evil.example/50%off", "https://evil.example/50%25off"},
		"stray % in the fragment":          {"https://evil.example/a#100%", "https://evil.example/a#100%25"},
		"credentials":                      {"http://user:p%w@evil.example/b", "http://evil.example/b"},
		"wrote itself":                     {"about:blank", "https://news.example/"},
		"wrote itself, of unknown origin":  {"blob:null/0-1", "https://news.example/"},
		"wrote itself, and says who it is": {"blob:https://news.example/0-1", "https://news.example/"},
		"a blob of somebody else":          {"blob:https://evil.example/0-1", ""},
		"no web page":                      {"chrome-extension://abc/", ""},
		"a host that nobody can name":      {"https://ev%il.example/", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := scam.Visit{RequestedURL: "https://news.example/", Landings: []scam.Landing{{
				URL: tt.landing, Chain: []scam.Hop{{URL: "https://news.example/"}, {Seq: 1, URL: tt.landing}},
			}}}
			got, err := findings(v, []scam.Verdict{{Class: scam.ClassScam}})
			switch {
			case tt.want == "" && (len(got) != 0 || err == nil):
				t.Errorf("accused %+v, error %v", got, err)
			case tt.want != "" && (len(got) != 1 || got[0].URL != tt.want || err != nil):
				t.Errorf("accused %+v, error %v, want %s", got, err, tt.want)
			}
		})
	}
}
