package review

import (
	"testing"
	"time"
)

func TestSpanText(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 59*time.Second + 900*time.Millisecond: "59 s", time.Minute: "1 min", 83 * time.Second: "1 min 23 s",
		time.Hour: "1 h", 200 * time.Minute: "3 h 20 min", 24 * time.Hour: "1 d", 75*time.Hour + time.Minute: "3 d 3 h",
	} {
		if got := spanText(d); got != want {
			t.Errorf("spanText(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "just now", 9 * time.Second: "just now", time.Minute: "1 min ago", -5 * time.Minute: "in 5 min"} {
		if got := ago(d); got != want {
			t.Errorf("ago(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string]string{"geek_squad": "Geek Squad", "microsoft": "Microsoft", "": "No brand", "été": "Été"} {
		if got := brandName(slug); got != want {
			t.Errorf("brandName(%q) = %q, want %q", slug, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 5300: "5.3 kB", 2_400_000: "2.4 MB"} {
		if got := sizeText(n); got != want {
			t.Errorf("sizeText(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDetailText(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		``: "", `{}`: "", `{"to":["a@x.example","b@x.example"],"mode":"dry_run","reason":"","case_id":5}`: "case id: 5 · mode: dry_run · to: a@x.example, b@x.example",
		`"as it is"`: "as it is", `[1,2]`: "[1,2]", `{broken`: "{broken", `{"x":null}`: "",
	} {
		if got := detailText([]byte(raw)); got != want {
			t.Errorf("detailText(%s) = %q, want %q", raw, got, want)
		}
	}
}
