package practice

import (
	"strings"

	"popdown/internal/practice/mail"
	"popdown/internal/practice/site"
)

// recipient says which addresses take mail: the providers' abuse desks and the reporter's own.
func (n *Internet) recipient(rcpt string) mail.Knowledge {
	_, domain, _ := strings.Cut(strings.ToLower(rcpt), "@")
	known := mail.NoDomain
	if domain == MailDomain {
		return mail.Mailbox
	}
	for _, p := range n.sites.Providers {
		if strings.EqualFold(p.Abuse, rcpt) {
			return mail.Mailbox
		}
		if p.Domain() == domain {
			known = mail.NoMailbox
		}
	}
	return known
}

// takeDown is what a desk does in the end.
func (n *Internet) takeDown(p site.Provider, host string) {
	hosts, how := n.ledger.takeDown(p, host, n.options.Now())
	for _, h := range hosts {
		n.options.Logger.Info("page taken down", "host", h, "provider", p.Org, "how", how)
	}
}

func (n *Internet) reply(from, to string, raw []byte) {
	m, err := n.inbox.Keep(from, []string{to}, raw)
	if err != nil {
		n.options.Logger.Error("answer not kept", "error", err)
		return
	}
	n.options.Logger.Info("report answered", "from", from, "to", to, "subject", m.Subject)
}
