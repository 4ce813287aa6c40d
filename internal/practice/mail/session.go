package mail

import (
	"crypto/subtle"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	smtp "github.com/emersion/go-smtp"
)

// The refusals, with the enhanced codes of RFC 3463.
var (
	errNoTLS     = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	errNoAuth    = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	errSender    = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender address rejected: not owned by user"}
	errNoDomain  = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 2}, Message: "Recipient address rejected: Domain not found"}
	errNoMailbox = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Recipient address rejected: User unknown"}
	errStorage   = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Insufficient system storage"}
)

// session is one client's connection.
type session struct {
	options Options
	conn    *smtp.Conn
	user    bool // authenticated
	from    string
	to      []string
}

// AuthMechanisms implements smtp.AuthSession. The library offers AUTH after STARTTLS only.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *session) Auth(mech string) (sasl.Server, error) {
	if mech != sasl.Plain {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		right := subtle.ConstantTimeCompare([]byte(user), []byte(s.options.User)) &
			subtle.ConstantTimeCompare([]byte(password), []byte(s.options.Password))
		if right != 1 {
			return smtp.ErrAuthFailed
		}
		s.user = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if _, secure := s.conn.TLSConnectionState(); !secure {
		return errNoTLS
	}
	if !s.user {
		return errNoAuth
	}
	if _, domain, _ := strings.Cut(from, "@"); !strings.EqualFold(domain, s.options.Sender) {
		return errSender
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch s.options.Known(to) {
	case NoDomain:
		return errNoDomain
	case NoMailbox:
		return errNoMailbox
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session. The library refuses what is too large (552 5.3.4).
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	message, err := s.options.Box.Keep(s.from, s.to, raw)
	if err != nil {
		s.options.Logger.Error("message not kept", "error", err)
		return errStorage
	}
	if s.options.Deliver != nil {
		s.options.Deliver(message)
	}
	time.Sleep(s.options.Answer) // the client's own patience bounds it, as with a real server
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
