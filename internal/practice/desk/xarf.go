package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// xarf is an XARF v4 report (https://xarf.org, xarf-spec 4.2.0) as far as a desk reads it.
type xarf struct {
	Version     string            `json:"xarf_version"`
	ReportID    string            `json:"report_id"`
	Timestamp   string            `json:"timestamp"`
	Reporter    json.RawMessage   `json:"reporter"`
	Sender      json.RawMessage   `json:"sender"`
	Source      string            `json:"source_identifier"`
	SourcePort  *int              `json:"source_port"`
	Category    string            `json:"category"`
	Type        string            `json:"type"`
	URL         string            `json:"url"`
	Domain      string            `json:"domain"`
	FraudType   string            `json:"fraud_type"`
	Description string            `json:"description"`
	Confidence  *float64          `json:"confidence"`
	Evidence    []json.RawMessage `json:"evidence"`
	Tags        []string          `json:"tags"`
	Internal    json.RawMessage   `json:"_internal"`
}

// party is a reporter or sender; the schema allows no further keys.
type party struct {
	Org     string `json:"org"`
	Contact string `json:"contact"`
	Domain  string `json:"domain"`
}

// How old a report may be, and how far ahead its clock.
const (
	oldest = 30 * 24 * time.Hour
	ahead  = 5 * time.Minute
)

// readXARF parses a report and holds it against the schema's rules.
func readXARF(raw []byte, now time.Time) (xarf, error) {
	var x xarf
	if err := json.Unmarshal(raw, &x); err != nil {
		return xarf{}, fmt.Errorf("xarf: not the JSON of a report: %w", err)
	}
	for _, check := range []func() error{
		x.checkHead, func() error { return x.checkTime(now) }, x.checkParties, x.checkContent, x.checkEvidence, x.checkTags,
	} {
		if err := check(); err != nil {
			return xarf{}, fmt.Errorf("xarf: %w", err)
		}
	}
	return x, nil
}

func (x xarf) checkHead() error {
	if !regexp.MustCompile(`^4\.[0-9]+\.[0-9]+$`).MatchString(x.Version) {
		return fmt.Errorf("xarf_version %q (want 4.x.y)", x.Version)
	}
	if _, err := uuid.Parse(x.ReportID); err != nil || len(x.ReportID) != 36 {
		return fmt.Errorf("report_id %q is not a UUID", x.ReportID)
	}
	if x.Source == "" {
		return errors.New("source_identifier is missing")
	}
	if x.Internal != nil {
		return errors.New("_internal must never be transmitted")
	}
	return nil
}

func (x xarf) checkTime(now time.Time) error {
	at, err := time.Parse(time.RFC3339, x.Timestamp)
	if err != nil {
		return fmt.Errorf("timestamp %q is not RFC 3339", x.Timestamp)
	}
	if at.After(now.Add(ahead)) {
		return fmt.Errorf("timestamp %s lies in the future", x.Timestamp)
	}
	if at.Before(now.Add(-oldest)) {
		return fmt.Errorf("timestamp %s is too old", x.Timestamp)
	}
	return nil
}

func (x xarf) checkParties() error {
	for name, raw := range map[string]json.RawMessage{"reporter": x.Reporter, "sender": x.Sender} {
		var p party
		if err := strict(raw, &p); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if p.Org == "" || len(p.Org) > 200 || p.Domain == "" {
			return fmt.Errorf("%s: org and domain are needed", name)
		}
		if addr, err := mail.ParseAddress(p.Contact); err != nil || addr.Address != p.Contact {
			return fmt.Errorf("%s: contact %q is not an e-mail address", name, p.Contact)
		}
	}
	return nil
}

func (x xarf) checkContent() error {
	frauds := []string{"investment", "romance", "tech_support", "lottery", "advance_fee", "cryptocurrency", "shopping", "charity", "employment", "government_impersonation", "other"}
	switch {
	case x.Category != "content":
		return fmt.Errorf("category %q (want content)", x.Category)
	case x.Type != "fraud" && x.Type != "phishing":
		return fmt.Errorf("type %q (want fraud or phishing)", x.Type)
	case x.Type == "fraud" && !slices.Contains(frauds, x.FraudType):
		return fmt.Errorf("fraud_type %q is not one of the schema's", x.FraudType)
	case len(x.Description) > 1000:
		return errors.New("description is longer than 1000 characters")
	case x.Confidence != nil && (*x.Confidence < 0 || *x.Confidence > 1):
		return errors.New("confidence is not between 0 and 1")
	case x.SourcePort != nil && (*x.SourcePort < 1 || *x.SourcePort > 65535):
		return errors.New("source_port is not a port")
	case x.Domain != "" && !regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$`).MatchString(x.Domain):
		return fmt.Errorf("domain %q is not one", x.Domain)
	}
	u, err := url.Parse(x.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("url %q is not an http or https address", x.URL)
	}
	return nil
}
