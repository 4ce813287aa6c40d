package discover

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"popdown/internal/scam"
)

const (
	maxURL       = 4 << 10 // longer addresses are data, not links
	maxAncestors = 6       // how far above an element its ad container may be
	maxPoints    = 8
)

// adKind is what on a page leads to the ad.
type adKind string

const (
	adLink   adKind = "link"
	adFrame  adKind = "iframe"
	adScript adKind = "script" // its address is code, not a page
)

// ad is an advertisement on a page.
type ad struct {
	kind   adKind
	url    string // verbatim where it was absolute
	points int
	why    []string
}

func (a ad) host() string { return scam.Host(a.url) }

// words says how it was found: "iframe of serve.adnet.example (path of ad server)".
func (a ad) words() string {
	link := map[adKind]string{adLink: "link to", adFrame: "iframe of", adScript: "script of"}
	return fmt.Sprintf("%s %s (%s)", link[a.kind], a.host(), strings.Join(a.why, ", "))
}

func (a ad) lead(referrer string) lead {
	return lead{url: a.url, referrer: referrer, found: a.words(), priority: 10 * min(a.points, maxPoints)}
}

// place is the document in which ads are looked for.
type place struct {
	base  *url.URL
	own   []string // the publisher's registrable domains: links to them are editorial
	frame bool     // an ad frame's document: all of it is an ad container
}

// find gives the ads of an HTML document, in its order, kind by kind. The document may
// be hostile; the error says that it nests too deep to be read.
func (r rules) find(at place, html []byte) ([]ad, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		return nil, err
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if base, err := at.base.Parse(strings.TrimSpace(href)); err == nil {
			at.base = base
		}
	}
	var ads []ad
	doc.Find("iframe, frame").Each(func(_ int, e *goquery.Selection) {
		for _, attr := range []string{"src", "data-src", "data-lazy-src"} {
			ads = r.appendEmbedded(ads, at, adFrame, e, attr)
		}
	})
	doc.Find("a[href], area[href]").Each(func(_ int, e *goquery.Selection) {
		if a, ok := r.link(at, e); ok {
			ads = append(ads, a)
		}
	})
	doc.Find("script").Each(func(_ int, e *goquery.Selection) {
		ads = r.appendEmbedded(ads, at, adScript, e, "src")
		if _, ok := e.Attr("src"); !ok && e.AttrOr("type", "") != "application/ld+json" {
			ads = append(ads, r.inScript(at, e.Text(), "script in the page")...)
		}
	})
	for _, attr := range []string{"onclick", "onmousedown", "data-href", "data-url", "data-link"} {
		doc.Find("[" + attr + "]").Each(func(_ int, e *goquery.Selection) {
			ads = append(ads, r.inScript(at, e.AttrOr(attr, ""), attr)...)
		})
	}
	return ads, nil
}

// appendEmbedded judges what a page loads by itself. In an ad container it is an ad.
func (r rules) appendEmbedded(ads []ad, at place, kind adKind, e *goquery.Selection, attr string) []ad {
	u, raw, ok := r.foreign(at, e.AttrOr(attr, ""))
	if !ok {
		return ads
	}
	points, why := r.shape(u)
	if at.frame || r.inZone(e) {
		points, why = points+2, append(why, "in an ad container")
	}
	if points < threshold {
		return ads
	}
	return append(ads, ad{kind, raw, points, why})
}

// link judges a link that a visitor may click. Where it opens and what it shows count
// only when something else speaks for an ad: editorial links open tabs too.
func (r rules) link(at place, e *goquery.Selection) (ad, bool) {
	u, raw, ok := r.foreign(at, e.AttrOr("href", ""))
	if !ok {
		return ad{}, false
	}
	points, why := r.shape(u)
	if at.frame || r.inZone(e) {
		points, why = points+1, append(why, "in an ad container")
	}
	if slices.Contains(strings.Fields(strings.ToLower(e.AttrOr("rel", ""))), "sponsored") {
		points, why = points+2, append(why, "marked as sponsored")
	}
	if target := strings.ToLower(e.AttrOr("target", "")); points > 0 && (target == "_blank" || target == "_top") {
		points++
	}
	if points > 0 && e.Find("img, picture, video").Length() > 0 {
		points++
	}
	return ad{adLink, raw, points, why}, points >= threshold
}

// foreign resolves an address of the page and tells whether it leads to a web page of
// somebody else who may be unknown.
func (r rules) foreign(at place, raw string) (*url.URL, string, bool) {
	raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(raw))
	if raw == "" || len(raw) > maxURL {
		return nil, "", false
	}
	u, err := at.base.Parse(raw)
	if err != nil {
		return nil, "", false
	}
	if scam.CheckWebURL(raw) != nil {
		raw = u.String() // relative
	}
	if scam.CheckWebURL(raw) != nil {
		return nil, "", false
	}
	target := scam.Target(scam.Host(raw))
	return u, raw, target != "" && !slices.Contains(at.own, target) && !r.sites[target]
}

// inZone tells whether an element or one of its near ancestors is an ad container. The
// page's own scaffolding is none, whatever it is called.
func (r rules) inZone(e *goquery.Selection) bool {
	for range maxAncestors {
		if e.Length() == 0 || e.Is("html, body, main") {
			return false
		}
		if r.zone(e.AttrOr("class", "")) || r.zone(e.AttrOr("id", "")) {
			return true
		}
		for _, attr := range e.Nodes[0].Attr {
			if attr.Key == "data-zone" || attr.Key == "data-zoneid" || strings.HasPrefix(attr.Key, "data-ad-") {
				return true
			}
		}
		e = e.Parent()
	}
	return false
}
