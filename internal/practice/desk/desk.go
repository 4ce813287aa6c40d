package desk

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"popdown/internal/practice/mail"
	"popdown/internal/practice/site"
	"popdown/internal/scam"
)

// Options says whose desks these are and what they can do.
type Options struct {
	Sites    *site.Set                                 // providers and their hosts; required
	ActAfter time.Duration                             // how long a desk takes; 0: it acts at once
	Act      func(provider site.Provider, host string) // takes a host, or its domain, down; required
	Reply    func(from, to string, raw []byte)         // brings a provider's mail to the reporter; nil: nobody reads it
	Logger   *slog.Logger                              // nil: silent
	Now      func() time.Time                          // nil: the system's clock
}

// Desks read what reaches the providers' abuse addresses.
type Desks struct {
	options Options
	working sync.WaitGroup
	stop    context.CancelFunc
	ctx     context.Context //nolint:containedctx // ends with Close; what is still on a desk then stays undone
}

// New opens the desks; they work until ctx ends or Close.
func New(ctx context.Context, o Options) *Desks {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Reply == nil {
		o.Reply = func(string, string, []byte) {}
	}
	d := &Desks{options: o}
	d.ctx, d.stop = context.WithCancel(ctx)
	return d
}

// Close stops the work and waits for its end.
func (d *Desks) Close() {
	d.stop()
	d.working.Wait()
}

// Receive hands a mail to the desk of each recipient.
func (d *Desks) Receive(m mail.Message) {
	for _, to := range m.To {
		for _, p := range d.options.Sites.Providers {
			if strings.EqualFold(p.Abuse, to) {
				d.options.Logger.Info("report received", "from", m.From, "to", to, "subject", m.Subject)
				d.read(p, m)
			}
		}
	}
}

// Resume acts at once on a report that came before the desks were closed; who wrote it
// has had the answer.
func (d *Desks) Resume(m mail.Message) {
	for _, to := range m.To {
		for _, p := range d.options.Sites.Providers {
			if !strings.EqualFold(p.Abuse, to) || p.Behaviour == site.Silent || p.Behaviour == site.Bounces {
				continue
			}
			if _, host, err := d.judge(p, m); err == nil {
				d.options.Act(p, host)
			}
		}
	}
}

// read does what this provider does with its mail.
func (d *Desks) read(p site.Provider, m mail.Message) {
	switch p.Behaviour {
	case site.Silent:
		return
	case site.Bounces:
		d.options.Reply("", m.From, bounce(p, m, d.options.Now()))
		return
	}
	r, host, err := d.judge(p, m)
	if err != nil {
		d.options.Logger.Warn("report refused", "to", p.Abuse, "subject", m.Subject, "reason", err.Error())
		return
	}
	if p.Behaviour == site.Ticket {
		d.options.Reply(p.Abuse, r.from, ticket(p, r, m, d.options.Now()))
	}
	d.working.Go(func() {
		select {
		case <-time.After(d.options.ActAfter):
			d.options.Act(p, host)
		case <-d.ctx.Done():
		}
	})
}

// judge says whether a report is valid, and which host of the provider it is about.
func (d *Desks) judge(p site.Provider, m mail.Message) (report, string, error) {
	r, err := readReport(m.Raw, d.options.Now())
	if err != nil {
		return report{}, "", err
	}
	name := scam.Host(r.xarf.URL)
	host, known := d.options.Sites.Hosts[name]
	switch {
	case !known:
		return report{}, "", fmt.Errorf("no host %q is known", name)
	case p.Kind == site.Network && host.Network != p.Name:
		return report{}, "", fmt.Errorf("%s is not in our network", name)
	case p.Kind == site.Registrar && host.Registrar != p.Name:
		return report{}, "", fmt.Errorf("%s is not registered with us", scam.Target(name))
	}
	if id := r.xarf.Source; id != name && id != scam.Target(name) && id != host.Address.String() {
		return report{}, "", fmt.Errorf("source_identifier %q is not the url's host or its address", id)
	}
	return r, name, nil
}
