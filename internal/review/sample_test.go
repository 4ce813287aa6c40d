package review

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

// hostile is what a page may put into any text of ours: markup, template code, a
// right-to-left override, an invisible space, a control character.
const hostile = "</pre><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{.}} \u202etxt.exe\u202c pay\u200bpal \x1b[31m"

func noon() time.Time { return time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC) }

func before(d time.Duration) time.Time { return noon().Add(-d) }

// sample is a database with one of everything, in every state.
func sample(tb testing.TB) (*memory, shelf) {
	tb.Helper()
	kept := shelf{}
	m := &memory{sessions: map[string]session{}, users: []scam.User{
		{ID: 7, Name: "ana", PasswordHash: hashAt("correct horse", cost{memory: 64, time: 1, threads: 1})},
	}}
	m.findings = sampleFindings(tb, kept)
	m.visits = []scam.Visit{
		{ID: 81, Purpose: scam.PurposeRecheck, Persona: "us-windows-chrome", StartedAt: before(12 * time.Minute), Took: 6200 * time.Millisecond, Outcome: scam.OutcomeLoaded},
		{ID: 44, Purpose: scam.PurposeCrawl, Persona: "us-windows-chrome", StartedAt: before(51 * time.Minute), Took: 11870 * time.Millisecond, Outcome: scam.OutcomeLoaded},
	}
	m.contacts = []scam.Contact{
		{ID: 1, Rank: 1, Scope: scam.ScopePlatform, Org: "Cumulus Sites", Channel: scam.ChannelEmail, Address: "abuse@cumulus.example", Source: "providers", Confidence: .95, Why: "cumulus-sites.example is a platform of Cumulus Sites"},
		{ID: 2, Rank: 2, Scope: scam.ScopeNetwork, Org: "Example Hosting Ltd", Channel: scam.ChannelEmail, Address: "abuse@hosting.example", Source: "rdap", Confidence: .9, Why: "abuse contact of 203.0.113.0/24 (RDAP)"},
		{ID: 3, Rank: 3, Scope: scam.ScopeRegistrar, Org: "Names & Co", Channel: scam.ChannelForm, Address: "https://names.example/abuse", Source: "rdap", Confidence: .8, Why: "registrar of cumulus-sites.example (RDAP)"},
	}
	m.cases = sampleCases(m.findings)
	m.reports = sampleReports(kept, m.findings[0].Screenshot)
	m.checks = []scam.Check{
		{ID: 3, CaseID: 5, FindingID: 2, URL: m.findings[1].LandingURL, Persona: "us-windows-edge", AskedAt: before(time.Minute), State: scam.CheckAsked},
		{ID: 2, CaseID: 5, FindingID: 2, URL: m.findings[1].LandingURL, Persona: "us-windows-chrome", AskedAt: before(11 * time.Minute), DoneAt: before(10 * time.Minute), State: scam.CheckDown, Reason: "404 with the provider's removal notice"},
		{ID: 1, CaseID: 5, FindingID: 2, URL: m.findings[1].LandingURL, Persona: "us-windows-chrome", AskedAt: before(21 * time.Minute), DoneAt: before(20 * time.Minute), State: scam.CheckUp, Reason: "the same number +18445550143 is still shown", Screenshot: m.findings[1].Screenshot},
	}
	m.events = sampleEvents()
	return m, kept
}

