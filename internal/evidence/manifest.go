package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"popdown/internal/scam"
)

// manifestSchema names the form of a manifest; a change that is more than a new field
// gets a new number.
const manifestSchema = "popdown/visit/1"

const manifestName = "manifest.json"

// manifest is what a visit was and which files it left, in this order. The same visit
// gives the same bytes. The text of a landing is in its DOM file, that of its frames
// is nowhere else.
type manifest struct {
	Schema       string            `json:"schema"`
	RequestedURL string            `json:"requested_url"`
	Referrer     string            `json:"referrer"`
	Persona      string            `json:"persona"`
	Purpose      scam.Purpose      `json:"purpose"`
	StartedAt    time.Time         `json:"started_at"` // RFC 3339, UTC
	TookMS       int64             `json:"took_ms"`
	Outcome      scam.Outcome      `json:"outcome"`
	Error        string            `json:"error"` // why the outcome is not loaded
	Landings     []manifestLanding `json:"landings"`
	Dials        []scam.Dial       `json:"dials"` // where hosts really were
	Files        []scam.File       `json:"files"`
}

type manifestLanding struct {
	URL       string          `json:"url"`
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Chain     []scam.Hop      `json:"chain"`
	Frames    []scam.Frame    `json:"frames"`
	Dialogs   []scam.Dialog   `json:"dialogs"`
	Behaviors []scam.Behavior `json:"behaviors"`
}

// encodeManifest gives the manifest of a visit whose captures are the given files.
func encodeManifest(v scam.Visit, files []scam.File) ([]byte, error) {
	m := manifest{
		Schema:       manifestSchema,
		RequestedURL: v.RequestedURL,
		Referrer:     v.Referrer,
		Persona:      v.Persona,
		Purpose:      v.Purpose,
		StartedAt:    v.StartedAt.UTC(),
		TookMS:       v.Took.Milliseconds(),
		Outcome:      v.Outcome,
		Error:        v.Error,
		Landings:     make([]manifestLanding, len(v.Landings)),
		Dials:        list(v.Dials),
		Files:        list(files),
	}
	for i, l := range v.Landings {
		m.Landings[i] = manifestLanding{
			URL: l.URL, Title: l.Title, Status: l.Status, Chain: list(l.Chain), Frames: list(l.Frames),
			Dialogs: list(l.Dialogs), Behaviors: list(l.Behaviors),
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	return out.Bytes(), nil
}

// list makes an absent list an empty one, so that readers find [] and never null.
func list[E any](s []E) []E {
	if s == nil {
		return []E{}
	}
	return s
}

// KeepVisit stores a visit's captures and then its manifest, and fills in Files and
// Manifest. When any of it fails, the visit is left as it was; what was stored by
// then stays, under names that nothing points to.
func (s *Store) KeepVisit(ctx context.Context, v *scam.Visit) error {
	if err := checkNames(v.Captures); err != nil {
		return fmt.Errorf("keep visit: %w", err)
	}
	files := make([]scam.File, 0, len(v.Captures))
	for _, c := range v.Captures {
		f, err := s.Put(ctx, c)
		if err != nil {
			return fmt.Errorf("keep visit: %w", err)
		}
		files = append(files, f)
	}
	data, err := encodeManifest(*v, files)
	if err != nil {
		return fmt.Errorf("keep visit: %w", err)
	}
	f, err := s.Put(ctx, scam.Capture{Name: manifestName, ContentType: "application/json", Data: data})
	if err != nil {
		return fmt.Errorf("keep visit: %w", err)
	}
	v.Files, v.Manifest = files, f.SHA256
	return nil
}

// checkNames refuses captures that can't lie side by side in one folder. The error
// wraps scam.ErrInvalid.
func checkNames(captures []scam.Capture) error {
	seen := map[string]bool{manifestName: true}
	for _, c := range captures {
		plain := c.Name == filepath.Base(c.Name) && !strings.HasPrefix(c.Name, ".") && !strings.ContainsAny(c.Name, "/\\\x00")
		switch {
		case !plain:
			return fmt.Errorf("%w: %q is not a plain file name", scam.ErrInvalid, c.Name)
		case seen[c.Name]:
			return fmt.Errorf("%w: two files are named %q", scam.ErrInvalid, c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}
