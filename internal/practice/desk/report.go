package desk

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // screenshots come as either
	_ "image/png"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// report is what a desk needs of a mail.
type report struct {
	from     string // address of the From header
	id       string // Message-ID with its brackets
	subject  string // as in the header
	text     string // of the first text/plain part
	pictures int
	xarf     xarf
}

// readReport takes a mail apart. Whatever a valid report must have and this one has
// not is the error, in words.
func readReport(raw []byte, now time.Time) (report, error) {
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return report{}, fmt.Errorf("not a MIME message: %w", err)
	}
	from, err := mail.ParseAddress(entity.Header.Get("From"))
	if err != nil {
		return report{}, errors.New("no From address")
	}
	r := report{from: from.Address, id: entity.Header.Get("Message-Id"), subject: entity.Header.Get("Subject")}
	if r.id == "" || entity.Header.Get("Date") == "" {
		return report{}, errors.New("no Message-ID or no Date")
	}
	var documents [][]byte
	err = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		return r.part(part, &documents)
	})
	if err != nil {
		return report{}, fmt.Errorf("broken MIME part: %w", err)
	}
	return r, r.complete(documents, now)
}

// part reads one leaf of the message.
func (r *report) part(part *message.Entity, documents *[][]byte) error {
	kind, _, err := part.Header.ContentType()
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		return nil
	}
	body, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	switch kind {
	case "text/plain":
		if r.text == "" {
			r.text = strings.TrimSpace(string(body))
		}
	case "image/png", "image/jpeg":
		if _, _, err := image.DecodeConfig(bytes.NewReader(body)); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
		r.pictures++
	case "application/json", "application/xarf+json":
		*documents = append(*documents, body)
	}
	return nil
}

func (r *report) complete(documents [][]byte, now time.Time) error {
	switch {
	case r.text == "":
		return errors.New("no text/plain part")
	case r.pictures == 0:
		return errors.New("no picture")
	case len(documents) == 0:
		return errors.New("no XARF document")
	}
	var err error
	r.xarf, err = readXARF(documents[0], now)
	return err
}
