package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"popdown/internal/practice/mail"
	"popdown/internal/practice/site"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sample is a report as it should be; tests break one thing at a time.
type sample struct {
	xarf  map[string]any
	parts map[string]string // content type -> body; "" leaves the part out
	head  string            // headers before Content-Type
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err) // memory takes every picture
	}
	return b.Bytes()
}

func valid() *sample {
	shot := picture()
	sum := sha256.Sum256(shot)
	us := map[string]any{"org": "Popdown", "contact": "takedown@popdown-desk.example", "domain": "popdown-desk.example"}
	return &sample{
		xarf: map[string]any{
			"xarf_version": "4.2.0", "report_id": "7395ac34-231a-4f1a-9a05-e1f6366d9379", "timestamp": "2026-11-23T11:58:00Z",
			"reporter": us, "sender": us, "source_identifier": "203.0.113.9", "category": "content", "type": "fraud",
			"fraud_type": "tech_support", "url": "http://win-alert.example/scan/#39", "scam_phone_numbers": []string{"+18445550143"},
			"evidence": []any{map[string]any{
				"content_type": "image/png", "payload": base64.StdEncoding.EncodeToString(shot),
				"hash": "sha256:" + hex.EncodeToString(sum[:]), "size": len(shot),
			}},
			"tags": []string{"brand:microsoft"},
		},
		parts: map[string]string{"text/plain; charset=utf-8": "A page imitates Microsoft.", "image/png": base64.StdEncoding.EncodeToString(shot)},
		head:  "From: Popdown <takedown@popdown-desk.example>\r\nTo: abuse@northhost.example\r\nSubject: [PD-2026-0001] fake alert\r\nMessage-ID: <1@popdown-desk.example>\r\nDate: Mon, 23 Nov 2026 11:59:00 +0000\r\n",
	}
}

func (s *sample) raw(t *testing.T) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString(s.head + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n")
	for kind, body := range s.parts {
		encoding := "7bit"
		if strings.HasPrefix(kind, "image/") {
			encoding = "base64"
		}
		fmt.Fprintf(&b, "--zz\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n", kind, encoding, body)
	}
	if s.xarf != nil {
		document, err := json.Marshal(s.xarf)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "--zz\r\nContent-Type: application/json; name=xarf.json\r\n\r\n%s\r\n", document)
	}
	b.WriteString("--zz--\r\n")
	return []byte(b.String())
}

// world is desks whose acts and answers are written down.
type world struct {
	*Desks
	mu      sync.Mutex
	acts    []string
	replies []string
	log     bytes.Buffer
}

