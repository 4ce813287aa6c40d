package practice

import (
	"fmt"

	"popdown/internal/practice/mail"
	"popdown/internal/practice/site"
	"popdown/internal/practice/web"
)

// Sites are the files that this Internet was made of, with what each truly is. The
// labels are for a final accounting; nothing that is being tested may read them.
func (n *Internet) Sites() []site.Site { return n.sites.Sites }

// State tells whether a host still shows its own pages, and if not, who took it down.
func (n *Internet) State(host string) State { return n.ledger.state(host) }

// TakeDown lets a provider act on a host without a report.
func (n *Internet) TakeDown(host, provider string) error {
	p, ok := n.sites.Providers[provider]
	h, known := n.sites.Hosts[host]
	if !ok || !known || h.Network != provider && h.Registrar != provider {
		return fmt.Errorf("%q has no host %q to take down", provider, host)
	}
	n.takeDown(p, host)
	return nil
}

// Messages are the mails that reporters sent, in order.
func (n *Internet) Messages() []mail.Message { return n.mailbox.Messages() }

// Replies are the mails that providers sent back: tickets and bounces.
func (n *Internet) Replies() []mail.Message { return n.inbox.Messages() }

// Duplicates counts the mails that said again what an earlier one had said: the same
// Message-ID, or the same text to the same recipient.
func (n *Internet) Duplicates() int {
	count := 0
	for _, m := range n.Messages() {
		if m.DuplicateOf != 0 {
			count++
		}
	}
	return count
}

// Requests is the web server's log, oldest first.
func (n *Internet) Requests() []web.Request { return n.web.Requests() }
