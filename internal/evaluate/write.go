package evaluate

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Write prints the result for people: a table overall, by language and by brand,
// then every miss with its reason.
func (r Result) Write(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\tpages\tscams\tprecision\trecall\tfalse pos.\tbrand\tlanguage\tnumber prec.\tnumber rec.\tnumbers exact\t")
	row(tw, "all", r.Overall)
	for _, group := range []struct {
		name   string
		scores map[string]Score
	}{{"language", r.ByLanguage}, {"brand", r.ByBrand}} {
		for _, key := range slices.Sorted(maps.Keys(group.scores)) {
			row(tw, group.name+" "+key, group.scores[key])
		}
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if _, err := io.WriteString(w, r.missText()); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

func row(w io.Writer, name string, s Score) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t\n", name, s.Pages, s.Scams, s.Precision, s.Recall,
		s.FalsePositiveRate, s.BrandAccuracy, s.LanguageAccuracy, s.NumberPrecision, s.NumberRecall, s.NumberExact)
}

func (r Result) missText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nrules %s; a suspicious page counts as wrong: %d of them, %d not shown\n", r.RulesVersion, r.Overall.Suspicious, r.Overall.NotShown)
	if len(r.Misses) == 0 {
		b.WriteString("no misses\n")
		return b.String()
	}
	fmt.Fprintf(&b, "%d misses:\n", len(r.Misses))
	for _, m := range r.Misses {
		called := "not judged"
		if m.Class != "" {
			called = fmt.Sprintf("called %s (%d)", m.Class, m.Score)
		}
		fmt.Fprintf(&b, "  %s: %s: labelled %s, %s: %s\n", m.Page, m.What, m.Label, called, m.Reason)
	}
	return b.String()
}

// WriteJSON prints the result as one object, for programs.
func (r Result) WriteJSON(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(r); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
