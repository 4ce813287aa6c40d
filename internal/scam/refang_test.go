package scam

import "testing"

func TestRefangUndoesDefang(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"https://bad.example/win.html?a=b.c#d", "http://a.b.example/", "bad.example"} {
		if got := Refang(Defang(raw)); got != raw {
			t.Errorf("Refang(Defang(%q)) = %q", raw, got)
		}
	}
}
