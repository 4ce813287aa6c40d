package evaluate_test

import (
	"cmp"
	"os"
	"strings"
	"testing"

	"popdown/internal/evaluate"
)

// realTexts opens the labelled texts of real pages. They are not ours to ship:
// POPDOWN_LABELLED_TEXTS names the file, by default one beside the checkout.
func realTexts(t *testing.T) *os.File {
	t.Helper()
	file, err := os.Open(cmp.Or(os.Getenv("POPDOWN_LABELLED_TEXTS"), "../../../shared/pages/texts.jsonl"))
	if err != nil {
		t.Skip("the labelled texts are not here: set POPDOWN_LABELLED_TEXTS")
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// TestRealTexts holds the least that the rules must reach on text of real pages.
// Three of the labelled numbers in it stand in scripts only and can't be read from
// the text.
func TestRealTexts(t *testing.T) {
	t.Parallel()
	result, err := evaluate.Texts(realTexts(t))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := result.Write(&table); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
	s := result.Overall
	for _, least := range []struct {
		name string
		rate evaluate.Rate
		want float64
	}{
		{"precision", s.Precision, 0.98}, {"recall", s.Recall, 0.98}, {"brand accuracy", s.BrandAccuracy, 0.95},
		{"language accuracy", s.LanguageAccuracy, 0.90},
		{"number precision", s.NumberPrecision, 0.98}, {"number recall", s.NumberRecall, 0.88}, {"exact numbers", s.NumberExact, 0.88},
	} {
		if got, ok := least.rate.Value(); !ok || got < least.want {
			t.Errorf("%s is %v, want at least %v", least.name, least.rate, least.want)
		}
	}
	if got, ok := s.FalsePositiveRate.Value(); !ok || got > 0.02 {
		t.Errorf("false-positive rate is %v, want at most 0.02", s.FalsePositiveRate)
	}
}
