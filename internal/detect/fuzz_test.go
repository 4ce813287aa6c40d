package detect_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// checkVerdict holds what must be true of any verdict on any bytes.
func checkVerdict(t *testing.T, v scam.Verdict) {
	t.Helper()
	if v.Score < 0 || v.Score > 100 {
		t.Errorf("score %d", v.Score)
	}
	if v.Class == scam.ClassScam != (v.Score >= detect.ThresholdScam) && v.Class != scam.ClassGone {
		t.Errorf("class %s at score %d", v.Class, v.Score)
	}
	for _, s := range v.Signals {
		if s.Rule == "" || !utf8.ValidString(s.Excerpt) || len(s.Excerpt) > 800 {
			t.Errorf("signal %+v", s)
		}
	}
	for _, n := range v.Numbers {
		digits := strings.TrimPrefix(n.E164, "+")
		if len(digits) < 7 || len(digits) > 17 || strings.Trim(digits, "0123456789") != "" || len(n.Sources) == 0 ||
			!utf8.ValidString(n.Raw) || !utf8.ValidString(n.Excerpt) {
			t.Errorf("number %+v", n)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("Windows", alarm+"Call +1-844-555-0143", "https://x.example/?phone=1", "<html lang=en>", "alert", 404)
	f.Add("", "\xff\xfe \u202e\u200b", "::not a url", "<html lang=\"", "auth", 0)
	f.Add("ＡＢＣ", "この PC へのアクセスは", "http://[::1]/#p=MTIz", "", "", 200)
	f.Fuzz(func(t *testing.T, title, text, url, html, dialog string, status int) {
		l := scam.Landing{URL: url, Title: title, Text: text, HTML: html, Status: status, Chain: []scam.Hop{{URL: url}, {URL: text}},
			Dialogs: []scam.Dialog{{Type: dialog, Text: title, Count: status}}, TelLinks: []string{"tel:" + title, url},
			Behaviors: []scam.Behavior{{Name: "speech", Arguments: text}}, Frames: []scam.Frame{{Text: html}}}
		v := scam.Visit{Landings: []scam.Landing{l}, Persona: dialog}
		first, second := detect.Judge(v), detect.Judge(v)
		checkVerdict(t, first[0])
		if first[0].Score != second[0].Score || len(first[0].Numbers) != len(second[0].Numbers) {
			t.Error("the same visit got two verdicts")
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"+1-844-555-0143", "(0101) 20255-50143", "0018 5555 50143", "1-844-WIN-HELP", "184090-4156-2599",
		"+49 (0) 30 1663 7347", "1\u200b844\u20615550143", "１８４４５５５０１４３", "11/20/2019 01:14", "8 8 8 8 8 8 8 8", "8-", "800 ", "88"} {
		f.Add(s, "ja")
		f.Add(s, "en")
	}
	f.Fuzz(func(t *testing.T, printed, lang string) {
		v := detect.Judge(scam.Visit{Landings: []scam.Landing{{
			URL: "https://x.example/?phone=" + printed, HTML: "<html lang=" + lang + ">",
			Text: alarm + alarms[lang] + printed, TelLinks: []string{"tel:" + printed},
		}}})
		checkVerdict(t, v[0])
	})
}
