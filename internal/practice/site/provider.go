package site

import (
	"bytes"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kind is what a provider runs.
type Kind string

const (
	Network   Kind = "network"   // owns addresses and hosts what stands at them
	Registrar Kind = "registrar" // registers domains
)

// Behaviour is what a provider's abuse desk does with a valid report.
type Behaviour string

const (
	Acts    Behaviour = "acts"    // takes down
	Ticket  Behaviour = "ticket"  // answers with a ticket number, then takes down
	Bounces Behaviour = "bounces" // the mailbox is full: a delivery status notification comes back
	Silent  Behaviour = "silent"  // reads nothing, answers nothing
)

// Provider is a company that hosts or registers.
type Provider struct {
	Name      string         `yaml:"name"`      // key in the host lines
	Kind      Kind           `yaml:"kind"`      // network or registrar
	Org       string         `yaml:"org"`       // as RDAP and its pages print it
	Country   string         `yaml:"country"`   // ISO 3166-1 alpha-2
	Abuse     string         `yaml:"abuse"`     // e-mail address of its abuse desk
	Behaviour Behaviour      `yaml:"behaviour"` // what the desk does
	Prefixes  []netip.Prefix `yaml:"prefixes"`  // networks: what it owns
	IANAID    string         `yaml:"iana_id"`   // registrars: their number
	Thin      bool           `yaml:"thin"`      // registrars: the registry's record lacks the abuse address; only the registrar's own has it
	Page      Notice         `yaml:"page"`      // what stands in a page's place once it acted
}

// Notice is the page that a provider puts in place of what it took down.
type Notice struct {
	Status int    `yaml:"status"` // HTTP status
	Server string `yaml:"server"` // Server header; empty: nginx
	Body   string `yaml:"body"`   // HTML; {{host}} stands for the host
}

// For is the notice's HTML for one host.
func (n Notice) For(host string) string { return strings.ReplaceAll(n.Body, "{{host}}", host) }

// Domain is the domain of the provider's mail.
func (p Provider) Domain() string {
	_, domain, _ := strings.Cut(p.Abuse, "@")
	return domain
}

// parseProviders reads the providers' table. Errors name the file and the line.
func parseProviders(raw []byte) (map[string]Provider, error) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	var nodes []yaml.Node
	if err := yaml.Unmarshal(raw, &nodes); err != nil {
		return nil, fmt.Errorf("%s: %w", ProvidersFile, err)
	}
	var list []Provider
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", ProvidersFile, err)
	}
	byName := map[string]Provider{}
	for i, p := range list {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: provider %q: %w", ProvidersFile, nodes[i].Line, p.Name, err)
		}
		if _, ok := byName[p.Name]; ok {
			return nil, fmt.Errorf("%s:%d: provider %q stands twice", ProvidersFile, nodes[i].Line, p.Name)
		}
		byName[p.Name] = p
	}
	return byName, nil
}

func (p Provider) check() error {
	if p.Name == "" || p.Org == "" {
		return fmt.Errorf("name and org are needed")
	}
	if _, err := mail.ParseAddress(p.Abuse); err != nil || !strings.HasSuffix(p.Abuse, ".example") {
		return fmt.Errorf("abuse %q is not an address below .example", p.Abuse)
	}
	switch p.Behaviour {
	case Acts, Ticket, Bounces, Silent:
	default:
		return fmt.Errorf("behaviour %q (want acts, ticket, bounces or silent)", p.Behaviour)
	}
	if p.Page.Status < 200 || p.Page.Status > 599 || p.Page.Body == "" {
		return fmt.Errorf("page needs a status and a body")
	}
	switch {
	case p.Kind == Network && len(p.Prefixes) > 0, p.Kind == Registrar && p.IANAID != "":
		return nil
	case p.Kind == Network:
		return fmt.Errorf("a network needs prefixes")
	case p.Kind == Registrar:
		return fmt.Errorf("a registrar needs iana_id")
	}
	return fmt.Errorf("kind %q (want network or registrar)", p.Kind)
}
