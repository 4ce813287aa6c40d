package report

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

// parts reads a message as a recipient would: its header, and each part's name, type and content.
func parts(t *testing.T, raw []byte) (mail.Header, []scam.Capture) {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var list []scam.Capture
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return r.Header, list
		}
		if err != nil {
			t.Fatal(err)
		}
		var c scam.Capture
		if h, ok := p.Header.(*mail.AttachmentHeader); ok {
			if c.Name, err = h.Filename(); err != nil {
				t.Fatal(err)
			}
		}
		c.ContentType, _, _ = strings.Cut(p.Header.Get("Content-Type"), ";")
		if c.Data, err = io.ReadAll(p.Body); err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
}

func TestSentMessageParses(t *testing.T) {
	t.Parallel()
	s := startMail(t, "starttls", nil)
	r, attached := approvedReport(t)
	r.Body += "An umlaut: ü. A line that is longer than any mail server likes: " + strings.Repeat("x", 1200) + "\n.\n..dots\nFrom here\n"
	if _, err := mailer(s).Send(t.Context(), r, attached); err != nil {
		t.Fatal(err)
	}
	raw := s.got()[0].raw
	h, got := parts(t, raw)
	want := append([]scam.Capture{{ContentType: "text/plain", Data: []byte(strings.ReplaceAll(r.Body, "\n", "\r\n"))}}, attached...)
	want[2].ContentType = "text/plain"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	fields := map[string]string{}
	for _, k := range []string{"From", "To", "Reply-To", "Date", "Message-Id", "Auto-Submitted", "Mime-Version"} {
		fields[k] = h.Get(k)
	}
	fields["Subject"], _ = h.Subject()
	if diff := cmp.Diff(map[string]string{
		"From": `"Popdown Practice Desk" <reports@desk.example>`, "To": "<abuse@samplehost.example>", "Reply-To": "<answers@desk.example>",
		"Date": "Mon, 23 Nov 2026 12:00:00 +0000", "Message-Id": r.MessageID, "Auto-Submitted": "auto-generated", "Mime-Version": "1.0", "Subject": r.Subject,
	}, fields); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") || bytes.ContainsFunc(line, func(c rune) bool { return c > 126 }) {
			t.Errorf("line of %d bytes or beyond ASCII: %.60q", len(line), line)
		}
	}
}

func TestMessageWithoutAttachmentsIsPlainText(t *testing.T) {
	t.Parallel()
	r, _ := approvedReport(t)
	raw, _, err := (&Mail{Domain: "desk.example"}).message(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, got := parts(t, raw)
	if len(got) != 1 || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
		t.Errorf("%d parts, %s", len(got), h.Get("Content-Type"))
	}
}

func TestDKIMVerifies(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaPublic, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		key crypto.Signer
		txt string
	}{
		"rsa":     {reparsed(t, rsaKey), "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(rsaPublic)},
		"ed25519": {reparsed(t, edKey), "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edKey.Public().(ed25519.PublicKey))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startMail(t, "starttls", nil)
			m := mailer(s)
			m.DKIM = &DKIM{Domain: "desk.example", Selector: "popdown", Key: tc.key}
			r, attached := approvedReport(t)
			if _, err := m.Send(t.Context(), r, attached); err != nil {
				t.Fatal(err)
			}
			lookup := func(name string) ([]string, error) {
				if name != "popdown._domainkey.desk.example" {
					return nil, errors.New("unknown name " + name)
				}
				return []string{tc.txt}, nil
			}
			verify := func(raw []byte) error {
				v, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup})
				if err != nil {
					return err
				}
				if len(v) != 1 {
					return errors.New("not one signature")
				}
				return v[0].Err
			}
			raw := s.got()[0].raw
			if err := verify(raw); err != nil {
				t.Error(err)
			}
			if verify(bytes.Replace(raw, []byte("\r\nTo: "), []byte("\r\nReferences: <x@y.example>\r\nTo: "), 1)) == nil {
				t.Error("a threading field could be added")
			}
			if verify(bytes.Replace(raw, []byte("What:"), []byte("Want:"), 1)) == nil {
				t.Error("the body could be changed")
			}
		})
	}
}

// reparsed sends a key through PEM, as an operator's file would.
func reparsed(t *testing.T, key crypto.Signer) crypto.Signer {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestParseKeyRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "no pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParseKey([]byte(data)); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestRehearseWritesWhatSendWouldHandOver(t *testing.T) {
	t.Parallel()
	s := startMail(t, "starttls", nil)
	r, attached := approvedReport(t)
	if _, err := mailer(s).Send(t.Context(), r, attached); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "rehearsals")
	dry := &Mail{
		Addr: s.addr, User: "desk", Password: "secret", Domain: "desk.example", ReplyTo: "answers@desk.example", Dir: dir,
		Now: func() time.Time { return noon },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Error("a rehearsal opened a socket")
			return nil, errors.New("no")
		},
	}
	var paths []string
	for range 2 {
		p, err := dry.Rehearse(t.Context(), r, attached)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	if paths[0] != paths[1] || paths[0] != filepath.Join(dir, "report-11.eml") {
		t.Errorf("paths %q", paths)
	}
	raw, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(s.got()[0].raw), string(raw)); diff != "" {
		t.Errorf("sent and rehearsed differ (-sent +rehearsed):\n%s", diff)
	}
	info, err := os.Stat(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || len(files) != 1 {
		t.Errorf("mode %v, %d files", info.Mode(), len(files))
	}
}

func TestRehearseNamesAReportWithoutMessageID(t *testing.T) {
	t.Parallel()
	r, attached := approvedReport(t)
	r.MessageID = ""
	path, err := (&Mail{Domain: "desk.example", Dir: t.TempDir()}).Rehearse(t.Context(), r, attached)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := parts(t, raw); h.Get("Message-Id") != "<rehearsal-11@desk.example>" {
		t.Errorf("Message-ID %q", h.Get("Message-Id"))
	}
}
