package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// xarf says the matter in the type that the contact understands: content/fraud for those
// who host it; content/phishing for registrars and registries, who act on DNS abuse, but
// only where a brand is imitated, so that the word is true.
func (m matter) xarf(by Composer, id string) XARF {
	us := XARFParty{Org: clean(by.Org, xarfMaxPartyName), Contact: by.ReplyTo, Domain: by.Domain}
	x := XARF{
		Version: xarfVersion, ReportID: id, Timestamp: m.seen, Reporter: us, Sender: us,
		Category: "content", EvidenceSource: "crawler",
		Description: m.description(), Tags: m.tags(),
		Confidence: float64(min(max(m.first.Verdict.Score, 0), 100)) / 100,
		URL:        exact(m.first.LandingURL), VerifiedAt: m.verified, VerificationMethod: "automated_crawler",
		TargetBrand: m.brand.Name, HostingProvider: clean(m.sheet.Network, 200), Registrar: clean(m.sheet.Registrar, 200),
		PhoneNumbers: m.e164s(),
	}
	if m.first.DecidedBy != "" {
		x.VerificationMethod = "manual" // an analyst looked at it
	}
	if isXARFDomain(m.first.Host) {
		x.Domain = m.first.Host
	}
	if isCountry(m.sheet.Country) {
		x.CountryCode = m.sheet.Country
	}
	m.registration(&x)
	m.source(&x)
	m.classify(&x)
	for _, f := range m.findings[1:] {
		x.AdditionalURLs = append(x.AdditionalURLs, exact(f.LandingURL))
	}
	if m.picture != nil {
		x.Evidence = append(x.Evidence, XARFEvidence{
			ContentType: "image/png", Description: "Picture of the page, captioned with its URL and time",
			Payload: m.picture, Size: len(m.picture), Hash: "sha256:" + sha256Hex(m.picture),
		})
	}
	return x
}

// classify sets the type and what belongs to it.
func (m matter) classify(x *XARF) {
	registrar := m.to.Scope == scam.ScopeRegistrar || m.to.Scope == scam.ScopeRegistry
	if registrar && m.impersonates() {
		x.Type, x.LureType, x.ClonedSite = "phishing", "security_alert", m.brand.Site
		for _, h := range m.first.Chain {
			if u := exact(h.URL); isURI(u) {
				x.RedirectChain = append(x.RedirectChain, u)
			}
		}
		return
	}
	x.Type, x.FraudType, x.ClaimedEntity = "fraud", m.first.Verdict.FraudType, m.brand.Name
	if !slices.Contains(fraudTypes(), x.FraudType) {
		x.FraudType = "tech_support"
	}
}

// source names what the contact is to look up: an address, or for registrars the domain.
func (m matter) source(x *XARF) {
	x.SourceIdentifier = exact(m.c.Target)
	if m.to.Scope == scam.ScopeRegistrar || m.to.Scope == scam.ScopeRegistry {
		return
	}
	ips := m.addresses()
	if len(ips) == 0 {
		return
	}
	x.SourceIdentifier = ips[0]
	x.SourcePort = 443
	if strings.HasPrefix(strings.ToLower(m.first.LandingURL), "http:") {
		x.SourcePort = 80
	}
	for _, d := range m.first.Dials {
		if d.Host == m.first.Host && d.Port > 0 && d.Port < 65536 {
			x.SourcePort = d.Port
		}
	}
	x.DNSRecords = &XARFDNS{}
	for _, a := range ips {
		if ip := netip.MustParseAddr(a); ip.Is4() {
			x.DNSRecords.A = append(x.DNSRecords.A, a)
		} else {
			x.DNSRecords.AAAA = append(x.DNSRecords.AAAA, ip.WithZone("").String())
		}
	}
}

func (m matter) registration(x *XARF) {
	for _, ns := range m.sheet.Nameservers {
		if isHostname(ns) {
			x.Nameservers = append(x.Nameservers, ns)
		}
	}
	if m.sheet.RegisteredAt.IsZero() {
		return
	}
	x.Whois = &XARFWhois{CreatedDate: m.sheet.RegisteredAt.UTC()}
	for _, c := range m.sheet.Contacts {
		if c.Scope == scam.ScopeRegistrar && c.Channel == scam.ChannelEmail && mailAddress(c.Address) == nil {
			x.Whois.RegistrarAbuseContact = c.Address
			break
		}
	}
}

func (m matter) description() string {
	s := fmt.Sprintf("%s: %s.", m.kind(), m.what())
	if list := m.e164s(); len(list) > 0 {
		s += " Numbers shown: " + strings.Join(list, ", ") + "."
	}
	return clean(s+" Case "+m.c.Ref()+".", xarfMaxText)
}

// tags are namespace:word; a number stands without its plus, which the pattern forbids.
func (m matter) tags() []string {
	tags := []string{"case:" + strings.ToLower(m.c.Ref())}
	if m.c.CampaignID > 0 {
		tags = append(tags, fmt.Sprintf("campaign:%d", m.c.CampaignID))
	}
	for _, n := range m.e164s() {
		if len(tags) < xarfMaxTags {
			tags = append(tags, "phone:"+strings.TrimPrefix(n, "+"))
		}
	}
	return tags
}
