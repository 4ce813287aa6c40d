package practice

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"

	"popdown/internal/practice/desk"
	"popdown/internal/practice/dns"
	"popdown/internal/practice/mail"
	"popdown/internal/practice/rdap"
	"popdown/internal/practice/site"
	"popdown/internal/practice/web"
)

// The reporter's mail account on the offline Internet.
const (
	MailDomain = "popdown-desk.example"
	MailFrom   = "takedown@" + MailDomain
)

// Internet is the running offline Internet.
type Internet struct {
	options  Options
	sites    *site.Set
	lock     *os.File // of the folder
	ledger   *ledger
	ca       *web.CA
	password string
	web      *web.Server
	dns      *dns.Server
	mail     *mail.Server
	mailbox  *mail.Box // what reporters sent
	inbox    *mail.Box // what providers answered
	desks    *desk.Desks
}

// Start reads the sites and starts every server. They run until ctx ends or Close.
// An error names the file and line, or the occupied address.
func Start(ctx context.Context, o Options) (*Internet, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	sites, err := site.Load(o.Sites)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	n := &Internet{options: o, lock: lock, sites: sites, ledger: newLedger(sites), password: rand.Text()}
	if err := n.files(); err != nil {
		n.Close()
		return nil, err
	}
	if err := n.start(ctx); err != nil {
		n.Close()
		return nil, err
	}
	context.AfterFunc(ctx, n.Close)
	return n, nil
}

// files makes the authority, the mailboxes and the files that the programs are pointed at.
func (n *Internet) files() error {
	var err error
	if n.ca, err = web.NewCA(n.options.Now); err != nil {
		return err
	}
	if n.mailbox, err = mail.OpenBox(filepath.Join(n.options.Dir, "mailbox"), n.options.Now); err != nil {
		return err
	}
	if n.inbox, err = mail.OpenBox(filepath.Join(n.options.Dir, "inbox"), n.options.Now); err != nil {
		return err
	}
	if err := os.WriteFile(n.caFile(), n.ca.PEM(), 0o644); err != nil {
		return fmt.Errorf("write practice CA: %w", err)
	}
	if err := os.WriteFile(n.passwordFile(), []byte(n.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write practice password: %w", err)
	}
	return nil
}

func (n *Internet) start(ctx context.Context) error {
	o := n.options
	programs := rdap.Hosts(rdap.Options{Sites: n.sites, Held: n.ledger.held, PerSecond: o.RDAPPerSecond, Now: o.Now})
	var err error
	n.web, err = web.Start(ctx, web.Options{
		Addr: o.WebAddr, Sites: n.sites, CA: n.ca, Hosts: programs, Down: n.ledger.down, Logger: o.Logger, Now: o.Now,
	})
	if err != nil {
		return occupied(o.WebAddr, err)
	}
	n.dns, err = dns.Start(ctx, dns.Options{
		Addr: o.DNSAddr, Sites: n.sites, Extra: services(programs), Mail: []string{MailDomain}, Held: n.ledger.held,
	})
	if err != nil {
		return occupied(o.DNSAddr, err)
	}
	n.desks = desk.New(ctx, desk.Options{
		Sites: n.sites, ActAfter: o.ActAfter, Act: n.takeDown, Reply: n.reply, Logger: o.Logger, Now: o.Now,
	})
	for _, m := range n.mailbox.Messages() {
		n.desks.Resume(m)
	}
	n.mail, err = mail.Start(ctx, mail.Options{
		Addr: o.SMTPAddr, TLS: n.ca.TLS(), User: MailFrom, Password: n.password, Sender: MailDomain,
		Known: n.recipient, Box: n.mailbox, Deliver: n.desks.Receive, Answer: o.MailAnswer, Logger: o.Logger,
	})
	return occupied(o.SMTPAddr, err)
}

// services gives the net's own hosts an address to resolve to.
func services(programs map[string]http.Handler) map[string]netip.Addr {
	addr := netip.MustParseAddr("192.0.2.250")
	hosts := map[string]netip.Addr{"mail.practice.example": addr}
	for name := range programs {
		hosts[name] = addr
	}
	return hosts
}

// Close stops every server. A desk that had not acted yet no longer does.
func (n *Internet) Close() {
	if n.mail != nil {
		_ = n.mail.Close()
	}
	if n.desks != nil {
		n.desks.Close()
	}
	if n.dns != nil {
		_ = n.dns.Close()
	}
	if n.web != nil {
		_ = n.web.Close()
	}
	_ = n.lock.Close()
}

// lockDir makes the folder and holds it: two practice Internets in one would overwrite
// each other's certificate authority.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the practice folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the practice folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s is in use by another practice Internet: choose another folder", dir)
	}
	return f, nil
}
