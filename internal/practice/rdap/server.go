package rdap

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"popdown/internal/practice/site"
)

// Hosts of the servers, all below .example.
const (
	BootstrapHost = "data.iana.example"      // dns.json, ipv4.json, ipv6.json below /rdap/
	RegistryHost  = "rdap.registry.example"  // domains
	RIRHost       = "rdap.rir.example"       // addresses
	NorthRIRHost  = "rdap.north-rir.example" // the addresses that RIRHost sends elsewhere
)

// Options says what is answered.
type Options struct {
	Sites     *site.Set                // hosts and providers; required
	Held      func(domain string) bool // whether a registrar suspended the domain; nil: none is
	PerSecond int                      // queries a second that each server takes from one client; 0: 10
	Now       func() time.Time         // clock of limits and events; nil: the system's
}

// Hosts gives a handler for each server's host name.
func Hosts(o Options) map[string]http.Handler {
	if o.Held == nil {
		o.Held = func(string) bool { return false }
	}
	if o.PerSecond == 0 {
		o.PerSecond = 10
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := server{o}
	hosts := map[string]http.Handler{
		BootstrapHost: s.bootstrap(),
		RegistryHost:  s.limited(s.registry()),
		RIRHost:       s.limited(s.rir()),
		NorthRIRHost:  s.limited(s.northRIR()),
	}
	for _, p := range o.Sites.Providers {
		if p.Kind == site.Registrar {
			hosts[registrarHost(p)] = s.limited(s.registrar(p))
		}
	}
	return hosts
}

type server struct{ Options }

func registrarHost(p site.Provider) string { return "rdap." + p.Domain() }

// write answers with an RDAP object (RFC 7480, 4.2 and 5.6: any origin may read it).
func write(w http.ResponseWriter, status int, object any) {
	w.Header().Set("Content-Type", "application/rdap+json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(object) // a client that left misses its answer
}

func writeError(w http.ResponseWriter, status int, title, description string) {
	write(w, status, errorObject{conformance(), status, title, []string{description}})
}

// lookup serves one kind of query below a path such as /domain/; others are answered as
// RFC 7480 says: 400 for what these servers can't read.
func lookup(prefix string, answer func(w http.ResponseWriter, key string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			writeError(w, http.StatusMethodNotAllowed, "Method Not Allowed", "Only GET and HEAD are supported.")
			return
		}
		key, ok := strings.CutPrefix(r.URL.Path, prefix)
		if !ok || key == "" {
			writeError(w, http.StatusBadRequest, "Bad Request", "This server answers queries below "+prefix+" only.")
			return
		}
		answer(w, strings.ToLower(strings.TrimSuffix(key, ".")))
	})
}