func sampleFindings(tb testing.TB, kept shelf) []scam.Finding {
	tb.Helper()
	first := scam.Finding{
		ID: 1, URL: "https://win-alert.cumulus-sites.example/Win/index.html?phone=%201-844-555-0143#lock", Host: "win-alert.cumulus-sites.example",
		LandingURL: "https://win-alert.cumulus-sites.example/Win/index.html?phone=%201-844-555-0143#lock",
		StartURL:   "https://serve.adnet.example/c?z=981", State: scam.FindingNew, Title: "Security Center " + hostile,
		Persona: "us-windows-chrome", Referrer: "https://freestreams.example/watch/42", FirstSeenAt: before(51 * time.Minute), LastSeenAt: before(12 * time.Minute), Visits: 2,
		Screenshot: kept.put("screenshot.png", "image/png", picture(tb, color.RGBA{0x14, 0x55, 0xa8, 0xff})),
		CampaignID: 3, CampaignWhy: "shares +18445550143 with finding 2",
	}
	first.Verdict = scam.Verdict{Class: scam.ClassScam, Score: 100, Brand: "microsoft", FraudType: "tech_support", Language: "en", RulesVersion: "2026-11-20", Signals: []scam.Signal{
		{Rule: "behavior/dialog-loop", Weight: 20, Excerpt: "the same alert 14 times"},
		{Rule: "wording/pc-blocked", Weight: 35, Excerpt: "Access to this PC has been blocked for security reasons. Do not restart your computer"},
		{Rule: "number/with-urgency", Weight: 30, Excerpt: "Call Windows Support: +1 (844) 555-0143 immediately"},
		{Rule: "brand/microsoft-elsewhere", Weight: 25, Excerpt: "Microsoft logo and name, host is not Microsoft's"},
		{Rule: "wording/markup", Weight: 6, Excerpt: hostile},
		{Rule: "context/long-article", Weight: -4, Excerpt: "1,204 words of running text"},
	}, Numbers: []scam.CallbackNumber{
		{E164: "+18445550143", Raw: "+1 (844) 555-0143", Region: "US", Kind: "toll_free", Sources: []scam.Source{scam.SourceText, scam.SourceTelLink, scam.SourceURL}, Excerpt: "Call Windows Support: +1 (844) 555-0143 immediately to unlock. " + hostile},
		{E164: "+448081570123", Raw: "0808 157 0123", Region: "GB", Kind: "toll_free", Sources: []scam.Source{scam.SourceDialog}, Excerpt: "From the United Kingdom: 0808 157 0123"},
	}}
	first.Chain = []scam.Hop{
		{Seq: 0, URL: first.StartURL, Via: scam.ViaStart, Status: 302, IP: "198.51.100.7:443"},
		{Seq: 1, URL: "https://go.track-r.example/r?u=" + strings.Repeat("aHR0cHM6Ly93aW4tYWxlcnQ", 9), Via: scam.ViaHTTP, Status: 200, IP: "198.51.100.23:443"},
		{Seq: 2, URL: "http://bridge.example/next?<script>", Via: scam.ViaMeta, Status: 200, IP: "192.0.2.14:80"},
		{Seq: 3, URL: first.LandingURL, Via: scam.ViaScript, Status: 200, IP: "203.0.113.80:443"},
	}
	first.Dialogs = []scam.Dialog{
		{Type: "alert", Text: "** YOUR COMPUTER HAS BEEN BLOCKED **\n\nError: #0x268d3\n\nPlease call us immediately at: +1 (844) 555-0143\n" + hostile, Count: 14},
		{Type: "beforeunload", Text: "", Count: 2},
	}
	first.Behaviors = []scam.Behavior{
		{Name: "fullscreen", Arguments: "document.documentElement", AtMS: 812}, {Name: "dialog_loop", AtMS: 1440},
		{Name: "keyboard_lock", Arguments: `["Escape","F11"]`, AtMS: 1502}, {Name: "history_trap", Arguments: "pushState × 200 " + hostile, AtMS: 1730},
	}
	first.Files = []scam.File{first.Screenshot,
		kept.put("dom.html", "text/html", []byte("<!doctype html><script>alert(1)</script>")),
		kept.put("visit.har", "application/json", []byte(`{"log":{}}`))}
	first.Manifest = kept.put("manifest.json", "application/json", []byte(`{"files":3}`)).SHA256

	second := first
	second.ID, second.State, second.Host, second.CaseID = 2, scam.FindingConfirmed, "defender-warning.cumulus-sites.example", 5
	second.URL = "https://defender-warning.cumulus-sites.example/"
	second.LandingURL = second.URL
	second.Screenshot = kept.put("screenshot.png", "image/png", picture(tb, color.RGBA{0xb8, 0x1d, 0x24, 0xff}))
	second.DecidedBy, second.DecidedAt = "ana", before(40*time.Minute)
	third := first
	third.ID, third.State, third.Host, third.URL = 3, scam.FindingDismissed, "pc-help.example", "https://pc-help.example/contact"
	third.Verdict = scam.Verdict{Class: scam.ClassSuspicious, Score: 41, Brand: "", RulesVersion: "2026-11-20", Signals: []scam.Signal{{Rule: "number/with-urgency", Weight: 41, Excerpt: "Call today"}}}
	third.Screenshot, third.CampaignID, third.CampaignWhy, third.Visits = scam.File{}, 0, "", 1
	third.DecidedBy, third.DecidedAt, third.Reason = "ana", before(3*time.Hour), "A harmless page: a real repair shop "+hostile
	fourth := first
	fourth.ID, fourth.Host, fourth.URL = 4, "amazon-refund-desk.example", "https://amazon-refund-desk.example/login"
	fourth.Verdict.Brand, fourth.Verdict.Score, fourth.Verdict.Class = "amazon", 58, scam.ClassSuspicious
	fourth.Verdict.Numbers = fourth.Verdict.Numbers[:1]
	fourth.Screenshot = kept.put("screenshot.png", "image/png", picture(tb, color.RGBA{0xe8, 0x8a, 0x1a, 0xff}))
	fourth.CampaignID, fourth.Visits, fourth.FirstSeenAt = 0, 1, before(26*time.Hour)
	return []scam.Finding{first, second, third, fourth}
}

