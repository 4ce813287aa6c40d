package web

import (
	"html"
	"io"
	"net/http"
	"strings"

	"popdown/internal/practice/site"
)

// serveNotice answers with what a provider puts in place of a page that it took down.
func serveNotice(w http.ResponseWriter, n site.Notice, host string) {
	server := n.Server
	if server == "" {
		server = "nginx"
	}
	servePage(w, n.Status, server, n.For(html.EscapeString(host)))
}

// serveMissing is nginx's own 404, word for word.
func serveMissing(w http.ResponseWriter) {
	servePage(w, http.StatusNotFound, "nginx", "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"+
		"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

// serveParked answers for a host that nobody introduced, as a parking company does.
func serveParked(w http.ResponseWriter, host string) {
	servePage(w, http.StatusNotFound, "parkingsrv", strings.ReplaceAll(parked, "{{host}}", html.EscapeString(host)))
}

func servePage(w http.ResponseWriter, status int, server, body string) {
	w.Header().Set("Server", server)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

const parked = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{host}}</title>
<style>body{font:16px/1.5 Arial,sans-serif;color:#445;background:#f4f5f7;text-align:center;padding-top:12vh}
h1{font-weight:400;font-size:34px}p{color:#778}</style></head>
<body><h1>{{host}}</h1><p>This domain is registered, but no website has been set up here yet.</p>
<p><small>Parked free of charge, courtesy of Lotkeeper Parking.</small></p></body></html>
`
