package report

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer is a real submission server on loopback whose manners a test chooses.
type mailServer struct {
	addr string
	pool *x509.CertPool // trusts its certificate

	needsLogin bool
	onMail     error        // answer to MAIL FROM
	onRcpt     error        // answer to RCPT TO
	onData     error        // answer to the final dot
	drop       bool         // closes the connection instead of answering the final dot
	hold       chan *heldUp // when set: tells of each message, then waits before it answers

	mu       sync.Mutex
	received []received
	logins   int
}

type heldUp struct{ release chan struct{} }

type received struct {
	from string
	to   []string
	raw  []byte
	tls  bool
}

// startMail serves until the test ends. Settings are made in set, before the first connection.
func startMail(t *testing.T, mode string, set func(*mailServer)) *mailServer {
	t.Helper()
	cert, pool := selfSigned(t)
	m := &mailServer{pool: pool}
	if set != nil {
		set(m)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{m: m, conn: c}, nil }))
	s.Domain = "mx.provider.example"
	s.ErrorLog = log.New(io.Discard, "", 0)
	s.MaxMessageBytes = 8 << 20
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case "starttls":
		s.TLSConfig = config
	case "tls":
		l = tls.NewListener(l, config)
	case "plain":
		s.AllowInsecureAuth = true // tempts a client to log in without TLS
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done }) // the server knows its listener only once it serves
	return m
}

// got returns what arrived.
func (m *mailServer) got() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.received
}

type mailSession struct {
	m     *mailServer
	conn  *smtp.Conn
	now   received
	known bool
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.m.mu.Lock()
		s.m.logins++
		s.m.mu.Unlock()
		if user != "desk" || password != "secret" {
			return errors.New("wrong")
		}
		s.known = true
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.m.needsLogin && !s.known {
		return smtp.ErrAuthRequired
	}
	_, secure := s.conn.TLSConnectionState()
	if _, implicit := s.conn.Conn().(*tls.Conn); implicit {
		secure = true
	}
	s.now = received{from: from, tls: secure}
	return s.m.onMail
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.m.onRcpt == nil {
		s.now.to = append(s.now.to, to)
	}
	return s.m.onRcpt
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.now.raw = raw
	s.m.mu.Lock()
	s.m.received = append(s.m.received, s.now)
	s.m.mu.Unlock()
	if s.m.hold != nil {
		h := &heldUp{release: make(chan struct{})}
		s.m.hold <- h
		<-h.release
	}
	if s.m.drop {
		_ = s.conn.Conn().Close()
	}
	return s.m.onData
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

// selfSigned makes a certificate for 127.0.0.1 and the pool that trusts it.
func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.provider.example"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
