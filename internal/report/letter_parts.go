package report

import (
	"fmt"
	"strings"

	"popdown/internal/scam"
)

func (m matter) reproduce(b *strings.Builder) {
	heading(b, "How to reproduce")
	fmt.Fprintf(b, "Visit %s\nwith %s (a desktop browser; others may be shown something harmless).\n",
		defanged(m.first.LandingURL), visitor(m.first.Persona))
	if m.first.Referrer != "" {
		fmt.Fprintf(b, "Send as Referer: %s\n", defanged(m.first.Referrer))
	}
	if page, ok := m.click(); ok {
		fmt.Fprintf(b, "We came by a click on %s\n", defanged(page))
	}
	if m.first.StartURL != "" && m.first.StartURL != m.first.LandingURL {
		fmt.Fprintf(b, "The chain began at %s; every step is in report.txt.\n", defanged(m.first.StartURL))
	}
}

// places lists the other pages and where each number was seen, when there is more than one.
func (m matter) places(b *strings.Builder) {
	if len(m.findings) > 1 {
		heading(b, fmt.Sprintf("All pages of this case (%d)", len(m.findings)))
		for _, f := range m.findings {
			fmt.Fprintf(b, "- %s\n", defanged(f.LandingURL))
		}
		if more := len(m.c.Findings) - len(m.findings); more > 0 {
			fmt.Fprintf(b, "and %d more.\n", more)
		}
	}
	if len(m.numbers) > 1 {
		heading(b, "Numbers")
		for _, n := range m.numbers {
			fmt.Fprintf(b, "- %s, on %d page(s)\n", n.E164, m.pages[n.E164])
		}
	}
}

func (m matter) request(b *strings.Builder) {
	heading(b, "What we ask of you")
	action := m.action()
	fmt.Fprintf(b, "Please %s.\n", action)
	registrar := m.to.Scope == scam.ScopeRegistrar || m.to.Scope == scam.ScopeRegistry
	if registrar && m.impersonates() {
		b.WriteString("The page deceives people by posing as a trusted brand to obtain money and access, which is phishing and so\n" +
			"DNS Abuse (ICANN Registrar Accreditation Agreement, section 3.18.2).\n")
	}
	if registrar && m.sheet.RegistrationType == "malicious_registration" {
		fmt.Fprintf(b, "The domain was registered on %s; we first saw the scam on %s.\n",
			m.sheet.RegisteredAt.UTC().Format("2006-01-02"), m.seen.Format("2006-01-02"))
	}
	b.WriteString("If you are not the right one to act, please tell us who is.\n")
}

func (m matter) evidence(b *strings.Builder, attached []scam.Capture) {
	heading(b, "Evidence attached")
	if m.noPicture != "" {
		fmt.Fprintf(b, "- no picture: %s\n", clean(m.noPicture, 120))
	}
	for _, a := range attached {
		fmt.Fprintf(b, "- %s, sha256 %s\n", a.Name, sha256Hex(a.Data))
	}
}

// notice holds what Art. 16(2) DSA asks of a notice: (a) reasons, (b) exact locations,
// (c) name and e-mail address, (d) the statement of good faith.
func (m matter) notice(b *strings.Builder, by Composer) {
	heading(b, "Notice")
	b.WriteString("Where Regulation (EU) 2022/2065 applies, this is a notice under its Article 16(2):\n" +
		"(a) the reasons stand above; (b) the exact locations are in report.txt and xarf.json;\n")
	who := clean(by.Org, 120)
	if name := clean(by.Name, 120); name != "" {
		who = name + ", " + who
	}
	fmt.Fprintf(b, "(c) it is submitted by %s, %s;\n", who, by.ReplyTo)
	b.WriteString("(d) we believe in good faith that the information and allegations in it are accurate and complete.\n")
	if by.PolicyURL != "" {
		fmt.Fprintf(b, "How we work: %s\n", exact(by.PolicyURL))
	}
}

func heading(b *strings.Builder, title string) { fmt.Fprintf(b, "\n%s\n", title) }

// row is one line of the summary.
func row(b *strings.Builder, label, value string) { fmt.Fprintf(b, "%-19s %s\n", label+":", value) }

func country(code string) string {
	if !isCountry(code) {
		return ""
	}
	return " (" + code + ")"
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
