package evaluate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// Rate is so many of so many. In JSON it is the quotient, or null where there is
// nothing to count.
type Rate struct{ Hits, Of int }

// MarshalJSON implements json.Marshaler.
func (r Rate) MarshalJSON() ([]byte, error) {
	if r.Of == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(float64(r.Hits) / float64(r.Of))
}

// Value is the quotient; ok is false where there is nothing to count.
func (r Rate) Value() (value float64, ok bool) {
	if r.Of == 0 {
		return 0, false
	}
	return float64(r.Hits) / float64(r.Of), true
}

func (r Rate) String() string {
	v, ok := r.Value()
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.3f", v)
}

// count adds one that is a hit or not.
func (r *Rate) count(hit bool) {
	r.Of++
	if hit {
		r.Hits++
	}
}

// Score is how good verdicts are on a set of pages. It is strict on both sides: a
// scam is found only if its class is scam, a harmless page is right only as benign
// or gone, so that suspicious is wrong on either.
type Score struct {
	Pages             int  `json:"pages"`
	Scams             int  `json:"scams"` // by label
	Precision         Rate `json:"precision"`
	Recall            Rate `json:"recall"`
	FalsePositiveRate Rate `json:"false_positive_rate"`
	BrandAccuracy     Rate `json:"brand_accuracy"`    // of scams labelled with a brand
	LanguageAccuracy  Rate `json:"language_accuracy"` // of pages labelled with a language; regions are ignored
	NumberPrecision   Rate `json:"number_precision"`  // of the numbers listed on scams
	NumberRecall      Rate `json:"number_recall"`     // of the numbers labelled on scams
	NumberExact       Rate `json:"number_exact"`      // of scams: exactly the labelled set
	Suspicious        int  `json:"suspicious"`        // pages of either label that were called suspicious
	NotShown          int  `json:"not_shown"`         // pages that could not be judged: a scam counts as missed, a harmless page not at all
}

// Miss is one thing that was wrong on one page.
type Miss struct {
	Page   string     `json:"page"`
	What   string     `json:"what"` // class, brand, numbers, or load
	Label  Label      `json:"label"`
	Class  scam.Class `json:"class"`
	Score  int        `json:"score"`
	Reason string     `json:"reason"`
}

// Result is a whole evaluation. Misses are in the order of the pages.
type Result struct {
	Overall      Score            `json:"overall"`
	ByLanguage   map[string]Score `json:"by_language"` // "none": not labelled
	ByBrand      map[string]Score `json:"by_brand"`    // "none": not labelled; "several": more than one
	Misses       []Miss           `json:"misses"`
	RulesVersion string           `json:"rules_version"`
}

// compare scores answers, which stand in the order of their pages.
func compare(pages []Page, answers []answer) Result {
	r := Result{ByLanguage: map[string]Score{}, ByBrand: map[string]Score{}, Misses: []Miss{}, RulesVersion: detect.RulesVersion()}
	for i, p := range pages {
		a := answers[i]
		r.Overall.add(p, a)
		addTo(r.ByLanguage, baseTag(p.Language), p, a)
		addTo(r.ByBrand, brandGroup(p.Brand), p, a)
		r.Misses = append(r.Misses, misses(p, a)...)
	}
	return r
}

// brandGroup keeps pages that speak of several brands, as articles do, together.
func brandGroup(brand string) string {
	if strings.Contains(brand, ",") {
		return "several"
	}
	return brand
}

func addTo(groups map[string]Score, key string, p Page, a answer) {
	if key == "" {
		key = "none"
	}
	s := groups[key]
	s.add(p, a)
	groups[key] = s
}

func (s *Score) add(p Page, a answer) {
	s.Pages++
	v := a.verdict
	if a.failure != "" {
		s.NotShown++
		if p.Label == LabelBenign {
			return // neither right nor wrong
		}
	}
	if v.Class == scam.ClassSuspicious {
		s.Suspicious++
	}
	if p.Language != "" && a.failure == "" {
		s.LanguageAccuracy.count(baseTag(v.Language) == baseTag(p.Language))
	}
	positive := v.Class == scam.ClassScam
	if p.Label == LabelBenign {
		wrong := positive || v.Class == scam.ClassSuspicious
		s.FalsePositiveRate.count(wrong)
		if wrong {
			s.Precision.count(false)
		}
		return
	}
	s.Scams++
	s.Recall.count(positive)
	if positive {
		s.Precision.count(true)
	}
	if p.Brand != "" {
		s.BrandAccuracy.count(v.Brand == p.Brand)
	}
	missing, extra := differ(p.Numbers, v.Numbers)
	s.NumberExact.count(a.failure == "" && len(missing)+len(extra) == 0)
	found := len(unique(p.Numbers)) - len(missing)
	s.NumberRecall.Hits, s.NumberRecall.Of = s.NumberRecall.Hits+found, s.NumberRecall.Of+found+len(missing)
	s.NumberPrecision.Hits, s.NumberPrecision.Of = s.NumberPrecision.Hits+found, s.NumberPrecision.Of+found+len(extra)
}

// misses says what is wrong with an answer, and why as far as it can be known.
func misses(p Page, a answer) []Miss {
	v := a.verdict
	var list []Miss
	miss := func(what, reason string) {
		list = append(list, Miss{Page: p.Name, What: what, Label: p.Label, Class: v.Class, Score: v.Score, Reason: reason})
	}
	if a.failure != "" {
		miss("load", a.failure)
		return list
	}
	alarmed := v.Class == scam.ClassScam || v.Class == scam.ClassSuspicious
	switch {
	case p.Label == LabelBenign && alarmed, p.Label == LabelScam && v.Class != scam.ClassScam:
		miss("class", because(v))
	}
	if p.Label == LabelBenign {
		return list
	}
	if p.Brand != "" && v.Brand != p.Brand {
		miss("brand", fmt.Sprintf("got %q, want %q", v.Brand, p.Brand))
	}
	if missing, extra := differ(p.Numbers, v.Numbers); len(missing)+len(extra) > 0 {
		miss("numbers", strings.TrimSpace(listed("missing", missing)+" "+listed("extra", extra)))
	}
	return list
}

// because names the signals that weighed most.
func because(v scam.Verdict) string {
	signals := slices.Clone(v.Signals)
	slices.SortStableFunc(signals, func(a, b scam.Signal) int { return abs(b.Weight) - abs(a.Weight) })
	var words []string
	for _, s := range signals[:min(6, len(signals))] {
		words = append(words, fmt.Sprintf("%s %+d", s.Rule, s.Weight))
	}
	if len(words) == 0 {
		return "no signal"
	}
	return strings.Join(words, ", ")
}

func abs(n int) int { return max(n, -n) }

func listed(what string, numbers []string) string {
	if len(numbers) == 0 {
		return ""
	}
	return what + " " + strings.Join(numbers, " ")
}

// differ compares two sets of numbers; both answers are in order.
func differ(want []string, got []scam.CallbackNumber) (missing, extra []string) {
	read := make([]string, 0, len(got))
	for _, n := range got {
		read = append(read, n.E164)
	}
	for _, n := range unique(want) {
		if !slices.Contains(read, n) {
			missing = append(missing, n)
		}
	}
	for _, n := range unique(read) {
		if !slices.Contains(want, n) {
			extra = append(extra, n)
		}
	}
	return missing, extra
}

func unique(list []string) []string {
	list = slices.Sorted(slices.Values(list))
	return slices.Compact(list)
}

// baseTag gives the language of a BCP 47 tag without its region.
func baseTag(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}
