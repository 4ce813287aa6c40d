package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	smtp "github.com/emersion/go-smtp"

	"popdown/internal/practice/web"
)

const letter = "From: desk@us.example\r\nTo: abuse@host.example\r\nSubject: =?utf-8?q?one_=C2=B7_two?=\r\nMessage-ID: <%s@us.example>\r\n" +
	"Content-Type: text/plain\r\n\r\n%s\r\n"

func start(t *testing.T) (*Server, *tls.Config, *Box) {
	t.Helper()
	ca, err := web.NewCA(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	box, err := OpenBox(filepath.Join(t.TempDir(), "mailbox"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]Knowledge{"abuse@host.example": Mailbox, "abuse@other.example": Mailbox, "ceo@host.example": NoMailbox}
	s, err := Start(t.Context(), Options{
		TLS: ca.TLS(), User: "desk", Password: "secret", Sender: "us.example", MaxBytes: 4096, Box: box,
		Known: func(rcpt string) Knowledge { return known[rcpt] },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, &tls.Config{RootCAs: ca.Pool(), ServerName: "mail.practice.example"}, box
}

func login(t *testing.T, s *Server, config *tls.Config) *smtp.Client {
	t.Helper()
	c, err := dial(t.Context(), s, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Auth(sasl.NewPlainClient("", "desk", "secret")); err != nil {
		t.Fatal(err)
	}
	return c
}

func dial(_ context.Context, s *Server, config *tls.Config) (*smtp.Client, error) {
	return smtp.DialStartTLS(s.Addr().String(), config)
}

// refused tells which code the server gave.
func refused(t *testing.T, err error, code int) {
	t.Helper()
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) || answer.Code != code {
		t.Errorf("got %v, want %d", err, code)
	}
}

func TestMailNeedsTLSThenAuth(t *testing.T) {
	t.Parallel()
	s, config, _ := start(t)
	plain, err := smtp.Dial(s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if ok, _ := plain.Extension("AUTH"); ok {
		t.Error("AUTH is offered before TLS")
	}
	refused(t, plain.Mail("desk@us.example", nil), 530)

	secure, err := dial(t.Context(), s, config)
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	refused(t, secure.Mail("desk@us.example", nil), 530)
	refused(t, secure.Auth(sasl.NewPlainClient("", "desk", "wrong")), 535)
	refused(t, secure.Mail("desk@us.example", nil), 530)
	if err := secure.Auth(sasl.NewPlainClient("", "desk", "secret")); err != nil {
		t.Error(err)
	}
	if err := secure.Mail("desk@us.example", nil); err != nil {
		t.Error(err)
	}
}

func TestCertificateIsGoodForNameAndLoopback(t *testing.T) {
	t.Parallel()
	s, config, _ := start(t)
	for _, name := range []string{"mail.practice.example", "localhost", "127.0.0.1"} {
		other := config.Clone()
		other.ServerName = name
		c, err := dial(t.Context(), s, other)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Close()
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s, config, box := start(t)
	c := login(t, s, config)
	refused(t, c.Mail("ceo@other.example", nil), 553)
	refused(t, c.Mail("desk@us.example", &smtp.MailOptions{Size: 5000}), 552)
	if err := c.Mail("desk@us.example", nil); err != nil {
		t.Fatal(err)
	}
	refused(t, c.Rcpt("abuse@nowhere.example", nil), 550)
	refused(t, c.Rcpt("ceo@host.example", nil), 550)
	if err := c.Rcpt("abuse@host.example", nil); err != nil {
		t.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(w, letter, "big", strings.Repeat(strings.Repeat("x", 70)+"\r\n", 70))
	refused(t, w.Close(), 552)
	if got := box.Messages(); len(got) != 0 {
		t.Errorf("refused mail was kept: %+v", got)
	}
}

func TestMessagesAreKeptAndDuplicatesCounted(t *testing.T) {
	t.Parallel()
	s, config, box := start(t)
	c := login(t, s, config)
	for _, m := range []struct{ id, text, to string }{
		{"a", "first text", "abuse@host.example"},
		{"a", "other text", "abuse@other.example"},     // same Message-ID
		{"b", "first  text", "abuse@host.example"},     // a text of its own
		{"c", "first text", "abuse@host.example"},      // same text, same recipient
		{"d", "first text\r\n", "abuse@other.example"}, // same text, somebody else
	} {
		if err := c.SendMail("bounce+7@us.example", []string{m.to}, strings.NewReader(fmt.Sprintf(letter, m.id, m.text))); err != nil {
			t.Fatal(err)
		}
	}
	var duplicates []int
	for _, m := range box.Messages() {
		duplicates = append(duplicates, m.DuplicateOf)
	}
	if fmt.Sprint(duplicates) != "[0 1 0 1 0]" {
		t.Errorf("duplicates: %v", duplicates)
	}
	first := box.Messages()[0]
	if first.MessageID != "a@us.example" || first.Subject != "one · two" || first.From != "bounce+7@us.example" || first.To[0] != "abuse@host.example" || first.At.IsZero() {
		t.Errorf("first message: %+v", first)
	}
	raw, err := os.ReadFile(first.Path)
	if err != nil || filepath.Base(first.Path) != "001.eml" || !strings.Contains(string(raw), "first text") {
		t.Errorf("%s: %v", first.Path, err)
	}
}

func TestEarlierFilesAreNeverWrittenOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for want := 1; want <= 3; want++ {
		box, err := OpenBox(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		m, err := box.Keep("", []string{"a@b.example"}, []byte("Subject: x\r\n\r\ny"))
		if err != nil || m.Number != want {
			t.Errorf("number %d, want %d, %v", m.Number, want, err)
		}
	}
}

func TestMailboxRemembersEarlierRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	letter := []byte("From: Desk <us@desk.example>\r\nTo: abuse@host.example\r\nMessage-ID: <1@desk.example>\r\nSubject: one\r\n\r\ntext\r\n")
	for run, duplicateOf := range []int{0, 1} {
		box, err := OpenBox(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if got := box.Messages(); len(got) != run {
			t.Fatalf("%d messages after %d runs", len(got), run)
		}
		m, err := box.Keep("us@desk.example", []string{"abuse@host.example"}, letter)
		if err != nil || m.DuplicateOf != duplicateOf {
			t.Errorf("run %d: duplicate of %d, %v", run, m.DuplicateOf, err)
		}
	}
	box, err := OpenBox(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if m := box.Messages()[0]; m.From != "us@desk.example" || len(m.To) != 1 || m.To[0] != "abuse@host.example" || m.MessageID != "1@desk.example" {
		t.Errorf("remembered as %+v", m)
	}
}
