package scam

import "time"

// Scope is what a contact can act on.
type Scope string

const (
	ScopePlatform  Scope = "platform"
	ScopeCDN       Scope = "cdn"
	ScopeNetwork   Scope = "network" // host of the address
	ScopeRegistrar Scope = "registrar"
	ScopeRegistry  Scope = "registry"
	ScopeDNS       Scope = "dns"
	ScopeAdNetwork Scope = "ad_network"
	ScopeShortener Scope = "shortener"
	ScopeCarrier   Scope = "carrier"
	ScopeBrand     Scope = "brand"
	ScopeBlocklist Scope = "blocklist"
	ScopeCERT      Scope = "cert"
	ScopeAuthority Scope = "authority"
)

// Channel is how a contact is reached.
type Channel string

const (
	ChannelEmail Channel = "email"
	ChannelAPI   Channel = "api"
	ChannelForm  Channel = "form"
)

// Contact is someone who can act on a URL or a number.
type Contact struct {
	ID         int64     `json:"id,omitempty"`
	Rank       int       `json:"rank"` // from 1, best first; within one case
	Scope      Scope     `json:"scope"`
	Org        string    `json:"org"`
	Channel    Channel   `json:"channel"`
	Address    string    `json:"address"`    // e-mail address or URL
	Source     string    `json:"source"`     // providers, rdap, whois, abusix, abuse_net, guess
	Confidence float64   `json:"confidence"` // 0 to 1
	Why        string    `json:"why"`        // in words: "abuse contact of 203.0.113.0/24 (RDAP)"
	FetchedAt  time.Time `json:"fetched_at,omitzero"`
}

// ContactSheet is what is known about who can act on one URL.
type ContactSheet struct {
	Target           string    `json:"target"`            // the URL asked about
	RegistrationType string    `json:"registration_type"` // platform_subdomain, malicious_registration, compromised_site, redirector, unknown
	Registrar        string    `json:"registrar,omitempty"`
	RegisteredAt     time.Time `json:"registered_at,omitzero"`
	Nameservers      []string  `json:"nameservers,omitempty"`
	Addresses        []string  `json:"addresses,omitempty"` // public IPs of the host
	Network          string    `json:"network,omitempty"`   // name of the address's holder
	Country          string    `json:"country,omitempty"`   // of the network, ISO 3166-1 alpha-2
	Contacts         []Contact `json:"contacts"`
	Notes            []string  `json:"notes,omitempty"` // what could not be asked, and why
}