func open(t *testing.T, after time.Duration) *world {
	t.Helper()
	set, err := site.Load(os.DirFS("../../../testdata/sites"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{}
	w.Desks = New(t.Context(), Options{
		Sites: set, ActAfter: after, Now: func() time.Time { return noon }, Logger: slog.New(slog.NewJSONHandler(&w.log, nil)),
		Act: func(p site.Provider, host string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.acts = append(w.acts, p.Name+" "+host)
		},
		Reply: func(from, to string, raw []byte) { w.replies = append(w.replies, from+" "+to+"\n"+string(raw)) },
	})
	return w
}

// send hands a report over and waits until the desks have done what they will do.
func (w *world) send(t *testing.T, s *sample, to string) {
	t.Helper()
	w.Receive(mail.Message{From: "bounce+1@popdown-desk.example", To: []string{to}, Subject: "s", Raw: s.raw(t), At: noon})
	w.working.Wait()
}

func TestValidReportIsActedOn(t *testing.T) {
	t.Parallel()
	w := open(t, 0)
	w.send(t, valid(), "Abuse@NorthHost.example")
	if fmt.Sprint(w.acts) != "[northhost win-alert.example]" {
		t.Errorf("acts %v, log %s", w.acts, w.log.String())
	}
	if !strings.Contains(w.log.String(), `"msg":"report received","from":"bounce+1@popdown-desk.example","to":"Abuse@NorthHost.example","subject":"s"`) {
		t.Errorf("log: %s", w.log.String())
	}
}

func TestReportOfAnEarlierRunIsActedOnQuietly(t *testing.T) {
	t.Parallel()
	w := open(t, time.Hour)
	w.Resume(mail.Message{To: []string{"abuse@northhost.example"}, Raw: valid().raw(t), At: noon})
	if fmt.Sprint(w.acts) != "[northhost win-alert.example]" || w.log.Len() != 0 || len(w.replies) != 0 {
		t.Errorf("acts %v, replies %v, log %s", w.acts, w.replies, w.log.String())
	}
}

func TestPhishingReportToARegistrarIsActedOn(t *testing.T) {
	t.Parallel()
	w := open(t, 0)
	s := valid()
	s.xarf["type"], s.xarf["url"], s.xarf["source_identifier"] = "phishing", "https://stopcode-help.example/0x0000012f/", "stopcode-help.example"
	delete(s.xarf, "fraud_type")
	w.send(t, s, "abuse@namebarn.example")
	if fmt.Sprint(w.acts) != "[namebarn stopcode-help.example]" {
		t.Errorf("acts %v, log %s", w.acts, w.log.String())
	}
}

func TestBrokenReportIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	set := func(key string, value any) func(*sample) { return func(s *sample) { s.xarf[key] = value } }
	without := func(key string) func(*sample) { return func(s *sample) { delete(s.xarf, key) } }
	party := func(key, value string) func(*sample) {
		return func(s *sample) {
			p := map[string]any{"org": "Popdown", "contact": "a@popdown-desk.example", "domain": "popdown-desk.example"}
			p[key] = value
			s.xarf["reporter"] = p
		}
	}
	evidence := func(key string, value any) func(*sample) {
		return func(s *sample) { s.xarf["evidence"].([]any)[0].(map[string]any)[key] = value }
	}
	for name, c := range map[string]struct {
		change func(*sample)
		want   string
	}{
		"no text":              {func(s *sample) { delete(s.parts, "text/plain; charset=utf-8") }, "no text/plain part"},
		"no picture":           {func(s *sample) { delete(s.parts, "image/png") }, "no picture"},
		"picture is none":      {func(s *sample) { s.parts["image/png"] = "aGVsbG8=" }, "picture: "},
		"no XARF":              {func(s *sample) { s.xarf = nil }, "no XARF document"},
		"no sender":            {func(s *sample) { s.head = strings.Replace(s.head, "From:", "X-From:", 1) }, "no From address"},
		"no Message-ID":        {func(s *sample) { s.head = strings.Replace(s.head, "Message-ID:", "X-ID:", 1) }, "no Message-ID"},
		"XARF 3":               {set("xarf_version", "3"), "xarf_version"},
		"report_id":            {set("report_id", "PD-1"), "report_id"},
		"report_id missing":    {without("report_id"), "report_id"},
		"timestamp":            {set("timestamp", "23 Nov 2026"), "is not RFC 3339"},
		"future":               {set("timestamp", "2026-11-23T13:00:00Z"), "lies in the future"},
		"stale":                {set("timestamp", "2026-09-01T00:00:00Z"), "is too old"},
		"reporter missing":     {without("reporter"), "reporter: is missing"},
		"sender missing":       {without("sender"), "sender: is missing"},
		"reporter's extra key": {party("type", "automated"), "unknown field"},
		"reporter's contact":   {party("contact", "us"), "is not an e-mail address"},
		"reporter's org":       {party("org", ""), "org and domain are needed"},
		"source missing":       {without("source_identifier"), "source_identifier is missing"},
		"source elsewhere":     {set("source_identifier", "127.0.0.1"), "is not the url's host"},
		"category":             {set("category", "messaging"), "category"},
		"type":                 {set("type", "spam"), "type \\\"spam"},
		"fraud_type":           {set("fraud_type", "popup"), "fraud_type"},
		"fraud_type missing":   {without("fraud_type"), "fraud_type"},
		"url missing":          {without("url"), "url"},
		"url defanged":         {set("url", "hxxp://win-alert[.]example/scan/"), "is not an http or https address"},
		"url of nobody":        {set("url", "http://nobody.example/"), "no host"},
		"url elsewhere":        {set("url", "http://stopcode-help.example/0x0000012f/"), "is not in our network"},
		"internal data":        {set("_internal", map[string]any{"case": 1}), "_internal"},
		"long description":     {set("description", strings.Repeat("x", 1001)), "longer than 1000"},
		"confidence":           {set("confidence", 40), "confidence"},
		"port":                 {set("source_port", 0), "source_port"},
		"domain":               {set("domain", "xn--a.example"), "domain"},
		"tag":                  {set("tags", []string{"phone:+18445550143"}), "tag"},
		"evidence payload":     {evidence("payload", "!"), "base64 payload"},
		"evidence hash":        {evidence("hash", "sha256:00"), "hash is not that of the payload"},
		"evidence size":        {evidence("size", 3), "size is not that"},
		"evidence extra key":   {evidence("name", "alert.png"), "unknown field"},
		"wrong kind of JSON":   {set("url", 7), "not the JSON of a report"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := open(t, 0), valid()
			c.change(s)
			w.send(t, s, "abuse@northhost.example")
			if w.acts != nil || w.replies != nil {
				t.Fatalf("acted: %v %v", w.acts, w.replies)
			}
			_, reason, ok := strings.Cut(w.log.String(), `"msg":"report refused"`)
			if !ok || !strings.Contains(reason, c.want) {
				t.Errorf("log lacks %q: %s", c.want, w.log.String())
			}
		})
	}
}

