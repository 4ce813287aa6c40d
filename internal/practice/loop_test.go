package practice

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	smtp "github.com/emersion/go-smtp"
)

// submit sends a mail as a program would that was given nothing but the environment.
func submit(t *testing.T, n *Internet, to string, raw []byte) error {
	t.Helper()
	ca, err := os.ReadFile(env(t, n, "POPDOWN_CA_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(env(t, n, "POPDOWN_SMTP_PASSWORD_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	c, err := smtp.DialStartTLS(env(t, n, "POPDOWN_SMTP_ADDR"), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", env(t, n, "POPDOWN_SMTP_USER"), strings.TrimSpace(string(password)))); err != nil {
		t.Fatal(err)
	}
	return c.SendMail(env(t, n, "POPDOWN_MAIL_FROM"), []string{to}, bytes.NewReader(raw))
}

// letter is a valid report about a landing.
func letter(t *testing.T, landing, id string, now time.Time) []byte {
	t.Helper()
	var shot bytes.Buffer
	if err := png.Encode(&shot, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	us := `{"org":"Popdown","contact":"takedown@popdown-desk.example","domain":"popdown-desk.example"}`
	host := strings.Split(landing, "/")[2]
	return []byte(strings.ReplaceAll(`From: takedown@popdown-desk.example
To: abuse@northhost.example
Subject: fake alert at `+strings.ReplaceAll(host, ".", "[.]")+`
Message-ID: <`+id+`@popdown-desk.example>
Date: `+now.Format(time.RFC1123Z)+`
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=zz

--zz
Content-Type: text/plain; charset=utf-8

This page imitates a Windows alert.
--zz
Content-Type: image/png
Content-Transfer-Encoding: base64

`+base64.StdEncoding.EncodeToString(shot.Bytes())+`
--zz
Content-Type: application/json; name=xarf.json

{"xarf_version":"4.2.0","report_id":"7395ac34-231a-4f1a-9a05-e1f6366d9379","timestamp":"`+now.UTC().Format(time.RFC3339)+`",
"reporter":`+us+`,"sender":`+us+`,"source_identifier":"`+host+`","category":"content","type":"fraud","fraud_type":"tech_support","url":"`+landing+`"}
--zz--
`, "\n", "\r\n"))
}

// record is a log that several goroutines may write.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

func TestReportBringsThePageDown(t *testing.T) {
	t.Parallel()
	log := &record{}
	n := start(t, func(o *Options) {
		o.Logger = slog.New(slog.NewJSONHandler(log, nil))
		o.ActAfter = time.Millisecond
	})
	landing := "http://win-alert.example/scan/"
	raw := letter(t, landing, "1", time.Now())
	for range 2 { // the second one is a duplicate
		if err := submit(t, n, "abuse@northhost.example", raw); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); n.State("win-alert.example").Up; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still up; log:\n%s", log)
		}
	}
	if resp, _ := get(t, client(t, n), landing); resp.StatusCode != 410 {
		t.Errorf("after the report the page answers %d", resp.StatusCode)
	}
	n.Close() // every desk has done its work or won't
	if got := n.State("win-alert.example"); len(got.Acts) != 1 || got.Acts[0].Org != "NorthHost Cloud Inc." {
		t.Errorf("state %+v", got)
	}
	if len(n.Messages()) != 2 || n.Duplicates() != 1 || n.Messages()[1].DuplicateOf != 1 {
		t.Errorf("%d messages, %d duplicates", len(n.Messages()), n.Duplicates())
	}
	for _, want := range []string{
		`"msg":"report received","from":"takedown@popdown-desk.example","to":"abuse@northhost.example"`,
		`"msg":"page taken down","host":"win-alert.example","provider":"NorthHost Cloud Inc.","how":"removed by host network"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %s:\n%s", want, log)
		}
	}
}

func TestBounceArrivesInTheInbox(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	if err := submit(t, n, "noc-abuse@quaynet.example", letter(t, "http://secure-windows-lock.example/w1/", "2", time.Now())); err != nil {
		t.Fatal(err)
	}
	replies := n.Replies()
	if len(replies) != 1 || replies[0].Subject != "Undelivered Mail Returned to Sender" {
		t.Fatalf("replies: %+v", replies)
	}
	if _, err := os.Stat(filepath.Join(n.options.Dir, "inbox", "001.eml")); err != nil {
		t.Error(err)
	}
	if !n.State("secure-windows-lock.example").Up {
		t.Error("a full mailbox took a page down")
	}
}

func TestUnknownRecipientIsRefused(t *testing.T) {
	t.Parallel()
	n := start(t, nil)
	for _, to := range []string{"abuse@nowhere.example", "ceo@northhost.example"} {
		err := submit(t, n, to, letter(t, "http://win-alert.example/scan/", "3", time.Now()))
		if err == nil || !strings.Contains(err.Error(), "550") {
			t.Errorf("%s: %v", to, err)
		}
	}
}
