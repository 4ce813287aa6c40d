package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// dialForBrowser is DialContext without the browser's own errands.
func (s *Session) dialForBrowser(ctx context.Context, network, hostport string) (net.Conn, error) {
	host, port, err := splitTarget(hostport)
	if err != nil {
		return nil, err
	}
	why, own := chatter(host)
	if _, mapped := s.guard.mapped(host); own && !mapped {
		err := blocked("%s is the browser's own errand (%s)", host, why)
		s.record(Attempt{Host: host, Port: port, At: s.guard.now().UTC(), Err: err})
		return nil, err
	}
	return s.DialContext(ctx, network, hostport)
}

// tunnel answers CONNECT: bytes pass both ways until both sides have ended, one breaks
// off, or the session is over.
func (f *forwarder) tunnel(w http.ResponseWriter, r *http.Request) {
	up, err := f.session.dialForBrowser(r.Context(), "tcp", r.Host)
	if err != nil {
		w.Header().Set("Connection", "close") // what was meant for the tunnel must not be read as a request
		w.WriteHeader(statusOf(err))          // of the tunnel; a browser never shows it as a page
		return
	}
	defer up.Close()
	down, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer down.Close()
	if f.session.track(down) != nil {
		return
	}
	defer f.session.untrack(down)
	if _, err := io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { pass(up, buffered, up, down) })
	both.Go(func() { pass(down, up, up, down) })
	both.Wait()
}

// pass copies until the source ends and tells the target so; an error breaks both off.
func pass(to net.Conn, from io.Reader, up, down net.Conn) {
	_, err := io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		err = half.CloseWrite()
	}
	if err != nil {
		_ = up.Close()
		_ = down.Close()
	}
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrBlocked), errors.Is(err, ErrBudget):
		return http.StatusForbidden
	case errors.Is(err, ErrTimeout):
		return http.StatusGatewayTimeout
	default:
		return http.StatusBadGateway
	}
}
