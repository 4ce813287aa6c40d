package scam

import "testing"

func TestTarget(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host, target string
		platform     bool
	}{
		{"win-alert.example", "win-alert.example", false},
		{"a.b.win-alert.example", "win-alert.example", false},
		{"shop.bad.co.uk", "bad.co.uk", false},
		{"alert.github.io", "alert.github.io", true},
		{"deep.alert.vercel.app", "alert.vercel.app", true},
		{"alert.z13.web.core.windows.net", "alert.z13.web.core.windows.net", true},
		{"alert.cloudapp.azure.com", "alert.cloudapp.azure.com", true},
		{"alert.weebly.com", "alert.weebly.com", true},
		{"sites.google.com", "sites.google.com", true},
		{"bit.ly", "bit.ly", true},
		{"203.0.113.9", "203.0.113.9", false},
		{"localhost", "localhost", false},
	}
	for _, tt := range tests {
		if got := Target(tt.host); got != tt.target {
			t.Errorf("Target(%q) = %q, want %q", tt.host, got, tt.target)
		}
		if got := IsPlatform(tt.host); got != tt.platform {
			t.Errorf("IsPlatform(%q) = %v", tt.host, got)
		}
	}
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	if err := ReportDraft.CanBecome(ReportSent); err == nil {
		t.Error("a draft is sent without approval")
	}
	if err := ReportSending.CanBecome(ReportUncertain); err != nil {
		t.Error(err)
	}
	if err := FindingDismissed.CanBecome(FindingNew); err == nil {
		t.Error("a decision is undone without a new one")
	}
	if err := CaseClosed.CanBecome(CaseOpen); err == nil {
		t.Error("a closed case opens by itself")
	}
}

func TestDefang(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://bad.example/win.html?a=b.c#d": "hxxps://bad[.]example/win.html?a=b.c#d",
		"http://bad.example":                   "hxxp://bad[.]example",
		"bad.example":                          "bad[.]example",
		"":                                     "",
	} {
		if got := Defang(raw); got != want {
			t.Errorf("Defang(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestNormalizeURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"HTTP://Bad.Example:80":                      "http://bad.example/",
		"https://bad.example:8443/a?phone=1&b=%20#x": "https://bad.example:8443/a?phone=1&b=%20#x",
		"https://bücher.example./":                   "https://xn--bcher-kva.example/",
		"http://[2001:DB8::1]/":                      "http://[2001:db8::1]/",
	} {
		got, err := NormalizeURL(raw)
		if err != nil || got != want {
			t.Errorf("NormalizeURL(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "bad.example", "ftp://bad.example/", "tel:+18445550143", "http:///x"} {
		if _, err := NormalizeURL(raw); err == nil {
			t.Errorf("NormalizeURL(%q) accepts it", raw)
		}
	}
}
