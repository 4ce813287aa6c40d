package evaluate

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Serve serves the corpus over http on one loopback port until stop is called or
// ctx ends; which page answers is decided by the request's host. The egress guard
// must map each of hosts to addr, and allow addr itself.
func (c *Corpus) Serve(ctx context.Context) (addr netip.AddrPort, hosts []string, stop func(), err error) {
	handler, closeFiles, err := c.handler()
	if err != nil {
		return netip.AddrPort{}, nil, nil, fmt.Errorf("serve corpus: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		closeFiles()
		return netip.AddrPort{}, nil, nil, fmt.Errorf("serve corpus: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with ErrServerClosed: stop is the only way out
	}()
	stop = sync.OnceFunc(func() {
		server.Close()
		<-done
		closeFiles()
	})
	context.AfterFunc(ctx, stop)
	for _, p := range c.Pages {
		hosts = append(hosts, p.Host)
	}
	slices.Sort(hosts)
	return listener.Addr().(*net.TCPAddr).AddrPort(), slices.Compact(hosts), stop, nil
}

// served is a page's files, kept within its folder.
type served struct {
	prefix string
	root   *os.Root
}

func (c *Corpus) handler() (http.Handler, func(), error) {
	pages := map[string][]served{}
	closeAll := func() {
		for _, list := range pages {
			for _, s := range list {
				s.root.Close()
			}
		}
	}
	for _, p := range c.Pages {
		root, err := os.OpenRoot(p.dir)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		// The longest prefix answers first; "/" is the last resort.
		pages[p.Host] = append([]served{{p.prefix, root}}, pages[p.Host]...)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
		for _, s := range pages[host] {
			if rest, ok := strings.CutPrefix(r.URL.Path, s.prefix); ok {
				s.serve(w, r, rest)
				return
			}
		}
		http.NotFound(w, r)
	}), closeAll, nil
}

// serve sends one file; the label is nobody's business.
func (s served) serve(w http.ResponseWriter, r *http.Request, name string) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		name = "index.html"
	}
	file, err := s.root.Open(name)
	if err != nil || name == "meta.json" {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if strings.HasSuffix(name, ".php") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8") // what is left of one is its output
	}
	http.ServeContent(w, r, name, time.Time{}, file)
}
