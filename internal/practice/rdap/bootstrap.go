package rdap

import (
	"encoding/json"
	"net/http"
	"sort"

	"popdown/internal/practice/site"
)

// bootstrap serves the registries of servers (RFC 9224), as IANA does: no limit, and
// cacheable for a day.
func (s server) bootstrap() http.Handler {
	mux := http.NewServeMux()
	v4, v6 := []string{}, []string{} // never null in the file
	for _, p := range s.Sites.Providers {
		for _, prefix := range p.Prefixes {
			if prefix.Addr().Is4() {
				v4 = append(v4, prefix.Masked().String())
			} else {
				v6 = append(v6, prefix.Masked().String())
			}
		}
	}
	sort.Strings(v4)
	sort.Strings(v6)
	s.file(mux, "dns", []string{"example"}, RegistryHost)
	s.file(mux, "ipv4", v4, RIRHost)
	s.file(mux, "ipv6", v6, RIRHost)
	return mux
}

func (s server) file(mux *http.ServeMux, name string, keys []string, host string) {
	body := bootstrap{
		Version:     "1.0",
		Publication: stamp(s.Now()),
		Description: "RDAP bootstrap file of the practice Internet (" + name + ")",
		Services:    [][][]string{{keys, {"https://" + host + "/", "http://" + host + "/"}}},
	}
	mux.HandleFunc("GET /rdap/"+name+".json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "max-age=86400")
		_ = json.NewEncoder(w).Encode(body) // a client that left misses its answer
	})
}

// abuseEntity is a provider's abuse desk.
func abuseEntity(p site.Provider, handle string) entity {
	return entity{
		Class: "entity", Handle: handle, Roles: []string{"abuse"},
		VCard: vcard(p.Org+" Abuse Desk", "group", p.Abuse, "+1-202-555-0100", p.Country),
	}
}
