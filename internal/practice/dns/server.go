package dns

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	mdns "github.com/miekg/dns"

	"popdown/internal/practice/site"
)

// Options says what is answered.
type Options struct {
	Addr  string                   // loopback address to listen at; empty: 127.0.0.1:0
	Sites *site.Set                // hosts and providers; required
	Extra map[string]netip.Addr    // hosts of the net's own services
	Mail  []string                 // further domains that receive mail, beside the providers'
	Held  func(domain string) bool // whether a registrar suspended the domain; nil: none is
}

// Server is the running name server.
type Server struct {
	zone zone
	addr netip.AddrPort
	udp  *mdns.Server
	tcp  *mdns.Server
}

// tries is how often a free port is looked for: a port free for TCP may be taken for UDP.
const tries = 10

// Start listens on UDP and TCP and answers until Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Held == nil {
		o.Held = func(string) bool { return false }
	}
	listener, packets, err := listen(ctx, o.Addr)
	if err != nil {
		return nil, fmt.Errorf("practice name server: %w", err)
	}
	s := &Server{zone: newZone(o), addr: listener.Addr().(*net.TCPAddr).AddrPort()}
	handler := mdns.HandlerFunc(s.answer)
	s.udp = &mdns.Server{PacketConn: packets, Handler: handler}
	s.tcp = &mdns.Server{Listener: listener, Handler: handler, ReadTimeout: 5 * time.Second}
	for _, server := range []*mdns.Server{s.udp, s.tcp} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { _ = server.ActivateAndServe() }() // ends with Close
		<-started
	}
	return s, nil
}

func listen(ctx context.Context, addr string) (net.Listener, net.PacketConn, error) {
	var config net.ListenConfig
	var last error
	for range tries {
		listener, err := config.Listen(ctx, "tcp", addr)
		if err != nil {
			return nil, nil, err
		}
		packets, err := config.ListenPacket(ctx, "udp", listener.Addr().String())
		if err == nil {
			return listener, packets, nil
		}
		listener.Close()
		last = err
	}
	return nil, nil, last
}

// Addr is where the server listens, for UDP and TCP alike.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Close stops both listeners.
func (s *Server) Close() error {
	err := s.udp.Shutdown()
	if tcpErr := s.tcp.Shutdown(); err == nil {
		err = tcpErr
	}
	return err
}

// answer is one query's reply: authoritative below .example; nothing else exists.
func (s *Server) answer(w mdns.ResponseWriter, query *mdns.Msg) {
	reply := new(mdns.Msg)
	reply.SetReply(query)
	switch {
	case query.Opcode != mdns.OpcodeQuery:
		reply.Rcode = mdns.RcodeNotImplemented
	case len(query.Question) != 1:
		reply.Rcode = mdns.RcodeFormatError
	default:
		s.zone.fill(reply, query.Question[0])
	}
	_ = w.WriteMsg(reply) // a client that left misses its answer
}
