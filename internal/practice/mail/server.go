package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/netip"
	"time"

	smtp "github.com/emersion/go-smtp"
)

// Options says who may submit, and to whom.
type Options struct {
	Addr     string      // loopback address to listen at; empty: 127.0.0.1:0
	Hostname string      // name in the greeting; empty: mail.practice.example
	TLS      *tls.Config // for STARTTLS; required
	User     string      // the one account
	Password string      // of the account
	Sender   string      // domain from which the account may send
	MaxBytes int64       // largest message; 0: 10 MiB
	Known    func(rcpt string) Knowledge
	Box      *Box          // keeps what is taken; required
	Deliver  func(Message) // called once a message is kept; nil: nobody reads it
	Answer   time.Duration // how long the answer to a message takes, once it is kept and delivered
	Logger   *slog.Logger  // nil: silent
}

// Knowledge is what the server knows of a recipient.
type Knowledge int

const (
	NoDomain  Knowledge = iota // no such domain takes mail
	NoMailbox                  // the domain does, this mailbox does not exist
	Mailbox                    // deliverable
)

// Server is the running submission server.
type Server struct {
	smtp *smtp.Server
	addr netip.AddrPort
}

// Start listens and takes mail until Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Hostname == "" {
		o.Hostname = "mail.practice.example"
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 10 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("practice mail server: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{options: o, conn: c}, nil
	}))
	server.Domain = o.Hostname
	server.TLSConfig = o.TLS
	server.MaxMessageBytes = o.MaxBytes
	server.MaxRecipients = 50
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.EnableDSN = true
	server.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are everyday life on this net
	s := &Server{smtp: server, addr: listener.Addr().(*net.TCPAddr).AddrPort()}
	go func() {
		if err := server.Serve(listener); err != nil {
			o.Logger.Error("practice mail server stopped", "error", err)
		}
	}()
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Close drops every connection and stops.
func (s *Server) Close() error { return s.smtp.Close() }
