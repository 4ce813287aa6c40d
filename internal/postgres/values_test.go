package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"

	"popdown/internal/postgres"
)

func FuzzWithoutNUL(f *testing.F) {
	f.Add("a\x00b")
	f.Add(`\u0000`)
	f.Add("\\\x00\\\\\x00")
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		if err := json.Unmarshal(raw, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(postgres.WithoutNUL(raw), &after); err != nil {
			t.Fatal(err)
		}
		if want := strings.ReplaceAll(before, "\x00", "\uFFFD"); after != want {
			t.Errorf("got %q, want %q", after, want)
		}
	})
}
