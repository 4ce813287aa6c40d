package scam

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Target gives what one customer registered: the registrable domain (public suffix plus
// one label, https://publicsuffix.org, private section included), a platform's
// customer's own host, or the host itself where it is an address, a suffix, or shared
// by everyone. A platform is never the target in its customer's stead.
func Target(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || IsShared(host) {
		return host
	}
	for _, suffix := range customerSuffixes() {
		if strings.HasSuffix(host, "."+suffix) {
			return host
		}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// IsPlatform tells whether a host is one customer's place on a platform, so that the
// domain's registrar must not be asked to act.
func IsPlatform(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	if IsShared(host) {
		return true
	}
	for _, suffix := range customerSuffixes() {
		if host == suffix || strings.HasSuffix(host, "."+suffix) {
			return true
		}
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return !icann && strings.Contains(suffix, ".") // a suffix without a dot is one that the list does not know
}

// IsShared tells whether each path of a host, or each of its buckets, is another
// customer's: the host says nothing about who runs a page.
func IsShared(host string) bool {
	return slices.Contains(sharedHosts(), host) || slices.Contains(customerSuffixes(), host)
}

func sharedHosts() []string {
	return []string{
		// storage, by path
		"s3.amazonaws.com", "storage.googleapis.com", "firebasestorage.googleapis.com", "storage.cloud.google.com",
		// documents and pages that anybody makes
		"sites.google.com", "docs.google.com", "drive.google.com", "script.google.com", "forms.office.com", "raw.githubusercontent.com",
		// gateways
		"gateway.pinata.cloud", "ipfs.io",
		// shorteners
		"bit.ly", "tinyurl.com", "t.co", "t.ly", "is.gd", "cutt.ly", "rebrand.ly",
	}
}

// customerSuffixes lists suffixes below which every host is another customer's, where the
// public suffix list takes several of them for one.
func customerSuffixes() []string {
	return []string{
		"web.core.windows.net", // customer.zone.web.core.windows.net: the list ends at the zone
		"cloudapp.azure.com", "b-cdn.net", "weebly.com", "amazonaws.com", "translate.goog",
	}
}
