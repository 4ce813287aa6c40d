package egress

import (
	"net"
	"strconv"
	"strings"
)

// splitTarget reads what a client asks for: a lower-case host without final dot, and a port.
func splitTarget(hostport string) (string, int, error) {
	host, service, err := net.SplitHostPort(hostport)
	if err != nil {
		return "", 0, blocked("%q names no host and port", hostport)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil || port == 0 {
		return "", 0, blocked("%q is not a port", service)
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), int(port), nil
}

// isHostName tells whether a name can be asked of DNS. Underscores are no letters of
// a host name by RFC 952, and yet the web has them.
func isHostName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// endsInNumber tells whether browsers take a host for an IPv4 address, however it is
// written: 127.1, 2130706433, 0x7f.1 (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func endsInNumber(host string) bool {
	last := strings.TrimSuffix(host, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	digits := "0123456789"
	if rest, isHex := strings.CutPrefix(last, "0x"); isHex {
		last, digits = rest+"0", "0123456789abcdef"
	}
	return last != "" && strings.Trim(last, digits) == ""
}
