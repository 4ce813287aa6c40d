package egress

import (
	"bytes"
	"net"
	"net/url"
	"strings"

	"popdown/internal/scam"
)

// maxLine bounds a request line; browsers make URLs of up to 2 MiB.
const maxLine = 4 << 20

// lenient lets the first request of each connection name a URL as browsers do. The
// server answers a "%" that escapes nothing with an error of its own, which would pass
// for the site's; so it gets an escaped one, and the URL as it was in a header.
type lenient struct {
	net.Listener
	header string // its name, which no page can guess
}

func (l *lenient) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lenientConn{Conn: conn, header: l.header}, nil
}

// lenientConn changes nothing after its first line.
type lenientConn struct {
	net.Conn
	header string
	line   []byte // read so far, or changed and not yet handed on
	passed bool   // the line has been handed on or is in line
}

func (c *lenientConn) Read(p []byte) (int, error) {
	for !c.passed {
		n, err := c.Conn.Read(p)
		seen := len(c.line)
		c.line = append(c.line, p[:n]...)
		if end := bytes.IndexByte(p[:n], '\n') + 1; end > 0 {
			end += seen
			c.line = append(c.mend(string(c.line[:end])), c.line[end:]...)
			c.passed = true
		}
		if len(c.line) > maxLine {
			c.passed = true
		}
		if err != nil && !c.passed {
			if n == 0 {
				return 0, err
			}
			c.passed = true // the error comes again
		}
	}
	if len(c.line) > 0 {
		n := copy(p, c.line)
		c.line = c.line[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// mend escapes what the server would refuse, and only that.
func (c *lenientConn) mend(line string) []byte {
	method, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	target, version, ok := strings.Cut(rest, " ")
	if _, err := url.ParseRequestURI(target); !ok || err == nil || method == "CONNECT" {
		return []byte(line)
	}
	u, err := scam.ParseWebURL(target)
	if err != nil {
		return []byte(line)
	}
	return []byte(method + " " + u.String() + " " + version + "\r\n" + c.header + ": " + target + "\r\n")
}

// CloseWrite ends the browser's half of a tunnel.
func (c *lenientConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// verbatim restores the URL that the browser sent.
func verbatim(u *url.URL, target string) {
	_, rest, _ := strings.Cut(target, "://")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		u.Opaque, u.RawQuery, u.ForceQuery = rest[slash:], "", false
	}
	if strings.HasPrefix(u.Opaque, "//") { // or it would be taken for a host
		u.Opaque = "//" + u.Host + u.Opaque
	}
}
