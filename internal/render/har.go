package render

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
)

// The log is bounded: a page may ask for ever, and for URLs of any length.
const (
	maxEntries = 3000
	maxLogSize = 16 << 20
)

// harLog collects the requests of a visit for an HTTP Archive 1.2
// (http://www.softwareishard.com/blog/har-12-spec/): who was asked, and what came back,
// without bodies.
type harLog struct {
	mu      sync.Mutex
	entries []*harEntry
	open    map[string]*harEntry // by session and request
	size    int                  // of the URLs and headers, bytes
	dropped int
}

func newHARLog() *harLog { return &harLog{open: map[string]*harEntry{}} }

// note takes a network event of one of the visit's sessions.
func (l *harLog) note(s *session, value any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := func(id network.RequestID) string { return string(s.id) + " " + string(id) }
	switch e := value.(type) {
	case *network.EventRequestWillBeSent:
		if before := l.open[key(e.RequestID)]; before != nil && e.RedirectResponse != nil {
			before.answer(e.RedirectResponse)
			before.end(float64(e.Timestamp))
		}
		l.begin(key(e.RequestID), e)
	case *network.EventResponseReceived:
		if entry := l.open[key(e.RequestID)]; entry != nil {
			entry.answer(e.Response)
			entry.end(float64(e.Timestamp))
		}
	case *network.EventLoadingFinished:
		if entry := l.open[key(e.RequestID)]; entry != nil {
			entry.Response.BodySize = int64(e.EncodedDataLength)
			entry.end(float64(e.Timestamp))
		}
	case *network.EventLoadingFailed:
		if entry := l.open[key(e.RequestID)]; entry != nil {
			entry.Response.Error = e.ErrorText
			entry.end(float64(e.Timestamp))
		}
	}
}

func (l *harLog) begin(key string, e *network.EventRequestWillBeSent) {
	l.size += len(e.Request.URL)
	if len(l.entries) >= maxEntries || l.size > maxLogSize {
		l.dropped++
		delete(l.open, key)
		return
	}
	wall := time.UnixMicro(int64(float64(e.WallTime) * 1e6)).UTC()
	entry := &harEntry{
		Started: wall, Type: strings.ToLower(string(e.Type)), began: float64(e.Timestamp),
		Request: harRequest{
			Method: e.Request.Method, URL: logged(e.Request.URL + e.Request.URLFragment), HTTPVersion: "unknown",
			Cookies: []struct{}{}, Headers: pairs(e.Request.Headers), Query: []struct{}{}, HeadersSize: -1, BodySize: -1,
		},
		Response: harResponse{HTTPVersion: "unknown", Cookies: []struct{}{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1},
	}
	l.entries = append(l.entries, entry)
	l.open[key] = entry
}

// logged is a URL as the log keeps it; those that hold their document are cut.
func logged(url string) string {
	if strings.HasPrefix(url, "data:") {
		return clip(url, 200)
	}
	return clip(url, 64<<10)
}

func (e *harEntry) answer(r *network.Response) {
	e.Request.HTTPVersion = r.Protocol
	e.Response = harResponse{
		Status: r.Status, StatusText: r.StatusText, HTTPVersion: r.Protocol, Cookies: []struct{}{},
		Headers: pairs(r.Headers), Content: harContent{Size: -1, MimeType: r.MimeType},
		HeadersSize: -1, BodySize: -1,
	}
	for _, h := range e.Response.Headers {
		if strings.EqualFold(h.Name, "location") {
			e.Response.RedirectURL = h.Value
		}
	}
}

// end moves the end of an entry: it is called for each sign of progress.
func (e *harEntry) end(at float64) {
	e.Time = max(0, (at-e.began)*1000)
	e.Timings.Wait = e.Time
}

func pairs(headers network.Headers) []harPair {
	list := make([]harPair, 0, len(headers))
	for name, value := range headers {
		list = append(list, harPair{Name: name, Value: clip(fmt.Sprint(value), 8<<10)})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// encode writes the archive. Addresses are where the guard met each host.
func (l *harLog) encode(dialled func(url string) string) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		e.ServerIP = hostOf(dialled(e.Request.URL))
	}
	archive := map[string]any{
		"version": "1.2",
		"creator": map[string]string{"name": "popdown", "version": "1"},
		"pages":   []any{},
		"entries": l.entries,
	}
	if l.dropped > 0 {
		archive["comment"] = fmt.Sprintf("%d further requests are not listed", l.dropped)
	}
	return json.Marshal(map[string]any{"log": archive})
}

// hostOf takes the port from an address.
func hostOf(addr string) string {
	if i := strings.LastIndex(addr, ":"); i >= 0 {
		return strings.Trim(addr[:i], "[]")
	}
	return addr
}
