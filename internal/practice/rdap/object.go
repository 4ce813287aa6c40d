package rdap

import "time"

// The JSON objects of RFC 9083, as far as these servers fill them.

type link struct {
	Value string `json:"value"`
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Type  string `json:"type,omitempty"`
}

type event struct {
	Action string `json:"eventAction"`
	Date   string `json:"eventDate"` // RFC 3339
}

type publicID struct {
	Type       string `json:"type"`
	Identifier string `json:"identifier"`
}

type notice struct {
	Title       string   `json:"title"`
	Description []string `json:"description"`
}

type entity struct {
	Class     string     `json:"objectClassName"` // "entity"
	Handle    string     `json:"handle,omitempty"`
	Roles     []string   `json:"roles"`
	VCard     []any      `json:"vcardArray,omitempty"` // jCard, RFC 7095
	PublicIDs []publicID `json:"publicIds,omitempty"`
	Entities  []entity   `json:"entities,omitempty"`
}

type nameserver struct {
	Class string `json:"objectClassName"` // "nameserver"
	Name  string `json:"ldhName"`
}

type secureDNS struct {
	DelegationSigned bool `json:"delegationSigned"`
}

type domainObject struct {
	Conformance []string     `json:"rdapConformance"`
	Notices     []notice     `json:"notices,omitempty"`
	Class       string       `json:"objectClassName"` // "domain"
	Handle      string       `json:"handle"`
	Name        string       `json:"ldhName"`
	Status      []string     `json:"status"`
	Events      []event      `json:"events"`
	Entities    []entity     `json:"entities"`
	Nameservers []nameserver `json:"nameservers,omitempty"`
	SecureDNS   secureDNS    `json:"secureDNS"`
	Links       []link       `json:"links"`
	Port43      string       `json:"port43,omitempty"`
}

type networkObject struct {
	Conformance []string `json:"rdapConformance"`
	Notices     []notice `json:"notices,omitempty"`
	Class       string   `json:"objectClassName"` // "ip network"
	Handle      string   `json:"handle"`
	Start       string   `json:"startAddress"`
	End         string   `json:"endAddress"`
	IPVersion   string   `json:"ipVersion"` // v4 or v6
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Country     string   `json:"country,omitempty"`
	Status      []string `json:"status"`
	CIDR        []cidr   `json:"cidr0_cidrs,omitempty"` // extension cidr0
	Events      []event  `json:"events"`
	Entities    []entity `json:"entities"`
	Links       []link   `json:"links"`
	Port43      string   `json:"port43,omitempty"`
}

type cidr struct {
	V4     string `json:"v4prefix,omitempty"`
	V6     string `json:"v6prefix,omitempty"`
	Length int    `json:"length"`
}

type errorObject struct {
	Conformance []string `json:"rdapConformance"`
	Code        int      `json:"errorCode"`
	Title       string   `json:"title"`
	Description []string `json:"description"`
}

type bootstrap struct {
	Version     string       `json:"version"` // "1.0"
	Publication string       `json:"publication"`
	Description string       `json:"description"`
	Services    [][][]string `json:"services"`
}

// conformance is level 0 with the extensions that these servers use.
func conformance() []string {
	return []string{"rdap_level_0", "icann_rdap_response_profile_1", "cidr0"}
}

// vcard is a jCard; empty properties are left out.
func vcard(name, kind, email, tel, country string) []any {
	properties := []any{
		[]any{"version", map[string]any{}, "text", "4.0"},
		[]any{"fn", map[string]any{}, "text", name},
	}
	if kind != "" {
		properties = append(properties, []any{"kind", map[string]any{}, "text", kind})
	}
	if country != "" {
		properties = append(properties, []any{"adr", map[string]any{"cc": country}, "text", []any{"", "", "", "", "", "", ""}})
	}
	if tel != "" {
		properties = append(properties, []any{"tel", map[string]any{"type": "voice"}, "uri", "tel:" + tel})
	}
	if email != "" {
		properties = append(properties, []any{"email", map[string]any{}, "text", email})
	}
	return []any{"vcard", properties}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
