package postgres_test

import (
	"fmt"
	"sync"
	"testing"

	"popdown/internal/scam"
)

func TestSaveVisitAddsToAKnownFinding(t *testing.T) {
	w := newWorld(t)
	first := w.visit("https://Alert.example/win?n=1")
	one := seen(first, 60, number)
	stored, err := w.crawler.SaveVisit(w.ctx(), first, []scam.Finding{one}, byAny)
	w.ok(err)

	second := w.visit("https://alert.example/win?n=1")
	second.RequestedURL, second.Persona = "https://other.example/", "us-windows-edge"
	two := seen(second, 95, "+18005550199", number)
	two.Title, two.Verdict.Numbers[1].Sources = "Another title", []scam.Source{scam.SourceAuthRealm, scam.SourceText, scam.SourceTelLink}
	_, err = w.crawler.SaveVisit(w.ctx(), second, []scam.Finding{two}, byAny)
	w.ok(err)
	third := w.visit("https://alert.example/win?n=1")
	_, err = w.crawler.SaveVisit(w.ctx(), third, []scam.Finding{seen(third, 70)}, byAny)
	w.ok(err)

	got, err := w.takedown.Finding(w.ctx(), stored[0].ID)
	w.ok(err)
	want := one
	want.ID, want.State, want.Persona, want.Referrer = stored[0].ID, scam.FindingNew, persona, first.Referrer
	want.LandingURL = third.Landings[0].URL
	want.Verdict = two.Verdict
	want.Verdict.Numbers = []scam.CallbackNumber{
		{E164: number, Raw: number, Region: "US", Kind: "toll_free", Sources: []scam.Source{scam.SourceText, scam.SourceTelLink, scam.SourceAuthRealm}},
		two.Verdict.Numbers[0],
	}
	want.LastSeenAt, want.Visits = third.StartedAt, 3
	want.FirstVisitID, want.LastVisitID = got.FirstVisitID, got.FirstVisitID+2
	want.Files, want.Dials, want.Manifest = first.Files, first.Dials, first.Manifest
	want.CampaignID, want.CampaignWhy = got.CampaignID, "first of its kind"
	w.same(want, got)

	visits, err := w.takedown.FindingVisits(w.ctx(), got.ID)
	w.ok(err)
	w.same(3, len(visits))
	first.ID = got.FirstVisitID
	w.same(first, visits[2])
	w.chainsHold()
}

func TestSaveVisitTakesWhatHostilePagesWrite(t *testing.T) {
	w := newWorld(t)
	v := w.visit("https://nul.example/")
	v.Landings[0].Text, v.Landings[0].Title = "a\x00b\xff\\u0000 \u0000", "t\x00\xc3\x28"
	v.Error = "bad \x00 bytes"
	f := seen(v, 90, number)
	f.Verdict.Signals = []scam.Signal{{Rule: "r", Excerpt: "\x00"}}
	f.Dialogs = []scam.Dialog{{Type: "alert", Text: "\x00\ud7ff"}}
	stored, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{f}, byAny)
	w.ok(err)
	visits, err := w.crawler.FindingVisits(w.ctx(), stored[0].ID)
	w.ok(err)
	w.same("a\uFFFDb\uFFFD\\u0000 \uFFFD", visits[0].Landings[0].Text)
	w.same("t\uFFFD\uFFFD(", stored[0].Title)
}

func TestSaveVisitCountsAPageSeenTwiceOnce(t *testing.T) {
	w := newWorld(t)
	v := w.visit("https://alert.example/")
	stored, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 60), seen(v, 80)}, byAny)
	w.ok(err)
	w.same([]int64{stored[0].ID, stored[0].ID}, []int64{stored[0].ID, stored[1].ID})
	w.same([]int{1, 80}, []int{stored[1].Visits, stored[1].Verdict.Score})
}

func TestSaveVisitStoresNothingHalfway(t *testing.T) {
	w := newWorld(t)
	v := w.visit("https://alert.example/")
	v.CandidateID = 4711
	_, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 90)}, byAny)
	w.want(err, scam.ErrNotFound)
	v.CandidateID = 0
	_, err = w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 90)}, func(scam.Finding, []scam.Finding) (int64, string) { return 4711, "no such campaign" })
	w.want(err, scam.ErrNotFound)
	w.same(0, value[int](w, "SELECT (SELECT count(*) FROM visits) + (SELECT count(*) FROM findings) + (SELECT count(*) FROM events)"))
}

func TestRelatedFindingsShareANumberOrHost(t *testing.T) {
	w := newWorld(t)
	a := w.found("https://a.example/", number)
	b := w.found("https://b.example/", "+18005550100", number)
	c := w.found("https://b.example/other")
	d := w.found("https://d.example/", "+18005550177")
	w.same([]bool{true, true, true, false}, []bool{a.CampaignID != 0, a.CampaignID == b.CampaignID, b.CampaignID == c.CampaignID, c.CampaignID == d.CampaignID})
	campaign, err := w.takedown.Campaign(w.ctx(), a.CampaignID)
	w.ok(err)
	w.same(number, campaign.Name)
	name := value[string](w, "SELECT name FROM campaigns WHERE id = $1", d.CampaignID)
	w.same("+18005550177", name)
}

func TestVisitsAtOnceOpenOneCampaignForOneNumber(t *testing.T) {
	w := newWorld(t)
	var visits []scam.Visit
	for i := range 8 {
		visits = append(visits, w.visit(fmt.Sprintf("https://h%d.example/", i)))
	}
	var wg sync.WaitGroup
	for _, v := range visits {
		wg.Go(func() {
			if _, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, 90, number)}, byAny); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.same(1, value[int](w, "SELECT count(*) FROM campaigns"))
	w.chainsHold()
}

func TestQueueIsByScoreThenNewest(t *testing.T) {
	w := newWorld(t)
	for i, score := range []int{50, 90, 90} {
		v := w.visit(fmt.Sprintf("https://h%d.example/", i))
		_, err := w.crawler.SaveVisit(w.ctx(), v, []scam.Finding{seen(v, score)}, byAny)
		w.ok(err)
	}
	w.confirmed("https://done.example/")
	queue, total, err := w.takedown.Queue(w.ctx(), scam.FindingNew, 2, 0)
	w.ok(err)
	w.same([]string{"h2.example", "h1.example"}, []string{queue[0].Host, queue[1].Host})
	w.same(3, total)
	queue, total, err = w.takedown.Queue(w.ctx(), "", 10, 3)
	w.ok(err)
	w.same([]int{1, 4}, []int{len(queue), total})
}
