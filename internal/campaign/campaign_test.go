package campaign_test

import (
	"slices"
	"testing"

	"popdown/internal/campaign"
	"popdown/internal/scam"
)

func finding(id, campaignID int64, url string, numbers ...string) scam.Finding {
	f := scam.Finding{ID: id, CampaignID: campaignID, URL: url, Host: scam.Host(url), State: scam.FindingNew}
	for _, n := range numbers {
		f.Verdict.Numbers = append(f.Verdict.Numbers, scam.CallbackNumber{E164: n})
	}
	return f
}

func dismissed(f scam.Finding) scam.Finding {
	f.State = scam.FindingDismissed
	return f
}

func TestJoin(t *testing.T) {
	t.Parallel()
	const number, other = "+18445550143", "+442079460123"
	for _, c := range []struct {
		name    string
		finding scam.Finding
		related []scam.Finding
		id      int64
		why     string
	}{
		{"nothing related", finding(9, 0, "https://a.example/", number), nil, 0, ""},
		{"a shared number", finding(9, 0, "https://a.example/", number), []scam.Finding{finding(1, 7, "https://b.example/", number)},
			7, "also tells people to call +1 844 555 0143"},
		{"a number that is not American", finding(9, 0, "https://a.example/", other), []scam.Finding{finding(1, 7, "https://b.example/", other)},
			7, "also tells people to call +442079460123"},
		{"a shared site", finding(9, 0, "https://one.a.example/"), []scam.Finding{finding(1, 7, "https://two.a.example/")},
			7, "is on the same site, a.example"},
		{"a number before a site", finding(9, 0, "https://a.example/", number),
			[]scam.Finding{finding(1, 3, "https://a.example/x"), finding(2, 8, "https://b.example/", number)},
			8, "also tells people to call +1 844 555 0143"},
		{"the oldest of several campaigns", finding(9, 0, "https://a.example/", number, other),
			[]scam.Finding{finding(2, 8, "https://b.example/", number), finding(3, 5, "https://c.example/", other), finding(4, 5, "https://d.example/", other)},
			5, "also tells people to call +442079460123"},
		{"a dismissed finding pulls nothing in", finding(9, 0, "https://a.example/", number),
			[]scam.Finding{dismissed(finding(1, 7, "https://a.example/x", number))}, 0, ""},
		{"a finding without campaign", finding(9, 0, "https://a.example/", number), []scam.Finding{finding(1, 0, "https://b.example/", number)}, 0, ""},
		{"the finding itself", finding(9, 7, "https://a.example/", number), []scam.Finding{finding(9, 7, "https://a.example/", number)}, 0, ""},
		{"two customers of a platform", finding(9, 0, "https://a.vercel.app/"), []scam.Finding{finding(1, 7, "https://b.vercel.app/")}, 0, ""},
		{"one customer of a platform", finding(9, 0, "https://a.vercel.app/x"), []scam.Finding{finding(1, 7, "https://a.vercel.app/y")},
			7, "is on the same site, a.vercel.app"},
		{"two customers of one Azure zone", finding(9, 0, "https://a.z13.web.core.windows.net/"), []scam.Finding{finding(1, 7, "https://b.z13.web.core.windows.net/")}, 0, ""},
		{"one customer of an Azure zone", finding(9, 0, "https://a.z13.web.core.windows.net/1"), []scam.Finding{finding(1, 7, "https://a.z13.web.core.windows.net/2")},
			7, "is on the same site, a.z13.web.core.windows.net"},
		{"two buckets on one host", finding(9, 0, "https://s3.amazonaws.com/a/"), []scam.Finding{finding(1, 7, "https://s3.amazonaws.com/b/")}, 0, ""},
		{"the same address", finding(9, 0, "http://203.0.113.9/a"), []scam.Finding{finding(1, 7, "http://203.0.113.9/b")}, 7, "is on the same site, 203.0.113.9"},
		{"neighbouring addresses", finding(9, 0, "http://203.0.113.9/"), []scam.Finding{finding(1, 7, "http://203.0.113.8/")}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				id, why := campaign.Join(c.finding, c.related)
				if id != c.id || why != c.why {
					t.Errorf("got %d %q, want %d %q", id, why, c.id, c.why)
				}
				c.related = slices.Clone(c.related)
				slices.Reverse(c.related) // the order must not matter
			}
		})
	}
}
