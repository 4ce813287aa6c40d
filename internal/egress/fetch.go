package egress

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// fetch passes a plain http request on and streams the answer back, unchanged but for
// the headers that belong to one connection (RFC 9110, section 7.6.1).
func (f *forwarder) fetch(w http.ResponseWriter, r *http.Request) {
	resp, err := f.upstream.RoundTrip(f.outgoing(r))
	if err != nil {
		panic(http.ErrAbortHandler) // any page of ours could pass for theirs
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 999 {
		panic(http.ErrAbortHandler) // not an answer that can be passed on
	}
	header := w.Header()
	// Set to nil, or the server would add its own where they sent none.
	header["Date"], header["Content-Type"] = nil, nil
	for name, values := range resp.Header {
		header[name] = values
	}
	dropHopByHop(header)
	w.WriteHeader(resp.StatusCode)
	stream(w, resp)
}

// stream flushes each piece as it comes: pages wait for what trickles.
func stream(w http.ResponseWriter, resp *http.Response) {
	flusher := http.NewResponseController(w)
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				panic(http.ErrAbortHandler)
			}
			if err := flusher.Flush(); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler) // a cut answer must not look like a whole one
		}
	}
}

// outgoing is the request as the site should see it. Its Host is the URL's already:
// the server prefers that to the header (RFC 9112, section 3.2.2).
func (f *forwarder) outgoing(r *http.Request) *http.Request {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.User = nil
	if target := out.Header.Get(f.header); target != "" {
		verbatim(out.URL, target)
		out.Header.Del(f.header)
	}
	if r.ContentLength == 0 {
		out.Body = nil
	}
	dropHopByHop(out.Header)
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", "") // or the transport would name itself
	}
	return out
}

func dropHopByHop(h http.Header) {
	for _, named := range h.Values("Connection") {
		for name := range strings.SplitSeq(named, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{
		"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Authenticate",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		h.Del(name)
	}
}
