package scam

import "time"

// Purpose says why a visit is made.
type Purpose string

const (
	PurposeCrawl   Purpose = "crawl"   // a candidate from the frontier
	PurposeRecheck Purpose = "recheck" // takedown asked whether a page is still up
	PurposeManual  Purpose = "manual"  // a person asked, from the command line
)

// Outcome says how a visit ended. A page that does not load is a result, not an error.
type Outcome string

const (
	OutcomeLoaded    Outcome = "loaded"     // a document was shown
	OutcomeTimeout   Outcome = "timeout"    // nothing was shown before the deadline
	OutcomeDNSError  Outcome = "dns_error"  // the name does not resolve
	OutcomeTLSError  Outcome = "tls_error"  // no TLS session
	OutcomeRefused   Outcome = "refused"    // the TCP connection was refused or reset
	OutcomeHTTPError Outcome = "http_error" // a 4xx or 5xx; its body is looked at all the same
	OutcomeCrashed   Outcome = "crashed"    // the renderer died
	OutcomeBlocked   Outcome = "blocked"    // our own guard did not let it pass; Error says why
)

// Via says how one step of a chain came about.
type Via string

const (
	ViaStart      Via = "start"
	ViaHTTP       Via = "http"        // 3xx with Location
	ViaMeta       Via = "meta"        // meta refresh or Refresh header
	ViaScript     Via = "script"      // location, history
	ViaForm       Via = "form"        // a form that the page submitted itself
	ViaClick      Via = "click"       // our click on a link
	ViaWindowOpen Via = "window_open" // a tab or popup opened by the page
	ViaFrame      Via = "frame"       // inside a frame
)

// Hop is one step of the chain from the start to a landing, in order.
type Hop struct {
	Seq    int    `json:"seq"` // from 0
	URL    string `json:"url"` // verbatim, with query and fragment
	Via    Via    `json:"via"`
	Status int    `json:"status"` // HTTP status; 0: none was received
	IP     string `json:"ip"`     // IP:port really dialled; empty: unknown
}

// Dialog is a JavaScript dialog or an HTTP authentication prompt that the page showed.
type Dialog struct {
	Type  string `json:"type"`  // alert, confirm, prompt, beforeunload, auth
	Text  string `json:"text"`  // message, or the realm of an auth prompt
	Count int    `json:"count"` // how often the same text came
}

// Behavior is one thing the page did to its visitor; the names are those of the
// command-line contract ("fullscreen", "dialog_loop", "keys_blocked", ...).
type Behavior struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"` // of the call, shortened
	AtMS      int64  `json:"at_ms"`     // since the visit began
}

// Frame is a document inside the landing's page.
type Frame struct {
	URL  string `json:"url"`
	Text string `json:"text"` // innerText
}

// Landing is a page where a chain ended, as a person would have seen it.
type Landing struct {
	URL       string     `json:"url"` // verbatim, with query and fragment
	Title     string     `json:"title"`
	Status    int        `json:"status"` // of the main document
	Chain     []Hop      `json:"chain"`  // ends with this landing
	Text      string     `json:"text"`   // innerText of the main document
	HTML      string     `json:"-"`      // serialised DOM of the main document
	Frames    []Frame    `json:"frames,omitempty"`
	TelLinks  []string   `json:"tel_links,omitempty"` // hrefs of tel: links
	Dialogs   []Dialog   `json:"dialogs"`
	Behaviors []Behavior `json:"behaviors"`
}

// Dial is one connection that the guard really made for a visit: evidence of where a host was.
type Dial struct {
	Host string    `json:"host"` // as the page named it
	Port int       `json:"port"` // as the page named it
	Addr string    `json:"addr"` // IP:port dialled
	At   time.Time `json:"at"`
}

// Capture is a file that a visit produced, before it is stored as evidence.
type Capture struct {
	Name        string // "screenshot.png", "dom.html", "visit.har"; a further landing's are numbered: "screenshot-2.png"
	ContentType string
	Data        []byte
}

// File is a stored piece of evidence, named by its content.
type File struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	SHA256      string `json:"sha256"` // hex
	Size        int64  `json:"size"`   // bytes
}

// Visit is one look at a URL by a persona.
type Visit struct {
	ID           int64         `json:"id"`
	CandidateID  int64         `json:"candidate_id"` // 0 unless Purpose is crawl
	Purpose      Purpose       `json:"purpose"`
	RequestedURL string        `json:"requested_url"`
	Referrer     string        `json:"referrer"`
	Persona      string        `json:"persona"`
	StartedAt    time.Time     `json:"started_at"`
	Took         time.Duration `json:"took"`
	Outcome      Outcome       `json:"outcome"`
	Error        string        `json:"error,omitempty"` // why the outcome is not loaded
	Landings     []Landing     `json:"landings"`        // at least one when something was shown; the first is the visit's own tab
	Dials        []Dial        `json:"dials"`
	Captures     []Capture     `json:"-"`
	Files        []File        `json:"files"`    // the captures once they are stored
	Manifest     string        `json:"manifest"` // SHA-256 of the stored manifest; empty: nothing was kept
}

// File finds a stored capture by name.
func (v Visit) File(name string) (File, bool) {
	for _, f := range v.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}
