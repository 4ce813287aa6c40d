package contact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// desk is who answers for abuse of one object: its usable addresses, best first.
type desk struct {
	org       string
	addresses []string
	rejected  []string // addresses that lead nowhere, and why
}

// mailbox is an address with its preference.
type mailbox struct {
	address string
	pref    int
}

// abuseDesk collects the addresses of abuse entities anywhere in the tree: servers put
// them at the top, inside the registrar or the registrant, or in both places. Entities
// within those with a skipped role are left out: a domain's registrant is the scammer,
// who must not learn who reported. Addresses at target are the scammer's as well.
func abuseDesk(entities []entity, target string, skip ...string) desk {
	var boxes []mailbox
	collect(entities, skip, 0, &boxes)
	slices.SortStableFunc(boxes, func(a, b mailbox) int { return cmp.Compare(a.pref, b.pref) })
	var d desk
	seen := map[string]bool{}
	for _, b := range boxes {
		address := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(b.address), "mailto:"))
		if seen[address] {
			continue
		}
		seen[address] = true
		if why := unusable(address, target); why != "" {
			d.rejected = append(d.rejected, fmt.Sprintf("%q %s", oneLine(address), why))
			continue
		}
		d.addresses = append(d.addresses, address)
	}
	return d
}

func collect(entities []entity, skip []string, depth int, boxes *[]mailbox) {
	if depth > maxDepth {
		return
	}
	for _, e := range entities {
		if len(skip) > 0 && e.has(skip...) {
			continue
		}
		if e.has("abuse") {
			for _, p := range card(e.Card) {
				if p.name != "email" {
					continue
				}
				for _, text := range p.texts() {
					*boxes = append(*boxes, mailbox{text, p.pref()})
				}
			}
		}
		collect(e.Entities, skip, depth+1, boxes)
	}
}

// unusable tells why nobody should be written to at an address; empty: it is fine.
func unusable(address, target string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || !isMailLocal(local) || !isMailDomain(domain) {
		return "is not an e-mail address"
	}
	plain := strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	for _, placeholder := range []string{"noreply", "donotreply", "removed", "redacted", "devnull", "nobody", "invalid"} {
		if strings.HasPrefix(plain, placeholder) || strings.Contains(plain, "redacted") {
			return "is a placeholder"
		}
	}
	if strings.HasSuffix(domain, ".invalid") || strings.HasSuffix(domain, ".localhost") {
		return "is a placeholder"
	}
	if domain == target || strings.HasSuffix(domain, "."+target) {
		return "is at the reported domain itself"
	}
	return ""
}

func isMailLocal(s string) bool {
	for _, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func isMailDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return len(labels) >= 2 && len(s) <= 253
}
