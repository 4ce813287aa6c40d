package crawl

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"popdown/internal/scam"
)

// maxSeedFile bounds what ReadSeeds reads, in bytes.
const maxSeedFile = 16 << 20

// seedRow is one entry of a seed file; the fields are explained in seeds/README.md.
type seedRow struct {
	Name      string   `yaml:"name"`
	Kind      string   `yaml:"kind"`
	URL       string   `yaml:"url"`
	URLs      []string `yaml:"urls"`
	Schedule  string   `yaml:"schedule"`
	TimeZone  string   `yaml:"time_zone"`
	Persona   string   `yaml:"persona"`
	MaxClicks int      `yaml:"max_clicks"`
	Enabled   *bool    `yaml:"enabled"`
	Notes     string   `yaml:"notes"`
}

// ReadSeeds reads a YAML list of seeds. Enabled is true and TimeZone is UTC where a row
// does not say; NextRunAt is left to NextRun. It is all or nothing: the error joins one
// for each bad row, with "name:line" before it and the mend in it, and wraps
// scam.ErrInvalid.
func ReadSeeds(name string, r io.Reader) ([]scam.Seed, error) {
	list, err := readList(name, r)
	if err != nil {
		return nil, err
	}
	seeds := make([]scam.Seed, 0, len(list))
	var bad []error
	lines := map[string]int{}
	for _, row := range list {
		s, wrong := readSeed(row)
		if first, known := lines[s.Name]; known && s.Name != "" {
			wrong = append(wrong, lineError{row.Line,
				fmt.Errorf("%w: seed %q stands in line %d already; give it a name of its own", scam.ErrInvalid, s.Name, first)})
		}
		for _, w := range wrong {
			bad = append(bad, fmt.Errorf("%s:%d: %w", name, w.line, w.err))
		}
		lines[s.Name] = row.Line
		seeds = append(seeds, s)
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return seeds, nil
}

// readList gives the entries of the one list in a file.
func readList(name string, r io.Reader) ([]*yaml.Node, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSeedFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(text) > maxSeedFile {
		return nil, fmt.Errorf("%w: %s is longer than %d MiB; split it", scam.ErrInvalid, name, maxSeedFile>>20)
	}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		bad := notYAML(err)
		return nil, fmt.Errorf("%s:%d: %w", name, bad.line, bad.err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("%s:%d: %w: want a list of seeds, each beginning with \"- name: …\"", name, max(doc.Line, 1), scam.ErrInvalid)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w: want one list; take out the \"---\" lines", name, scam.ErrInvalid)
	}
	return doc.Content[0].Content, nil
}

// readSeed reads one entry, and says all that is wrong with it.
func readSeed(row *yaml.Node) (scam.Seed, []lineError) {
	var in seedRow
	wrong := unknownFields(row)
	if len(wrong) == 0 {
		if err := row.Decode(&in); err != nil {
			wrong = typeErrors(row.Line, err)
		}
	}
	s := scam.Seed{
		Name: in.Name, Kind: scam.SeedKind(in.Kind), URL: in.URL, URLs: in.URLs, Schedule: in.Schedule,
		TimeZone: cmp.Or(in.TimeZone, "UTC"), Persona: in.Persona, MaxClicks: in.MaxClicks,
		Enabled: in.Enabled == nil || *in.Enabled, Notes: in.Notes,
	}
	if len(wrong) > 0 {
		return s, wrong
	}
	if err := s.Validate(); err != nil {
		return s, []lineError{{row.Line, err}}
	}
	if _, err := ParseSchedule(s.Schedule, s.TimeZone); err != nil {
		return s, []lineError{{fieldLine(row, "schedule"), fmt.Errorf("seed %q: %w", s.Name, err)}}
	}
	return s, nil
}