func sampleCases(findings []scam.Finding) []scam.Case {
	c := scam.Case{ID: 5, Target: "cumulus-sites.example", CampaignID: 3, State: scam.CaseReported, Brand: "microsoft",
		FirstSeenAt: before(51 * time.Minute), OpenedAt: before(40 * time.Minute), ReportedAt: before(30 * time.Minute), NextRunAt: noon().Add(5 * time.Minute),
		Findings: findings[1:2]}
	down := c
	down.ID, down.Target, down.State, down.DownAt, down.NextRunAt = 4, "account-verify.example", scam.CaseDown, before(4*time.Minute), time.Time{}
	fresh := c
	fresh.ID, fresh.Target, fresh.State, fresh.ReportedAt, fresh.Brand = 6, "amazon-refund-desk.example", scam.CaseOpen, time.Time{}, "amazon"
	closed := down
	closed.ID, closed.Target, closed.State, closed.ClosedAt = 3, "xn--pypal-4ve.example", scam.CaseClosed, before(time.Minute)
	closed.Brand, closed.DownAt, closed.FirstSeenAt = "paypal", before(2*time.Hour), before(75*time.Hour)
	return []scam.Case{c, fresh, down, closed}
}

// sampleReports holds one report in each state, all of case 5; report 1 is the draft.
func sampleReports(kept shelf, shot scam.File) []scam.Report {
	states := []scam.ReportState{scam.ReportDraft, scam.ReportSent, scam.ReportUncertain, scam.ReportApproved, scam.ReportSending, scam.ReportRehearsed, scam.ReportFailed}
	to := []scam.Contact{
		{Scope: scam.ScopePlatform, Org: "Cumulus Sites", Channel: scam.ChannelEmail, Address: "abuse@cumulus.example", Why: "cumulus-sites.example is a platform of Cumulus Sites"},
		{Scope: scam.ScopeNetwork, Org: "Example Hosting Ltd", Channel: scam.ChannelEmail, Address: "abuse@hosting.example", Why: "abuse contact of 203.0.113.0/24 (RDAP)"},
		{Scope: scam.ScopeCarrier, Org: "Toll-Free Carrier Inc", Channel: scam.ChannelEmail, Address: "fraud@carrier.example", Why: "holds +18445550143"},
	}
	xarf := kept.put("xarf.json", "application/json", []byte("{\n  \"xarf_version\": \"4.2.0\",\n  \"category\": \"content\",\n  \"type\": \"fraud\",\n  \"url\": \"https://win-alert.cumulus-sites.example/Win/\",\n  \"note\": \"</pre><script>alert(3)</script>\"\n}\n"))
	var reports []scam.Report
	for i, state := range states {
		r := scam.Report{ID: int64(i + 1), CaseID: 5, ContactID: int64(i + 1), Contact: to[i%len(to)], Kind: "initial", State: state,
			From: "Popdown <reports@popdown.example>", To: []string{to[i%len(to)].Address}, Subject: "[PD-2026-0005] Fake Microsoft support page on cumulus-sites[.]example",
			Body: sampleBody, Attachments: []scam.File{shot, xarf}, CreatedAt: before(38 * time.Minute)}
		if state != scam.ReportDraft {
			r.Mode, r.ApprovedBy, r.ApprovedAt = scam.ModeLive, "ana", before(35*time.Minute)
		}
		switch state {
		case scam.ReportSent:
			r.SentAt, r.Detail = before(30*time.Minute), "250 2.0.0 Ok: queued as 4F1C2"
		case scam.ReportRehearsed:
			r.Mode, r.Detail = scam.ModeDryRun, "var/mail/PD-2026-0005-6.eml"
		case scam.ReportFailed:
			r.Detail = "550 5.1.1 <fraud@carrier.example>: no such user " + hostile
		}
		if state == scam.ReportSent || state == scam.ReportUncertain || state == scam.ReportSending {
			r.MessageID = fmt.Sprintf("<01JD9Q-%d.pd-2026-0005@popdown.example>", r.ID)
		}
		r.ContentHash = r.Hash()
		reports = append(reports, r)
	}
	return reports
}