func TestRegistrarActsOnItsOwnDomainsOnly(t *testing.T) {
	t.Parallel()
	w := open(t, 0)
	w.send(t, valid(), "abuse@namebarn.example")
	if w.acts != nil || !strings.Contains(w.log.String(), "win-alert.example is not registered with us") {
		t.Errorf("acts %v, log %s", w.acts, w.log.String())
	}
}

func TestTicketIsAnsweredThenActedOn(t *testing.T) {
	t.Parallel()
	w, s := open(t, 0), valid()
	s.xarf["url"], s.xarf["source_identifier"] = "http://amzn-account-review.example/ap/alert", "amzn-account-review.example"
	w.send(t, s, "abuse@helmstack.example")
	if fmt.Sprint(w.acts) != "[helmstack amzn-account-review.example]" || len(w.replies) != 1 {
		t.Fatalf("acts %v, replies %v", w.acts, w.replies)
	}
	for _, want := range []string{"abuse@helmstack.example takedown@popdown-desk.example\n", "Subject: [Ticket#HE-", "In-Reply-To: <1@popdown-desk.example>", "Auto-Submitted: auto-replied"} {
		if !strings.Contains(w.replies[0], want) {
			t.Errorf("reply lacks %q:\n%s", want, w.replies[0])
		}
	}
}

func TestFullMailboxBouncesToTheEnvelopeSender(t *testing.T) {
	t.Parallel()
	w := open(t, 0)
	w.send(t, valid(), "noc-abuse@quaynet.example")
	if w.acts != nil || len(w.replies) != 1 {
		t.Fatalf("acts %v, replies %v", w.acts, w.replies)
	}
	for _, want := range []string{" bounce+1@popdown-desk.example\n", "report-type=delivery-status", "Final-Recipient: rfc822; noc-abuse@quaynet.example", "Status: 5.2.2", "Message-ID: <1@popdown-desk.example>"} {
		if !strings.Contains(w.replies[0], want) {
			t.Errorf("notification lacks %q:\n%s", want, w.replies[0])
		}
	}
}

func TestSilentDeskDoesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, 0)
	w.send(t, valid(), "abuse@petrelnet.example")
	if w.acts != nil || w.replies != nil || !strings.Contains(w.log.String(), "report received") {
		t.Errorf("acts %v, replies %v, log %s", w.acts, w.replies, w.log.String())
	}
}

func TestClosedDeskLeavesItsWorkUndone(t *testing.T) {
	t.Parallel()
	w := open(t, time.Hour)
	w.Receive(mail.Message{From: "b@popdown-desk.example", To: []string{"abuse@northhost.example"}, Raw: valid().raw(t), At: noon})
	w.Close()
	if w.acts != nil {
		t.Errorf("acted after its end: %v", w.acts)
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nDate: x\r\nMessage-ID: <1@b>\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nhello\r\n--z--\r\n"))
	f.Add([]byte("not a mail"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = readReport(raw, noon) })
}
