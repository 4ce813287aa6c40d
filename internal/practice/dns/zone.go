package dns

import (
	"net/netip"
	"strings"

	mdns "github.com/miekg/dns"

	"popdown/internal/scam"
)

// ttl of every answer, in seconds: short, as in front of sites that move a lot.
const ttl = 60

// zone answers for .example.
type zone struct {
	options Options
	hosts   map[string]netip.Addr // every name with an address
	mail    map[string]bool       // domains with an MX
}

func newZone(o Options) zone {
	z := zone{options: o, hosts: map[string]netip.Addr{}, mail: map[string]bool{}}
	for name, h := range o.Sites.Hosts {
		z.hosts[name] = h.Address
	}
	for name, addr := range o.Extra {
		z.hosts[name] = addr
	}
	for _, p := range o.Sites.Providers {
		z.mail[p.Domain()] = true
	}
	for _, domain := range o.Mail {
		z.mail[domain] = true
	}
	return z
}

// fill writes the answer to one question into the reply.
func (z zone) fill(reply *mdns.Msg, q mdns.Question) {
	name := strings.ToLower(strings.TrimSuffix(q.Name, "."))
	if name != "example" && !strings.HasSuffix(name, ".example") {
		reply.Rcode = mdns.RcodeNameError // nothing else exists here, so say so: nobody need ask further
		return
	}
	reply.Authoritative = true
	domain := scam.Target(name)
	if !z.exists(name, domain) || z.options.Held(domain) {
		reply.Rcode = mdns.RcodeNameError
		reply.Ns = append(reply.Ns, z.soa("example"))
		return
	}
	reply.Answer = z.records(name, domain, q.Qtype)
	if len(reply.Answer) == 0 {
		reply.Ns = append(reply.Ns, z.soa(domain)) // no such data (RFC 2308, 2.2)
	}
}

// exists tells whether a name is in the tree: a host, a mail domain, or above one.
func (z zone) exists(name, domain string) bool {
	if _, ok := z.hosts[name]; ok || name == "example" || z.mail[name] || strings.HasPrefix(name, "_dmarc.") && z.mail[domain] {
		return true
	}
	for host := range z.hosts {
		if strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}

func (z zone) records(name, domain string, qtype uint16) []mdns.RR {
	var rrs []mdns.RR
	switch qtype {
	case mdns.TypeA, mdns.TypeAAAA:
		rrs = z.address(name, qtype)
	case mdns.TypeNS:
		if name == domain {
			for _, server := range z.options.Sites.Nameservers(domain) {
				rrs = append(rrs, &mdns.NS{Hdr: header(name, qtype), Ns: mdns.Fqdn(server)})
			}
		}
	case mdns.TypeSOA:
		if name == domain {
			rrs = append(rrs, z.soa(domain))
		}
	case mdns.TypeMX:
		if z.mail[name] {
			rrs = append(rrs, &mdns.MX{Hdr: header(name, qtype), Preference: 10, Mx: mdns.Fqdn("mail.practice.example")})
		}
	case mdns.TypeTXT:
		rrs = z.text(name, domain)
	}
	return rrs
}

func (z zone) address(name string, qtype uint16) []mdns.RR {
	addr, ok := z.hosts[name]
	switch {
	case !ok || addr.Is4() != (qtype == mdns.TypeA):
		return nil
	case addr.Is4():
		return []mdns.RR{&mdns.A{Hdr: header(name, qtype), A: addr.AsSlice()}}
	}
	return []mdns.RR{&mdns.AAAA{Hdr: header(name, qtype), AAAA: addr.AsSlice()}}
}

// text answers TXT: SPF for every domain, DMARC for those that receive mail.
func (z zone) text(name, domain string) []mdns.RR {
	switch {
	case name == "_dmarc."+domain && z.mail[domain]:
		return []mdns.RR{&mdns.TXT{Hdr: header(name, mdns.TypeTXT), Txt: []string{"v=DMARC1; p=reject"}}}
	case name == domain && z.mail[domain]:
		return []mdns.RR{&mdns.TXT{Hdr: header(name, mdns.TypeTXT), Txt: []string{"v=spf1 a:mail.practice.example -all"}}}
	case name == domain:
		return []mdns.RR{&mdns.TXT{Hdr: header(name, mdns.TypeTXT), Txt: []string{"v=spf1 -all"}}}
	}
	return nil
}

func (z zone) soa(domain string) mdns.RR {
	server := z.options.Sites.Nameservers(domain)[0]
	return &mdns.SOA{
		Hdr: header(domain, mdns.TypeSOA), Ns: mdns.Fqdn(server), Mbox: mdns.Fqdn("hostmaster." + strings.TrimPrefix(server, "ns1.")),
		Serial: 2026110201, Refresh: 7200, Retry: 1800, Expire: 1209600, Minttl: ttl,
	}
}

func header(name string, qtype uint16) mdns.RR_Header {
	return mdns.RR_Header{Name: mdns.Fqdn(name), Rrtype: qtype, Class: mdns.ClassINET, Ttl: ttl}
}
