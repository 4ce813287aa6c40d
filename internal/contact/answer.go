package contact

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
)

// answer is what we read of an RDAP domain or IP network (RFC 9083). Registries differ in
// every detail, so a field of the wrong type is skipped and the rest still read.
type answer struct {
	Class       string       `json:"objectClassName"`
	DomainName  string       `json:"ldhName"`
	NetworkName string       `json:"name"`
	Country     string       `json:"country"`
	Start       string       `json:"startAddress"`
	End         string       `json:"endAddress"`
	Events      []event      `json:"events"`
	Entities    []entity     `json:"entities"`
	Nameservers []nameserver `json:"nameservers"`
	Links       []link       `json:"links"`
}

type event struct {
	Action string `json:"eventAction"`
	Date   string `json:"eventDate"`
}

type nameserver struct {
	Name string `json:"ldhName"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type"`
}

// entity is a person, organisation or desk; its card is a jCard (RFC 7095).
type entity struct {
	Roles    []string        `json:"roles"`
	Card     json.RawMessage `json:"vcardArray"`
	Entities []entity        `json:"entities"`
}

// readAnswer reads a body whatever its content type says. Class "domain" or "ip network"
// is what the caller asked for.
func readAnswer(body []byte, class string) (answer, error) {
	var a answer
	err := json.Unmarshal(body, &a)
	var mismatch *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &mismatch) {
		return answer{}, errors.New("the answer is not JSON")
	}
	if a.Class == "" && len(a.Entities) > 0 {
		return a, nil // some leave the name of the class out
	}
	if !strings.EqualFold(a.Class, class) {
		return answer{}, fmt.Errorf("the answer is not about a%s %s", vowel(class), class)
	}
	return a, nil
}

func vowel(word string) string {
	if strings.HasPrefix(word, "i") {
		return "n"
	}
	return ""
}

// is tells whether a domain answer is about the given name, as far as it says.
func (a answer) is(domain string) bool {
	name := strings.TrimSuffix(strings.ToLower(a.DomainName), ".")
	return name == "" || name == domain
}

// span gives a network's first and last address, when both are there and make sense.
func (a answer) span() (first, last netip.Addr, ok bool) {
	first, err1 := netip.ParseAddr(strings.TrimSpace(a.Start))
	last, err2 := netip.ParseAddr(strings.TrimSpace(a.End))
	return first, last, err1 == nil && err2 == nil && first.BitLen() == last.BitLen() && first.Compare(last) <= 0
}

// holds tells whether an address lies in a network, as far as it says.
func (a answer) holds(ip netip.Addr) bool {
	first, last, ok := a.span()
	return !ok || ip.BitLen() == first.BitLen() && first.Compare(ip) <= 0 && ip.Compare(last) <= 0
}

// registered is the date of registration; zero: not told.
func (a answer) registered() time.Time {
	for _, e := range a.Events {
		if !strings.EqualFold(strings.TrimSpace(e.Action), "registration") {
			continue
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
			if at, err := time.Parse(layout, strings.TrimSpace(e.Date)); err == nil {
				return at.UTC()
			}
		}
	}
	return time.Time{}
}

// find returns the first entity with a role, at any depth.
func find(entities []entity, role string, depth int) (entity, bool) {
	if depth > maxDepth {
		return entity{}, false
	}
	for _, e := range entities {
		if e.has(role) {
			return e, true
		}
		if found, ok := find(e.Entities, role, depth+1); ok {
			return found, true
		}
	}
	return entity{}, false
}

// maxDepth bounds how deep entities lie within entities; two levels are usual.
const maxDepth = 8

func (e entity) has(roles ...string) bool {
	for _, r := range e.Roles {
		for _, role := range roles {
			if strings.EqualFold(strings.TrimSpace(r), role) {
				return true
			}
		}
	}
	return false
}

// oneLine makes words from a registry fit for a letter or a terminal.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return s
}
