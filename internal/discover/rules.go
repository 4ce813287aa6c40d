package discover

import (
	_ "embed"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"popdown/internal/scam"
)

//go:embed adrules.txt
var shippedRules string

// threshold is how many points make a link, frame or script an ad.
const threshold = 2

// rules is what an ad looks like, read from adrules.txt.
type rules struct {
	hosts  map[string]weighted // by registrable domain
	paths  map[string]weighted // by path segment, lower case, without extension
	params map[string]weighted // by query key, lower case
	zones  map[string]bool     // words of a class or id that name an ad container
	plain  map[string]bool     // words that make such a container something else
	sites  map[string]bool     // registrable domains that are never candidates

	address *regexp.Regexp // of a web page within a script; see inScript
}

type weighted struct {
	points int
	name   string
}

// parseRules reads lines of "kind pattern [points name]  # comment".
func parseRules(text string) (rules, error) {
	r := rules{
		hosts: map[string]weighted{}, paths: map[string]weighted{}, params: map[string]weighted{},
		zones: map[string]bool{}, plain: map[string]bool{}, sites: map[string]bool{},
		// In a string: with its scheme or from "//", slashes plain or escaped.
		address: regexp.MustCompile("(?i)(?:https?:|[\"'`])(?:\\\\?/){2}[^\\s\"'<>`]+"),
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		rule, comment, _ := strings.Cut(line, "#")
		f := strings.Fields(rule)
		if len(f) == 0 {
			continue
		}
		if strings.TrimSpace(comment) == "" {
			return rules{}, fmt.Errorf("adrules.txt:%d: a rule needs a comment that says where it comes from", n)
		}
		if err := r.add(f); err != nil {
			return rules{}, fmt.Errorf("adrules.txt:%d: %w", n, err)
		}
	}
	return r, nil
}

func (r rules) add(f []string) error {
	words := map[string]map[string]bool{"zone": r.zones, "plain": r.plain, "site": r.sites}
	if set, ok := words[f[0]]; ok && len(f) == 2 {
		set[f[1]] = true
		return nil
	}
	scored := map[string]map[string]weighted{"host": r.hosts, "path": r.paths, "param": r.params}
	set, ok := scored[f[0]]
	if !ok || len(f) != 4 {
		return fmt.Errorf("want host, path or param with pattern, points and name, or zone, plain or site with a word; got %q", f)
	}
	points, err := strconv.Atoi(f[2])
	if err != nil || points < 1 {
		return fmt.Errorf("points %q", f[2])
	}
	if f[1] != strings.ToLower(f[1]) {
		return fmt.Errorf("pattern %q is not lower case", f[1])
	}
	set[f[1]] = weighted{points, f[3]}
	return nil
}

// shape gives the points that an address earns by its looks, and why.
func (r rules) shape(u *url.URL) (points int, why []string) {
	if w, ok := r.hosts[scam.Target(scam.Host(u.String()))]; ok {
		points += w.points
		why = append(why, "host of "+w.name)
	}
	if w, ok := r.bestSegment(u); ok {
		points += w.points
		why = append(why, "path of "+w.name)
		if u.RawQuery != "" {
			points++ // counters are told what to count
		}
	}
	best := weighted{}
	for key := range u.Query() {
		if w, ok := r.params[strings.ToLower(key)]; ok && (w.points > best.points || w.points == best.points && w.name < best.name) {
			best = w
		}
	}
	if best.points > 0 {
		points += best.points
		why = append(why, "parameter of "+best.name)
	}
	return points, why
}

func (r rules) bestSegment(u *url.URL) (best weighted, ok bool) {
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		segment = strings.TrimSuffix(segment, path.Ext(segment))
		if w, known := r.paths[segment]; known && w.points > best.points {
			best, ok = w, true
		}
	}
	return best, ok
}

// zone tells whether a class or id names an ad container.
func (r rules) zone(name string) bool {
	found := false
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		if rest, ok := strings.CutPrefix(word, "zone"); ok {
			found = found || strings.Trim(rest, "-_0123456789") == "" // zone-12, but not zone-content
		}
		parts := strings.FieldsFunc(word, func(c rune) bool { return c == '-' || c == '_' })
		for _, p := range parts {
			if r.plain[p] {
				return false
			}
			found = found || r.zones[strings.TrimRight(p, "0123456789")]
		}
	}
	return found
}
