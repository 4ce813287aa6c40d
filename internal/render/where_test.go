package render

import "testing"

func TestEndpoint(t *testing.T) {
	t.Parallel()
	type place struct {
		host string
		port int
	}
	for raw, want := range map[string]place{
		"https://User:p%w@Evil.Example./50%off#100%": {"evil.example", 443},
		"http://evil.example:8080/":                  {"evil.example", 8080},
		"wss://evil.example/live":                    {"evil.example", 443},
		"http://[2001:DB8::1]/":                      {"2001:db8::1", 80},
		"about:blank":                                {},
	} {
		host, port := endpoint(raw)
		if got := (place{host, port}); got != want {
			t.Errorf("%s: %v, want %v", raw, got, want)
		}
	}
}
