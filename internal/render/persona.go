package render

import (
	"bytes"
	_ "embed" // personas.yaml
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"popdown/internal/scam"
)

//go:embed personas.yaml
var personasYAML []byte

// Persona is a visitor whom Chromium plays: what it says of itself, in headers and to
// scripts. The shipped ones stand in personas.yaml, with a comment on every field.
type Persona struct {
	Name         string `yaml:"name"`
	Description  string `yaml:"description"`
	UserAgent    string `yaml:"user_agent"`    // {major} and {full}: the running Chromium's version
	Brand        string `yaml:"brand"`         // in Sec-CH-UA, beside Chromium
	BrandVersion string `yaml:"brand_version"` // full version of the brand
	Platform     string `yaml:"platform"`      // navigator.platform
	OS           string `yaml:"os"`            // Sec-CH-UA-Platform
	OSVersion    string `yaml:"os_version"`
	Architecture string `yaml:"architecture"`
	Bitness      string `yaml:"bitness"`
	Languages    string `yaml:"languages"` // "en-US,en", best first
	Locale       string `yaml:"locale"`    // ICU, for dates and numbers
	Timezone     string `yaml:"timezone"`  // IANA name
	Screen       Screen `yaml:"screen"`
	Cores        int64  `yaml:"cores"`        // navigator.hardwareConcurrency
	TouchPoints  int64  `yaml:"touch_points"` // 0: no touch screen
}

// Screen is a display's size in CSS pixels; the page itself is always 1280 x 800.
type Screen struct {
	Width  int64 `yaml:"width"`
	Height int64 `yaml:"height"`
}

// Personas returns the shipped visitors; the first one is the default.
func Personas() ([]Persona, error) {
	var personas []Persona
	dec := yaml.NewDecoder(bytes.NewReader(personasYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&personas); err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	return personas, nil
}

// PersonaNames returns the names of the shipped visitors, the default one first.
func PersonaNames() []string {
	personas, err := Personas()
	if err != nil {
		return nil // a test holds the embedded file together
	}
	return names(personas)
}

func names(personas []Persona) []string {
	all := make([]string, 0, len(personas))
	for _, p := range personas {
		all = append(all, p.Name)
	}
	return all
}

// pick finds a persona by name, the first one for an empty name. The error wraps scam.ErrInvalid.
func pick(personas []Persona, name string) (Persona, error) {
	if name == "" {
		return personas[0], nil
	}
	i := slices.IndexFunc(personas, func(p Persona) bool { return p.Name == name })
	if i < 0 {
		return Persona{}, fmt.Errorf("%w: there is no persona %q; known are %s", scam.ErrInvalid, name, strings.Join(names(personas), ", "))
	}
	return personas[i], nil
}

// on gives the persona as it is on a Chromium of the given full version.
func (p Persona) on(version string) Persona {
	major, _, _ := strings.Cut(version, ".")
	fill := strings.NewReplacer("{major}", major, "{full}", version)
	p.UserAgent = fill.Replace(p.UserAgent)
	p.BrandVersion = fill.Replace(p.BrandVersion)
	return p
}
