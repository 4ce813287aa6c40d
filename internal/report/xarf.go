package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// XARF is a report of harmful content in the terms of XARF 4.2.0, types content/fraud and
// content/phishing (https://xarf.org, schemas xarf-core, content-base, content-fraud and
// content-phishing). Encode checks the rules before anything is written.
type XARF struct {
	Version          string         `json:"xarf_version"` // "4.2.0"
	ReportID         string         `json:"report_id"`    // UUID
	Timestamp        time.Time      `json:"timestamp"`    // when the content was first seen
	Reporter         XARFParty      `json:"reporter"`
	Sender           XARFParty      `json:"sender"`
	SourceIdentifier string         `json:"source_identifier"` // IP address or domain of the content
	SourcePort       int            `json:"source_port,omitempty"`
	Category         string         `json:"category"` // "content"
	Type             string         `json:"type"`     // "fraud" or "phishing"
	Description      string         `json:"description,omitempty"`
	EvidenceSource   string         `json:"evidence_source,omitempty"`
	Evidence         []XARFEvidence `json:"evidence,omitempty"`
	Tags             []string       `json:"tags,omitempty"`
	Confidence       float64        `json:"confidence,omitempty"` // 0 to 1; 0: not given

	URL                string     `json:"url"`
	Domain             string     `json:"domain,omitempty"` // never punycode: the published pattern rejects it
	Registrar          string     `json:"registrar,omitempty"`
	Nameservers        []string   `json:"nameservers,omitempty"`
	DNSRecords         *XARFDNS   `json:"dns_records,omitempty"`
	VerifiedAt         time.Time  `json:"verified_at,omitzero"`
	VerificationMethod string     `json:"verification_method,omitempty"`
	TargetBrand        string     `json:"target_brand,omitempty"`
	HostingProvider    string     `json:"hosting_provider,omitempty"`
	CountryCode        string     `json:"country_code,omitempty"` // ISO 3166-1 alpha-2
	Whois              *XARFWhois `json:"whois,omitempty"`

	FraudType     string `json:"fraud_type,omitempty"` // fraud only
	ClaimedEntity string `json:"claimed_entity,omitempty"`

	LureType      string   `json:"lure_type,omitempty"`      // phishing only
	ClonedSite    string   `json:"cloned_site,omitempty"`    // phishing only
	RedirectChain []string `json:"redirect_chain,omitempty"` // phishing only

	// The standard has no field for what follows; further top-level keys are allowed.
	PhoneNumbers   []string `json:"scam_phone_numbers,omitempty"` // E.164
	AdditionalURLs []string `json:"additional_urls,omitempty"`    // of the same case
}

// XARFParty is who reports, or who sends the report.
type XARFParty struct {
	Org     string `json:"org"`
	Contact string `json:"contact"` // e-mail address
	Domain  string `json:"domain"`
}

// XARFEvidence is one piece of evidence. The payload is base64 in JSON.
type XARFEvidence struct {
	ContentType string `json:"content_type"`
	Description string `json:"description,omitempty"`
	Payload     []byte `json:"payload"`
	Hash        string `json:"hash,omitempty"` // "sha256:<hex>" of the payload
	Size        int    `json:"size,omitempty"` // bytes of the payload
}

// XARFDNS is what DNS answered for the content's host.
type XARFDNS struct {
	A    []string `json:"a,omitempty"`
	AAAA []string `json:"aaaa,omitempty"`
}

// XARFWhois is what the registry says of the domain.
type XARFWhois struct {
	CreatedDate           time.Time `json:"created_date,omitzero"`
	RegistrarAbuseContact string    `json:"registrar_abuse_contact,omitempty"`
}

// Encode checks the report and writes it as indented JSON. Errors wrap scam.ErrInvalid.
func (x XARF) Encode() ([]byte, error) {
	if err := x.Validate(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // URLs stay readable
	e.SetIndent("", "  ")
	if err := e.Encode(x); err != nil {
		return nil, fmt.Errorf("encode xarf: %w", err)
	}
	return b.Bytes(), nil
}
