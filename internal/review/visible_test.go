package review

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"leaves plain text", "Call now: +1 844 555 0143\n\t– 請電洽 ⚠️", "Call now: +1 844 555 0143\n\t– 請電洽 ⚠️"},
		{"shows what reorders", "\u202egpj.exe", "⟨U+202E⟩gpj.exe"},
		{"shows isolates", "a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"},
		{"shows what has no width", "pay\u200bpal\ufeff", "pay⟨U+200B⟩pal⟨U+FEFF⟩"},
		{"shows soft hyphens", "Micro\u00adsoft", "Micro⟨U+00AD⟩soft"},
		{"shows controls", "a\x00b\x1b[2J\x7f\u0085", "a⟨U+0000⟩b⟨U+001B⟩[2J⟨U+007F⟩⟨U+0085⟩"},
		{"shows fillers that look like spaces", "\u3164\u2800\u115f", "⟨U+3164⟩⟨U+2800⟩⟨U+115F⟩"},
		{"shows tag characters", "a\U000e0041", "a⟨U+E0041⟩"},
		{"shows line separators", "a\u2028b", "a⟨U+2028⟩b"},
		{"shows broken UTF-8", "a\xffb", "a⟨FF⟩b"},
		{"takes CR LF for a line end", "a\r\nb", "a\nb"},
		{"shows a lone CR, which overprints on terminals", "a\rb", "a⟨U+000D⟩b"},
		{"keeps accents", "e\u0301", "e\u0301"},
		{"stops towers of marks", "e" + strings.Repeat("\u0301", 6), "e" + strings.Repeat("\u0301", 4) + "⟨U+0301⟩⟨U+0301⟩"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := visible(tc.in); got != tc.want {
				t.Errorf("visible(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	f.Add(hostile)
	f.Add("a\r\n\rb\xff\xfe\u0301\u0301\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		got := visible(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, hides) {
			t.Fatalf("visible(%q) = %q still hides something", s, got)
		}
		if again := visible(got); again != got {
			t.Fatalf("visible is not done after one pass: %q then %q", got, again)
		}
		for _, special := range []string{"<", ">", "&", `"`, "'", "\n", "="} {
			if strings.Count(got, special) != strings.Count(s, special) {
				t.Fatalf("visible(%q) = %q changes the count of %q", s, got, special)
			}
		}
	})
}

func TestClipCountsCharacters(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":        "",
		"größe":   "größe",
		"größere": "größe … (2 more characters)",
	} {
		if got := clip(5, in); got != want {
			t.Errorf("clip(5, %q) = %q, want %q", in, got, want)
		}
	}
}
