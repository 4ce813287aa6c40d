package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// loadRules reads the files under rules/. An error names file and line.
func loadRules(files fs.FS) (*ruleSet, error) {
	r := &ruleSet{
		book: newBook(), classes: map[string]string{}, before: map[uint32]int{}, after: map[uint32]int{}, nots: map[uint32]bool{},
		nameOf:    map[int]mention{},
		behaviors: map[string]behaviorRule{}, official: map[string]string{},
	}
	sum := sha256.New()
	for _, f := range []struct {
		name string
		line func(fields []string) error
	}{
		{"wording", r.wordingLine}, {"gone", r.goneLine}, {"behaviors", r.behaviorLine},
		{"brands", r.brandLine}, {"hosts", r.hostLine}, {"official", r.officialLine},
	} {
		data, err := fs.ReadFile(files, "rules/"+f.name+".txt")
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
		sum.Write(data)
		if err := eachLine(string(data), f.line); err != nil {
			return nil, fmt.Errorf("rules/%s.txt: %w", f.name, err)
		}
	}
	r.version = engineVersion + "-" + hex.EncodeToString(sum.Sum(nil))[:12]
	return r, nil
}

// eachLine calls line with the fields of every line that says something.
func eachLine(data string, line func([]string) error) error {
	n := 0
	for text := range strings.Lines(data) {
		n++
		text, _, _ = strings.Cut(text, "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 2 {
			return fmt.Errorf("line %d: too short", n)
		}
		if err := line(fields); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

func (r *ruleSet) wordingLine(fields []string) error {
	switch fields[0] {
	case "class":
		r.classes["{"+fields[1]+"}"] = strings.Join(fields[2:], " ")
		return nil
	case "before":
		return r.reachLine(r.before, fields)
	case "after":
		return r.reachLine(r.after, fields)
	case "not":
		for _, word := range r.book.intern(strings.Join(fields[1:], " ")) {
			r.nots[word] = true
		}
		return nil
	case "family":
		f, err := parseFamily(fields)
		r.families = append(r.families, f)
		return err
	}
	return r.phraseLine(fields)
}

// parseFamily reads "family NAME POINTS [max TOTAL] [flag]...".
func parseFamily(fields []string) (family, error) {
	if len(fields) < 3 {
		return family{}, fmt.Errorf("a family needs a name and points")
	}
	points, err := strconv.Atoi(fields[2])
	if err != nil {
		return family{}, fmt.Errorf("points %q are no number", fields[2])
	}
	f := family{name: fields[1], points: points, total: points}
	flags := fields[3:]
	if len(flags) > 1 && flags[0] == "max" {
		if f.total, err = strconv.Atoi(flags[1]); err != nil {
			return family{}, fmt.Errorf("max %q is no number", flags[1])
		}
		flags = flags[2:]
	}
	for _, flag := range flags {
		switch flag {
		case "claim":
			f.claim = true
		case "account":
			f.claim, f.account = true, true
		case "call":
			f.call = true
		case "report":
			f.report = true
		case "trade":
			f.trade = true
		default:
			return family{}, fmt.Errorf("unknown flag %q", flag)
		}
	}
	return f, nil
}

func (r *ruleSet) reachLine(words map[uint32]int, fields []string) error {
	reach, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("reach %q is no number", fields[1])
	}
	for _, word := range r.book.intern(strings.Join(fields[2:], " ")) {
		words[word] = max(reach, words[word])
	}
	return nil
}

func (r *ruleSet) goneLine(fields []string) error {
	if fields[0] != "page" {
		return r.phraseLine(fields)
	}
	r.families = append(r.families, family{name: fields[1], gone: true})
	return nil
}

func (r *ruleSet) phraseLine(fields []string) error {
	if len(r.families) == 0 {
		return fmt.Errorf("a phrase before its family")
	}
	text := strings.Join(fields[1:], " ")
	for class, words := range r.classes {
		text = strings.ReplaceAll(text, class, words)
	}
	if strings.ContainsAny(text, "{}") {
		return fmt.Errorf("phrase %q names an unknown class", text)
	}
	p, err := r.book.add(text, fields[0], len(r.families)-1)
	if err != nil {
		return err
	}
	for _, s := range r.book.phrases[p].steps {
		for _, word := range slices.Concat(s.alts...) {
			r.book.phrases[p].denies = r.book.phrases[p].denies || r.nots[word]
		}
	}
	return nil
}

func (r *ruleSet) behaviorLine(fields []string) error {
	points, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("points %q are no number", fields[1])
	}
	r.behaviors[fields[0]] = behaviorRule{points, slices.Contains(fields[2:], "trap")}
	return nil
}

func (r *ruleSet) brandLine(fields []string) error {
	if fields[0] == "brand" {
		r.brands = append(r.brands, brandRule{slug: fields[1]})
		return nil
	}
	if len(r.brands) == 0 {
		return fmt.Errorf("%s before a brand", fields[0])
	}
	b := &r.brands[len(r.brands)-1]
	switch fields[0] {
	case "name":
		points, err := strconv.Atoi(fields[1])
		if err != nil {
			return fmt.Errorf("points %q are no number", fields[1])
		}
		p, err := r.book.add(strings.Join(fields[2:], " "), "", -1)
		if err != nil {
			return err
		}
		r.nameOf[p] = mention{len(r.brands) - 1, points}
	case "domain":
		b.domains = append(b.domains, fields[1])
	case "except":
		b.except = append(b.except, fields[1])
	case "host":
		b.hostWords = append(b.hostWords, fields[1])
	default:
		return fmt.Errorf("unknown word %q", fields[0])
	}
	return nil
}

func (r *ruleSet) hostLine(fields []string) error {
	if len(fields) != 3 {
		return fmt.Errorf("want kind, points and name")
	}
	points, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("points %q are no number", fields[1])
	}
	switch fields[0] {
	case "word":
		r.hostWords = append(r.hostWords, hostRule{fields[2], points})
	case "shared":
		r.shared = append(r.shared, hostRule{fields[2], points})
	default:
		return fmt.Errorf("unknown word %q", fields[0])
	}
	return nil
}

func (r *ruleSet) officialLine(fields []string) error {
	if len(fields) < 4 || fields[0][0] != '+' {
		return fmt.Errorf("want number, brand, source and date")
	}
	r.official[fields[0]] = fields[1]
	return nil
}
