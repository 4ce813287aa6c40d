package scam

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// NormalizeURL gives the key under which a URL is known: lower-case punycode host,
// no default port, "/" for an empty path. Query and fragment stay verbatim, because
// pages read the number from them. The error wraps ErrInvalid.
func NormalizeURL(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if err := CheckWebURL(raw); err != nil {
		return "", err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("%w: %q is not a URL", ErrInvalid, raw)
	}
	host, err := normalizeHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if port := u.Port(); port != "" && !(u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443") {
		host += ":" + port
	}
	u.Host = host
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

// Host gives the lower-case punycode host name of a URL, without port; "" if it has none.
func Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	host, err := normalizeHost(u.Hostname())
	if err != nil {
		return ""
	}
	return strings.Trim(host, "[]")
}

func normalizeHost(host string) (string, error) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.String() + "]", nil
		}
		return ip.String(), nil
	}
	ascii, err := idna.Punycode.ToASCII(host)
	if err != nil || ascii == "" {
		return "", fmt.Errorf("%w: host name %q", ErrInvalid, host)
	}
	return ascii, nil
}

// Defang makes a URL or host name harmless to click or to match by a mail filter:
// hxxps://bad[.]example/win. Only the scheme and the host change.
func Defang(raw string) string {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		scheme, rest = "", raw
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	rest = strings.ReplaceAll(rest[:end], ".", "[.]") + rest[end:]
	if !found {
		return rest
	}
	return strings.Replace(scheme, "http", "hxxp", 1) + "://" + rest
}
