package render

import (
	"crypto/rand"
	_ "embed" // the scripts
	"encoding/json"
	"strings"
)

//go:embed instrument.js
var instrumentJS string

//go:embed point.js
var pointJS string

//go:embed collect.js
var collectJS string

//go:embed probe.js
var probeJS string

// observation is one call of the instrument's binding: a behavior of the page, or
// ("dialog:alert") the text of a dialog that was not shown any more.
type observation struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// observe reads a binding's payload, which a hostile page cannot reach but may still flood.
func observe(payload string) (observation, bool) {
	var o observation
	if len(payload) > 16<<10 || json.Unmarshal([]byte(payload), &o) != nil || o.Name == "" {
		return observation{}, false
	}
	return o, true
}

// newBinding makes up a name for the function through which the instrument reports. A
// page cannot guess it, and the instrument takes it away before the page's first script.
func newBinding() string { return "_" + strings.ToLower(rand.Text()) }

func instrument(binding string) string {
	return strings.ReplaceAll(instrumentJS, "BINDING", binding)
}
