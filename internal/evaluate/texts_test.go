package evaluate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"popdown/internal/evaluate"
)

// sharedTexts finds the labelled texts of real pages that lie beside the checkout:
// they are not ours to ship. CI must have them.
func sharedTexts(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "shared", "pages", "texts.jsonl")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("shared/pages/texts.jsonl lies nowhere above this folder")
	}
	t.Skip("shared/pages/texts.jsonl lies nowhere above this folder")
	return ""
}

// TestRealTexts holds the least that the rules must reach on text of real pages.
// Three of the labelled numbers in it stand in scripts only and can't be read from
// the text.
func TestRealTexts(t *testing.T) {
	t.Parallel()
	file, err := os.Open(sharedTexts(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	result, err := evaluate.Texts(file)
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
