package takedown

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func engine() *Engine {
	return &Engine{Options{AgreeingChecks: 3, ControlPersona: "control", Now: func() time.Time { return time.Unix(0, 0) }}}
}

// history builds answered checks of finding 1, newest first.
func history(entries ...string) []scam.Check {
	states := map[byte]scam.CheckState{
		'd': scam.CheckDown, 'u': scam.CheckUp, 'x': scam.CheckUnreachable, 'm': scam.CheckMitigated, '?': scam.CheckAsked,
	}
	var out []scam.Check
	for _, e := range entries {
		persona := "exposing"
		if e[1] == 'c' {
			persona = "control"
		}
		out = append(out, scam.Check{FindingID: 1, State: states[e[0]], Persona: persona, AskedAt: time.Unix(0, 0)})
	}
	return out
}

func TestJudge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		state  scam.CaseState
		checks []scam.Check
		want   scam.CaseState
	}{
		{"no check yet", scam.CaseReported, nil, scam.CaseReported},
		{"two agreeing checks are too few", scam.CaseReported, history("de", "dc"), scam.CaseReported},
		{"three agreeing checks with the exposing persona", scam.CaseReported, history("dc", "de", "dc"), scam.CaseDown},
		{"three checks by the control alone prove nothing", scam.CaseReported, history("dc", "dc", "dc"), scam.CaseReported},
		{"an earlier sighting does not count against it", scam.CaseReported, history("de", "dc", "de", "ue"), scam.CaseDown},
		{"a sighting in between does", scam.CaseReported, history("de", "ue", "de", "dc"), scam.CaseReported},
		{"no answer is not down", scam.CaseReported, history("de", "xc", "de"), scam.CaseReported},
		{"a warning page is not down", scam.CaseReported, history("me", "mc", "me"), scam.CaseReported},
		{"a check under way is no answer", scam.CaseReported, history("?e", "dc", "de"), scam.CaseReported},
		{"a page that is down and comes back", scam.CaseDown, history("ue", "dc", "de", "dc"), scam.CaseReported},
		{"a page that stays down", scam.CaseDown, history("de", "dc", "de", "dc"), scam.CaseDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := scam.Case{State: tt.state, Findings: []scam.Finding{{ID: 1, Persona: "exposing"}}}
			if got, _ := engine().judge(c, tt.checks); got != tt.want {
				t.Errorf("judge = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestJudgeNeedsEveryFindingDown(t *testing.T) {
	t.Parallel()
	c := scam.Case{State: scam.CaseReported, Findings: []scam.Finding{{ID: 1, Persona: "exposing"}, {ID: 2, Persona: "exposing"}}}
	if got, _ := engine().judge(c, history("de", "dc", "de")); got != scam.CaseReported {
		t.Errorf("judge = %s although one finding was never checked", got)
	}
}

func TestNextChecksAlternatePersonasAndWaitForAnswers(t *testing.T) {
	t.Parallel()
	f := scam.Finding{ID: 1, Persona: "exposing"}
	c := scam.Case{ID: 7, Findings: []scam.Finding{f}}
	tests := []struct {
		name   string
		checks []scam.Check
		want   []string
	}{
		{"first", nil, []string{"exposing"}},
		{"second", history("de"), []string{"control"}},
		{"third", history("dc", "de"), []string{"exposing"}},
		{"one is under way", history("?c", "de"), nil},
		{"one was never answered", []scam.Check{{FindingID: 1, State: scam.CheckAsked, AskedAt: time.Unix(0, 0).Add(-2 * lostAfter)}}, []string{"control"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, k := range engine().nextChecks(c, tt.checks) {
				got = append(got, k.Persona)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("personas (-want +got):\n%s", d)
			}
		})
	}
}
