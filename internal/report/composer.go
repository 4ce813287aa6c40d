package report

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"popdown/internal/scam"
)

// Composer writes reports. Who we are is the operator's to say; everything else comes from
// the case.
type Composer struct {
	Org       string        // organisation that reports; needed
	Name      string        // person or team who answers for it; empty: the organisation alone
	From      string        // sender's bare e-mail address: a real mailbox, no noreply (desks drop those); needed
	ReplyTo   string        // where answers go; empty: From
	PolicyURL string        // page that says how we work; empty: left out
	Domain    string        // our own domain, named in XARF; empty: that of From
	NewID     func() string // UUID of a XARF report; nil: a random one
}

// Compose writes the first report of a case to one contact: a letter in English, and as
// its attachments alert.png (when there is a picture), report.txt and xarf.json. Errors
// wrap scam.ErrInvalid: a case without findings, a contact that takes no mail, or a
// Composer that does not know who we are.
func (by Composer) Compose(c scam.Case, sheet scam.ContactSheet, to scam.Contact, screenshot []byte, now time.Time) (scam.Report, []scam.Capture, error) {
	by, err := by.complete()
	if err != nil {
		return scam.Report{}, nil, err
	}
	if to.Channel != scam.ChannelEmail {
		return scam.Report{}, nil, fmt.Errorf("%w: %s takes no mail (channel %s)", scam.ErrInvalid, to.Org, to.Channel)
	}
	if err := mailAddress(to.Address); err != nil {
		return scam.Report{}, nil, err
	}
	m, err := newMatter(c, sheet, to, now)
	if err != nil {
		return scam.Report{}, nil, err
	}
	attached, err := m.attachments(by, screenshot)
	if err != nil {
		return scam.Report{}, nil, err
	}
	from := mail.Address{Name: clean(by.Org, 120), Address: by.From}
	return scam.Report{
		CaseID: c.ID, ContactID: to.ID, Contact: to, Kind: "initial", Step: 0, State: scam.ReportDraft,
		From: from.String(), To: []string{to.Address}, Subject: m.subject(), Body: m.body(by, attached), CreatedAt: m.now,
	}, attached, nil
}

// attachments are written in the order of the letter.
func (m *matter) attachments(by Composer, screenshot []byte) ([]scam.Capture, error) {
	var list []scam.Capture
	if screenshot != nil {
		png, err := picture(screenshot, []string{"URL: " + exact(m.first.LandingURL),
			"First seen: " + precise(m.first.FirstSeenAt) + "   Case: " + m.c.Ref()})
		if err == nil {
			m.picture = png
			list = append(list, scam.Capture{Name: "alert.png", ContentType: "image/png", Data: png})
		} else {
			m.noPicture = err.Error() // a letter without it still helps; it says why there is none
		}
	}
	list = append(list, scam.Capture{Name: "report.txt", ContentType: "text/plain; charset=utf-8", Data: m.facts()})
	x, err := m.xarf(by, by.NewID()).Encode()
	if err != nil {
		return nil, err
	}
	return append(list, scam.Capture{Name: "xarf.json", ContentType: "application/json", Data: x}), nil
}

// complete fills in what may be left empty.
func (by Composer) complete() (Composer, error) {
	if clean(by.Org, 120) == "" {
		return by, fmt.Errorf("%w: composer: Org is missing", scam.ErrInvalid)
	}
	if err := mailAddress(by.From); err != nil {
		return by, fmt.Errorf("composer: From: %w", err)
	}
	if by.ReplyTo == "" {
		by.ReplyTo = by.From
	}
	if err := mailAddress(by.ReplyTo); err != nil {
		return by, fmt.Errorf("composer: ReplyTo: %w", err)
	}
	if by.Domain == "" {
		_, by.Domain, _ = strings.Cut(by.From, "@")
	}
	if by.NewID == nil {
		by.NewID = uuid.NewString
	}
	return by, nil
}

// mailAddress accepts a bare ASCII address without quoting, which is all that a command
// line of SMTP can be trusted with. The error wraps scam.ErrInvalid.
func mailAddress(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	bad := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)
	}
	if !ok || local == "" || len(local) > 64 || strings.IndexFunc(local, bad) >= 0 || !isHostname(domain) {
		return fmt.Errorf("%w: %q is not a plain e-mail address", scam.ErrInvalid, s)
	}
	return nil
}
