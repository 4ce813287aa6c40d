package report

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"popdown/internal/scam"
)

// approvedReport is a composed report as the engine hands it to a channel.
func approvedReport(t testing.TB) (scam.Report, []scam.Capture) {
	t.Helper()
	r, attached, err := us().Compose(microsoftCase(), sheet(), network(), screenshot(t, 320, 200, 0), noon)
	if err != nil {
		t.Fatal(err)
	}
	r.ID, r.MessageID = 11, "<42.initial.0.k3j2@desk.example>"
	for _, a := range attached {
		r.Attachments = append(r.Attachments, scam.File{Name: a.Name, ContentType: a.ContentType, SHA256: sha256Hex(a.Data), Size: int64(len(a.Data))})
	}
	return r, attached
}

func mailer(s *mailServer) *Mail {
	return &Mail{
		Addr: s.addr, User: "desk", Password: "secret", RootCAs: s.pool, Domain: "desk.example",
		EnvelopeFrom: "bounces@desk.example", ReplyTo: "answers@desk.example", Now: func() time.Time { return noon },
	}
}

func TestSendHandsOver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"starttls", "tls"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := startMail(t, mode, func(s *mailServer) { s.needsLogin = true })
			m := mailer(s)
			m.Implicit = mode == "tls"
			r, attached := approvedReport(t)
			receipt, err := m.Send(t.Context(), r, attached)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(receipt, "250 ") || len(receipt) < 8 {
				t.Errorf("receipt %q", receipt)
			}
			got := s.got()
			if len(got) != 1 || got[0].from != "bounces@desk.example" || strings.Join(got[0].to, " ") != "abuse@samplehost.example" || !got[0].tls {
				t.Errorf("arrived: %+v", got)
			}
		})
	}
}

func TestSendSortsFailures(t *testing.T) {
	t.Parallel()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	unknown := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	full := &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}, Message: "too big\r\nfor\x00 us"}
	odd := &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "fine"}
	for name, tc := range map[string]struct {
		mode    string
		server  func(*mailServer)
		client  func(*Mail)
		want    error // nil: sent
		says    string
		arrived int
	}{
		"no STARTTLS offered: nothing is said in the clear": {"plain", nil, nil, scam.ErrTemporary, "STARTTLS", 0},
		"certificate of a stranger":                         {"starttls", nil, func(m *Mail) { m.RootCAs = x509.NewCertPool() }, scam.ErrTemporary, "certificate", 0},
		"stranger behind implicit TLS":                      {"tls", nil, func(m *Mail) { m.Implicit, m.RootCAs = true, x509.NewCertPool() }, scam.ErrTemporary, "certificate", 0},
		"certificate of another name": {"starttls", nil, func(m *Mail) {
			addr := m.Addr
			m.Addr = "mail.desk.example:587"
			m.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, addr)
			}
		}, scam.ErrTemporary, "certificate", 0},
		"wrong password is our own trouble": {"starttls", func(s *mailServer) { s.needsLogin = true }, func(m *Mail) { m.Password = "guess" }, scam.ErrTemporary, "log in", 0},
		"login needed and none given":       {"starttls", func(s *mailServer) { s.needsLogin = true }, func(m *Mail) { m.User = "" }, scam.ErrRefused, "502", 0},
		"no server is set":                  {"starttls", nil, func(m *Mail) { m.Addr = "" }, scam.ErrTemporary, "no submission server", 0},
		"nobody listens":                    {"starttls", nil, func(m *Mail) { m.Addr = "127.0.0.1:1" }, scam.ErrTemporary, "connect", 0},
		"4xx to the sender":                 {"starttls", func(s *mailServer) { s.onMail = busy }, nil, scam.ErrTemporary, "451 4.7.1 greylisted", 0},
		"4xx to the recipient":              {"starttls", func(s *mailServer) { s.onRcpt = busy }, nil, scam.ErrTemporary, "451", 0},
		"5xx to the recipient":              {"starttls", func(s *mailServer) { s.onRcpt = unknown }, nil, scam.ErrRefused, "550 5.1.1 no such user", 0},
		"4xx to the message":                {"starttls", func(s *mailServer) { s.onData = busy }, nil, scam.ErrTemporary, "451", 1},
		"552 to the message":                {"starttls", func(s *mailServer) { s.onData = full }, nil, scam.ErrRefused, "552", 1},
		"dropped after the final dot":       {"starttls", func(s *mailServer) { s.drop = true; s.onData = odd }, nil, scam.ErrUncertain, "", 1},
		"dropped behind implicit TLS":       {"tls", func(s *mailServer) { s.drop = true; s.onData = odd }, func(m *Mail) { m.Implicit = true }, scam.ErrUncertain, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startMail(t, tc.mode, tc.server)
			m := mailer(s)
			if tc.client != nil {
				tc.client(m)
			}
			r, attached := approvedReport(t)
			_, err := m.Send(t.Context(), r, attached)
			for _, class := range []error{scam.ErrTemporary, scam.ErrRefused, scam.ErrUncertain} {
				if errors.Is(err, class) != errors.Is(tc.want, class) {
					t.Errorf("%v, want %v", err, tc.want)
				}
			}
			if err == nil || !strings.Contains(err.Error(), tc.says) || strings.ContainsAny(err.Error(), "\r\n\x00") {
				t.Errorf("error %q, want it to say %q", err, tc.says)
			}
			if got := s.got(); len(got) != tc.arrived {
				t.Errorf("%d messages arrived, want %d", len(got), tc.arrived)
			}
			if tc.mode == "plain" && s.logins > 0 {
				t.Error("the password went out in the clear")
			}
		})
	}
}

