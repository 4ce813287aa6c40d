// Package campaign says which findings belong together, and why. It is pure: no
// I/O, no clock.
package campaign

import (
	"fmt"
	"strings"

	"popdown/internal/scam"
)

// Join gives the campaign that a finding belongs to, and the reason in words. A
// shared number weighs more than a shared site; among equals the oldest campaign
// (lowest id) wins, whatever the order of related. Findings that an analyst
// dismissed, or that stand in no campaign, pull nothing in. 0 and "" for none.
func Join(f scam.Finding, related []scam.Finding) (campaignID int64, why string) {
	if id, number := oldest(f, related, sharedNumber); id != 0 {
		return id, "also tells people to call " + spaced(number)
	}
	if id, site := oldest(f, related, sharedSite); id != 0 {
		return id, fmt.Sprintf("is on the same site, %s", site)
	}
	return 0, ""
}

// oldest gives the lowest campaign id among the findings that share something with
// f, and what they share (of several, the first in f's own order).
func oldest(f scam.Finding, related []scam.Finding, shared func(a, b scam.Finding) string) (int64, string) {
	var id int64
	var what string
	for _, r := range related {
		if r.CampaignID == 0 || r.State == scam.FindingDismissed || r.ID == f.ID && f.ID != 0 || id != 0 && r.CampaignID > id {
			continue
		}
		s := shared(f, r)
		if s == "" || r.CampaignID == id && s >= what {
			continue
		}
		id, what = r.CampaignID, s
	}
	return id, what
}

func sharedNumber(a, b scam.Finding) string {
	for _, n := range a.Verdict.Numbers {
		for _, m := range b.Verdict.Numbers {
			if n.E164 != "" && n.E164 == m.E164 {
				return n.E164
			}
		}
	}
	return ""
}

func sharedSite(a, b scam.Finding) string {
	if s := site(a); s != "" && s == site(b) {
		return s
	}
	return ""
}

// site gives what one customer holds; "" where a host is shared by everyone.
func site(f scam.Finding) string {
	host := f.Host
	if host == "" {
		host = scam.Host(f.URL)
	}
	if scam.IsShared(host) {
		return ""
	}
	return scam.Target(host)
}

// spaced prints a number so that people can read it: North American ones in their
// usual groups, others as they are.
func spaced(e164 string) string {
	if d, ok := strings.CutPrefix(e164, "+1"); ok && len(d) == 10 {
		return "+1 " + d[:3] + " " + d[3:6] + " " + d[6:]
	}
	return e164
}
