package report

import (
	"fmt"
	"strings"
	"time"

	"popdown/internal/scam"
)

// facts is report.txt: everything that the letter defangs or shortens, exactly.
func (m matter) facts() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Case %s, facts as of %s\nEvery URL below is exact and leads to a scam: do not open it unprotected.\n", m.c.Ref(), stamp(m.now))
	m.registry(&b)
	for i, f := range m.findings {
		m.page(&b, i+1, f)
	}
	if more := len(m.c.Findings) - len(m.findings); more > 0 {
		fmt.Fprintf(&b, "\n%d further pages of this case are not listed.\n", more)
	}
	return []byte(b.String())
}

func (m matter) registry(b *strings.Builder) {
	heading(b, "== Target ==")
	row(b, "Target", exact(m.c.Target))
	row(b, "Addresses", orUnknown(strings.Join(m.addresses(), ", ")))
	row(b, "Network", orUnknown(clean(m.sheet.Network, 200))+country(m.sheet.Country))
	row(b, "Registrar", orUnknown(clean(m.sheet.Registrar, 200)))
	row(b, "Registered", stamp(m.sheet.RegisteredAt))
	row(b, "Name servers", orUnknown(clean(strings.Join(m.sheet.Nameservers, ", "), 500)))
	row(b, "Impersonated", orNone(strings.TrimSpace(m.brand.Name+" "+m.brand.Site)))
	for _, n := range m.numbers {
		row(b, "Number", fmt.Sprintf("%s (%s), on %d page(s)", n.E164, orUnknown(clean(n.Kind, 30)), m.pages[n.E164]))
	}
}

func (m matter) page(b *strings.Builder, nr int, f scam.Finding) {
	heading(b, fmt.Sprintf("== Page %d ==", nr))
	row(b, "URL", exact(f.LandingURL))
	row(b, "Title", orNone(clean(f.Title, 200)))
	row(b, "First seen", precise(f.FirstSeenAt))
	row(b, "Last verified live", precise(f.LastSeenAt))
	row(b, "Times seen", fmt.Sprint(f.Visits))
	for _, n := range f.Verdict.Numbers {
		row(b, "Number", fmt.Sprintf("%s, as printed: %s", clean(n.E164, 20), clean(n.Raw, 60)))
	}
	row(b, "Visitor", fmt.Sprintf("%s (persona %s)", visitor(f.Persona), clean(f.Persona, 60)))
	row(b, "Referer sent", orNone(exact(f.Referrer)))
	b.WriteString("Chain:\n")
	for _, h := range f.Chain {
		fmt.Fprintf(b, "  %d. %-11s status %d, from %s\n     %s\n", h.Seq, h.Via, h.Status, orUnknown(clean(h.IP, 60)), exact(h.URL))
	}
	b.WriteString("Kept as evidence (SHA-256):\n")
	for _, file := range f.Files {
		fmt.Fprintf(b, "  %s  %s\n", clean(file.SHA256, 64), clean(file.Name, 80))
	}
	if f.Manifest != "" {
		fmt.Fprintf(b, "  %s  manifest\n", clean(f.Manifest, 64))
	}
}

func precise(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format(time.RFC3339)
}
