package contact

import (
	"fmt"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// add makes a desk a contact. A desk is one contact, however many addresses it lists:
// whoever is written to twice about one case closes both letters. The others are noted.
// About names what was asked and whom, for the notes.
func (q *query) add(scope scam.Scope, d desk, confidence float64, why, about string) {
	q.rejected(d, about)
	if len(d.addresses) == 0 {
		q.note("%s: no abuse address is listed", about)
		return
	}
	if len(d.addresses) > 1 {
		q.note("%s: also listed: %s", about, strings.Join(d.addresses[1:], ", "))
	}
	c := scam.Contact{
		Scope: scope, Org: d.org, Channel: scam.ChannelEmail, Address: d.addresses[0], Source: "rdap",
		Confidence: confidence, Why: why, FetchedAt: q.finder.options.Now().UTC(),
	}
	if i := slices.IndexFunc(q.sheet.Contacts, func(o scam.Contact) bool { return o.Address == c.Address }); i >= 0 {
		q.sheet.Contacts[i].Why += "; also " + why // one desk in two roles gets one letter
		return
	}
	q.sheet.Contacts = append(q.sheet.Contacts, c)
}

// addRegistrar adds the registrar. A domain that was not registered lately may be a
// hacked site, whose registrar is the wrong one to ask: hence less confidence.
func (q *query) addRegistrar(d desk, host string) {
	who := d.org
	if who == "" {
		who = "the registrar"
	}
	why, confidence := fmt.Sprintf("abuse contact of %s, registrar of %s (RDAP of %s)", who, q.target, host), 0.9
	if q.sheet.RegistrationType != "malicious_registration" {
		confidence = 0.6
		why += "; make sure that it is not a hacked site"
	}
	q.add(scam.ScopeRegistrar, d, confidence, why, fmt.Sprintf("%s (%s)", q.target, host))
}

func (q *query) rejected(d desk, about string) {
	for _, r := range d.rejected {
		q.note("%s: %s", about, r)
	}
}

// rank orders the contacts: who can remove the page comes before who can take its name.
func (q *query) rank() {
	order := []scam.Scope{scam.ScopeNetwork, scam.ScopeRegistrar}
	slices.SortStableFunc(q.sheet.Contacts, func(a, b scam.Contact) int {
		return slices.Index(order, a.Scope) - slices.Index(order, b.Scope)
	})
	for i := range q.sheet.Contacts {
		q.sheet.Contacts[i].Rank = i + 1
	}
	if len(q.sheet.Contacts) == 0 {
		q.note("nobody to write to was found")
	}
}
