package report

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"popdown/internal/scam"
)

// maxURLs is how many findings one report names: desks close longer lists unread.
const maxURLs = 50

// matter is what there is to say about a case to one contact, before it is put into words.
type matter struct {
	c        scam.Case
	sheet    scam.ContactSheet
	to       scam.Contact
	now      time.Time
	first    scam.Finding   // the oldest: its picture and chain are shown
	findings []scam.Finding // at most maxURLs
	numbers  []scam.CallbackNumber
	pages    map[string]int // findings that show a number, by E.164
	brand    scam.Brand
	seen     time.Time // first sight
	verified time.Time // last seen live

	picture   []byte // alert.png; nil: none
	noPicture string // why there is none although one was kept
}

func newMatter(c scam.Case, sheet scam.ContactSheet, to scam.Contact, now time.Time) (matter, error) {
	if len(c.Findings) == 0 {
		return matter{}, fmt.Errorf("%w: case %s has no confirmed finding", scam.ErrInvalid, c.Ref())
	}
	m := matter{c: c, sheet: sheet, to: to, now: now.UTC(), first: c.Findings[0], pages: map[string]int{}}
	m.findings = c.Findings[:min(len(c.Findings), maxURLs)]
	var slug string // of the first page that has one: the case's own may be that of a page dismissed since
	for _, f := range m.findings {
		slug = cmp.Or(slug, f.Verdict.Brand)
		if m.seen.IsZero() || f.FirstSeenAt.Before(m.seen) {
			m.seen = f.FirstSeenAt.UTC()
		}
		if f.LastSeenAt.After(m.verified) {
			m.verified = f.LastSeenAt.UTC()
		}
		m.addNumbers(f.Verdict.Numbers)
	}
	m.brand = scam.BrandOf(clean(cmp.Or(slug, c.Brand), 60))
	return m, nil
}

func (m *matter) addNumbers(numbers []scam.CallbackNumber) {
	counted := map[string]bool{}
	for _, n := range numbers {
		if !isE164(n.E164) || counted[n.E164] {
			continue
		}
		counted[n.E164] = true
		m.pages[n.E164]++
		if m.pages[n.E164] == 1 {
			m.numbers = append(m.numbers, n)
		}
	}
}

// impersonates tells whether "phishing" is a true word for the case: the pages pose as a
// brand's own alert to obtain payment or access. Only then are DNS-abuse terms used.
func (m matter) impersonates() bool { return m.brand.Name != "" }

// kind names the scam in a few words: "fake Microsoft alert".
func (m matter) kind() string {
	if m.impersonates() {
		return "fake " + m.brand.Name + " alert"
	}
	return "fake technical-support alert"
}

// e164s lists the numbers.
func (m matter) e164s() []string {
	var list []string
	for _, n := range m.numbers {
		list = append(list, n.E164)
	}
	return list
}

// addresses lists the public addresses of the host: what the sheet says, or else where
// the first visit met it.
func (m matter) addresses() []string {
	var list []string
	for _, a := range m.sheet.Addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			list = append(list, ip.String())
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, d := range m.first.Dials {
		at, err := netip.ParseAddrPort(d.Addr)
		if err != nil || d.Host != m.first.Host || !at.Addr().IsGlobalUnicast() || at.Addr().IsPrivate() {
			continue
		}
		if ip := at.Addr().Unmap().String(); !slices.Contains(list, ip) {
			list = append(list, ip)
		}
	}
	return list
}

// click tells on which page a visitor's click led on, if the chain holds one.
func (m matter) click() (string, bool) {
	for i, h := range m.first.Chain {
		if h.Via == scam.ViaClick && i > 0 {
			return m.first.Chain[i-1].URL, true
		}
	}
	return "", false
}

// visitor puts a persona's name into words: "us-windows-chrome" is "Chrome on Windows, US".
func visitor(persona string) string {
	parts := strings.Split(clean(persona, 60), "-")
	if len(parts) != 3 {
		return "desktop browser"
	}
	title := func(s string) string {
		if s == "" {
			return s
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return fmt.Sprintf("%s on %s, a visitor from %s", title(parts[2]), title(parts[1]), strings.ToUpper(parts[0]))
}

// stamp writes a time for people: "2026-11-23 14:02 UTC".
func stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
