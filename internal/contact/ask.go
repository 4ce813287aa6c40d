package contact

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// ask gets an object, from memory if it was asked for within a day. It returns the host
// that answered.
func (q *query) ask(ctx context.Context, from, class string) (answer, string, error) {
	f := q.finder
	host := from
	if u, err := url.Parse(from); err == nil {
		host = u.Hostname()
	}
	now := f.options.Now()
	f.mu.Lock()
	k, ok := f.answers[from]
	f.mu.Unlock()
	if age := now.Sub(k.at); ok && age >= 0 && age < answerAge {
		return k.answer, host, nil
	}
	body, at, err := f.get(ctx, q.session, from, answerLimit)
	if err != nil {
		return answer{}, host, err
	}
	a, err := readAnswer(body, class)
	if err != nil {
		return answer{}, at.Hostname(), err
	}
	f.mu.Lock()
	if len(f.answers) >= answersKept {
		clear(f.answers)
	}
	f.answers[from] = kept{a, now}
	f.mu.Unlock()
	return a, at.Hostname(), nil
}

// askNetworks finds who holds the addresses; those within a network that already
// answered are not asked about again.
func (q *query) askNetworks(ctx context.Context) {
	var known []answer
	for _, ip := range q.addresses {
		if slices.ContainsFunc(known, func(a answer) bool { _, _, ok := a.span(); return ok && a.holds(ip) }) {
			continue
		}
		if len(known) == maxNetworks {
			q.note("more than %d networks hold the host; %s and further ones were not asked about", maxNetworks, ip)
			return
		}
		if a, ok := q.askNetwork(ctx, ip); ok {
			known = append(known, a)
		}
	}
}

func (q *query) askNetwork(ctx context.Context, ip netip.Addr) (answer, bool) {
	kind := "ipv4"
	if ip.Is6() {
		kind = "ipv6"
	}
	base, err := q.server(ctx, kind, ip.String())
	if err != nil {
		q.note("%s: %v", ip, err)
		return answer{}, false
	}
	a, host, err := q.ask(ctx, base+"ip/"+ip.String(), "ip network")
	if err == nil && !a.holds(ip) {
		err = fmt.Errorf("the answer is about %s to %s", oneLine(a.Start), oneLine(a.End))
	}
	if err != nil {
		q.note("%s, asked of %s: %v", ip, host, err)
		return answer{}, false
	}
	d := abuseDesk(a.Entities, q.target)
	d.org = network(a)
	if q.sheet.Network == "" {
		q.sheet.Network, q.sheet.Country = d.org, country(a.Country)
	}
	why := fmt.Sprintf("abuse contact of %s, which holds %s (RDAP of %s)", span(a), ip, host)
	q.add(scam.ScopeNetwork, d, 0.9, why, fmt.Sprintf("%s (%s)", ip, host))
	return a, true
}

// askDomain finds the registrar. The registry's record may lack its address; then the
// registrar's own record, to which it links, has it.
func (q *query) askDomain(ctx context.Context) {
	base, err := q.server(ctx, "dns", q.target)
	if err != nil {
		q.note("%s: %v for .%s", q.target, err, q.target[strings.LastIndexByte(q.target, '.')+1:])
		return
	}
	next, asked := base+"domain/"+url.PathEscape(q.target), []string{}
	for range 3 { // registry, registrar, and its reseller at most
		asked = append(asked, next)
		a, host, err := q.ask(ctx, next, "domain")
		if err == nil && !a.is(q.target) {
			err = fmt.Errorf("the answer is about %s", oneLine(a.DomainName))
		}
		if err != nil {
			q.note("%s, asked of %s: %v", q.target, host, err)
			return
		}
		q.registration(a)
		d := abuseDesk(a.Entities, q.target, "registrant", "administrative", "technical", "billing")
		d.org = q.sheet.Registrar
		if len(d.addresses) > 0 {
			q.addRegistrar(d, host)
			return
		}
		to, ok := related(a, next)
		if !ok || slices.Contains(asked, to) {
			q.add(scam.ScopeRegistrar, d, 0, "", fmt.Sprintf("%s (%s)", q.target, host))
			return
		}
		q.rejected(d, fmt.Sprintf("%s (%s)", q.target, host))
		next = to
	}
	q.note("%s: the registries only point at each other", q.target)
}

// registration keeps what a record tells; the registry's word comes before the registrar's.
func (q *query) registration(a answer) {
	if e, ok := find(a.Entities, "registrar", 0); ok && q.sheet.Registrar == "" {
		q.sheet.Registrar = e.name()
	}
	if at := a.registered(); !at.IsZero() && q.sheet.RegisteredAt.IsZero() {
		q.sheet.RegisteredAt = at
		if q.finder.options.Now().Sub(at) < youngDomain {
			q.sheet.RegistrationType = "malicious_registration"
		}
	}
	if len(q.sheet.Nameservers) > 0 {
		return
	}
	for _, ns := range a.Nameservers {
		name := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(ns.Name)), ".")
		if isMailDomain(name) && len(q.sheet.Nameservers) < 13 && !slices.Contains(q.sheet.Nameservers, name) {
			q.sheet.Nameservers = append(q.sheet.Nameservers, name)
		}
	}
}

// related finds the link to the registrar's own record of a domain.
func related(a answer, from string) (string, bool) {
	base, err := url.Parse(from)
	if err != nil {
		return "", false
	}
	for _, l := range a.Links {
		rels := strings.Fields(strings.ToLower(l.Rel))
		if !slices.Contains(rels, "related") || l.Type != "" && !strings.Contains(strings.ToLower(l.Type), "rdap") {
			continue
		}
		to, err := base.Parse(strings.TrimSpace(l.Href))
		if err != nil || to.Host == "" || to.User != nil || to.Scheme != "https" && (to.Scheme != "http" || base.Scheme == "https") {
			continue
		}
		to.Fragment = ""
		return to.String(), true
	}
	return "", false
}

// network names who holds a network: its registrant, else what the registry calls it.
func network(a answer) string {
	for _, role := range []string{"registrant", "administrative"} {
		if e, ok := find(a.Entities, role, 0); ok && e.name() != "" {
			return e.name()
		}
	}
	return oneLine(a.NetworkName)
}

func span(a answer) string {
	first, last, ok := a.span()
	if !ok {
		return "the network"
	}
	return first.String() + " to " + last.String()
}

func country(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return code
}
