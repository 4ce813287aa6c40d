package report

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"popdown/internal/scam"
)

// Mail hands reports over by SMTP submission (RFC 6409): STARTTLS or TLS from the first
// byte, never in the clear. It also writes rehearsals. It is safe for concurrent use.
type Mail struct {
	Addr         string         // host:port of the submission server, 587 as a rule; the host is whom its certificate must name; empty: rehearsals only
	Implicit     bool           // TLS from the first byte (port 465) instead of STARTTLS
	User         string         // for AUTH PLAIN, only ever sent inside TLS; empty: none
	Password     string         // of User
	RootCAs      *x509.CertPool // whom to trust; nil: the system's authorities
	Domain       string         // ours: named in EHLO and in the Message-ID of rehearsals
	EnvelopeFrom string         // where bounces go (MAIL FROM); empty: the report's From
	ReplyTo      string         // where answers go; empty: no Reply-To, so the report's From
	DKIM         *DKIM          // signs each message; nil: the server does it, or nobody
	Dir          string         // where rehearsals are written; made if it is missing
	Timeout      time.Duration  // for all that precedes the end of the message; 0: 2 minutes
	Grace        time.Duration  // for the server's answer to a message once the caller stops; 0: 30 seconds

	Now  func() time.Time                                                  // nil: time.Now
	Dial func(ctx context.Context, network, addr string) (net.Conn, error) // nil: a plain net.Dialer
}

// Send hands the report over and returns the server's answer. Errors wrap
// scam.ErrTemporary when nothing was handed over (no connection, no TLS, our login failed,
// a 4xx), scam.ErrRefused when it never will be (a 5xx, or a report that is not what was
// approved), and scam.ErrUncertain when the whole message left and no answer came.
func (m *Mail) Send(ctx context.Context, r scam.Report, attachments []scam.Capture) (string, error) {
	if r.MessageID == "" {
		return "", fmt.Errorf("%w: the report has no Message-ID", scam.ErrRefused)
	}
	raw, env, err := m.message(r, attachments)
	if err != nil {
		return "", fmt.Errorf("%w: %w", scam.ErrRefused, err)
	}
	return m.submit(ctx, env, raw)
}

// Rehearse writes what Send would hand over to Dir/report-<id>.eml, readable by its owner
// alone, and returns the path. A second rehearsal of the same report replaces the first.
// A report without a Message-ID gets one that says that it is a rehearsal.
func (m *Mail) Rehearse(ctx context.Context, r scam.Report, attachments []scam.Capture) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if r.MessageID == "" {
		r.MessageID = fmt.Sprintf("<rehearsal-%d@%s>", r.ID, m.Domain)
	}
	raw, _, err := m.message(r, attachments)
	if err != nil {
		return "", fmt.Errorf("%w: %w", scam.ErrRefused, err)
	}
	path := filepath.Join(m.Dir, "report-"+strconv.FormatInt(r.ID, 10)+".eml")
	if err := writeFile(path, raw); err != nil {
		return "", fmt.Errorf("write rehearsal: %w", err)
	}
	return path, nil
}

func (m *Mail) now() time.Time {
	if m.Now != nil {
		return m.Now().UTC()
	}
	return time.Now().UTC()
}

// writeFile puts data at path, whole or not at all.
func writeFile(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".rehearsal-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name()) // the first error is the one that counts
		}
	}()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
