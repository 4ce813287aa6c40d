package rdap

import (
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"time"

	"popdown/internal/practice/site"
	"popdown/internal/scam"
)

// registry answers for every domain below .example.
func (s server) registry() http.Handler {
	return lookup("/domain/", func(w http.ResponseWriter, name string) {
		h, ok := s.registration(name)
		if !ok {
			notRegistered(w, name)
			return
		}
		registrar := s.Sites.Providers[h.Registrar]
		domain := s.domain(name, h, "https://"+RegistryHost)
		domain.Entities = []entity{registrarEntity(registrar, !registrar.Thin)}
		domain.Links = append(domain.Links, link{
			Value: "https://" + RegistryHost + "/domain/" + name, Rel: "related",
			Href: "https://" + registrarHost(registrar) + "/domain/" + name, Type: "application/rdap+json",
		})
		write(w, http.StatusOK, domain)
	})
}

// registrar answers for the domains registered with one registrar, with the registrant redacted.
func (s server) registrar(p site.Provider) http.Handler {
	return lookup("/domain/", func(w http.ResponseWriter, name string) {
		h, ok := s.registration(name)
		if !ok || h.Registrar != p.Name {
			notRegistered(w, name)
			return
		}
		domain := s.domain(name, h, "https://"+registrarHost(p))
		domain.Entities = []entity{registrarEntity(p, true), {
			Class: "entity", Handle: "REDACTED", Roles: []string{"registrant"},
			VCard: vcard("DATA REDACTED", "", "", "", ""),
		}}
		write(w, http.StatusOK, domain)
	})
}

// registration finds a registered domain: only the registrable name itself has a record.
func (s server) registration(name string) (site.Host, bool) {
	if scam.Target(name) != name {
		return site.Host{}, false
	}
	return s.Sites.Domain(name)
}

func (s server) domain(name string, h site.Host, base string) domainObject {
	d := domainObject{
		Conformance: conformance(),
		Notices:     []notice{{"Terms of Use", []string{"This answer is given on the practice Internet; nothing in it is real."}}},
		Class:       "domain",
		Handle:      handle(name) + "_DOMAIN_EXAMPLE",
		Name:        strings.ToUpper(name),
		Status:      []string{"client transfer prohibited"},
		Events: []event{
			{"registration", stamp(h.Registered.Add(9*time.Hour + 41*time.Minute))},
			{"expiration", stamp(h.Registered.AddDate(1, 0, 0))},
			{"last update of RDAP database", stamp(s.Now())},
		},
		Links: []link{{Value: base + "/domain/" + name, Rel: "self", Href: base + "/domain/" + name, Type: "application/rdap+json"}},
	}
	if s.Held(name) { // EPP clientHold (RFC 5731, RFC 8056): the registrar took it out of the zone
		d.Status = append(d.Status, "client hold")
	}
	for _, ns := range s.Sites.Nameservers(name) {
		d.Nameservers = append(d.Nameservers, nameserver{"nameserver", strings.ToUpper(ns)})
	}
	return d
}

// registrarEntity is the sponsoring registrar, its abuse desk inside it
// (ICANN RDAP response profile, 2.4.5).
func registrarEntity(p site.Provider, withAbuse bool) entity {
	e := entity{
		Class: "entity", Handle: p.IANAID, Roles: []string{"registrar"},
		VCard:     vcard(p.Org, "", "", "", ""),
		PublicIDs: []publicID{{"IANA Registrar ID", p.IANAID}},
	}
	if withAbuse {
		e.Entities = []entity{abuseEntity(p, "")}
	}
	return e
}

func notRegistered(w http.ResponseWriter, name string) {
	writeError(w, http.StatusNotFound, "Not Found", "No domain "+name+" is registered here.")
}

// handle is a stable identifier of an object.
func handle(name string) string {
	return strings.ToUpper(strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(name))), 36))
}
