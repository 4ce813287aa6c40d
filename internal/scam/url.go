package scam

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// NormalizeURL gives the key under which a URL that was seen is known: lower-case
// punycode host, no default port, no credentials, "/" for an empty path. Query and
// fragment stay verbatim, because pages read the number from them; only a "%" in path or
// fragment that escapes nothing becomes "%25". The error wraps ErrInvalid.
func NormalizeURL(raw string) (string, error) {
	u, _, err := parseWeb(strings.TrimSpace(raw))
	if err != nil {
		return "", err
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

// CheckWebURL accepts absolute http and https URLs with a host and no credentials, as a
// person may type them in. The error wraps ErrInvalid.
func CheckWebURL(raw string) error {
	_, credentials, err := parseWeb(raw)
	if err == nil && credentials {
		err = fmt.Errorf("%w: %q holds credentials", ErrInvalid, raw)
	}
	return err
}

// ParseWebURL reads an http or https URL as browsers do: credentials are left out, and a
// "%" in path or fragment that escapes nothing stands for itself
// (https://url.spec.whatwg.org/#string-percent-decode). The error wraps ErrInvalid.
func ParseWebURL(raw string) (*url.URL, error) {
	u, _, err := parseWeb(raw)
	return u, err
}

// parseWeb also tells whether the URL held credentials.
func parseWeb(raw string) (u *url.URL, credentials bool, err error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if scheme != "http" && scheme != "https" {
		return nil, false, fmt.Errorf("%w: %q is not an http or https address", ErrInvalid, raw)
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	at := strings.LastIndexByte(authority, '@')
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	clean := scheme + "://" + authority[at+1:] + EscapeStray(path)
	if hasQuery {
		clean += "?" + query
	}
	if hasFragment {
		clean += "#" + EscapeStray(fragment)
	}
	u, err = url.Parse(clean)
	if err != nil || strings.Contains(authority, `\`) { // which browsers take for a slash
		return nil, false, fmt.Errorf("%w: %q is not a URL", ErrInvalid, raw)
	}
	if u.Hostname() == "" {
		return nil, false, fmt.Errorf("%w: %q is not an http or https address", ErrInvalid, raw)
	}
	return u, at >= 0, nil
}

// EscapeStray writes "%25" for each "%" that no two hex digits follow (RFC 3986, section 2.1).
func EscapeStray(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// Host gives the lower-case punycode host name of a URL, without port; "" if it has none.
func Host(raw string) string {
	u, err := ParseWebURL(raw)
	if err != nil {
		if u, err = url.Parse(raw); err != nil {
			return ""
		}
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
