package discover

import (
	"cmp"
	"fmt"
	"slices"

	"popdown/internal/scam"
)

const (
	maxInner     = 6         // ad frames and scripts read per page
	innerBytes   = 512 << 10 // of each
	pagePriority = 10        // the publisher's own page, where a browser sees what we don't
)

// adPage reads one publisher's page, politely, and gives the ads on it. The document of
// an ad frame and the text of an ad script are read too, one level deep; an ad script
// also makes the page itself a candidate, after all others, for it puts its addresses
// together in a browser only.
func (d *Discoverer) adPage(f *fetcher, s scam.Seed) ([]lead, error) {
	p, err := f.get(s.URL, want{robots: true, bytes: d.PageBytes, redirects: maxRedirects})
	if err != nil {
		return nil, err
	}
	if err := p.success(); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", s.URL, err)
	}
	if !p.isHTML() {
		return nil, fmt.Errorf("fetch %s: %s is not a page", s.URL, p.header.Get("Content-Type"))
	}
	own := []string{scam.Target(scam.Host(s.URL)), scam.Target(p.url.Hostname())}
	ads, err := d.rules.find(place{base: p.url, own: own}, p.body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.URL, err)
	}
	found := d.readInner(f, s, place{base: p.url, own: own}, ads)
	slices.SortStableFunc(found, func(a, b lead) int { return cmp.Compare(b.priority, a.priority) })
	return found, nil
}

// readInner turns ads into leads, looking into the first frames and scripts among them.
func (d *Discoverer) readInner(f *fetcher, s scam.Seed, at place, ads []ad) []lead {
	page := at.base.String()
	var found []lead
	tried := map[string]bool{}
	for _, a := range ads {
		if a.kind == adLink {
			found = append(found, a.lead(page))
			continue
		}
		var inner []lead
		if !tried[a.url] && len(tried) < maxInner {
			tried[a.url] = true
			inner = d.inner(f, s, at, a)
		}
		found = append(found, inner...)
		switch a.kind {
		case adScript:
			found = append(found, lead{url: page, found: a.words(), priority: pagePriority})
		case adFrame:
			l := a.lead(page)
			if len(inner) > 0 {
				l.priority = pagePriority // what it shows is known already
			}
			found = append(found, l)
		}
	}
	return found
}

// inner reads an ad's frame or script. Redirects are left to the browser: each step of
// an ad's chain is counted, and may show something else the next time.
func (d *Discoverer) inner(f *fetcher, s scam.Seed, at place, a ad) []lead {
	p, err := f.get(a.url, want{referrer: at.base.String(), bytes: innerBytes})
	if err == nil {
		err = p.success()
	}
	var ads []ad
	switch {
	case err != nil:
	case a.kind == adScript:
		ads = d.rules.inScript(place{base: p.url, own: at.own}, string(p.body), "script of "+a.host())
	case p.isHTML():
		ads, err = d.rules.find(place{base: p.url, own: at.own, frame: true}, p.body)
	}
	if err != nil {
		d.Logger.Info("ad not read", "seed", s.Name, "seed_id", s.ID, "host", a.host(), "error", err)
		return nil
	}
	referrer := a.url // a link in a frame is followed from the frame
	if a.kind == adScript {
		referrer = at.base.String() // a script acts for the page that holds it
	}
	var found []lead
	for _, in := range ads {
		if in.kind != adScript {
			found = append(found, in.lead(referrer))
		}
	}
	return found
}
