package scam

import (
	"errors"
	"testing"
)

func TestNormalizeURLOfWhatBrowsersTake(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"HTTPS://Evil.Example:443":           "https://evil.example/",
		"http://evil.example:8080/?a=100%":   "http://evil.example:8080/?a=100%",
		"https://evil.example/a#100%":        "https://evil.example/a#100%25",
		"https://evil.example/a#100%25":      "https://evil.example/a#100%25",
		"https://evil.example/50%off?%zz":    "https://evil.example/50%25off?%zz",
		"http://user:pw@evil.example/b":      "http://evil.example/b",
		"http://u%@x:pw^@evil.example/b":     "http://evil.example/b",
		"http://good.example@evil.example/":  "http://evil.example/",
		"http://evil.example/@good.example":  "http://evil.example/@good.example",
		"https://b\u00fccher.example./":      "https://xn--bcher-kva.example/",
		"http://[2001:DB8::1]:80/":           "http://[2001:db8::1]/",
		"http://evil.example\\@good.example": "",
		"http://ev%il.example/":              "",
		"https:///a":                         "",
		"https:evil.example":                 "",
		"data:text/html,x":                   "",
		"ftp://evil.example/":                "",
	}
	for raw, want := range tests {
		got, err := NormalizeURL(raw)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %q, %v; want %q", raw, got, err, want)
		}
		if again, err := NormalizeURL(got); want != "" && (again != got || err != nil) {
			t.Errorf("%s: the key of a key is %q, %v", raw, again, err)
		}
	}
}

func TestCheckWebURLRefusesCredentials(t *testing.T) {
	t.Parallel()
	for raw, fine := range map[string]bool{
		"https://evil.example/50%off#100%": true,
		"http://user:pw@evil.example/b":    false,
		"http://@evil.example/b":           false,
		" https://evil.example/":           false,
		"mailto:a@evil.example":            false,
	} {
		if err := CheckWebURL(raw); (err == nil) != fine {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
