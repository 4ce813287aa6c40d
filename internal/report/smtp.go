package report

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"popdown/internal/scam"
)

// submit hands the message over. Up to the final dot nothing has been handed over and the
// caller may stop it at any time; from the dot on the server may have it, so the answer is
// waited for even if the caller stops (RFC 5321, section 4.5.3.2.6), for Grace at most.
func (m *Mail) submit(ctx context.Context, env envelope, raw []byte) (string, error) {
	if m.Addr == "" {
		return "", fmt.Errorf("%w: no submission server is set", scam.ErrTemporary)
	}
	before, cancel := context.WithTimeout(ctx, orDefault(m.Timeout, 2*time.Minute))
	defer cancel()
	conn, err := m.dial(before)
	if err != nil {
		return "", fmt.Errorf("%w: connect to %s: %w", scam.ErrTemporary, m.Addr, err)
	}
	defer conn.Close() // the message has been answered for by then; QUIT is a courtesy
	stop := context.AfterFunc(before, func() { conn.Close() })
	defer stop()

	client, err := m.greet(before, conn)
	if err != nil {
		return "", fmt.Errorf("%w: greet %s: %w", scam.ErrTemporary, m.Addr, err)
	}
	data, err := m.offer(client, env, raw)
	if err != nil {
		return "", verdict(err, scam.ErrTemporary)
	}
	if !stop() {
		return "", fmt.Errorf("%w: stopped before the end of the message: %w", scam.ErrTemporary, context.Cause(before))
	}
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(orDefault(m.Grace, 30*time.Second), func() { conn.Close() })
	})()
	receipt, err := data.CloseWithResponse()
	if err != nil {
		return "", verdict(err, scam.ErrUncertain)
	}
	_ = client.Quit()
	return clean("250 "+receipt.StatusText, 500), nil
}

func (m *Mail) dial(ctx context.Context) (net.Conn, error) {
	if m.Dial != nil {
		return m.Dial(ctx, "tcp", m.Addr)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", m.Addr)
}

// greet sets up TLS, says who we are and logs in. Whatever fails here is a matter between
// us and our own server, never the recipient's refusal: hence always temporary.
func (m *Mail) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(m.Addr)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: host, RootCAs: m.RootCAs, MinVersion: tls.VersionTLS12}
	var client *smtp.Client
	if m.Implicit {
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		client = smtp.NewClient(secure)
	} else if client, err = smtp.NewClientStartTLS(conn, config); err != nil {
		return nil, err // also when the server offers no STARTTLS: it may have been taken out on the way
	}
	if err := client.Hello(m.Domain); err != nil {
		return nil, err
	}
	if m.User == "" {
		return client, nil
	}
	if !client.SupportsAuth(sasl.Plain) {
		return nil, errors.New("the server offers no AUTH PLAIN")
	}
	if err := client.Auth(sasl.NewPlainClient("", m.User, m.Password)); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return client, nil
}

// offer names sender and recipients and writes the message, without its final dot. One
// refused recipient refuses the report: it was approved for all of them.
func (m *Mail) offer(client *smtp.Client, env envelope, raw []byte) (*smtp.DataCommand, error) {
	if limit, ok := client.MaxMessageSize(); ok && limit > 0 && len(raw) > limit {
		return nil, &smtp.SMTPError{Code: 552, Message: fmt.Sprintf("%d bytes, the server takes %d", len(raw), limit)}
	}
	if err := client.Mail(env.from, &smtp.MailOptions{Size: int64(len(raw))}); err != nil {
		return nil, err
	}
	for _, to := range env.to {
		if err := client.Rcpt(to, nil); err != nil {
			return nil, err
		}
	}
	data, err := client.Data()
	if err != nil {
		return nil, err
	}
	_, err = data.Write(raw)
	return data, err
}

// verdict sorts an error: the server's 4xx and 5xx say what happened to the message;
// anything else means what otherwise says.
func verdict(err error, otherwise error) error {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return fmt.Errorf("%w: %w", otherwise, err)
	}
	said := clean(fmt.Sprintf("%d %s", answer.Code, answer.Message), 500)
	if e := answer.EnhancedCode; e[0] > 0 {
		said = clean(fmt.Sprintf("%d %d.%d.%d %s", answer.Code, e[0], e[1], e[2], answer.Message), 500)
	}
	switch {
	case answer.Code >= 400 && answer.Code < 500:
		return fmt.Errorf("%w: %s", scam.ErrTemporary, said)
	case answer.Code >= 500 && answer.Code < 600:
		return fmt.Errorf("%w: %s", scam.ErrRefused, said)
	}
	return fmt.Errorf("%w: %s", otherwise, said)
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
