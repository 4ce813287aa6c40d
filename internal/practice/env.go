package practice

import (
	"fmt"
	"path/filepath"
	"strings"
)

func (n *Internet) caFile() string       { return filepath.Join(n.options.Dir, "ca.pem") }
func (n *Internet) passwordFile() string { return filepath.Join(n.options.Dir, "smtp-password") }

// Env is the environment (NAME=value) that points both programs at this Internet.
func (n *Internet) Env() []string {
	return []string{
		"POPDOWN_MAP=*.example=" + n.web.Addr().String(),
		"POPDOWN_ALLOW=127.0.0.1/32",
		"POPDOWN_RESOLVER=" + n.dns.Addr().String(),
		"POPDOWN_RDAP_BOOTSTRAP=http://data.iana.example/rdap/",
		"POPDOWN_CA_FILE=" + n.caFile(),
		"POPDOWN_SMTP_ADDR=" + n.mail.Addr().String(),
		"POPDOWN_SMTP_USER=" + MailFrom,
		"POPDOWN_SMTP_PASSWORD_FILE=" + n.passwordFile(),
		"POPDOWN_MAIL_FROM=" + MailFrom,
	}
}

// Flags points one `crawler scan` at this Internet.
func (n *Internet) Flags() []string {
	return []string{"--map", "*.example=" + n.web.Addr().String(), "--allow", "127.0.0.1/32"}
}

// Guide tells a person what runs where and how to use it.
func (n *Internet) Guide() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The practice Internet is up: %d sites, %d hosts, %d providers.\n\n", len(n.sites.Sites), len(n.sites.Hosts), len(n.sites.Providers))
	fmt.Fprintf(&b, "  web (http and https)  %s\n  DNS (UDP and TCP)     %s\n  mail submission       %s\n  mailbox               %s\n\n",
		n.web.Addr(), n.dns.Addr(), n.mail.Addr(), filepath.Join(n.options.Dir, "mailbox"))
	b.WriteString("Look at one page:\n\n")
	flags := n.Flags()
	fmt.Fprintf(&b, "  crawler scan %s '%s' %s %s %s\n\n", flags[0], flags[1], flags[2], flags[3], n.sites.Sites[0].Landings[0])
	b.WriteString("Point both programs at it:\n\n")
	for _, line := range n.Env() {
		name, value, _ := strings.Cut(line, "=")
		fmt.Fprintf(&b, "  export %s='%s'\n", name, value)
	}
	return b.String()
}
