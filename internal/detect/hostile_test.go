package detect_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"popdown/internal/detect"
	"popdown/internal/scam"
)

// hostile pages are big and dull; the work on them must grow with their size only.
func hostile() map[string]string {
	const size = 5 << 20
	rng := rand.New(rand.NewPCG(1, 2))
	var groups strings.Builder
	for groups.Len() < size {
		groups.WriteString([]string{"844", "5550143", "20", "1-", "+1 ", "(0", " ", "844-555-0", "49"}[rng.IntN(9)])
		groups.WriteByte(" -.\n"[rng.IntN(4)])
	}
	return map[string]string{
		"one digit":       strings.Repeat("7", size),
		"one letter":      strings.Repeat("a", size),
		"spaced digits":   strings.Repeat("8 ", size/2),
		"number parts":    groups.String(),
		"phrase starts":   strings.Repeat("your account call us if you did not ", size/36),
		"combining marks": strings.Repeat("a\u0301\u0301\u0301", size/7),
		"plus signs":      strings.Repeat("+", size),
		"many calls":      strings.Repeat("Call Windows Support 8445550143 ", size/32),
		"one number":      strings.Repeat("Call +1-844-555-0143 ", size/21),
		"zero width":      strings.Repeat("\u200b", size/3),
		"kana":            strings.Repeat("サポート", size/12),
		"toll-free words": strings.Repeat("800-A ", size/6),
	}
}

func TestHostileTextsEnd(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := detect.Judge(scam.Visit{Landings: []scam.Landing{{URL: "https://x.example/", Text: text, Title: text, Frames: []scam.Frame{{Text: text}}}}})
			checkVerdict(t, v[0])
		})
	}
}

func BenchmarkJudgeHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			v := scam.Visit{Landings: []scam.Landing{{URL: "https://x.example/", Text: text}}}
			for b.Loop() {
				detect.Judge(v)
			}
		})
	}
}

func BenchmarkJudgePopup(b *testing.B) {
	v := scam.Visit{Landings: []scam.Landing{{URL: "https://x.example/?phone=18445550143", Title: "Windows Support",
		Text: strings.Repeat(alarm+"Windows Defender SmartScreen has prevented the display of an unrecognized application. Call Windows Support: +1-844-555-0143\n", 20)}}}
	for b.Loop() {
		detect.Judge(v)
	}
}

func BenchmarkJudgeLongText(b *testing.B) {
	text := strings.Repeat("The minister told reporters on Tuesday that your computer is not a toy. Call 202-555-0143 or write. ", 11<<10)
	v := scam.Visit{Landings: []scam.Landing{{URL: "https://x.example/", Text: text[:1<<20]}}}
	for b.Loop() {
		detect.Judge(v)
	}
}