func TestSendRefusesAMessageAboveTheServersSize(t *testing.T) {
	t.Parallel()
	s := startMail(t, "starttls", nil)
	r, _ := approvedReport(t)
	r.Body = strings.Repeat("word ", 2<<20)
	if _, err := mailer(s).Send(t.Context(), r, nil); !errors.Is(err, scam.ErrRefused) || !strings.Contains(err.Error(), "552") {
		t.Errorf("%v, want a 552", err)
	}
	if len(s.got()) != 0 {
		t.Error("it was sent all the same")
	}
}

func TestSendStoppedBeforeTheDotIsTemporary(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := startMail(t, "starttls", nil)
	m := mailer(s)
	m.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		cancel()
		return new(net.Dialer).DialContext(context.WithoutCancel(ctx), network, addr)
	}
	r, attached := approvedReport(t)
	if _, err := m.Send(ctx, r, attached); !errors.Is(err, scam.ErrTemporary) {
		t.Errorf("%v, want scam.ErrTemporary", err)
	}
	if len(s.got()) != 0 {
		t.Error("it was sent all the same")
	}
}

// stubborn is a connection that calls onBody once a message's body goes out, and that
// outlives its closing.
type stubborn struct {
	net.Conn
	onBody func()
}

func (c stubborn) Write(b []byte) (int, error) {
	if len(b) > 4096 {
		c.onBody()
	}
	return c.Conn.Write(b)
}

func (c stubborn) Close() error { return nil }

func TestSendStoppedWithinTheBodyLeavesItUnfinished(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := startMail(t, "starttls", nil)
	m := mailer(s)
	m.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			t.Cleanup(func() { _ = conn.Close() })
		}
		return stubborn{conn, cancel}, err
	}
	r, attached := approvedReport(t)
	if _, err := m.Send(ctx, r, attached); !errors.Is(err, scam.ErrTemporary) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want scam.ErrTemporary", err)
	}
	if len(s.got()) != 0 {
		t.Error("it was finished all the same")
	}
}

func TestSendStoppedAfterTheDotWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := startMail(t, "starttls", func(s *mailServer) { s.hold = make(chan *heldUp) })
	r, attached := approvedReport(t)
	go func() {
		h := <-s.hold
		cancel()
		close(h.release)
	}()
	if _, err := mailer(s).Send(ctx, r, attached); err != nil {
		t.Errorf("%v, want the receipt", err)
	}
}

func TestSendStoppedAfterTheDotGivesUpAfterGrace(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := startMail(t, "starttls", func(s *mailServer) { s.hold = make(chan *heldUp, 1) })
	m := mailer(s)
	m.Grace = time.Millisecond
	r, attached := approvedReport(t)
	release := make(chan *heldUp, 1)
	go func() {
		h := <-s.hold
		cancel()
		release <- h
	}()
	if _, err := m.Send(ctx, r, attached); !errors.Is(err, scam.ErrUncertain) {
		t.Errorf("%v, want scam.ErrUncertain", err)
	}
	close((<-release).release)
}

func TestSendRefusesWhatWasNotApproved(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*scam.Report, *[]scam.Capture){
		"other bytes":                 func(_ *scam.Report, a *[]scam.Capture) { (*a)[1].Data = []byte("else") },
		"another name":                func(_ *scam.Report, a *[]scam.Capture) { (*a)[1].Name = "run.exe" },
		"one attachment missing":      func(_ *scam.Report, a *[]scam.Capture) { *a = (*a)[:2] },
		"one attachment more":         func(_ *scam.Report, a *[]scam.Capture) { *a = append(*a, (*a)[0]) },
		"a subject with a line break": func(r *scam.Report, _ *[]scam.Capture) { r.Subject += "\r\nBcc: x@y.example" },
		"a recipient with a command":  func(r *scam.Report, _ *[]scam.Capture) { r.To[0] = "a@b.example>\r\nRCPT TO:<x@y.example" },
		"a quoted recipient":          func(r *scam.Report, _ *[]scam.Capture) { r.To[0] = "\"a b\"@b.example" },
		"no recipient":                func(r *scam.Report, _ *[]scam.Capture) { r.To = nil },
		"no Message-ID":               func(r *scam.Report, _ *[]scam.Capture) { r.MessageID = "" },
		"a Message-ID with a break":   func(r *scam.Report, _ *[]scam.Capture) { r.MessageID = "<a\r\nX: y@b.example>" },
		"a From that is none":         func(r *scam.Report, _ *[]scam.Capture) { r.From = "desk" },
	} {
		r, attached := approvedReport(t)
		spoil(&r, &attached)
		m := &Mail{Addr: "mail.example:587", Domain: "desk.example", Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Errorf("%s: it was dialled", name)
			return nil, errors.New("no")
		}}
		if _, err := m.Send(t.Context(), r, attached); !errors.Is(err, scam.ErrRefused) {
			t.Errorf("%s: %v, want scam.ErrRefused", name, err)
		}
	}
}
