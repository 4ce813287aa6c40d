package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	netmail "net/mail"
	"strings"
	"unicode"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"popdown/internal/scam"
)

// envelope is who a message goes to and comes from, as SMTP says it.
type envelope struct {
	from string
	to   []string
}

// message writes the report as RFC 5322: text/plain alone, or multipart/mixed with the
// attachments after it. It refuses what was not approved, rather than mend it.
func (m *Mail) message(r scam.Report, attachments []scam.Capture) ([]byte, envelope, error) {
	if err := approved(r, attachments); err != nil {
		return nil, envelope{}, err
	}
	header, env, err := m.header(r)
	if err != nil {
		return nil, envelope{}, err
	}
	var raw bytes.Buffer
	if len(attachments) == 0 {
		err = writeText(&raw, header.Header, r.Body)
	} else {
		err = writeMixed(&raw, header, r, attachments)
	}
	if err != nil {
		return nil, envelope{}, fmt.Errorf("write message: %w", err)
	}
	if m.DKIM == nil {
		return raw.Bytes(), env, nil
	}
	signed, err := m.DKIM.sign(raw.Bytes())
	return signed, env, err
}

// approved checks that the attachments are those whose hashes the approval covers.
// None at all is the other variant of the same approval.
func approved(r scam.Report, attachments []scam.Capture) error {
	if len(attachments) == 0 {
		return nil
	}
	if len(attachments) != len(r.Attachments) {
		return fmt.Errorf("%d attachments given, %d approved", len(attachments), len(r.Attachments))
	}
	for i, a := range attachments {
		if a.Name != r.Attachments[i].Name || sha256Hex(a.Data) != r.Attachments[i].SHA256 {
			return fmt.Errorf("attachment %q is not the approved one", a.Name)
		}
	}
	return nil
}

// header checks and sets the fields; they are added from the last to the first, as
// go-message puts each new one on top.
func (m *Mail) header(r scam.Report) (mail.Header, envelope, error) {
	var h mail.Header
	from, err := netmail.ParseAddress(r.From)
	if err != nil {
		return h, envelope{}, fmt.Errorf("sender %q: %w", r.From, err)
	}
	env := envelope{from: from.Address, to: r.To}
	if m.EnvelopeFrom != "" {
		env.from = m.EnvelopeFrom
	}
	if len(r.To) == 0 {
		return h, envelope{}, errors.New("no recipient")
	}
	var to []*mail.Address
	for _, a := range r.To {
		to = append(to, &mail.Address{Address: a})
	}
	for _, a := range append([]string{env.from, from.Address}, r.To...) {
		if err := mailAddress(a); err != nil {
			return h, envelope{}, err
		}
	}
	if strings.IndexFunc(r.Subject+from.Name, unicode.IsControl) >= 0 {
		return h, envelope{}, errors.New("control characters in the subject or the sender's name")
	}
	id := strings.TrimSuffix(strings.TrimPrefix(r.MessageID, "<"), ">")
	if left, right, ok := strings.Cut(id, "@"); !ok || left == "" || !isHostname(right) || strings.ContainsFunc(left, notToken) {
		return h, envelope{}, fmt.Errorf("Message-ID %q", r.MessageID)
	}
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834: no vacation answers, please
	h.SetMessageID(id)
	h.SetDate(m.now())
	h.SetSubject(r.Subject)
	if m.ReplyTo != "" {
		if err := mailAddress(m.ReplyTo); err != nil {
			return h, envelope{}, err
		}
		h.SetAddressList("Reply-To", []*mail.Address{{Address: m.ReplyTo}})
	}
	h.SetAddressList("To", to)
	h.SetAddressList("From", []*mail.Address{from})
	return h, env, nil
}

func notToken(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>()[],;:\\\"@", r) }

func writeText(w io.Writer, h message.Header, body string) error {
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	part, err := message.CreateWriter(w, h)
	if err != nil {
		return err
	}
	return fill(part, []byte(body))
}

func writeMixed(w io.Writer, h mail.Header, r scam.Report, attachments []scam.Capture) error {
	// The boundary follows from the content, so that two rehearsals are the same bytes;
	// no page can know it beforehand.
	h.SetContentType("multipart/mixed", map[string]string{"boundary": "popdown-" + r.Hash()[:32]})
	mixed, err := message.CreateWriter(w, h.Header)
	if err != nil {
		return err
	}
	var th message.Header
	th.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	th.Set("Content-Transfer-Encoding", "quoted-printable")
	text, err := mixed.CreatePart(th)
	if err != nil {
		return err
	}
	if err := fill(text, []byte(r.Body)); err != nil {
		return err
	}
	for _, a := range attachments {
		kind, params, err := mime.ParseMediaType(a.ContentType)
		if err != nil {
			return fmt.Errorf("attachment %q: %w", a.Name, err)
		}
		var ah mail.AttachmentHeader
		ah.SetFilename(a.Name)
		ah.SetContentType(kind, params)
		ah.Set("Content-Transfer-Encoding", "base64") // long JSON lines would break SMTP's limit
		part, err := mixed.CreatePart(ah.Header)
		if err != nil {
			return err
		}
		if err := fill(part, a.Data); err != nil {
			return err
		}
	}
	return mixed.Close()
}

func fill(w io.WriteCloser, data []byte) error {
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close()
}
