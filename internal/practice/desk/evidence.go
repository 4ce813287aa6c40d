package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// item is a piece of evidence; the schema allows no further keys.
type item struct {
	ContentType string `json:"content_type"`
	Description string `json:"description"`
	Payload     string `json:"payload"`
	Hash        string `json:"hash"`
	Size        *int   `json:"size"`
}

func (x xarf) checkEvidence() error {
	if len(x.Evidence) > 50 {
		return errors.New("more than 50 items of evidence")
	}
	for i, raw := range x.Evidence {
		var e item
		if err := strict(raw, &e); err != nil {
			return fmt.Errorf("evidence %d: %w", i, err)
		}
		data, err := base64.StdEncoding.DecodeString(e.Payload)
		if err != nil || len(data) == 0 || e.ContentType == "" {
			return fmt.Errorf("evidence %d: content_type and a base64 payload are needed", i)
		}
		if len(data) > 5<<20 || e.Size != nil && *e.Size != len(data) {
			return fmt.Errorf("evidence %d: size is not that of the payload, or above 5 MiB", i)
		}
		sum := sha256.Sum256(data)
		if want, ok := strings.CutPrefix(e.Hash, "sha256:"); ok && !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
			return fmt.Errorf("evidence %d: hash is not that of the payload", i)
		}
	}
	return nil
}

func (x xarf) checkTags() error {
	tag := regexp.MustCompile(`^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$`)
	if len(x.Tags) > 20 {
		return errors.New("more than 20 tags")
	}
	for _, t := range x.Tags {
		if !tag.MatchString(t) {
			return fmt.Errorf("tag %q is not namespace:predicate", t)
		}
	}
	return nil
}

// strict decodes an object that may hold no other keys than those of the target.
func strict(raw json.RawMessage, into any) error {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return errors.New("is missing")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
