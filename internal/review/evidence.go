package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"popdown/internal/scam"
)

const (
	maxAttachment = 16 << 20  // bytes; more is not read for a preview
	maxShown      = 128 << 10 // bytes of an attached text shown on the page
)

// showEvidence serves a stored file: pictures as pictures, anything else as plain text.
// What the bytes are decides, never what somebody called them; "type" can only turn a
// picture into text. HTML is never served as such, and the policy would run none of it.
func (a *app) showEvidence(w http.ResponseWriter, r *http.Request, _ scam.User) error {
	sum := r.PathValue("sha256")
	if !isSHA256(sum) {
		return fmt.Errorf("evidence name: %w", scam.ErrNotFound)
	}
	file, err := a.Evidence.Open(r.Context(), sum)
	if err != nil {
		return fmt.Errorf("open evidence: %w", err)
	}
	defer file.Close() // read only: nothing is lost
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read evidence: %w", err)
	}
	head = head[:n]
	contentType, extension := "text/plain; charset=utf-8", ".txt"
	wanted := r.URL.Query().Get("type")
	if kind := imageType(head); kind != "" && (wanted == "" || strings.HasPrefix(wanted, "image/")) {
		contentType, extension = kind, "."+strings.TrimPrefix(kind, "image/")
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", sum[:12]+extension))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	_, _ = io.Copy(w, io.MultiReader(bytes.NewReader(head), file)) // the answer has begun: cutting it is all that is left
	return nil
}

// imageType is the MIME type of a PNG or JPEG, by its first bytes; empty for anything else.
func imageType(head []byte) string {
	switch kind := http.DetectContentType(head); kind {
	case "image/png", "image/jpeg":
		return kind
	}
	return ""
}

func isSHA256(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && s == strings.ToLower(s)
}

// attachment is a file of a report, as its preview shows it.
type attachment struct {
	scam.File
	Image   bool
	Text    string // of anything but a picture
	Cut     int64  // bytes of the text that are not shown
	Problem string // why it can't be shown as it would leave; empty: it can
}

// attachment reads a file and holds it to its name, size and hash.
func (a *app) attachment(ctx context.Context, f scam.File) attachment {
	at := attachment{File: f}
	data, err := a.readEvidence(ctx, f)
	if err != nil {
		at.Problem = fmt.Sprintf("%s: %v.", f.Name, err)
		return at
	}
	if at.Image = imageType(data) != ""; at.Image {
		return at
	}
	shown := data[:min(len(data), maxShown)]
	for len(shown) < len(data) && len(shown) > 0 && !utf8.RuneStart(data[len(shown)]) {
		shown = shown[:len(shown)-1]
	}
	at.Text, at.Cut = string(shown), int64(len(data)-len(shown))
	return at
}

func (a *app) readEvidence(ctx context.Context, f scam.File) ([]byte, error) {
	if !isSHA256(f.SHA256) {
		return nil, errors.New("it has no valid SHA-256")
	}
	file, err := a.Evidence.Open(ctx, f.SHA256)
	if errors.Is(err, scam.ErrNotFound) {
		return nil, errors.New("it is not in the evidence store")
	}
	if err != nil {
		a.Logger.ErrorContext(ctx, "open attachment failed", "error", err)
		return nil, errors.New("the evidence store does not answer")
	}
	defer file.Close() // read only: nothing is lost
	data, err := io.ReadAll(io.LimitReader(file, maxAttachment+1))
	if err != nil {
		a.Logger.ErrorContext(ctx, "read attachment failed", "error", err)
		return nil, errors.New("the evidence store does not answer")
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(data)) != f.Size {
		return nil, errors.New("its bytes are not those that were stored")
	}
	return data, nil
}
