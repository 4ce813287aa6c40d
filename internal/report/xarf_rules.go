package report

import (
	"fmt"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"popdown/internal/scam"
)

// Limits of XARF 4.2.0 (xarf-core.json and the specification's text).
const (
	xarfVersion      = "4.2.0"
	xarfMaxEvidence  = 50
	xarfMaxItem      = 5 << 20  // bytes of one piece of evidence
	xarfMaxTotal     = 15 << 20 // bytes of all evidence
	xarfMaxTags      = 20
	xarfMaxText      = 1000 // characters of the description
	xarfMaxItemText  = 500  // characters of an evidence description
	xarfMaxPartyName = 200  // characters
)

// Validate holds the report against the published rules. The error wraps scam.ErrInvalid
// and names the field.
func (x XARF) Validate() error {
	for _, check := range []func() error{x.checkCore, x.checkContent, x.checkType, x.checkEvidence, x.checkTags, x.checkOurs} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func invalid(field, format string, args ...any) error {
	return fmt.Errorf("%w: xarf %s: %s", scam.ErrInvalid, field, fmt.Sprintf(format, args...))
}

func (x XARF) checkCore() error {
	if x.Version != xarfVersion {
		return invalid("xarf_version", "%q, want %s", x.Version, xarfVersion)
	}
	if _, err := uuid.Parse(x.ReportID); err != nil || len(x.ReportID) != 36 {
		return invalid("report_id", "%q is not a UUID", x.ReportID)
	}
	if x.Timestamp.IsZero() {
		return invalid("timestamp", "missing")
	}
	if err := x.Reporter.check("reporter"); err != nil {
		return err
	}
	if err := x.Sender.check("sender"); err != nil {
		return err
	}
	if x.SourceIdentifier == "" {
		return invalid("source_identifier", "missing")
	}
	if x.SourcePort < 0 || x.SourcePort > 65535 {
		return invalid("source_port", "%d", x.SourcePort)
	}
	if n := utf8.RuneCountInString(x.Description); n > xarfMaxText {
		return invalid("description", "%d characters, at most %d", n, xarfMaxText)
	}
	if x.Confidence < 0 || x.Confidence > 1 {
		return invalid("confidence", "%v, want 0 to 1", x.Confidence)
	}
	return nil
}

func (p XARFParty) check(field string) error {
	if p.Org == "" || utf8.RuneCountInString(p.Org) > xarfMaxPartyName {
		return invalid(field+".org", "missing or longer than %d characters", xarfMaxPartyName)
	}
	if a, err := mail.ParseAddress(p.Contact); err != nil || a.Address != p.Contact {
		return invalid(field+".contact", "%q is not an e-mail address", p.Contact)
	}
	if !isHostname(p.Domain) {
		return invalid(field+".domain", "%q is not a host name", p.Domain)
	}
	return nil
}

func (x XARF) checkContent() error {
	if x.Category != "content" {
		return invalid("category", "%q, want content", x.Category)
	}
	if !isURI(x.URL) {
		return invalid("url", "%q is not an absolute ASCII URI", x.URL)
	}
	if x.Domain != "" && !isXARFDomain(x.Domain) {
		return invalid("domain", "%q does not match the published pattern; leave it out", x.Domain)
	}
	if x.CountryCode != "" && !isCountry(x.CountryCode) {
		return invalid("country_code", "%q", x.CountryCode)
	}
	methods := []string{"", "manual", "automated_crawler", "user_report", "honeypot", "threat_intelligence"}
	if !slices.Contains(methods, x.VerificationMethod) {
		return invalid("verification_method", "%q", x.VerificationMethod)
	}
	if x.DNSRecords != nil {
		for _, a := range x.DNSRecords.A {
			if ip, err := netip.ParseAddr(a); err != nil || !ip.Is4() {
				return invalid("dns_records.a", "%q is not an IPv4 address", a)
			}
		}
		for _, a := range x.DNSRecords.AAAA {
			if ip, err := netip.ParseAddr(a); err != nil || !ip.Is6() || ip.Zone() != "" {
				return invalid("dns_records.aaaa", "%q is not an IPv6 address", a)
			}
		}
	}
	if x.Whois != nil && x.Whois.RegistrarAbuseContact != "" {
		if _, err := mail.ParseAddress(x.Whois.RegistrarAbuseContact); err != nil {
			return invalid("whois.registrar_abuse_contact", "%q", x.Whois.RegistrarAbuseContact)
		}
	}
	return nil
}

func (x XARF) checkType() error {
	switch x.Type {
	case "fraud":
		if !slices.Contains(fraudTypes(), x.FraudType) {
			return invalid("fraud_type", "%q", x.FraudType)
		}
		if x.LureType != "" || x.ClonedSite != "" || x.RedirectChain != nil {
			return invalid("lure_type", "belongs to phishing")
		}
	case "phishing":
		if x.FraudType != "" {
			return invalid("fraud_type", "belongs to fraud")
		}
		lures := []string{"", "account_suspension", "security_alert", "payment_issue", "prize_notification",
			"document_share", "password_reset", "shipping_notification", "tax_refund", "other"}
		if !slices.Contains(lures, x.LureType) {
			return invalid("lure_type", "%q", x.LureType)
		}
		for _, u := range append(slices.Clone(x.RedirectChain), x.ClonedSite) {
			if u != "" && !isURI(u) {
				return invalid("redirect_chain", "%q is not an absolute ASCII URI", u)
			}
		}
	default:
		return invalid("type", "%q, want fraud or phishing", x.Type)
	}
	return nil
}

func fraudTypes() []string {
	return []string{"investment", "romance", "tech_support", "lottery", "advance_fee", "cryptocurrency",
		"shopping", "charity", "employment", "government_impersonation", "other"}
}

func (x XARF) checkEvidence() error {
	if len(x.Evidence) > xarfMaxEvidence {
		return invalid("evidence", "%d pieces, at most %d", len(x.Evidence), xarfMaxEvidence)
	}
	total := 0
	for i, e := range x.Evidence {
		field := fmt.Sprintf("evidence[%d]", i)
		if e.ContentType == "" || e.Payload == nil {
			return invalid(field, "content_type or payload missing")
		}
		if len(e.Payload) > xarfMaxItem {
			return invalid(field, "%d bytes, at most %d", len(e.Payload), xarfMaxItem)
		}
		if e.Size != len(e.Payload) {
			return invalid(field+".size", "%d, the payload has %d bytes", e.Size, len(e.Payload))
		}
		if want := "sha256:" + sha256Hex(e.Payload); e.Hash != want {
			return invalid(field+".hash", "%q, the payload's is %s", e.Hash, want)
		}
		if utf8.RuneCountInString(e.Description) > xarfMaxItemText {
			return invalid(field+".description", "more than %d characters", xarfMaxItemText)
		}
		total += len(e.Payload)
	}
	if total > xarfMaxTotal {
		return invalid("evidence", "%d bytes in all, at most %d", total, xarfMaxTotal)
	}
	return nil
}

func (x XARF) checkTags() error {
	if len(x.Tags) > xarfMaxTags {
		return invalid("tags", "%d, at most %d", len(x.Tags), xarfMaxTags)
	}
	for _, t := range x.Tags {
		space, name, ok := strings.Cut(t, ":")
		if !ok || !isTagWord(space) || !isTagWord(name) {
			return invalid("tags", "%q does not match namespace:predicate", t)
		}
	}
	return nil
}

func (x XARF) checkOurs() error {
	for _, n := range x.PhoneNumbers {
		if !isE164(n) {
			return invalid("scam_phone_numbers", "%q is not E.164", n)
		}
	}
	for _, u := range x.AdditionalURLs {
		if !isURI(u) {
			return invalid("additional_urls", "%q is not an absolute ASCII URI", u)
		}
	}
	return nil
}
