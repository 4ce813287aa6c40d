package report

import "testing"

func TestExactIsAURIWhateverTheBrowserTook(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://evil.example/50%off?a=1%#100%":  "https://evil.example/50%25off?a=1%25#100%25",
		"http://user:p%w@evil.example/b":         "http://user:p%25w@evil.example/b",
		"https://b\u00fccher.example/b\u00fc%20": "https://xn--bcher-kva.example/b%C3%BC%20",
		"https://evil.example:8443":              "https://evil.example:8443",
	} {
		got := exact(raw)
		if got != want || !isURI(got) {
			t.Errorf("%s: %s, a URI: %v; want %s", raw, got, isURI(got), want)
		}
	}
}
