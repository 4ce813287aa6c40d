package web

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// sniffTime is how long a connection may stay silent before its first byte.
const sniffTime = 10 * time.Second

// handshakeByte opens every TLS connection: a record of type handshake (RFC 8446, 5.1).
const handshakeByte = 0x16

// bilingual turns one TCP listener into one that speaks http and https: connections
// whose first byte opens a TLS handshake come out as TLS, the others as they are.
type bilingual struct {
	net.Listener
	tls   *tls.Config
	ready chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newBilingual(l net.Listener, config *tls.Config) *bilingual {
	b := &bilingual{Listener: l, tls: config, ready: make(chan net.Conn), done: make(chan struct{})}
	go b.accept()
	return b
}

// accept sniffs each connection in a goroutine of its own, so that a silent one holds up nobody.
func (b *bilingual) accept() {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			b.stop()
			return
		}
		go b.sniff(conn)
	}
}

func (b *bilingual) sniff(conn net.Conn) {
	peeked := &peekedConn{Conn: conn, r: bufio.NewReader(conn)}
	_ = conn.SetReadDeadline(time.Now().Add(sniffTime))
	first, err := peeked.r.Peek(1)
	_ = conn.SetReadDeadline(time.Time{})
	if err != nil {
		conn.Close()
		return
	}
	var out net.Conn = peeked
	if first[0] == handshakeByte {
		out = tls.Server(peeked, b.tls)
	}
	select {
	case b.ready <- out:
	case <-b.done:
		conn.Close()
	}
}

// Accept implements net.Listener.
func (b *bilingual) Accept() (net.Conn, error) {
	select {
	case conn := <-b.ready:
		return conn, nil
	case <-b.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (b *bilingual) Close() error {
	b.stop()
	return b.Listener.Close()
}

func (b *bilingual) stop() { b.once.Do(func() { close(b.done) }) }

// peekedConn gives the sniffed byte back to its reader.
type peekedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *peekedConn) Read(p []byte) (int, error) { return c.r.Read(p) }