const sampleBody = "Hello,\n\nplease take down this fake Microsoft support page, hosted with you:\n\n" +
	"  hxxps://win-alert[.]cumulus-sites[.]example/Win/index.html?phone=%201-844-555-0143#lock\n\n" +
	"It claims that the visitor's computer is blocked, locks the browser with dialogs, and tells\npeople to call +1 844 555 0143.\n\n" +
	"First seen: 2026-11-23 14:09:00 UTC, from the USA, as a visitor with Chrome on Windows.\nAddress:    203.0.113.80, port 443\n\n" +
	"Title of the page: " + hostile + "\n\nThe screenshot and the same facts as XARF are attached.\n\nRegards,\nPopdown\n"

func sampleEvents() []scam.Event {
	line := func(id int64, ago time.Duration, actor, verb, noun string, nounID int64, detail string) scam.Event {
		return scam.Event{ID: id, Program: "takedown", At: before(ago), Actor: actor, Verb: verb, Noun: noun, NounID: nounID, Detail: []byte(detail)}
	}
	return []scam.Event{
		line(9, 51*time.Minute, "crawler", "found", "finding", 2, `{"score":100}`),
		line(10, 40*time.Minute, "ana", "confirmed", "finding", 2, `{"case_id":5,"reason":""}`),
		line(11, 40*time.Minute, "ana", "opened", "case", 5, `{"target":"cumulus-sites.example"}`),
		line(12, 38*time.Minute, "takedown", "drafted", "report", 2, `{"to":["abuse@hosting.example"]}`),
		line(13, 35*time.Minute, "ana", "approved", "report", 2, `{"mode":"live"}`),
		line(14, 30*time.Minute, "takedown", "sent", "report", 2, `{"answer":"250 2.0.0 Ok: queued as 4F1C2"}`),
		line(15, 3*time.Hour, "ana", "dismissed", "finding", 3, `{"reason":"</b><script>alert(4)</script>"}`),
	}
}

// picture draws a fake alert for people to look at: a coloured page with a window on it.
// Tests get a stub, as an encoder's bytes may differ from one Go release to the next.
func picture(tb testing.TB, c color.RGBA) []byte {
	tb.Helper()
	if *storybook == "" {
		return fmt.Appendf(nil, "\x89PNG\r\n\x1a\n%v", c)
	}
	img := image.NewRGBA(image.Rect(0, 0, 1280, 800))
	fill := func(x0, y0, x1, y1 int, c color.Color) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	light, mid := color.RGBA{0xf3, 0xf4, 0xf6, 0xff}, color.RGBA{0xb9, 0xc0, 0xc8, 0xff}
	fill(0, 0, 1280, 800, c)
	for i := range 7 {
		fill(70, 90+i*44, 620-i*37, 108+i*44, color.RGBA{0xff, 0xff, 0xff, 0xff})
	}
	fill(560, 250, 1120, 610, light)
	fill(560, 250, 1120, 300, mid)
	for i := range 5 {
		fill(600, 340+i*36, 1060-i*50, 352+i*36, mid)
	}
	fill(900, 540, 1080, 585, c)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
