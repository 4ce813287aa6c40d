package report

import (
	"fmt"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// subject names the case, the scam and where it is; desks that drop headers thread by it.
func (m matter) subject() string {
	what := m.kind()
	if m.impersonates() {
		what = "Phishing / " + what
	} else {
		what = strings.ToUpper(what[:1]) + what[1:]
	}
	where := scam.Defang(exact(m.c.Target))
	if ips := m.addresses(); len(ips) > 0 && ips[0] != m.c.Target {
		where += " (" + ips[0] + ")"
	}
	return clean(fmt.Sprintf("[case %s] %s: %s %s", m.c.Ref(), what, where, m.now.Format("2006-01-02")), 200)
}

// body is the letter: a summary of ten lines that a tired desk understands at once, then
// the reasons, and what makes it a notice under Art. 16(2) of Regulation (EU) 2022/2065.
// Addresses are defanged so that no filter drops the letter; the attachments are exact.
func (m matter) body(by Composer, attached []scam.Capture) string {
	var b strings.Builder
	m.summary(&b)
	m.reasons(&b)
	m.reproduce(&b)
	m.places(&b)
	m.request(&b)
	m.evidence(&b, attached)
	m.notice(&b, by)
	return b.String()
}

func (m matter) summary(b *strings.Builder) {
	row(b, "What", m.what())
	row(b, "Where", defanged(m.first.LandingURL)+" (exact in report.txt and xarf.json)")
	row(b, "Address", orUnknown(strings.Join(m.addresses(), ", "))+", network "+orUnknown(clean(m.sheet.Network, 80))+country(m.sheet.Country))
	domain := scam.Defang(exact(m.c.Target))
	if m.sheet.RegistrationType != "platform_subdomain" {
		domain += ", registrar " + orUnknown(clean(m.sheet.Registrar, 80))
	}
	if !m.sheet.RegisteredAt.IsZero() {
		domain += ", registered " + m.sheet.RegisteredAt.UTC().Format("2006-01-02")
	}
	row(b, "Domain", domain)
	row(b, "First seen", stamp(m.seen))
	row(b, "Last verified live", stamp(m.verified))
	row(b, "Numbers shown", orNone(strings.Join(m.e164s(), ", ")))
	row(b, "Requested", m.action())
	row(b, "Our reference", m.c.Ref()+" (please keep it in the subject, and tell us your ticket number)")
}

// what describes the page in one sentence.
func (m matter) what() string {
	s := "a page that imitates a security alert"
	if m.impersonates() {
		s = "a page that imitates a security alert of " + m.brand.Name
	}
	if len(m.first.Behaviors) > 0 {
		s += ", hinders the visitor from leaving"
	}
	if len(m.numbers) > 0 {
		s += " and tells visitors to call a false support number"
	}
	return s
}

// action is what this contact, given its scope, can do.
func (m matter) action() string {
	switch m.to.Scope {
	case scam.ScopeRegistrar, scam.ScopeRegistry:
		return "suspend the domain (clientHold) so that it stops resolving"
	case scam.ScopeCDN:
		return "stop serving the content and pass this report to the host behind you"
	case scam.ScopePlatform:
		return "remove the page and suspend your customer's account"
	case scam.ScopeNetwork:
		return "remove the content and suspend the account that serves it"
	}
	return "act against the content as far as you can"
}

func (m matter) reasons(b *strings.Builder) {
	heading(b, "Why we say so")
	if m.impersonates() {
		fmt.Fprintf(b, "- The page poses as %s so that visitors call a number that is not %s's.\n", m.brand.Name, m.brand.Name)
	} else {
		b.WriteString("- The page poses as an alert of technical support so that visitors call.\n")
	}
	b.WriteString("- This is tech-support fraud: such calls serve to obtain payment or remote access by deceit.\n")
	for _, word := range behaviours(m.first.Behaviors) {
		fmt.Fprintf(b, "- It %s.\n", word)
	}
	for i, d := range m.first.Dialogs {
		if i == 3 {
			break
		}
		fmt.Fprintf(b, "- It showed %d time(s) a dialog (%s): \"%s\"\n", d.Count, clean(d.Type, 20), quote(d.Text, 160))
	}
	said := 0
	for _, s := range m.first.Verdict.Signals { // what the page says, in its own words
		if s.Weight <= 0 || s.Excerpt == "" || said == 3 || !strings.HasPrefix(s.Rule, "wording/") {
			continue
		}
		said++
		fmt.Fprintf(b, "- It says: \"... %s ...\"\n", quote(s.Excerpt, 160))
	}
}

// behaviours puts what the page did into words, each once, in the order seen.
func behaviours(seen []scam.Behavior) []string {
	words := map[string]string{
		"dialog_loop":         "opens dialog after dialog",
		"fullscreen":          "takes the whole screen",
		"keyboard_lock":       "locks the keyboard",
		"pointer_lock":        "locks the mouse pointer",
		"cursor_hidden":       "hides the mouse pointer",
		"beforeunload":        "asks again when the visitor tries to leave",
		"history_trap":        "disables the back button",
		"auth_prompt":         "shows a login prompt as a warning",
		"audio":               "plays an alarm",
		"speech":              "reads its warning aloud",
		"notification_prompt": "asks to send notifications",
		"download":            "starts a download",
		"print":               "opens the print dialog",
		"contextmenu_blocked": "blocks the right mouse button",
		"keys_blocked":        "blocks keys",
		"ip_lookup":           "shows visitors their own address to frighten them",
		"chat_widget":         "opens a chat with the false support",
		"remote_tool_link":    "leads to a remote-control tool",
		"debugger_trap":       "hinders its inspection",
	}
	var list []string
	for _, s := range seen {
		if w := words[s.Name]; w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}
