package render

import (
	"net"
	"strconv"
	"strings"

	"popdown/internal/scam"
)

// dialled names where the guard met a URL's host, "" if it did not.
func (v *visit) dialled(raw string) string {
	host, port := endpoint(raw)
	addr := ""
	for _, d := range v.door.Dials() {
		if d.Host == host && d.Port == port {
			addr = d.Addr
		}
	}
	return addr
}

// endpoint gives the host and port that a request for a URL asks for.
func endpoint(raw string) (string, int) {
	if rest, isSocket := strings.CutPrefix(raw, "ws"); isSocket {
		raw = "http" + rest
	}
	u, err := scam.ParseWebURL(raw)
	if err != nil {
		return "", 0
	}
	port, err := strconv.Atoi(u.Port())
	switch {
	case err == nil:
	case u.Scheme == "https":
		port = 443
	case u.Scheme == "http":
		port = 80
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip := net.ParseIP(host); ip != nil {
		host = ip.String()
	}
	return host, port
}
