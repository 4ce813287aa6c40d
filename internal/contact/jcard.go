package contact

import (
	"encoding/json"
	"strconv"
	"strings"
)

// property is one line of a jCard: name, parameters, type, values (RFC 7095, section 3.3).
type property struct {
	name   string
	params map[string]json.RawMessage
	values []json.RawMessage
}

// card reads ["vcard", [[...], ...]]; what is malformed is left out.
func card(raw json.RawMessage) []property {
	var outer []json.RawMessage
	if json.Unmarshal(raw, &outer) != nil || len(outer) < 2 {
		return nil
	}
	var lines [][]json.RawMessage
	if json.Unmarshal(outer[1], &lines) != nil {
		lines = eachLine(outer[1])
	}
	var list []property
	for _, l := range lines {
		var p property
		if len(l) < 4 || json.Unmarshal(l[0], &p.name) != nil {
			continue
		}
		p.name = strings.ToLower(p.name)
		if json.Unmarshal(l[1], &p.params) != nil {
			p.params = nil // an empty list instead of an object is common
		}
		p.values = l[3:]
		list = append(list, p)
	}
	return list
}

// eachLine salvages the good lines of a card that has bad ones.
func eachLine(raw json.RawMessage) [][]json.RawMessage {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	var lines [][]json.RawMessage
	for _, part := range parts {
		var l []json.RawMessage
		if json.Unmarshal(part, &l) == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

// texts gives a property's values that are strings, also those within a list.
func (p property) texts() []string {
	var list []string
	for _, v := range p.values {
		var one string
		var several []string
		if json.Unmarshal(v, &one) == nil {
			list = append(list, one)
		} else if json.Unmarshal(v, &several) == nil {
			list = append(list, several...)
		}
	}
	return list
}

// pref is a property's preference, 1 first; without one it comes last (RFC 6350, section 5.3).
func (p property) pref() int {
	raw, ok := p.params["pref"]
	if !ok {
		return 101
	}
	var several []json.RawMessage
	if json.Unmarshal(raw, &several) == nil && len(several) > 0 {
		raw = several[0]
	}
	n, err := strconv.Atoi(strings.Trim(string(raw), `" `))
	if err != nil || n < 1 || n > 100 {
		return 101
	}
	return n
}

// name is what a card calls its subject: fn, else org.
func (e entity) name() string {
	lines := card(e.Card)
	for _, want := range []string{"fn", "org"} {
		for _, p := range lines {
			if p.name != want {
				continue
			}
			for _, text := range p.texts() {
				if s := oneLine(text); s != "" && !strings.Contains(strings.ToLower(s), "redacted") {
					return s
				}
			}
		}
	}
	return ""
}
