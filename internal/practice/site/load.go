package site

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// ProvidersFile is the name of the providers' table in the folder of the sites.
const ProvidersFile = "providers.yaml"

// Load reads providers.yaml and every .txtar of a folder. An error names file and line.
func Load(fsys fs.FS) (*Set, error) {
	raw, err := fs.ReadFile(fsys, ProvidersFile)
	if err != nil {
		return nil, fmt.Errorf("read the practice providers: %w", err)
	}
	set := &Set{Hosts: map[string]Host{}, pages: map[string][]Page{}}
	if set.Providers, err = parseProviders(raw); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "*.txtar")
	if err != nil {
		return nil, fmt.Errorf("list the practice sites: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no practice site (*.txtar) beside %s", ProvidersFile)
	}
	sort.Strings(names)
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read practice site: %w", err)
		}
		if err := set.add(name, raw); err != nil {
			return nil, err
		}
	}
	return set, set.check()
}

// add parses one file into the set.
func (s *Set) add(name string, raw []byte) error {
	f, err := parseFile(name, raw)
	if err != nil {
		return err
	}
	for _, h := range f.hosts {
		if old, ok := s.Hosts[h.Name]; ok {
			return fmt.Errorf("%s: host %s is already introduced at %s", h.Where, h.Name, old.Where)
		}
		s.Hosts[h.Name] = h
		f.site.Hosts = append(f.site.Hosts, h.Name)
	}
	for _, p := range f.pages {
		if err := s.addPage(p); err != nil {
			return err
		}
	}
	s.Sites = append(s.Sites, f.site)
	return nil
}

func (s *Set) addPage(p Page) error {
	key := p.Host + p.Path
	for _, old := range s.pages[key] {
		if old.Query.Encode() == p.Query.Encode() {
			return fmt.Errorf("%s: %s is already served from %s", p.Where, strings.TrimSuffix(key+"?"+p.Query.Encode(), "?"), old.Where)
		}
	}
	pages := append(s.pages[key], p)
	sort.SliceStable(pages, func(i, j int) bool { return len(pages[i].Query) > len(pages[j].Query) })
	s.pages[key] = pages
	return nil
}
