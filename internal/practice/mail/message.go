package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"strings"
	"time"

	gomail "github.com/emersion/go-message/mail"
)

// Message is one mail as it was received.
type Message struct {
	Number      int       // from 1; the file is NNN.eml
	At          time.Time // when the server said 250, UTC
	From        string    // envelope sender; empty for a notification (RFC 5321, 4.5.5)
	To          []string  // envelope recipients
	MessageID   string    // without angle brackets; empty: the header is missing
	Subject     string    // decoded
	Raw         []byte    // headers and body as they came
	Path        string    // of the stored file
	DuplicateOf int       // number of an earlier message with the same Message-ID, or the same text to the same recipient; 0: none
	text        string    // hash of the text
}

// read fills in what the headers and the text say; what can't be read stays empty.
func (m *Message) read() {
	r, err := gomail.CreateReader(bytes.NewReader(m.Raw))
	if err != nil {
		return
	}
	m.MessageID, _ = r.Header.MessageID()
	m.Subject, _ = r.Header.Subject()
	for {
		part, err := r.NextPart()
		if err != nil {
			return
		}
		inline, ok := part.Header.(*gomail.InlineHeader)
		if !ok {
			continue
		}
		if kind, _, err := mime.ParseMediaType(inline.Get("Content-Type")); err == nil && kind != "text/plain" {
			continue
		}
		if body, err := io.ReadAll(part.Body); err == nil {
			sum := sha256.Sum256(bytes.TrimSpace(body))
			m.text = hex.EncodeToString(sum[:])
		}
		return
	}
}

// addresses are the sender and the recipients that the headers name.
func (m *Message) addresses() (from string, to []string) {
	r, err := gomail.CreateReader(bytes.NewReader(m.Raw))
	if err != nil {
		return "", nil
	}
	if list, err := r.Header.AddressList("From"); err == nil && len(list) > 0 {
		from = list[0].Address
	}
	list, err := r.Header.AddressList("To")
	if err != nil {
		return from, nil
	}
	for _, a := range list {
		to = append(to, a.Address)
	}
	return from, to
}

// repeats tells whether a message says again what an earlier one said.
func (m *Message) repeats(earlier Message) bool {
	if m.MessageID != "" && m.MessageID == earlier.MessageID {
		return true
	}
	if m.text == "" || m.text != earlier.text {
		return false
	}
	for _, to := range m.To {
		for _, before := range earlier.To {
			if strings.EqualFold(to, before) {
				return true
			}
		}
	}
	return false
}
